from odoo import fields, models


class CustomerImportLine(models.Model):
    """One customer row of an imported list, as it was understood."""

    _name = "customer.import.line"
    _description = "Row of an imported customer list"
    _order = "batch_id, id"
    _check_company_auto = True

    batch_id = fields.Many2one(
        comodel_name="customer.import.batch",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
    )
    sheet = fields.Char(readonly=True)
    row = fields.Integer(readonly=True, aggregator=False)
    name = fields.Char(string="Customer name", readonly=True)
    company_registry = fields.Char(string="Unified social credit code", readonly=True)
    contact = fields.Char(string="Contact person", readonly=True)
    phone = fields.Char(readonly=True)
    city = fields.Char(readonly=True)
    date_first_contact = fields.Date(string="First contact date", readonly=True)
    # target -> clean text: what the import writes; the columns above are for reading
    row_values = fields.Json(readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        readonly=True,
    )
    existing_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Existing customer",
        readonly=True,
        index="btree_not_null",
        help="The customer that the database already has under this code, name or "
        "phone.",
    )
    state = fields.Selection(
        selection=[
            ("good", "Good"),
            ("update", "Completes existing"),
            ("bad", "Bad"),
            ("imported", "Imported"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    problem = fields.Char(
        readonly=True,
        help="All that is wrong in this row, column by column.",
    )
    issue_ids = fields.One2many(
        comodel_name="customer.import.issue",
        inverse_name="line_id",
        readonly=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
    )
    archive_id = fields.Many2one(
        comodel_name="customer.archive",
        readonly=True,
        index="btree_not_null",
    )
