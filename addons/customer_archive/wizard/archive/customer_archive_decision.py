from odoo import api, fields, models

# kind of decision -> (state to go to, field that keeps the reason)
DECISIONS = {
    "stop": ("stopped", "stop_reason"),
    "resume": ("active", "restoration_reason"),
    "deregister": ("cancelled", "deregistration_reason"),
    "restore": ("active", "restoration_reason"),
}


class CustomerArchiveDecision(models.TransientModel):
    """Ask the reason of a step that ends or resumes the trade with customers (CA-16)."""

    _name = "customer.archive.decision"
    _description = "Decision on customer archives"
    _inherit = ["own.wizard.mixin"]

    kind = fields.Selection(
        selection=[
            ("stop", "Stop trading"),
            ("resume", "Resume trading"),
            ("deregister", "Deregister"),
            ("restore", "Restore"),
        ],
        required=True,
        readonly=True,
    )
    archive_ids = fields.Many2many(
        comodel_name="customer.archive",
        string="Archives",
        required=True,
        readonly=True,
    )
    churn_reason_id = fields.Many2one(
        comodel_name="customer.archive.churn.reason",
    )
    reason = fields.Text(
        required=True,
    )
    archive_contacts = fields.Boolean(
        string="Archive the Contact Persons",
        help="The customer itself stays active: it is still needed for open orders and receivables.",
    )
    archive_partner = fields.Boolean(
        string="Archive the Customer",
        help="Only without open orders and receivables.",
    )
    open_business = fields.Text(
        compute="_compute_open_business",
    )

    @api.depends("archive_ids", "kind")
    def _compute_open_business(self):
        for decision in self:
            reasons = []
            if decision.kind == "deregister":
                reasons = (
                    decision.archive_ids.partner_id._get_ca_open_business_reasons()
                )
            decision.open_business = "\n".join(reasons) or False

    def action_confirm(self):
        """Take the step for all archives and keep the reason."""
        self.ensure_one()
        target, reason_field = DECISIONS[self.kind]
        vals = {reason_field: self.reason}
        if self.kind == "deregister":
            vals["churn_reason_id"] = self.churn_reason_id.id
        # The reason comes with the step: without it the step is refused by every road.
        self.archive_ids._transition(target, **vals)
        if self.kind == "deregister":
            self._archive_contacts()
        elif self.kind == "restore":
            self.archive_ids.with_context(active_test=False).partner_id.filtered(
                lambda partner: not partner.active
            ).action_unarchive()
        return {"type": "ir.actions.act_window_close"}

    def _archive_contacts(self):
        """Archive contact persons, and the customers themselves, as far as asked for."""
        partners = self.archive_ids.partner_id
        if self.archive_contacts or self.archive_partner:
            partners.child_ids.action_archive()
        if self.archive_partner:
            partners.action_archive()
