from odoo import api, fields, models

IMPORT_TARGETS = [
    ("name", "Customer name"),
    ("company_registry", "Unified social credit code"),
    ("ref", "Customer no."),
    ("contact", "Contact person"),
    ("function", "Job position"),
    ("phone", "Phone"),
    ("mobile", "Mobile"),
    ("email", "Email"),
    ("state", "Province"),
    ("city", "City"),
    ("street", "Address"),
    ("zip", "Postcode"),
    ("industry", "Industry"),
    ("website", "Website"),
    ("salesperson", "Salesperson"),
    ("date_first_contact", "First contact date"),
    ("comment", "Remark"),
]


class CustomerImportColumn(models.Model):
    """What one column of an imported list was recognised as; the user may correct it."""

    _name = "customer.import.column"
    _description = "Column of an imported customer list"
    _inherit = ["fixed.parent.mixin", "protected.fields.mixin"]
    _order = "batch_id, sequence, id"

    batch_id = fields.Many2one(
        comodel_name="customer.import.batch",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="batch_id.company_id", store=True, index=True)
    sequence = fields.Integer(readonly=True)
    sheet = fields.Char(readonly=True)
    column_index = fields.Integer(readonly=True)
    letter = fields.Char(string="Column", readonly=True)
    header = fields.Char(string="Heading", readonly=True)
    target = fields.Selection(
        selection=IMPORT_TARGETS,
        string="Imported as",
        help="Leave empty to leave the column out. After a change, check again.",
    )

    @api.model
    def _get_fixed_parent_fields(self):
        return super()._get_fixed_parent_fields() | {"batch_id"}

    def write(self, vals):
        if "target" in vals and not self.env.su:
            changed = self._filter_changed(("target",), vals)
            changed.batch_id.filtered(
                lambda batch: batch._is_fixed()
            )._refuse_settings()
        return super().write(vals)
