from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .ir_rule import document_condition

CONTENT_FIELDS = {"datas", "raw", "db_datas", "index_content"}


class IrAttachment(models.Model):
    """Files of restricted records: seeing the list is not downloading.

    The list follows the record (see ``ir.rule``). The content needs the right
    to download, whatever the road: URL with or without token, field of RPC,
    export, copy, search in the text, or moving the file to another record.
    """

    _inherit = "ir.attachment"

    # --- Rights ---

    def _get_restricted_files(self):
        """Return the files of restricted records, by model.

        Images that are fields of the record are part of reading it.

        :return: dict model name -> (attachments, records of the user)
        """
        restricted = self.env["ir.rule"]._get_restricted_models()
        found = {}
        files_sudo = self.sudo().filtered(
            lambda file: file.res_model in restricted and file.res_id
        )
        for model_name, group_sudo in files_sudo.grouped("res_model").items():
            model = self.env[model_name]
            is_image = model._is_image
            group_sudo = group_sudo.filtered(
                lambda file, is_image=is_image: not is_image(file.res_field)
            )
            if group_sudo:
                found[model_name] = (
                    group_sudo,
                    model.sudo(False).browse(group_sudo.mapped("res_id")),
                )
        return found

    def _check_download(self, log=False):
        """Refuse the content of restricted files without the right to download.

        :param bool log: write the download to the access log
        :raises AccessError: with the reasons
        """
        for files_sudo, records in self._get_restricted_files().values():
            records._check_access_right_granted("download")
            if log:
                for file_sudo in files_sudo:
                    record = records.browse(file_sudo.res_id)
                    record._log_record_access("download", detail=file_sudo.name)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not self.env.su and not bypass_access:
            domain = Domain(domain)
            if any(
                condition.field_expr in CONTENT_FIELDS
                for condition in domain.iter_conditions()
            ):
                # the text of a file is not a way to find out what is in it
                domain &= document_condition("res_model", "res_id", "download")
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    # --- Content ---

    def _compute_datas(self):
        if not self.env.su and not self.env.context.get("bin_size"):
            self._check_download(log=True)
        return super()._compute_datas()

    def _compute_raw(self):
        if not self.env.su:
            self._check_download(log=True)
        return super()._compute_raw()

    def _read_format(self, fnames, load="_classic_read"):
        if not self.env.su and {"db_datas", "index_content"}.intersection(fnames):
            self._check_download(log=True)
        return super()._read_format(fnames, load=load)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        if not self.env.su and CONTENT_FIELDS.intersection(
            path[0] for path in fields if path
        ):
            self._check_download(log=True)
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _to_http_stream(self):
        # every URL ends here, as superuser when a token was given
        self._check_download(log=True)
        return super()._to_http_stream()

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._check_not_public()
        return files

    def write(self, vals):
        if not self.env.su and {"res_model", "res_id", "res_field"}.intersection(vals):
            # moving a file out of the record takes its content along
            self._check_download()
        result = super().write(vals)
        if vals.get("public") or vals.get("res_model") or vals.get("res_id"):
            self._check_not_public()
        return result

    def _check_not_public(self):
        """Refuse to open a file of a restricted record to everybody.

        :raises UserError: naming the files
        """
        restricted = self.env["ir.rule"]._get_restricted_models()
        public_sudo = self.sudo().filtered(
            lambda file: file.public and file.res_model in restricted
        )
        if public_sudo:
            raise UserError(
                self.env._(
                    "Files of restricted records cannot be made public: %(files)s.",
                    files=", ".join(public_sudo.mapped("name")),
                )
            )
