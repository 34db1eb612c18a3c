import base64
import io
import zipfile

from freezegun import freeze_time
from openpyxl import Workbook, load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...tools import count_sheet
from ...tools.count_sheet import MAX_BYTES, MAX_ROWS
from .common import NOW, EndOfLifeCase

HEAD = ("样件编号", "实盘在位", "发现位置", "差异原因", "备注")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestStocktakeImport(EndOfLifeCase):
    """Counts that come in a sheet (X13, SC-56.3): checked as a whole, entered all or the good ones alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.room.manager_id = cls.keeper
        cls.drawer = cls._new_location("DRAWER", kind="drawer", parent_id=cls.room.id)
        cls.other = cls._new_location("OTHER", kind="room")
        cls.here = cls._new_active_sample()
        cls.inside = cls._new_active_sample(home_location_id=cls.drawer.id)
        cls.stray = cls._new_active_sample(home_location_id=cls.other.id)
        cls.round = (
            cls.env["sample.stocktake"]
            .with_user(cls.keeper)
            .create({"location_id": cls.room.id})
        )
        cls.round.action_count()

    def _sheet(self, *rows, head=HEAD, title=("样件盘点表",)):
        """Return a workbook in base64: title row, headings, rows."""
        workbook = Workbook()
        sheet = workbook.active
        sheet.title = "盘点"
        for cells in (title, head, *rows):
            sheet.append(cells)
        stream = io.BytesIO()
        workbook.save(stream)
        return base64.b64encode(stream.getvalue())

    def _import(self, *rows, user=None, on_bad_rows="none", **options):
        wizard = (
            self.env["sample.stocktake.import"]
            .with_user(user or self.keeper)
            .create(
                {
                    "stocktake_id": self.round.id,
                    "file_data": self._sheet(*rows, **options),
                    "file_name": "count.xlsx",
                    "on_bad_rows": on_bad_rows,
                }
            )
        )
        wizard.action_import()
        return wizard

    def _line(self, sample):
        return self.round.line_ids.filtered(lambda line: line.sample_id == sample)

    def _rename(self, **names):
        """Give samples other numbers, as the system may."""
        for name, number in names.items():
            getattr(self, name).sudo().name = number
        self.env.flush_all()

    def test_renamed_piece_is_the_same(self):
        """SC-56.3: under its new number, or that of the sheet printed before, it is the piece of the books."""
        old = self.here.name
        self._rename(here="YJ-NEW-1")
        for number in ("YJ-NEW-1", old):
            with self.subTest(number=number):
                wizard = self._import((number, "是", None, None, None))
                self.assertFalse(wizard.issue_ids)
                lines = self.round.line_ids
                self.assertEqual(self._line(self.here).result, "match")
                self.assertEqual(len(lines.filtered("is_found")), 1)

    def test_renamed_secret_piece_is_the_same(self):
        """SC-07.2, SC-56.3: also for a counter who may not see the piece, and nothing is told of it."""
        secret = self._new_sample(
            "BMK", user=self.benchmark, home_location_id=self.room.id
        )
        line = self.env["sample.stocktake.line"].create(
            {
                "stocktake_id": self.round.id,
                "sample_id": secret.id,
                "code": secret.name,
                "is_expected": True,
                "location_id": self.room.id,
            }
        )
        secret.sudo().name = "YJ-NEW-3"
        self._import(("YJ-NEW-3", "是", None, None, None))
        self.assertTrue(line.is_found)

    def test_renamed_piece_stands_once(self):
        """SC-56.3: the old and the new number in one sheet are one piece; both rows are named."""
        old = self.here.name
        self._rename(here="YJ-NEW-1")
        wizard = self._import(
            (old, "是", None, None, None), ("YJ-NEW-1", "是", "DRAWER", None, None)
        )
        self.assertIn("under another number", wizard.issue_ids.reason)
        self.assertEqual(wizard.issue_ids.value, "YJ-NEW-1")
        self.assertFalse(any(self.round.line_ids.mapped("is_found")))

    def test_number_passed_on_is_refused(self):
        """SC-56.3: a number that means another piece now is not guessed, listed or not."""
        for name in ("inside", "stray"):
            with self.subTest(now=name):
                old = self.here.name
                self._rename(here=f"YJ-AWAY-{name}")
                self._rename(**{name: old})
                wizard = self._import((old, "是", None, None, None))
                self.assertIn("belongs to another piece now", wizard.issue_ids.reason)
                self.assertFalse(any(self.round.line_ids.mapped("is_found")))
                self._rename(**{name: f"YJ-BACK-{name}"})
                self._rename(here=old)

    def test_good_rows(self):
        """Found where the books say, moved, and from elsewhere: the results are those of scanning."""
        wizard = self._import(
            (self.here.name, "是", None, None, None),
            (self.inside.name, "√", "ROOM", "Put down here", "dusty"),
            (self.stray.name, 1, "DRAWER", None, None),
            (None, None, None, None, None),
            ("合计", None, None, None, None),
        )
        self.assertFalse(wizard.bad_count)
        self.assertEqual(self._line(self.here).result, "match")
        self.assertRecordValues(
            self._line(self.inside),
            [
                {
                    "result": "misplaced",
                    "found_location_id": self.room.id,
                    "reason": "Put down here",
                    "note": "dusty",
                    "found_by_id": self.keeper.id,
                }
            ],
        )
        stray = self._line(self.stray)
        self.assertEqual(
            (stray.result, stray.found_location_id), ("misplaced", self.drawer)
        )
        self.assertIn("count.xlsx", self.round.message_ids[:1].body)

    def test_all_problems_at_once_and_nothing_entered(self):
        """Every bad row with sheet, row, column and reason; by default nothing is entered."""
        wizard = self._import(
            (self.here.name, "是", None, None, None),
            (self.inside.name, "maybe", None, None, None),
            (self.stray.name, "是", "OTHER", None, None),
            ("YJ-NONE-1", "是", None, None, None),
            (self.here.name, "是", None, None, None),
            (None, "是", None, None, None),
            (self.inside.name + "x", "否", "ROOM", None, None),
        )
        found = [(i.sheet, i.row, i.letter, i.reason) for i in wizard.issue_ids]
        self.assertEqual(
            [item[:3] for item in found],
            [
                ("盘点", 4, "B"),
                ("盘点", 5, "C"),
                ("盘点", 6, "A"),
                ("盘点", 7, "A"),
                ("盘点", 8, "A"),
                ("盘点", 9, "C"),
            ],
        )
        for text, item in zip(
            ("yes or no", "not part", "no sample", "row 3", "missing", "not found"),
            found,
            strict=True,
        ):
            self.assertIn(text, item[3])
        self.assertEqual((wizard.good_count, wizard.bad_count), (1, 6))
        self.assertFalse(any(self.round.line_ids.mapped("is_found")))

    def test_good_rows_by_choice(self):
        """The good rows alone are entered when that was chosen, and how many were left out is kept."""
        self._import(
            (self.here.name, "是", None, None, None),
            ("YJ-NONE-1", "是", None, None, None),
            on_bad_rows="good",
        )
        self.assertEqual(self._line(self.here).result, "match")
        self.assertEqual(len(self.round.line_ids), 2)
        self.assertIn("1 rows left out", self.round.message_ids[:1].body)

    def test_unknown_piece_with_a_reason_is_surplus(self):
        """An unknown number is a slip of the pen, unless the reason says that the piece is there."""
        self._import(("GB-7", "是", "DRAWER", "Left by the former project", None))
        line = self.round.line_ids.filtered(lambda line: line.code == "GB-7")
        self.assertEqual(line.result, "surplus")
        self.assertEqual(line.reason, "Left by the former project")

    def test_exported_sheet_comes_back(self):
        """The sheet that the round exports is the one that is imported, once marked."""
        ledger = self.env["report.sample_control.ledger_stocktake"]
        ledger = ledger.with_user(self.keeper)
        domain = [("stocktake_id", "=", self.round.id)]
        with ledger._open_ledger_file(domain) as file:
            workbook = load_workbook(io.BytesIO(file.read()))
        sheet = workbook.active
        [head] = [
            row
            for row in sheet.iter_rows()
            if any(cell.value == "Found There" for cell in row)
        ]
        [mark] = [cell.column for cell in head if cell.value == "Found There"]
        for number in (1, 2):
            sheet.cell(head[0].row + number, mark).value = "Yes"
        stream = io.BytesIO()
        workbook.save(stream)
        wizard = self.env["sample.stocktake.import"].with_user(self.keeper)
        wizard = wizard.create(
            {
                "stocktake_id": self.round.id,
                "file_data": base64.b64encode(stream.getvalue()),
            }
        )
        wizard.action_check()
        self.assertEqual((wizard.good_count, wizard.bad_count), (2, 0))
        self.assertFalse(any(self.round.line_ids.mapped("is_found")))
        wizard.action_import()
        self.assertEqual(set(self.round.line_ids.mapped("result")), {"match"})

    def test_sheet_of_another_round(self):
        wizard = self._import(
            ("PD2020-0001", self.here.name, "是"), head=("盘点单号", "样件编号", "实盘")
        )
        self.assertIn("another stock-take", wizard.issue_ids.reason)

    def test_files_that_are_none(self):
        """No workbook, no headings: said in a sentence."""
        for data, text in (
            (base64.b64encode(b"no workbook"), "no Excel"),
            (self._sheet(("a", "b"), head=("x", "y")), "headings"),
            (False, "Choose the file"),
        ):
            wizard = self.env["sample.stocktake.import"].with_user(self.keeper)
            wizard = wizard.create({"stocktake_id": self.round.id, "file_data": data})
            with self.assertRaisesRegex(UserError, text):
                wizard.action_import()

    def _packed(self, **parts):
        """Return a good sheet in base64 with some parts of the package replaced."""
        good = base64.b64decode(self._sheet((self.here.name, "是")))
        stream = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(good)) as source,
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for name in source.namelist():
                content = parts.get(name.rpartition("/")[2].partition(".")[0])
                target.writestr(name, content or source.read(name))
        return base64.b64encode(stream.getvalue())

    def test_files_that_are_meant_badly(self):
        """A renamed text, a torn package, a bomb, more rows than are read: one sentence, and quickly."""
        wide = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        wide += b'<dimension ref="A1:XFD1048576"/><sheetData>'
        wide += b'<row r="1"/>' * 3000 + b"</sheetData></worksheet>"
        many = [(f"GB-{n}", "是") for n in range(MAX_ROWS + 1)]
        for data, text in (
            (base64.b64encode("样件编号,实盘在位\nGB-1,是".encode()), "no Excel"),
            (b"not base64!", "no Excel"),
            (self._packed(sheet1=b"<worksheet><sheetData><row>"), "no Excel"),
            (self._packed(workbook=b" " * (MAX_BYTES + 1)), "too many rows"),
            (self._packed(sheet1=wide), "headings"),
            (self._sheet(*many), "too many rows"),
        ):
            with self.subTest(text=text), self.assertRaisesRegex(UserError, text):
                self.round._read_counts(data)

    def test_sc_56_3_lines_that_are_looked_at(self):
        """SC-56.3: empty lines do not count as rows, but not every number of them is looked at."""
        rows = [(None,) * 5] * 4 + [(self.here.name, "是", None, None, None)]
        self.patch(count_sheet, "MAX_LINES", 2 + len(rows))
        self.assertEqual(len(self.round._read_counts(self._sheet(*rows))), 1)
        self.patch(count_sheet, "MAX_LINES", 1 + len(rows))
        with self.assertRaisesRegex(UserError, "too many rows"):
            self.round._read_counts(self._sheet(*rows))

    def test_cells_stay_text(self):
        """Formulas and tags of the sheet are shown as they stand (no HTML, no formula)."""
        tag = "<img src=x onerror=alert(1)>"
        wizard = self._import((tag, "是", None, None, None), ("=1+1", "是", None, None))
        self.assertEqual(wizard.issue_ids[0].value, tag)
        wizard.write({"file_name": f"{tag}.xlsx", "on_bad_rows": "good"})
        wizard.action_import()
        self.assertNotIn("<img", self.round.message_ids[:1].body)

    def test_hidden_piece_is_counted(self):
        """A piece of the round that the counter may not see is counted by sheet and by scan, unnamed."""
        hidden = self._new_sample("BMK", self.benchmark, origin="benchmark")
        line = self.env["sample.stocktake.line"].create(
            {
                "stocktake_id": self.round.id,
                "sample_id": hidden.id,
                "code": hidden.name,
                "is_expected": True,
                "location_id": self.room.id,
            }
        )
        self.assertNotIn(line, self.round.line_ids)
        answer = self.round.scan(hidden.name)
        self.assertEqual(line.found_by_id, self.keeper)
        self.assertNotIn(hidden.display_name, str(answer).replace(hidden.name, ""))
        self.assertNotIn(self.room.complete_name, answer["message"])
        self.assertEqual(self.round.scan(hidden.name)["status"], "again")
        self.assertFalse(self._import((hidden.name, "是")).bad_count)
        self.assertEqual(line.result, "match")

    def test_wizard_of_another_company(self):
        """By RPC a round of a company that the keeper does not work in is neither checked nor counted."""
        foreign = self.env["sample.stocktake"].create(
            {
                "company_id": self.company_b.id,
                "location_id": self.env["sample.location"]
                .create(
                    {
                        "name": "B",
                        "code": "B-ROOM",
                        "kind": "room",
                        "company_id": self.company_b.id,
                    }
                )
                .id,
            }
        )
        foreign.action_count()
        self.env.invalidate_all()
        wizard = self.env["sample.stocktake.import"].with_user(self.keeper)
        wizard = wizard.create(
            {"stocktake_id": foreign.id, "file_data": self._sheet(("x", "是"))}
        )
        for method in (wizard.action_check, wizard.action_import):
            with self.assertRaises(AccessError):
                method()
        # nor does another keeper read or run what this one uploaded
        self.env.invalidate_all()
        other = wizard.with_user(self._new_user("sc_keeper3", "keeper"))
        for method in (other.action_check, lambda: other.read(["file_name"])):
            with self.assertRaises(AccessError):
                method()

    def test_only_while_counting_and_by_the_counter(self):
        """Other keepers and others than keepers do not enter counts; nor does anybody after the count."""
        stranger = self._new_user("sc_keeper2", "keeper")
        row = (self.here.name, "是", None, None, None)
        with self.assertRaisesRegex(UserError, "custodian"):
            self._import(row, user=stranger)
        with self.assertRaises(AccessError):
            self._import(row, user=self.inspector)
        with self.assertRaises(UserError):
            self.round.with_user(stranger)._enter_counts([])
        self.assertEqual(
            self.round.action_import_counts()["res_model"], "sample.stocktake.import"
        )
        self.round.action_counted()
        with self.assertRaisesRegex(UserError, "not being counted"):
            self._import(row)
        with self.assertRaisesRegex(UserError, "not being counted"):
            self.round.action_import_counts()
        self.round.action_counted()
        with self.assertRaisesRegex(UserError, "not being counted"):
            self._import(row)

    def test_samples_of_another_company_are_unknown(self):
        """A number of company B is none of this round's company."""
        values = {"type_id": self.here.type_id.id, "product_id": self.product.id}
        other = self.env["sample.sample"].create(
            {**values, "company_id": self.company_b.id}
        )
        other._write_protected({"name": "YJ-SEAL-B-1"})
        wizard = self._import(("YJ-SEAL-B-1", "是", None, None, None))
        self.assertEqual(wizard.issue_ids.letter, "A")
        self.assertIn("no sample", wizard.issue_ids.reason)

    def test_queries_do_not_grow_with_rows(self):
        """Numbers, places and lines are looked up together; one write for each place."""

        def count(number):
            rows = [(f"GB-{n}", "是", "DRAWER", "Old", None) for n in range(number)]
            sheet = self.round._read_counts(self._sheet(*rows))
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.round._check_counts(sheet)
            return self.env.cr.sql_log_count - start

        count(1)  # fills the caches
        self.assertEqual(count(5), count(200))


