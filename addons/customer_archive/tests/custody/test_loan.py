from datetime import datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import CustodyCommon


@tagged("post_install", "-at_install")
class TestArchiveLoan(CustodyCommon):
    """CA-10, AC-04: archives and documents are lent once, by the right approval, and come back to their place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        employees = cls.env["hr.employee"]
        cls.employee1 = employees.create(
            {"name": "Sales one", "user_id": cls.sales1.id}
        )
        cls.employee2 = employees.create(
            {"name": "Sales two", "user_id": cls.sales2.id}
        )
        cls.archive = cls._new_filed_archive("Borrowed")
        cls.archive.sudo().write({"cabinet": "A", "shelf": 1, "position": 7})
        cls.line = cls.archive.document_ids.filtered(
            lambda line: line.type_id == cls.d01
        )
        cls.line.write(
            {"date_received": "2025-01-01", "copies": 1, "paper_place": "A / 1 / 7"}
        )

    def _request(self, things, employee=None, **values):
        employee = employee or self.employee1
        return (
            self.env["loan.loan"]
            .with_user(employee.user_id)
            .create(
                {
                    "borrower_id": employee.id,
                    "purpose": "Visit",
                    "acknowledged": True,
                    "line_ids": [
                        Command.create({"res_model": thing._name, "res_id": thing.id})
                        for thing in things
                    ],
                    **values,
                }
            )
        )

    def _lend(self, things, employee=None, approver=None):
        loan = self._request(things, employee)
        loan.action_submit()
        loan.with_user(approver or self.supervisor).action_approve()
        loan.with_user(self.keeper).action_hand_out()
        return loan

    def _set_destroyed(self, line):
        """Note the destruction as an executed record would; records have tests of their own."""
        line.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE customer_archive_document SET date_destroyed = %s WHERE id = %s",
                "2025-02-01",
                line.id,
            )
        )
        line.invalidate_recordset(["date_destroyed"])
        line.modified(["date_destroyed"])

    def _return(self, loan, condition="good"):
        loan = loan.with_user(self.keeper)
        loan._return_lines(
            loan.line_ids, {line: (condition, "") for line in loan.line_ids}
        )

    def test_document_out_is_not_lent_again(self):
        """AC-04: refused by button, write and the database."""
        with freeze_time("2025-03-03 02:00:00"):
            self._lend(self.line)
            self.assertTrue(self.line.is_on_loan)
            second = self._request(self.line, self.employee2)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                second.action_submit()
                second.with_user(self.director).action_approve()
                second.with_user(self.keeper).action_hand_out()
            with self.assertRaises(UserError), self.env.cr.savepoint():
                second.sudo().write({"state": "out"})

    def test_one_open_loan_in_the_database(self):
        """AC-04: two keepers at once cannot lend a document twice."""
        with freeze_time("2025-03-03 02:00:00"):
            self._lend(self.line)
        second = self._request(self.line, self.employee2)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            second.line_ids.sudo().write({"state": "out"})
            self.env.flush_all()

    def test_archive_and_document_exclude_each_other(self):
        """No lending of a document while its archive is out, and vice versa."""
        with freeze_time("2025-03-03 02:00:00"):
            loan = self._lend(self.line)
            whole = self._request(self.archive)
            with self.assertRaisesRegex(UserError, "are out"):
                whole.action_submit()
            self._return(loan)
            whole.action_submit()
            whole.with_user(self.supervisor).action_approve()
            whole.with_user(self.keeper).action_hand_out()
            with self.assertRaisesRegex(UserError, "is out"):
                self._request(self.line).action_submit()

    def test_both_approved_then_handed_out(self):
        """Two loans approved beforehand: the second hand-out is refused."""
        with freeze_time("2025-03-03 02:00:00"):
            one, whole = self._request(self.line), self._request(self.archive)
            (one | whole).action_submit()
            (one | whole).with_user(self.supervisor).action_approve()
            one.with_user(self.keeper).action_hand_out()
            with self.assertRaises(UserError):
                whole.with_user(self.keeper).action_hand_out()

    def test_other_keepers_of_the_company_act_for_one_who_has_left(self):
        """CA-10: what he lent comes back; keepers of other companies have nothing to do with it."""
        elsewhere = self._new_user(
            "ca_keeper_elsewhere", "customer_archive.group_customer_archive_keeper"
        )
        colleague = self._new_user(
            "ca_colleague", "customer_archive.group_customer_archive_keeper"
        )
        other = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere.sudo().write(
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        with freeze_time("2025-03-03 02:00:00"):
            loan = self._lend(self.line)
            self.keeper.sudo().active = False
            for records in self.archive, self.line:
                for keepers in (
                    records._get_loan_keepers(),
                    records._get_access_keepers(),
                ):
                    self.assertIn(colleague, keepers)
                    self.assertFalse(keepers & (self.keeper | elsewhere))
            receiving = loan.with_user(colleague)
            receiving._return_lines(
                receiving.line_ids, {receiving.line_ids: ("good", "")}
            )
        self.assertEqual(loan.state, "returned")
        put_back = loan.activity_ids.filtered(
            lambda activity: activity.user_id == colleague
        )
        self.assertEqual(len(put_back), 1)

    def test_new_keeper_is_told_of_what_is_out(self):
        """CA-10: who keeps the archive now is reminded, and takes back what the former keeper handed out."""
        self.archive.sudo().keeper_id = self.keeper
        loan = self._lend(self.line)
        self.assertEqual(loan.sudo().keeper_ids, self.keeper)
        successor = self._new_user(
            "ca_successor", "customer_archive.group_customer_archive_keeper"
        )
        self.archive.with_user(self.keeper).keeper_id = successor
        self.assertEqual(loan.sudo().keeper_ids, successor)
        self.assertEqual(loan.sudo()._get_clock_recipients("keeper"), successor)

    def test_two_keepers_hand_out_at_once(self):
        """AC-04: a hand-out that did not see the other is refused after the archive was locked."""
        with freeze_time("2025-03-03 02:00:00"):
            one, whole = self._request(self.line), self._request(self.archive)
            (one | whole).action_submit()
            (one | whole).with_user(self.supervisor).action_approve()
            # the gates of the second keeper saw nothing out
            for thing in (self.archive, self.line):
                self.patch(type(thing), "_get_loan_reasons", lambda *args: [])
            for first, second in ((one, whole), (whole, one)):
                with (
                    self.subTest(first=first.line_ids.res_model),
                    self.assertRaisesRegex(UserError, "cannot be out at the same"),
                    self.env.cr.savepoint(),
                ):
                    first.with_user(self.keeper).action_hand_out()
                    second.with_user(self.keeper).action_hand_out()

    def test_three_days_then_overdue(self):
        """Due at the end of the third day; overdue from then on, until the keeper has it back."""
        with freeze_time("2025-03-03 02:00:00"):
            loan = self._lend(self.line)
        self.assertEqual(loan._get_local_date(loan.date_due).isoformat(), "2025-03-06")
        line = loan.line_ids
        for moment, overdue in (
            (loan.date_due, False),
            (datetime(2025, 3, 7, 2), True),
        ):
            with freeze_time(moment):
                (loan | loan).invalidate_recordset(["is_overdue"])
                line.invalidate_recordset(["is_overdue"])
                self.assertEqual(loan.is_overdue, overdue)
                self.assertEqual(line.is_overdue, overdue)
                self.assertEqual(
                    bool(
                        line.search([("id", "=", line.id), ("is_overdue", "=", True)])
                    ),
                    overdue,
                )
        with freeze_time("2025-03-07 02:00:00"):
            self._return(loan)
            line.invalidate_recordset(["is_overdue"])
            self.assertTrue(line.is_overdue, "late stays late")
            self.assertTrue(
                line.search([("id", "=", line.id), ("is_overdue", "=", True)])
            )

    def test_overdue_rate(self):
        """K-20: one of two late is 50 %."""
        other = self._line(self.archive, "D03")
        other.write({"date_received": "2025-01-01", "copies": 1})
        with freeze_time("2025-03-03 02:00:00"):
            late, good = self._lend(self.line), self._lend(other)
        with freeze_time("2025-03-04 02:00:00"):
            self._return(good)
        with freeze_time("2025-03-10 02:00:00"):
            self._return(late)
        lines = (late | good).line_ids
        rate = lines._get_overdue_rate([("id", "in", lines.ids)])
        self.assertEqual(rate, 50.0)
        self.assertIs(lines._get_overdue_rate([("id", "=", 0)]), False)

    def test_confidential_is_approved_by_a_manager(self):
        self.line.sudo().confidentiality = "confidential"
        loan = self._request(self.line)
        loan.action_submit()
        with self.assertRaises(UserError):
            loan.with_user(self.supervisor).action_approve()
        loan.with_user(self.manager).action_approve()

    def test_document_of_a_confidential_archive_is_approved_by_a_manager(self):
        """CA-10, CA-12: a document is at least as secret as its archive."""
        self.line.archive_id.sudo().confidentiality = "top_secret"
        loan = self._request(self.line)
        loan.action_submit()
        with self.assertRaises(UserError):
            loan.with_user(self.supervisor).action_approve()
        loan.with_user(self.manager).action_approve()

    def test_edition_that_is_out_is_not_renewed(self):
        """CA-10: the paper stays on the line of which it is out, and is not lent a second time by another one."""
        loan = self._lend(self.line)
        with self.assertRaisesRegex(UserError, "is on loan"):
            self.line.with_user(self.sales1).action_renew()
        self._return(loan)
        self.line.with_user(self.sales1).action_renew()
        self.assertTrue(self.line.former_document_ids)

    def test_archives_of_others_are_approved_by_a_director(self):
        loan = self._request(self.line, self.employee2)
        loan.action_submit()
        for user in (self.supervisor, self.manager):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                loan.with_user(user).action_approve()
        loan.with_user(self.director).action_approve()

    def test_what_is_not_there_is_not_lent(self):
        draft = self._new_archive("Draft")
        missing = self._line(self.archive, "D03")
        for thing in (draft, missing):
            with self.subTest(thing=thing._name), self.assertRaises(UserError):
                self._request(thing).action_submit()

    def test_archive_of_others_stays_unnamed(self):
        """CA-10: why an archive is not lent says nothing that the borrower may not read."""
        draft = self._new_archive("Draft")
        for employee, named in ((self.employee1, True), (self.employee2, False)):
            loan = self._request(draft, employee)
            with self.subTest(employee=employee.name):
                reasons = str(loan._get_thing_reasons())
                self.assertIn("is not on file", reasons)
                self.assertEqual(draft.name in reasons, named)

    def test_destroyed_document_is_not_lent(self):
        """CA-10: what a destruction record destroyed is not handed out any more."""
        self._set_destroyed(self.line)
        with self.assertRaisesRegex(UserError, "is destroyed"):
            self._request(self.line).action_submit()

    def test_document_of_an_archive_in_review_is_not_lent(self):
        """CA-10: documents are lent out of archives on file only, as the archives are."""
        for state in ("draft", "review", "approval"):
            self._put_on_file(self.archive, state)
            with (
                self.subTest(state=state),
                self.assertRaisesRegex(UserError, "is not on file"),
            ):
                self._request(self.line).action_submit()

    def test_terms_are_acknowledged(self):
        with self.assertRaises(UserError):
            self._request(self.line, acknowledged=False).action_submit()

    def test_back_in_place(self):
        """On return the keeper is asked to put the file back and confirms its place."""
        loan = self._lend(self.line)
        self._return(loan)
        self.assertTrue(loan.needs_place)
        self.assertTrue(
            loan.line_ids.search(
                [("id", "=", loan.line_ids.id), ("needs_place", "=", True)]
            )
        )
        activity = loan.activity_ids.filtered(
            lambda a: a.activity_type_id
            == self.env.ref("customer_archive.mail_activity_type_put_back")
        )
        self.assertEqual(activity.user_id, self.keeper)
        self.assertIn("A / 1 / 7", activity.summary)
        with self.assertRaises(UserError):
            loan.with_user(self.sales1).action_confirm_place()
        with self.assertRaises(UserError):
            loan.line_ids.with_user(self.keeper).write(
                {"place_confirmed_at": "2025-01-01 00:00:00"}
            )
        loan.with_user(self.keeper).action_confirm_place()
        self.assertEqual(loan.line_ids.place_confirmed_by_id, self.keeper)
        self.assertFalse(loan.activity_ids & activity)

    def test_nothing_to_put_back(self):
        """CA-10: the place of what is still out cannot be confirmed, and not twice."""
        loan = self._lend(self.line)
        keeper = loan.with_user(self.keeper)
        with self.assertRaisesRegex(UserError, "Nothing that came back"):
            keeper.action_confirm_place()
        self._return(loan)
        keeper.action_confirm_place()
        with self.assertRaisesRegex(UserError, "Nothing that came back"):
            keeper.action_confirm_place()

    def test_file_for_three_days(self):
        """A colleague borrows a file for three days, sees it, and no longer sees it on day four."""
        self.line.write({"copies": 0})
        file = self.env["ir.attachment"].create(
            {
                "name": "licence.pdf",
                "raw": b"licence",
                "res_model": self.line._name,
                "res_id": self.line.id,
            }
        )
        document = self.line.with_user(self.sales2)
        with freeze_time("2025-03-03 02:00:00"):
            loan = self._request(self.line, self.employee2)
            loan.action_submit()
            loan.with_user(self.director).action_approve()
            self.assertFalse(document.has_access("read"))
            loan.with_user(self.sales2).action_hand_out()
            self.env.invalidate_all()
            self.assertTrue(document.has_access("read"))
            self.assertEqual(file.with_user(self.sales2).raw, b"licence")
            self.assertFalse(self.archive.with_user(self.sales2).has_access("read"))
        with freeze_time("2025-03-06 15:59:59"):
            self.env.invalidate_all()
            self.assertTrue(document.has_access("read"))
        with freeze_time("2025-03-06 16:00:00"):
            self.env.invalidate_all()
            self.assertFalse(document.has_access("read"))
            with self.assertRaises(AccessError):
                file.with_user(self.sales2).read(["datas"])

    def test_handover_waits_for_the_file(self):
        """AC-22: a handover with a borrowed file outstanding is refused; after the return it is not the file."""
        loan = self._lend(self.line)
        handover = (
            self.env["customer.archive.handover"]
            .with_user(self.manager)
            .create({"leaver_id": self.sales1.id, "receiver_id": self.sales2.id})
        )
        handover.action_load()
        handover.action_begin()
        line = handover.line_ids.filtered(lambda line: line.kind == "loan")
        self.assertEqual(line.res_id, loan.id)
        with self.assertRaises(UserError):
            line.with_user(self.sales2).action_receive()
        self.assertTrue(handover._get_loan_reasons())
        self._return(loan)
        self.assertFalse(handover._get_loan_reasons())
        line.with_user(self.sales2).action_receive()

    def test_on_loan_is_not_destroyed(self):
        self._lend(self.line)
        self.line.invalidate_recordset(["is_on_loan"])
        self.assertIn("on loan", " ".join(self.line._get_destruction_reasons()))

    def test_archive_on_loan_is_not_destroyed(self):
        """CA-15: an archive that is out as a whole is not destroyed, though none of its documents is lent."""
        self._lend(self.archive)
        self.archive.invalidate_recordset(["is_on_loan"])
        self.assertIn(
            f"{self.archive.display_name} is on loan.",
            self.archive._get_destruction_reasons(),
        )

    def test_register_is_complete_for_keepers(self):
        """Keepers see every loan of archives, borrowers their own, nobody else any."""
        loan = self._lend(self.line)
        lines = self.env["loan.loan.line"]
        domain = [("id", "=", loan.line_ids.id)]
        self.assertTrue(lines.with_user(self.keeper2).search(domain))
        self.assertTrue(lines.with_user(self.sales1).search(domain))
        self.assertFalse(lines.with_user(self.sales2).search(domain))

    # --- Queries ---

    def test_borrowing_takes_a_known_number_of_queries(self):
        """Request, approval and handing out of one archive, then of three."""
        archives = [self._new_filed_archive(f"Lent {index}") for index in range(5)]
        loans = [
            self._request(things)
            for things in (archives[:1], archives[1:2], archives[2:])
        ]
        counts = []
        for loan in loans:  # the first one fills the caches of the registry
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            loan.action_submit()
            loan.with_user(self.supervisor).action_approve()
            loan.with_user(self.keeper).action_hand_out()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        # Each of the three steps reads the loan, its things and its approvers, asks the gates and writes state, message
        # and activities; two steps claim the things first (4), and the borrower is an employee of their company (1). An
        # archive is locked when it is handed out and asked, with its documents, whether it is out:
        # three queries for each one, since two keepers may hand out the same archive at once.
        self.assertLessEqual(counts[1], 96, counts)
        self.assertLessEqual(counts[2], counts[1] + 2 * 3, counts)
