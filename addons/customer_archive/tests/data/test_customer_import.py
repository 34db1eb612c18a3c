import base64
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import OperationalError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext, mute_logger

from .common import HEADINGS, ImportCommon, credit_code, workbook

# The thirty mistakes in the sample list: (sheet, row) and a word of the reason
FIRST, SECOND = "２０２４年客户", "新接触客户"
SAMPLE_PROBLEMS = {
    (FIRST, 10): "Neither a contact nor a phone",
    (FIRST, 16): "check digit",
    (FIRST, 19): "no date",
    (FIRST, 28): "18 places",
    (FIRST, 36): "same company stands already",
    (FIRST, 43): "no phone number",
    (FIRST, 52): "check digit",
    (FIRST, 60): "no e-mail",
    (FIRST, 69): "Neither a contact nor a phone",
    (FIRST, 83): "same code stands already",
    (FIRST, 88): "check digit",
    (FIRST, 104): "same company stands already",
    (FIRST, 113): "no date",
    (FIRST, 125): "check digit",
    (FIRST, 135): "Neither a contact nor a phone",
    (FIRST, 147): "same code stands already",
    (FIRST, 160): "no phone number",
    (FIRST, 172): "customer name is missing",
    (FIRST, 181): "no date",
    (FIRST, 193): "Neither a contact nor a phone",
    (SECOND, 6): "check digit",
    (SECOND, 15): "same company stands already",
    (SECOND, 27): "18 places",
    (SECOND, 38): "same code stands already",
    (SECOND, 45): "no phone number",
    (SECOND, 55): "no date",
    (SECOND, 65): "check digit",
    (SECOND, 80): "Neither a contact nor a phone",
    (SECOND, 86): "no e-mail",
    (SECOND, 95): "same company stands already",
}
GOOD = [
    "宁波测试密封件有限公司",
    credit_code(900001),
    "张三",
    "0574-87650001",
    "2025.3.5",
]
BAD = ["宁波测试模具有限公司", "913302001234567", "李四", "0574-87650002", None]
OTHER = [
    "台州测试线束有限公司",
    credit_code(900003),
    None,
    "１３９００００１２３４",
    "20250301",
]


