from odoo import api, models
from odoo.exceptions import UserError


class IrAttachment(models.Model):
    """The file behind a field of a guarded record changes with the record alone.

    Odoo keeps pictures and files of fields as attachments, which whoever may write the record may
    write, too: past everything that the record itself asks.
    """

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._check_no_guarded_field()
        return files

    def write(self, vals):
        self._check_no_guarded_field()
        result = super().write(vals)
        if {"res_model", "res_id", "res_field"} & vals.keys():
            self._check_no_guarded_field()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded_field(self):
        self._check_no_guarded_field()

    def _check_no_guarded_field(self):
        """Refuse files that are the value of a field of a guarded record; the system writes them with sudo.

        :raises UserError: naming the files
        """
        if self.env.su:
            return
        # sudo: whether a file belongs to a field does not depend on who asks
        files_sudo = self.sudo().filtered(
            lambda file: file.res_field and file.res_model in self.env
        )
        guarded_sudo = files_sudo.filtered(
            lambda file: self.env["ir.rule"]._is_of_the_suite(self.env[file.res_model])
        )
        if guarded_sudo:
            raise UserError(
                self.env._(
                    "These files belong to fields of records; change them in the record: %(files)s.",
                    files=", ".join(guarded_sudo.mapped("name")),
                )
            )