@tagged("post_install", "-at_install")
class TestStocktakeSheet(EndOfLifeCase, HttpCase):
    def test_download(self):
        """The sheet of a round is downloaded by those who may export it, under its number."""
        self.room.manager_id = self.keeper
        stocktake = self.env["sample.stocktake"].with_user(self.keeper)
        stocktake = stocktake.create({"location_id": self.room.id})
        stocktake.action_count()
        url = f"/sample_control/stocktake/{stocktake.id}/sheet"
        self.authenticate("sc_keeper", "sc_keeper")
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(load_workbook(io.BytesIO(response.content)))
        self.authenticate(None, None)
        self.assertNotIn("openxml", self.url_open(url).headers["Content-Type"])

    def test_sc_56_3_sheet_of_no_round(self):
        """SC-56.3: no sheet of a round that is not there, nor of one that the reader may not read."""
        self.authenticate("sc_keeper", "sc_keeper")
        response = self.url_open("/sample_control/stocktake/0/sheet")
        self.assertEqual(response.status_code, 404)
        place = self._new_location("B-ROOM", kind="room", company_id=self.company_b.id)
        foreign = self.env["sample.stocktake"].create(
            {"company_id": self.company_b.id, "location_id": place.id}
        )
        url = f"/sample_control/stocktake/{foreign.id}/sheet"
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(url).status_code, 403)
