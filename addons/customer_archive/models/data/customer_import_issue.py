from odoo import fields, models


class CustomerImportIssue(models.Model):
    """One cell of an imported list that cannot be used, with place and reason."""

    _name = "customer.import.issue"
    _description = "Problem in an imported customer list"
    _order = "batch_id, id"

    batch_id = fields.Many2one(
        comodel_name="customer.import.batch",
        required=True,
        index=True,
        ondelete="cascade",
    )
    line_id = fields.Many2one(
        comodel_name="customer.import.line",
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
    letter = fields.Char(string="Column", readonly=True)
    header = fields.Char(string="Heading", readonly=True)
    cell_value = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)
    is_warning = fields.Boolean(
        string="Warning only",
        readonly=True,
        help="The row is imported, this cell is left out.",
    )
