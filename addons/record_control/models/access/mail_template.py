from odoo import api, models
from odoo.exceptions import AccessError, UserError


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

    def _check_not_about_others(self, model_name):
        """Refuse templates about restricted records for records of another model.

        Odoo fills them from whichever record has the same number, and jobs do so as the system.

        :param str model_name: the model whose records they are for
        :raises UserError: naming the templates
        """
        restricted = self.env["ir.rule"]._get_restricted_models()
        # sudo: what a template is about is no secret
        foreign_sudo = self.sudo().filtered(
            lambda template: template.model != model_name
            and template.model in restricted
        )
        if foreign_sudo:
            raise UserError(
                self.env._(
                    "The mail template is about records of another kind: %(templates)s.",
                    templates=", ".join(foreign_sudo.mapped("name")),
                )
            )
