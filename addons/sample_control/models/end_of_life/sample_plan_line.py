from odoo import api, fields, models


class SamplePlanLine(models.Model):
    """The customer is asked to replace his sample, or to sign its successor, before it ends (F23, R9 七.2)."""

    _name = "sample.plan.line"
    # the mixin first: its message_post comes before that of the thread
    _inherit = ["sample.notice.mixin", "sample.plan.line"]
    _notice_template = "sample_control.mail_template_replacement_notice"

    replaced_by = fields.Selection(
        selection=lambda self: self.env["sample.policy"]
        ._fields["replacement_by"]
        ._description_selection(self.env),
        string="Replacement By",
        compute="_compute_replaced_by",
        store=True,
        help="Who makes the successor, as the rule of the sample says: us, or the customer.",
    )
    date_notified = fields.Date(
        string="Customer Told On",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The day on which the letter to the customer went out.",
    )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"date_notified"}

    @api.depends("sample_id.policy_snapshot", "sample_id.owner_id")
    def _compute_replaced_by(self):
        for line in self:
            # sudo: the rule holds whoever looks
            sample_sudo = line.sudo().sample_id
            # a new line has no sample yet
            values = sample_sudo and sample_sudo._get_policy_values("validity")
            rule = values.get("replacement_by") if values else False
            line.replaced_by = "customer" if sample_sudo.owner_id else rule or "us"

    def _get_notice_partner(self):
        sample_sudo = self.sudo().sample_id
        return (sample_sudo.owner_id or sample_sudo.partner_id).sudo(False)

    def _get_notice_fields(self):
        return [*super()._get_notice_fields(), "sample_id"]

    def _on_notice_sent(self):
        super()._on_notice_sent()
        for line in self.filtered(lambda line: not line.date_notified):
            line._write_protected(
                {"date_notified": line.company_id._record_control_today()}
            )

    def _get_notice_date(self):
        """Return the day on the letter: when it went out, else today."""
        self.ensure_one()
        return self.date_notified or self.company_id._record_control_today()
