from odoo import api, fields, models
from odoo.exceptions import UserError

#: what a receiver confirms
RECEIPT_FIELDS = frozenset(
    {"company_id", "department_id", "receiver_id", "request_id", "sample_id"}
)


class SampleDistribution(models.Model):
    """One line of the issue list: who receives which copy, and has confirmed it (SC-27.2)."""

    _name = "sample.distribution"
    _description = "Issue of a Sample"
    _inherit = ["protected.fields.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _protected_fields = ("date_received", "date_issued")

    request_id = fields.Many2one(
        comodel_name="sample.request",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Empty: the first piece of the request.",
    )
    copy_no = fields.Integer(related="sample_id.copy_no")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department", required=True, check_company=True
    )
    receiver_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        index=True,
        domain=[("share", "=", False)],
    )
    date_issued = fields.Date(string="Issued On", readonly=True, copy=False)
    date_received = fields.Date(
        string="Received On", readonly=True, copy=False, index="btree_not_null"
    )
    date_returned = fields.Date(string="Taken Back On", copy=False)

    _check_subject = models.Constraint(
        "CHECK (request_id IS NOT NULL OR sample_id IS NOT NULL)",
        "An issue belongs to a request or a sample.",
    )

    @api.depends("department_id", "receiver_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = " ".join(
                filter(None, (line.department_id.name, line.receiver_id.name))
            )

    @api.model
    def _get_boundary_fields(self):
        return super()._get_boundary_fields() | {"request_id", "sample_id"}

    def write(self, vals):
        """Who confirmed what stays as it was confirmed (SC-27.2)."""
        changed = self._filter_changed(RECEIPT_FIELDS, vals).filtered("date_received")
        if changed and not self.env.su:
            raise UserError(
                self.env._(
                    "%(lines)s: a confirmed receipt is not changed.",
                    lines=", ".join(changed.mapped("display_name")),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_received(self):
        if self.filtered("date_received"):
            raise UserError(self.env._("A confirmed receipt is not deleted."))

    def _ask_for_confirmation(self):
        """Issue the samples and ask each receiver to confirm; once."""
        for line in self.filtered(lambda line: not line.date_issued):
            today = line.company_id._record_control_today()
            line._write_protected({"date_issued": today})
            # sudo: whoever files the request gives the receiver something to do
            line.sudo().activity_schedule(
                "sample_control.mail_activity_type_receipt", user_id=line.receiver_id.id
            )

    def action_confirm_receipt(self):
        """Confirm, as the receiver, that the sample has arrived.

        :return: True
        :raises UserError: for lines that were not issued, or to other receivers
        """
        self.check_access("read")
        other = self.filtered(
            lambda line: line.receiver_id != self.env.user or not line.date_issued
        )
        if other:
            raise UserError(
                self.env._(
                    "Only the receiver confirms what was issued: %(lines)s.",
                    lines=", ".join(other.mapped("display_name")),
                )
            )
        # sudo: receivers need not be able to change the issue list
        lines_sudo = self.sudo().filtered(lambda line: not line.date_received)
        for company, lines in lines_sudo.grouped("company_id").items():
            lines.write({"date_received": company._record_control_today()})
        lines_sudo.activity_feedback(["sample_control.mail_activity_type_receipt"])
        return True
