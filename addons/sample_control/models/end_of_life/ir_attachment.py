from odoo import api, fields, models
from odoo.exceptions import UserError

#: model -> field path to its samples
SAMPLE_PATHS = {
    "sample.sample": "",
    "sample.exception": "sample_id",
    "sample.disposal": "line_ids.sample_id",
    "sample.change": "line_ids.sample_id",
}
#: model -> field with the files that were there when it was signed, and when that was
SIGNED_FILES = {
    "sample.disposal": (
        "consent_attachment_ids",
        [("state", "not in", ("draft", "cancelled"))],
    ),
    "sample.change": (
        "customer_attachment_ids",
        [("state", "not in", ("draft", "cancelled"))],
    ),
    "sample.request.document": (
        "attachment_ids",
        [("request_id.state", "in", ("signing", "approved", "done"))],
    ),
}
#: what of a file is its content
CONTENT_FIELDS = frozenset({"datas", "db_datas", "raw", "type", "url"})
#: what of a file says of which record it is
RECORD_FIELDS = frozenset({"res_field", "res_id", "res_model"})


class IrAttachment(models.Model):
    """Files of samples are kept as long as their product lives, and a while longer (SC-56.4)."""

    _inherit = "ir.attachment"

    def write(self, vals):
        moved = any(
            (file[name] or False) != (vals[name] or False)
            for name in RECORD_FIELDS & vals.keys()
            for file in self.sudo()
        )
        if moved or CONTENT_FIELDS & vals.keys():
            self._check_sample_evidence(self._filter_kept_evidence())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sample_evidence(self):
        self._check_sample_evidence(self._filter_kept_evidence())

    def _filter_kept_evidence(self):
        """Return those of these files that neither go nor change."""
        kept = self._filter_signed_evidence()
        for model, path in SAMPLE_PATHS.items():
            # a picture that is replaced is the business of its own record
            files = self.filtered(
                lambda file, model=model: file.res_model == model and not file.res_field
            )
            if files:
                kept |= files._filter_sample_evidence(path)
        return kept

    @api.model
    def _check_sample_evidence(self, kept):
        """Refuse to change or delete files that are kept.

        :param kept: the files
        :raises UserError: naming them
        """
        if kept:
            raise UserError(
                self.env._(
                    "These files are records of samples and are kept: %(files)s.",
                    files=", ".join(kept.mapped("name")),
                )
            )

    def _filter_signed_evidence(self):
        """Return those of these files on which a disposal, a change or a request rests that was signed.

        Whoever attached them owns them, and they need not name the record (SC-53, SC-54.4).
        """
        files = self.browse()
        for model, (name, domain) in SIGNED_FILES.items():
            # sudo: whether a file must be kept does not depend on who deletes it
            records_sudo = self.env[model].sudo()
            files |= records_sudo.search([(name, "in", self.ids), *domain])[name]
        return self & files.sudo(self.env.su)

    def _filter_sample_evidence(self, path):
        """Return those of these files, all of one model, whose samples must still be documented.

        :param str path: field path from the record to its samples, empty for the sample itself
        """
        # sudo: whether a file must be kept does not depend on who deletes it
        records = self.env[self[0].res_model].sudo().with_context(active_test=False)
        existing = records.browse(self.mapped("res_id")).exists()
        kept_ids = {
            record.id
            for record in existing
            if (record.mapped(path) if path else record)._must_keep_files()
        }
        return self.filtered(lambda file: file.res_id in kept_ids)


class SampleSample(models.Model):
    _inherit = "sample.sample"

    def _must_keep_files(self):
        """Tell whether the files of any of these samples must be kept: product alive, or not long gone."""
        return any(
            sample.state not in ("draft", "to_sign") and not sample._is_retention_over()
            for sample in self
        )

    def _is_retention_over(self):
        """Tell whether the product left the market longer ago than records are kept."""
        self.ensure_one()
        gone = self.product_id.sample_discontinued_date
        if not gone or not self.product_id.sample_discontinued:
            return False
        years = self.company_id.sample_retention_years
        return fields.Date.add(gone, years=years) < (
            self.company_id._record_control_today()
        )
