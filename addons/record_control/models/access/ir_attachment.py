from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .ir_rule import document_condition

CONTENT_FIELDS = {"datas", "raw", "db_datas", "index_content", "thumbnail"}
#: those that are read as they are stored; the others are computed
READ_CONTENT_FIELDS = CONTENT_FIELDS - {"datas", "raw"}


class IrAttachment(models.Model):
    """Files of restricted records: seeing the list is not downloading.

    The list follows the record (see ``ir.rule``). The content needs the right
    to download, whatever the road: URL with or without token, field of RPC,
    export, copy, search in the text, or moving the file to another record.
    """

    _name = "ir.attachment"
    _inherit = ["ir.attachment", "guarded.name.mixin"]

    # --- Rights ---

    def _get_restricted_files(self):
        """Return the files of restricted records, by model.

        Images that are fields of the record are part of reading it.

        :return: dict model name -> (attachments, records of the user)
        """
        restricted = self.env["ir.rule"]._get_restricted_models()
        found = {}
        files_sudo = (
            self.sudo()
            ._get_pictured_files()
            .filtered(lambda file: file.res_model in restricted and file.res_id)
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

    def _get_pictured_files(self):
        """Return these files, and in place of a picture of a file that file, through pictures of pictures."""
        found, rest, seen = self.browse(), self, self
        while rest:
            pictures = rest.filtered(lambda file: file.res_model == self._name)
            found |= rest - pictures
            pictured = self.browse(filter(None, pictures.mapped("res_id")))
            rest = pictured.exists() - seen
            seen |= rest
        return found

    def _check_passed_on(self):
        """Refuse to send files that the user may not download; what he uploaded himself he has.

        :raises AccessError: with the reasons
        """
        # sudo: who uploaded a file does not depend on who asks
        foreign_sudo = self.sudo().filtered(
            lambda file: file.create_uid != self.env.user
        )
        foreign_sudo._check_download(log=True)

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
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        if not self.env.su and not bypass_access:
            domain = Domain(domain)
            if any(
                condition.field_expr in CONTENT_FIELDS
                for condition in domain.iter_conditions()
            ):
                # the text of a file is not a way to find out what is in it
                domain &= document_condition("res_model", "res_id", "download")
            if any(self._is_content(term) for term in (order or "").split(",")):
                domain &= self._get_unrestricted_domain()
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._leave_out_content(groupby_spec, alias, query)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        self._leave_out_content(aggregate_spec, self._table, query)
        return super()._read_group_select(aggregate_spec, query)

    def _leave_out_content(self, spec, alias, query):
        """Group by content among the files of no restricted record: that reads their text without a download.

        :param str spec: what is grouped by or aggregated
        :param str alias: of the table of files in ``query``
        """
        if not self.env.su and self._is_content(spec):
            domain = self._get_unrestricted_domain().optimize_full(self.sudo())
            query.add_where(domain._to_sql(self.sudo(), alias, query))

    @api.model
    def _is_content(self, spec):
        """Tell whether a term of a grouping, an aggregate or an order is about the content of files."""
        return spec.strip().split(" ")[0].split(":")[0].split(".")[0] in CONTENT_FIELDS

    @api.model
    def _get_unrestricted_domain(self):
        return Domain(
            "res_model", "not in", self.env["ir.rule"]._get_restricted_models()
        )

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
        if not self.env.su and READ_CONTENT_FIELDS.intersection(fnames):
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

    def copy_data(self, default=None):
        # as superuser, too: the web editor copies for its user, and the picture of the first page comes along
        self._check_download()
        return super().copy_data(default=default)

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
