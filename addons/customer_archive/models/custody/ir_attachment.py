from odoo import api, models
from odoo.exceptions import UserError

DOCUMENT = "customer.archive.document"
#: what a file is, where it belongs and what it is called
FILE_FIELDS = {
    "checksum",
    "datas",
    "db_datas",
    "mimetype",
    "name",
    "raw",
    "res_field",
    "res_id",
    "res_model",
    "store_fname",
    "type",
    "url",
}


class IrAttachment(models.Model):
    """Files of a document that was handed to the keeper are evidence (CA-05, CA-15).

    Nobody adds, changes or takes them away, the system included: the web server deletes and moves files as superuser
    on behalf of users. Renewing the document, or its destruction record, is the way.
    """

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        # beforehand: the web server keeps what was written when it answers an error with a message
        defaults = self.default_get(["res_model", "res_id"])
        self._check_documents_not_filed(
            vals["res_id"]
            for vals in ({**defaults, **vals} for vals in vals_list)
            if vals.get("res_model") == DOCUMENT and vals.get("res_id")
        )
        return super().create(vals_list)

    def write(self, vals):
        if names := FILE_FIELDS & vals.keys():
            self._filter_changed(names, vals)._check_files_not_filed()
        if not {"res_model", "res_id"}.isdisjoint(vals):
            # nor is a file put to a document that was filed
            self._check_documents_not_filed(
                vals.get("res_id", file_sudo.res_id)
                for file_sudo in self.sudo()
                if vals.get("res_model", file_sudo.res_model) == DOCUMENT
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_filed(self):
        self._check_files_not_filed()

    def _filter_changed(self, names, vals):
        """Return the files of documents that these values change: moving the file store writes what is there."""
        return self.filtered(
            lambda file: file.sudo().res_model == DOCUMENT
            and any(file.sudo()[name] != vals[name] for name in names)
        )

    def _check_files_not_filed(self):
        # sudo: what was filed counts, whoever may see it
        self._check_documents_not_filed(
            file_sudo.res_id
            for file_sudo in self.sudo()
            if file_sudo.res_model == DOCUMENT
        )

    @api.model
    def _check_documents_not_filed(self, document_ids):
        """Refuse to touch files of filed documents.

        :param document_ids: ids of the documents
        :raises UserError: naming every document
        """
        ids = set(filter(None, document_ids))
        if not ids:
            return
        # sudo: what was filed counts, whoever may see it
        documents_sudo = self.env[DOCUMENT].sudo().browse(ids).exists()
        filed = documents_sudo.filtered(lambda document: document._is_closed())
        if filed:
            raise UserError(filed.sudo(False)._explain_filed())
