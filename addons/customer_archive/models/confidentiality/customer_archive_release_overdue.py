from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.record_control.tools.one_by_one import act_on_each


class CustomerArchiveRelease(models.Model):
    """Papers that are still out when their period of use is over (CA-12)."""

    _inherit = "customer.archive.release"

    date_breach = fields.Date(
        string="Breach Noted on",
        readonly=True,
        copy=False,
        help="The period of use was over and nobody had recorded the destruction of the papers.",
    )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"date_breach"}

    def _after_transition(self, source, target):
        result = super()._after_transition(source, target)
        if target == "destroyed":
            # Whoever records it, the applicant has to be reminded no more.
            self.sudo().activity_feedback(["mail.mail_activity_data_todo"])
        return result

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target == "cancelled" and self.state == "approved" and self._is_used():
            reasons.append(
                self.env._(
                    "%(release)s was used to print or to take out data: have the recipient sign, and the papers "
                    "destroyed before a witness.",
                    release=self.name,
                )
            )
        return reasons

    # --- Cron ---

    @api.model
    def _cron_note_breaches(self):
        """Remind the applicants of papers whose period of use is over, and write the breach into the timelines.

        Runs every day and notes each request once, so a day without the job loses nothing.
        """
        # every company, and they are few
        # pylint: disable-next=no-search-all
        companies = self.env["res.company"].sudo().search([])
        for company in companies:
            today = company._record_control_today()
            # sudo: the job sees the requests of everybody
            releases_sudo = self.sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("kind", "!=", "mass_edit"),
                    ("state", "in", ("approved", "received")),
                    ("date_until", "<", today),
                    ("date_breach", "=", False),
                ]
            )
            act_on_each(
                releases_sudo,
                lambda some, today=today: some.filtered(
                    lambda r: r._is_used()
                )._note_breach(today),
            )

    def _is_used(self):
        """Tell whether papers or data were taken out by this request, whether or not anybody signed for them."""
        self.ensure_one()
        if self.state == "received":
            return True
        since = self.grant_ids.filtered("decided_at").mapped("decided_at")
        if not since:
            return False
        # sudo: the log tells the system, whoever may read it
        archives_sudo = self.sudo().archive_ids
        about = Domain.OR(
            Domain("res_model", "=", records_sudo._name)
            & Domain("res_id", "in", records_sudo.ids)
            for records_sudo in (archives_sudo, archives_sudo.document_ids)
        )
        taken = (
            Domain("user_id", "=", self.user_id.id)
            & Domain("action", "in", ("print", "export", "download"))
            & Domain("at", ">=", min(since))
        )
        return bool(self.env["access.log"].sudo().search_count(about & taken, limit=1))

    def _note_breach(self, today):
        if not self:
            return
        self.write({"date_breach": today})
        for user, releases in self.grouped("user_id").items():
            releases.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=today,
                user_id=user.id,
                summary=self.env._(
                    "Destroy the papers before a witness: their period of use is over"
                ),
            )
        self.env["customer.archive"]._add_archive_events(
            [
                {
                    "partner": archive.partner_id,
                    "type": "breach",
                    "subject": self.env._(
                        "%(release)s: papers not destroyed at the end of their period of use",
                        release=release.name,
                    ),
                    "source": release,
                    "company_id": release.company_id.id,
                    "reporter_id": release.user_id.id,
                }
                for release in self
                for archive in release.archive_ids
            ]
        )
