from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
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

    def test_sc_56_4_files_stay_as_they_are(self):
        """SC-56.4: kept files are neither overwritten, nor turned into links, nor moved away and deleted."""
        sample = self._new_active_sample()
        file = self._file(sample).with_user(self.technical)
        for vals in (
            {"raw": b"y"},
            {"db_datas": b"y"},
            {"type": "url", "url": "https://example.com"},
            {"res_model": False, "res_id": False},
            {"res_id": self._new_sample().id},
        ):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "kept"):
                file.write(vals)
        file.write({"name": "Record of 2026.txt", "res_id": sample.id})

    def test_sc_22_files_of_a_signed_request(self):
        """SC-22, SC-24: the documents of a request stay as they were when it was signed."""
        request = self.env["sample.request"].create(
            {
                "kind": "new",
                "product_id": self.product.id,
                "type_id": self._type("STD").id,
            }
        )
        file = self._attachment(self.technical)
        self.env["sample.request.document"].create(
            {"request_id": request.id, "name": "Drawing", "attachment_ids": file.ids}
        )
        file.write({"raw": b"We agree."})
        # the road to there is tried in the chapter sealing
        self.env.cr.execute(
            "UPDATE sample_request SET state = 'signing' WHERE id = %s", [request.id]
        )
        request.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "kept"):
            file.unlink()
        with self.assertRaisesRegex(UserError, "kept"):
            file.write({"raw": b"We do not"})

    def test_sc_54_3_photo_stays(self):
        """SC-54.3: the photograph of a disposal is not exchanged behind the sheet."""
        sample = self._end(self._new_active_sample())
        sheet = self._dispose(sample).disposal_line_ids.disposal_id
        files = self.env["ir.attachment"].with_user(self.technical)
        photo = files.search(
            [
                ("res_model", "=", sheet._name),
                ("res_id", "=", sheet.id),
                ("res_field", "=", "photo"),
            ]
        )
        self.assertTrue(photo)
        with self.assertRaisesRegex(UserError, "in the record"):
            photo.write({"raw": b"x"})
        with self.assertRaisesRegex(UserError, "in the record"):
            photo.write({"res_field": False})
        with self.assertRaisesRegex(UserError, "in the record"):
            photo.unlink()
        with (
            self.assertRaisesRegex(UserError, "in the record"),
            self.env.cr.savepoint(),
        ):
            files.create(
                {
                    "name": "photo",
                    "raw": b"x",
                    "res_model": sheet._name,
                    "res_id": sheet.id,
                    "res_field": "photo",
                }
            )

    def test_sc_56_2_ended_sample_stays_what_it_was(self):
        """E19, SC-56.2: nobody makes an expired sample one of another product, or moves its original range."""
        line = self._new_line(
            "width", has_baseline=True, baseline_min=1, baseline_max=2
        )
        sample = self._end(self._new_active_sample(line_ids=[line]))
        lid = self._new_product("Lid")
        width = sample.line_ids
        other = self._new_line("thickness", nominal=1)
        for user in (self.technical, self.quality, self.administrator):
            for change in (
                {"product_id": lid.id},
                {"partner_id": self.customer.id},
                {"drawing_no": "D-9"},
                {"line_ids": [other]},
                {"line_ids": [Command.update(width.id, {"baseline_max": 9})]},
                {"line_ids": [Command.delete(width.id)]},
            ):
                with (
                    self.subTest(user=user.login, change=change),
                    self.assertRaisesRegex(UserError, "ended sample stays"),
                ):
                    sample.with_user(user).write(change)
            for attempt in (
                lambda lines: lines.write({"baseline_max": 9}),
                lambda lines: lines.unlink(),
                lambda lines: lines.create({"sample_id": sample.id, **other[2]}),
            ):
                with self.assertRaises(UserError):
                    attempt(width.with_user(user))
        sample.with_user(self.quality).write({"drawing_no": sample.drawing_no})
