from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NOW, EndOfLifeCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSampleRecords(EndOfLifeCase):
    """Files are kept, and the dossier tells the whole life (SC-56)."""

    def _file(self, record):
        return self.env["ir.attachment"].create(
            {
                "name": "record.txt",
                "raw": b"x",
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    def test_sc_56_4_files_are_kept(self):
        """SC-56.4: as long as the product lives and a year longer, to the day."""
        sample = self._new_active_sample()
        record = self._report(sample)
        files = self._file(sample) | self._file(record)
        for file in files:
            with self.assertRaisesRegex(UserError, "kept"):
                file.unlink()
        self.product.write(
            {"sample_discontinued": True, "sample_discontinued_date": "2025-03-10"}
        )
        with self.assertRaises(UserError):
            files.unlink()
        self.product.sample_discontinued_date = "2025-03-09"
        files.unlink()

    def test_drafts_are_free(self):
        self._file(self._new_sample()).unlink()

    def test_retention_is_configurable(self):
        self.company.sample_retention_years = 10
        sample = self._new_active_sample()
        self.product.write(
            {"sample_discontinued": True, "sample_discontinued_date": "2020-01-01"}
        )
        with self.assertRaises(UserError):
            self._file(sample).unlink()

    def test_dossier(self):
        sample = self._new_active_sample()
        record = self._report(sample)
        self._new_change()
        sections = sample.with_user(self.quality)._get_dossier_sections()
        titles = [section["title"] for section in sections]
        for title in ("Exceptions", "Changes", "Disposal", "Stock-takes", "Recalls"):
            self.assertIn(title, titles)
        rows = {section["title"]: section["rows"] for section in sections}
        self.assertEqual(rows["Exceptions"][0][0], record.name)
        for section in sections:
            for row in section["rows"]:
                self.assertEqual(len(row), len(section["columns"]), section["title"])
