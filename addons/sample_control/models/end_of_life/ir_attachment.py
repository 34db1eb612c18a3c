from odoo import api, fields, models
from odoo.exceptions import UserError

#: model -> field path to its samples
SAMPLE_PATHS = {
    "sample.sample": "",
    "sample.exception": "sample_id",
    "sample.disposal": "line_ids.sample_id",
    "sample.change": "line_ids.sample_id",
}


class IrAttachment(models.Model):
    """Files of samples are kept as long as their product lives, and a while longer (SC-56.4)."""

    _inherit = "ir.attachment"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sample_evidence(self):
        kept = self.browse()
        for model, path in SAMPLE_PATHS.items():
            # a picture that is replaced is the business of its own record
            files = self.filtered(
                lambda file, model=model: file.res_model == model and not file.res_field
            )
            if files:
                kept |= files._filter_sample_evidence(path)
        if kept:
            raise UserError(
                self.env._(
                    "These files are records of samples and are kept: %(files)s.",
                    files=", ".join(kept.mapped("name")),
                )
            )

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
