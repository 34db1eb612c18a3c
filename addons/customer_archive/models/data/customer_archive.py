from odoo import api, fields, models


class CustomerArchive(models.Model):
    """Archives that came out of an imported list (CA-97)."""

    _inherit = "customer.archive"

    import_batch_id = fields.Many2one(
        comodel_name="customer.import.batch",
        string="Imported List",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The list that brought this customer; set by the import alone.",
    )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"import_batch_id"}

    def _get_opening_start(self):
        """Old customers of an imported list would be overdue at once: their week begins with the import."""
        start, reason = super()._get_opening_start()
        today = self.company_id._record_control_today()
        if not self.import_batch_id or start >= today:
            return start, reason
        return today, self.env._(
            "The archive came with the imported list %(list)s and counts from the day of the import.",
            list=self.import_batch_id.sudo().name,
        )

    def _restart_opening_clock(self):
        """The week of imported archives counts from the import, whatever the first contact was."""
        own = self.filtered(lambda archive: not archive.import_batch_id)
        return super(CustomerArchive, own)._restart_opening_clock()
