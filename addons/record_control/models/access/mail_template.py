from odoo import api, models
from odoo.exceptions import AccessError


class MailTemplate(models.Model):
    """A template prints what its sender may print, and jobs of the system send templates, too.

    So whoever writes one does not choose what these jobs print of restricted records, unless he edits the templates
    of everybody anyway.
    """

    _inherit = "mail.template"

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        templates._check_restricted_reports()
        return templates

    def write(self, vals):
        result = super().write(vals)
        if "report_template_ids" in vals:
            self._check_restricted_reports()
        return result

    def _check_restricted_reports(self):
        """Refuse templates that attach prints of restricted records.

        :raises AccessError: naming the reports
        """
        if self.env.su or self.env.user.has_group("mail.group_mail_template_editor"):
            return
        restricted = self.env["ir.rule"]._get_restricted_models()
        # sudo: which reports there are is no secret
        reports_sudo = self.sudo().report_template_ids.filtered(
            lambda report: report.model in restricted
        )
        if reports_sudo:
            raise AccessError(
                self.env._(
                    "Only those who edit all mail templates may attach prints of restricted records: %(reports)s.",
                    reports=", ".join(reports_sudo.mapped("name")),
                )
            )