@tagged("post_install", "-at_install")
class TestCustomerImport(ImportCommon):
    """CA-97, AC-20: nothing becomes a customer before check and keeper's decision."""

    # --- Check ---

    def test_ca_97_sample_reports_thirty_problems_at_once(self):
        batch = self.upload(self.sample())
        self.check(batch)
        self.assertEqual((batch.state, batch.row_count), ("checked", 300))
        self.assertEqual((batch.good_count, batch.bad_count), (270, 30))
        errors = batch.issue_ids.filtered(lambda issue: not issue.is_warning)
        reasons = {(issue.sheet, issue.row): issue.reason for issue in errors}
        self.assertEqual(reasons.keys(), SAMPLE_PROBLEMS.keys())
        for place, words in SAMPLE_PROBLEMS.items():
            self.assertIn(words, reasons[place], place)
        self.assertTrue(all(errors.mapped("letter")))

    def test_ca_97_row_keeps_all_its_problems(self):
        row = ["宁波测试公司", "123", None, "无", "昨天"]
        batch = self.upload(workbook([row]))
        self.check(batch)
        self.assertEqual(
            [(issue.letter, issue.cell_value) for issue in batch.issue_ids],
            [("B", "123"), ("D", "无"), ("E", "昨天")],
        )

    def test_ca_97_full_width_digits_and_text_dates_are_understood(self):
        batch = self.upload(workbook([GOOD, OTHER], title="客户一览表"))
        self.check(batch)
        first, second = batch.line_ids
        self.assertEqual(str(first.date_first_contact), "2025-03-05")
        self.assertEqual((second.phone, second.row), ("13900001234", 4))

    def test_ca_97_existing_customer_is_bad_or_completed(self):
        existing = self.env["res.partner"].create(
            {"name": "宁波测试密封件有限责任公司", "is_company": True}
        )
        batch = self.upload(workbook([GOOD]))
        self.check(batch)
        self.assertEqual(batch.bad_count, 1)
        self.assertIn(existing.name, batch.issue_ids.reason)
        batch.on_duplicate = "update"
        self.check(batch)
        self.assertEqual(batch.line_ids.state, "update")
        self.import_list(batch)
        self.assertEqual(existing.phone, "0574-87650001", "what was empty is filled")
        self.assertEqual(
            existing.name, "宁波测试密封件有限责任公司", "never overwritten"
        )
        self.assertEqual(self.partners([GOOD[0], existing.name]), existing)

    def test_ca_97_salesperson_by_name_else_default(self):
        headings = ("客户名称", "电话", "业务员")
        rows = [
            ["测试甲有限公司", "0574-87650011", "林静"],
            ["测试乙有限公司", "0574-87650012", None],
            ["测试丙有限公司", "0574-87650013", "无此人"],
        ]
        batch = self.upload(workbook(rows, headings))
        self.check(batch)
        self.assertEqual(batch.line_ids.mapped("user_id"), self.colleague | self.clerk)
        self.assertEqual(batch.line_ids.mapped("state"), ["good", "good", "bad"])

    def test_ca_97_corrected_column_counts(self):
        batch = self.upload(
            workbook(
                [["测试丁有限公司", "王五", "宁波市"]], ("客户名称", "对接人", "城市")
            )
        )
        self.check(batch)
        self.assertEqual(batch.bad_count, 1, "an unknown heading is not guessed")
        batch.column_ids.filtered(lambda c: c.header == "对接人").target = "contact"
        self.check(batch)
        self.assertEqual(batch.line_ids.contact, "王五")

    def test_ca_97_file_without_header_says_what_to_do(self):
        batch = self.upload(workbook([["甲", "乙"]], ("A", "B")))
        self.check(batch)
        self.assertEqual(batch.state, "uploaded")
        self.assertIn("客户名称", batch.message_ids[0].body)

    def test_ca_97_unreadable_file_says_what_to_do(self):
        for data, words in (
            (b"no workbook at all", "cannot be read. Save it as an Excel workbook"),
            (workbook([], ()), "list.xlsx is empty"),
        ):
            with self.subTest(words):
                batch = self.upload(data)
                self.check(batch)
                self.assertEqual((batch.state, batch.job), ("uploaded", False))
                self.assertIn(words, batch.message_ids[0].body)
                self.assertIn(words, batch._get_transition_reasons("checked")[0])
                batch.file_data = base64.b64encode(workbook([GOOD]))
                self.assertFalse(batch.stop_reason)

    def test_ca_97_cells_that_the_database_refuses_stop_no_other_list(self):
        """A NUL in a text table is a blank; what is longer than a name is said before the import."""
        head = ",".join(HEADINGS)
        text = f"{head}\n空\0字有限公司,,张\0三,,\n{'长' * 3000}公司,,王,,\n"
        batch = self.upload(text.encode(), file_name="list.csv", on_bad_rows="good")
        self.check(batch)
        self.assertEqual(batch.line_ids.mapped("state"), ["good", "bad"])
        self.assertEqual(batch.line_ids[0].name, "空 字有限公司")
        self.assertIn("longer than 250 characters", batch.line_ids[1].problem)
        self.assertEqual(self.import_list(batch).state, "imported")

    def test_ca_97_value_too_large_for_an_index_is_the_row_s_fault(self):
        name = "".join(map(chr, range(0x4E00, 0x4E00 + 9000)))
        batch = self.upload(workbook([GOOD, BAD]), on_bad_rows="good")
        self.check(batch)
        batch.sudo().line_ids[0].row_values |= {"name": name}
        with mute_logger("odoo.sql_db"):
            self.import_list(batch)
        self.assertEqual((batch.job, batch.stop_reason), (False, False))
        self.assertEqual(batch.line_ids[0].state, "bad")
        self.assertEqual(batch.state, "review", "nothing was imported")

    def test_ca_97_unexpected_error_ends_the_job(self):
        """One list that cannot be read does not keep all others waiting; a conflict is tried again."""
        batch = self.upload(workbook([GOOD]))
        batches = type(batch)
        with (
            patch.object(batches, "_read_sheets", side_effect=MemoryError),
            mute_logger("odoo.addons.customer_archive"),
        ):
            self.check(batch)
        self.assertEqual((batch.state, batch.job), ("uploaded", False))
        self.assertIn("cannot be processed", batch.stop_reason)
        batch.action_check()
        with (
            patch.object(batches, "_read_sheets", side_effect=OperationalError),
            self.assertRaises(OperationalError),
        ):
            self.run_jobs(batch)
        self.assertEqual(batch.job, "check")

    def test_ca_97_check_needs_a_file(self):
        batch = self.env["customer.import.batch"].with_user(self.clerk).create({})
        with self.assertRaisesRegex(UserError, "choose a file first"):
            batch.action_check()
        self.assertFalse(batch.job)

    def test_ca_97_submitted_list_is_not_checked_again(self):
        """What the keeper looks at is what was submitted."""
        batch = self.upload(workbook([GOOD]))
        self.check(batch)
        batch.action_submit()
        with self.assertRaisesRegex(UserError, "cannot be checked any more"):
            batch.action_check()
        self.assertFalse(batch.job)

    # --- Import ---

    def test_ac_20_partner_exists_only_after_keeper(self):
        """CA-97, AC-20: the bad line is rejected with its reason, the good one waits."""
        batch = self.upload(workbook([GOOD, BAD]), on_bad_rows="good")
        self.check(batch)
        self.assertIn("18 places", batch.line_ids[1].problem)
        batch.action_submit()
        self.assertFalse(self.partners([GOOD[0], BAD[0]]))
        with self.assertRaisesRegex(UserError, "Only an archive keeper"):
            batch.action_import()
        batch = batch.with_user(self.keeper)
        batch.action_import()
        self.run_jobs(batch)
        partner = self.partners([GOOD[0], BAD[0]])
        self.assertEqual(partner.name, GOOD[0])
        self.assertEqual(partner.company_registry, GOOD[1])
        self.assertEqual(partner.child_ids.mapped("name"), ["张三"])
        archive = batch.line_ids[0].archive_id
        self.assertEqual((archive.partner_id, archive.state), (partner, "draft"))
        self.assertEqual((batch.state, batch.imported_count), ("imported", 1))

    def test_ca_97_who_brought_the_list_is_named(self):
        """As uploader, or after choosing another file in the list of somebody else; nobody types it."""
        own = self.upload(workbook([GOOD]), user=self.keeper)
        replaced = self.upload(workbook([OTHER]))
        self.assertEqual(replaced.uploaded_by_id, self.clerk)
        replaced.with_user(self.keeper).file_data = own.file_data
        self.assertEqual(replaced.uploaded_by_id, self.keeper)
        for user in (self.keeper, self.clerk):
            with self.assertRaisesRegex(UserError, "set by the system"):
                self.upload(workbook([GOOD]), user=user, uploaded_by_id=self.env.uid)
        with self.assertRaisesRegex(UserError, "set by the system"):
            own.uploaded_by_id = self.clerk

    def test_ca_97_company_stays_once_checked(self):
        """What the keeper audits is imported into the company for which it was checked."""
        batch = self.upload(workbook([GOOD]))
        self.check(batch)
        company = self.env["res.company"].create({"name": "Other house"})
        self.clerk.company_ids |= company
        with self.assertRaisesRegex(UserError, "checked for their company"):
            batch.company_id = company

    def test_ca_97_bad_rows_stop_everything_when_so_chosen(self):
        batch = self.upload(workbook([GOOD, BAD]))
        self.check(batch)
        with self.assertRaisesRegex(UserError, "1 rows are bad"):
            batch.action_submit()
        self.assertFalse(self.partners([GOOD[0], BAD[0]]))

    def test_ca_97_list_without_a_good_row_is_not_submitted(self):
        batch = self.upload(workbook([BAD]), on_bad_rows="good")
        self.check(batch)
        with self.assertRaisesRegex(UserError, "no row that can be imported"):
            batch.action_submit()

    def test_ca_97_row_refused_by_database_undoes_all_or_only_itself(self):
        """A customer entered between check and import: none, or exactly the good."""
        for choice, expected in (("none", 0), ("good", 1)):
            with self.subTest(choice):
                first = [f"测试{choice}甲有限公司", None, "张", None, None]
                second = [f"测试{choice}乙有限公司", None, "王", None, None]
                batch = self.upload(workbook([first, second]), on_bad_rows=choice)
                self.check(batch)
                self.env["res.partner"].create({"name": first[0], "is_company": True})
                self.import_list(batch)
                self.assertEqual(len(self.partners([second[0]])), expected)
                self.assertEqual(len(self.partners([first[0]])), 1)
                self.assertEqual(batch.line_ids[0].state, "bad")
                self.assertIn(first[0], batch.line_ids[0].problem)
                self.assertEqual(
                    batch.state, "imported" if choice == "good" else "review"
                )

    def test_ca_13_source_file_is_destroyed_and_recorded(self):
        batch = self.upload(workbook([GOOD]))
        self.check(batch)
        checksum = batch.checksum
        batch = self.import_list(batch)
        self.assertFalse(batch.file_data)
        self.assertEqual(batch.source_destroyed_by_id, self.keeper)
        self.assertEqual(batch.checksum, checksum)
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", batch._name), ("res_field", "=", "file_data")]
        )
        self.assertFalse(attachments.filtered(lambda a: a.res_id == batch.id))

    def test_ca_11_the_customer_of_a_colleague_stays_so(self):
        """CA-11, CA-97: a list opens the archive of an existing customer for whose customer it is, not for its uploader."""
        existing = self.env["res.partner"].create(
            {"name": GOOD[0], "is_company": True, "user_id": self.colleague.id}
        )
        existing.sudo().ca_archive_ids.unlink()
        batch = self.upload(workbook([GOOD]), on_duplicate="update")
        self.check(batch)
        self.import_list(batch)
        self.assertEqual(existing.ca_archive_ids.user_id, self.colleague)

    def test_ca_97_existing_contact_and_archive_are_kept(self):
        partner = self.env["res.partner"].create(
            {
                "name": GOOD[0],
                "is_company": True,
                "child_ids": [Command.create({"name": "张三"})],
            }
        )
        batch = self.upload(workbook([GOOD]), on_duplicate="update")
        self.check(batch)
        self.import_list(batch)
        self.assertEqual(len(partner.child_ids), 1)
        self.assertEqual(len(partner.ca_archive_ids), 1)

    # --- The week in which an archive is filled in (CA-01) ---

    def _import_old_customer(self, **vals):
        """Import on 12 March 2026 a customer contacted on 5 March 2025."""
        self.env.company.ca_opening_since = "2020-01-01"
        with freeze_time("2026-03-12 03:00:00"):
            batch = self.upload(workbook([GOOD]), **vals)
            self.check(batch)
            return self.import_list(batch)

    def test_ca_97_remark_is_text_and_no_markup(self):
        """CA-97: what stands between < and > in a cell is not lost."""
        remark = "王工 <wang@example.com> 外径<5mm & <b>"
        batch = self.upload(workbook([[*GOOD, remark]], (*HEADINGS, "备注")))
        self.check(batch)
        partner = self.import_list(batch).line_ids.partner_id
        self.assertEqual(html2plaintext(partner.comment).strip(), remark)

    def test_ca_01_week_of_an_imported_archive_starts_with_the_import(self):
        batch = self._import_old_customer()
        archive = batch.line_ids.archive_id
        self.assertEqual(archive.import_batch_id, batch)
        self.assertEqual(archive.date_first_contact, date(2025, 3, 5))
        self.assertEqual(archive.date_opening_deadline, date(2026, 3, 19))
        with freeze_time("2026-03-19 03:00:00"):
            archive.invalidate_recordset()
            self.assertFalse(archive.is_overdue)
        start = archive._clock_get("archive_opening").get_explanation()["lines"][1]
        self.assertEqual(start["kind"], "start")
        self.assertIn(
            f"came with the imported list {batch.name} and counts from the day of the import",
            start["text"],
        )

    def test_ca_01_correcting_the_first_contact_keeps_the_week_of_the_import(self):
        archive = self._import_old_customer().line_ids.archive_id
        with freeze_time("2026-03-16 03:00:00"):
            archive.with_user(self.keeper).date_first_contact = "2024-12-31"
        self.assertEqual(archive.date_first_contact, date(2024, 12, 31))
        self.assertEqual(archive.date_opening_deadline, date(2026, 3, 19))

    def test_ca_01_week_of_an_archive_entered_by_hand_is_unchanged(self):
        self.env.company.ca_opening_since = "2020-01-01"
        partner = self.env["res.partner"].create({"name": "By hand"})
        with freeze_time("2026-03-12 03:00:00"):
            archive = (
                self.env["customer.archive"]
                .with_user(self.keeper)
                .create({"partner_id": partner.id, "date_first_contact": "2025-03-05"})
            )
        self.assertEqual(archive.date_opening_deadline, date(2025, 3, 12))
        lines = archive._clock_get("archive_opening").get_explanation()["lines"]
        self.assertEqual(lines[1]["text"], "Start: Wed 2025-03-05 00:00")

    def test_ca_01_only_the_import_names_itself_on_an_archive(self):
        batch = self._import_old_customer()
        partners = self.env["res.partner"].create(
            [{"name": "Forger 1"}, {"name": "Forger 2"}]
        )
        archives = self.env["customer.archive"].with_user(self.keeper)
        with self.assertRaisesRegex(UserError, "set by the system"):
            archives.create({"partner_id": partners[0].id, "import_batch_id": batch.id})
        archive = archives.with_context(default_import_batch_id=batch.id).create(
            {"partner_id": partners[0].id}
        )
        self.assertFalse(archive.import_batch_id)
        with self.assertRaisesRegex(UserError, "set by the system"):
            archive.write({"import_batch_id": batch.id})
        names = ["partner_id/.id", "import_batch_id/.id"]
        result = archives.load(names, [[str(partners[1].id), str(batch.id)]])
        self.assertFalse(result["ids"])
        result = archives.load(
            [".id", "import_batch_id/.id"], [[str(archive.id), str(batch.id)]]
        )
        self.assertFalse(result["ids"])
        self.assertFalse(archive.import_batch_id)

    # --- Gates, by every road ---

    def test_ca_97_no_state_is_created_or_written_past_a_gate(self):
        batches = self.env["customer.import.batch"].with_user(self.keeper)
        for state in ("checked", "review", "imported"):
            with self.subTest(state), self.assertRaises(UserError):
                batches.create({"state": state})
        batch = self.upload(workbook([GOOD]), user=self.keeper)
        for state in ("checked", "review", "imported", "refused"):
            with self.subTest(state), self.assertRaises(UserError):
                batch.write({"state": state})
        self.check(batch)
        batch.action_submit()
        with self.assertRaisesRegex(UserError, "not imported yet"):
            batch.write({"state": "imported"})

    def test_ca_97_running_job_holds_the_state(self):
        """A list is neither submitted while it is checked again nor refused while it is imported."""
        batch = self.upload(workbook([GOOD]))
        self.check(batch)
        batch.action_check()
        with self.assertRaisesRegex(UserError, "still running"):
            batch.action_submit()
        self.run_jobs(batch)
        batch.action_submit()
        batch = batch.with_user(self.keeper)
        batch.refuse_reason = "Old list"
        batch.action_import()
        with self.assertRaisesRegex(UserError, "still running"):
            batch.action_refuse()
        self.assertEqual(batch.state, "review")

    def test_ca_97_load_does_not_go_around_the_gate(self):
        batches = self.env["customer.import.batch"].with_user(self.keeper)
        result = batches.load(["file_name", "state"], [["x.xlsx", "imported"]])
        self.assertFalse(result["ids"])
        self.assertTrue(result["messages"])

    def test_ca_97_findings_cannot_be_edited(self):
        batch = self.upload(workbook([BAD]))
        self.check(batch)
        for user in (self.clerk, self.keeper):
            line = batch.line_ids.with_user(user)
            with self.assertRaises(AccessError):
                line.write({"state": "good"})
            with self.assertRaises(AccessError):
                line.issue_ids.unlink()
            with self.assertRaises(UserError):
                batch.with_user(user).write(
                    {"line_ids": [Command.update(line.id, {"state": "good"})]}
                )
        with self.assertRaises(UserError):
            batch.write({"checksum": "0" * 64})
        with self.assertRaises(UserError):
            batch.write({"job": "import"})

    def test_ca_97_file_is_fixed_once_checked(self):
        batch = self.upload(workbook([GOOD]))
        self.check(batch)
        with self.assertRaisesRegex(UserError, "has been checked"):
            batch.write({"file_data": False})
        batch.action_reset()
        self.assertFalse(batch.checksum)
        self.assertFalse(batch.line_ids)

    def test_ca_97_settings_are_fixed_once_handed_over(self):
        """CA-97: what the keeper audits, and decides while it is carried out, nobody turns into something else."""
        batch = self.upload(workbook([GOOD]))
        self.check(batch)
        batch.write({"on_duplicate": "update", "on_bad_rows": "good"})
        batch.action_submit()
        changes = [
            (batch, {"on_duplicate": "bad"}),
            (batch, {"user_id": self.colleague.id}),
            (batch.column_ids[0], {"target": False}),
            (
                batch,
                {
                    "column_ids": [
                        Command.update(batch.column_ids[0].id, {"target": "ref"})
                    ]
                },
            ),
        ]
        self.check_refused(changes)
        batch.on_bad_rows = "none"
        batch.with_user(self.keeper).action_import()
        changes.append((batch, {"on_bad_rows": "good"}))
        self.check_refused(changes)
        self.run_jobs(batch)
        self.assertEqual(batch.state, "imported")
        self.check_refused(changes)

    def check_refused(self, changes):
        """Each change of a record, given with its values, is refused."""
        for record, vals in changes:
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(UserError, "Take the list back"),
            ):
                record.write(vals)

    def test_ca_97_two_lists_at_once(self):
        batches = self.upload(workbook([GOOD])) | self.upload(workbook([OTHER]))
        batches.action_check()
        for batch in batches:
            self.run_jobs(batch)
        batches.action_submit()
        self.assertEqual(batches.mapped("state"), ["review", "review"])
        keeper = batches.with_user(self.keeper)
        with self.assertRaises(UserError) as error:
            keeper.action_refuse()
        for batch in batches:
            self.assertIn(batch.name, str(error.exception))

    def test_ca_97_colleague_and_other_company_see_nothing(self):
        batch = self.upload(workbook([GOOD]))
        self.check(batch)
        with self.assertRaises(AccessError):
            batch.with_user(self.colleague).read(["name"])
        company = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "import_stranger",
            "customer_archive.group_customer_archive_keeper",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for model in ("batch", "line", "column"):
            records = self.env[f"customer.import.{model}"].with_user(stranger)
            self.assertFalse(records.search([]), model)

    def test_ca_97_imported_list_stays(self):
        batch = self.upload(workbook([GOOD]))
        self.check(batch)
        batch = self.import_list(batch)
        with self.assertRaisesRegex(UserError, "are records and stay"):
            batch.unlink()
        with self.assertRaisesRegex(UserError, "not waiting for the import"):
            batch.action_import()

    def test_ca_97_list_that_is_being_imported_stays(self):
        """CA-97: a list of which some customers are complete already is a record, though the rest still waits."""
        partner = self.env["res.partner"].create({"name": GOOD[0], "is_company": True})
        self.env["customer.archive"].create({"partner_id": partner.id})
        batch = self.upload(
            workbook([GOOD, OTHER]), on_duplicate="update", on_bad_rows="good"
        )
        self.check(batch)
        batch.action_submit()
        batch.with_user(self.keeper).action_import()
        with patch(
            "odoo.addons.customer_archive.models.data.customer_import_run.CHUNK_ROWS", 1
        ):
            batch.sudo()._run_job()
        self.assertEqual((batch.state, batch.imported_count), ("review", 1))
        with self.assertRaisesRegex(UserError, "records and stay"):
            batch.with_user(self.keeper).unlink()

    def test_ca_97_copy_starts_empty(self):
        batch = self.upload(workbook([GOOD]))
        self.check(batch)
        copy = batch.copy()
        self.assertEqual(
            (copy.state, copy.checksum, copy.row_count), ("uploaded", False, 0)
        )

    def test_ca_97_check_takes_the_same_queries_for_any_length(self):
        """Two columns of queries: reading and searching once a key, inserts in bulk."""
        counts = []
        for number in (50, 400):
            rows = [
                [
                    f"测试{number}长{i}有限公司",
                    credit_code(number * 1000 + i),
                    "张",
                    None,
                    None,
                ]
                for i in range(number)
            ]
            batch = self.upload(workbook(rows))
            batch.action_check()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.run_jobs(batch)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 30, counts)

    def test_ca_97_import_takes_the_same_queries_for_any_length(self):
        """Customers, contacts, archives, clocks, checklists and activities are made in batches."""
        counts = []
        for number in (3, 20, 60):  # the first one fills the caches
            rows = [
                [
                    f"测试{number}批{i}有限公司",
                    credit_code(700000 + number * 1000 + i),
                    "张",
                    None,
                    None,
                ]
                for i in range(number)
            ]
            batch = self.upload(workbook(rows))
            self.check(batch)
            batch.action_submit()
            batch = batch.with_user(self.keeper)
            batch.action_import()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.run_jobs(batch)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(batch.imported_count, number)
        # the ORM updates 100 rows a statement, and 60 customers have 60 contacts
        self.assertLessEqual(counts[2], counts[1] + 1, counts)
