from odoo import fields, models


class LoanExtension(models.Model):
    """A later due date: asked for, decided, kept."""

    _name = "loan.extension"
    _description = "Loan Extension"
    _inherit = ["guarded.state.mixin"]
    _order = "id"
    _guarded_initial_states = ("requested",)
    _guarded_side_states = ("refused",)
    _guarded_transitions = {
        "requested": ("approved", "refused"),
        "approved": (),
        "refused": (),
    }
    _guarded_protected_fields = (
        "loan_id",
        "reason",
        "requester_id",
        "approver_id",
        "decided_at",
        "date_due_before",
        "date_due",
    )

    loan_id = fields.Many2one(
        comodel_name="loan.loan",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    state = fields.Selection(
        selection=[
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        default="requested",
        required=True,
        readonly=True,
    )
    requester_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    reason = fields.Char(
        required=True,
        readonly=True,
    )
    date_due_before = fields.Datetime(
        string="Due Before",
        readonly=True,
    )
    date_due = fields.Datetime(
        string="New Due Date",
        readonly=True,
    )
    approver_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
    )
    decided_at = fields.Datetime(
        string="Decided on",
        readonly=True,
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")

    def _compute_display_name(self):
        for extension in self:
            extension.display_name = self.env._(
                "Extension of %(loan)s", loan=extension.loan_id.name
            )

    def _compute_can_decide(self):
        for extension in self:
            extension.can_decide = extension._can_transition("approved")

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if not reasons:
            reasons += self.loan_id._get_decision_reasons(self.requester_id)
        if not reasons and target == "approved":
            reasons += self.loan_id._get_extension_reasons(self.date_due, counting=self)
        return reasons

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        vals.update(approver_id=self.env.uid, decided_at=fields.Datetime.now())
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "approved":
            for extension in self:
                extension.loan_id._extend(extension)

    def action_approve(self):
        """Approve the later due date. Never by the borrower or who asked.

        :return: True
        """
        return self._transition("approved")

    def action_refuse(self):
        """Refuse the later due date.

        :return: True
        """
        return self._transition("refused")
