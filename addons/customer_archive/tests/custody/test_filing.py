from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CustodyCommon


@tagged("post_install", "-at_install")
class TestFiling(CustodyCommon):
    """CA-15: documents of a month are filed and handed to the keeper by the 10th of the next."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.department = cls.env["hr.department"].create({"name": "Export"})
        cls.env["hr.employee"].create(
            {
                "name": "Sales one",
                "user_id": cls.sales1.id,
                "department_id": cls.department.id,
            }
        )
        cls.archive = cls._new_filed_archive("Filing")
        cls.line = cls.archive.document_ids.filtered(
            lambda line: line.type_id == cls.d01
        )
        cls.Filing = cls.env["customer.archive.filing"]

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "customer_archive.ir_cron_customer_archive_filing"
            ).method_direct_trigger()
        self.env.invalidate_all()
        return self.line.filing_id

    def _receive(self, day, user=None):
        with freeze_time(f"{day} 04:00:00"):
            self.line.with_user(user or self.sales1).action_receive()

    def test_list_of_the_month(self):
        """Received on 31 March, listed from 1 April on, due on 10 April, overdue on the 11th."""
        self._receive("2025-03-31")
        with freeze_time("2025-03-31 04:00:00"):
            self.assertFalse(self._run())
        with freeze_time("2025-04-01 04:00:00"):
            filing = self._run()
            self.assertRecordValues(
                filing,
                [
                    {
                        "date_month": date(2025, 3, 1),
                        "date_due": date(2025, 4, 10),
                        "department_id": self.department.id,
                        "user_id": self.sales1.id,
                        "keeper_id": self.keeper.id,
                        "state": "open",
                    }
                ],
            )
            self.assertEqual(filing.activity_ids.date_deadline, date(2025, 4, 10))
            self._run()
            self.assertEqual(
                self.Filing.search_count([("department_id", "=", self.department.id)]),
                1,
            )
        for day, overdue in (("2025-04-10", False), ("2025-04-11", True)):
            with freeze_time(f"{day} 04:00:00"):
                filing.invalidate_recordset(["is_overdue"])
                self.assertEqual(filing.is_overdue, overdue)
                found = self.Filing.search(
                    [("id", "=", filing.id), ("is_overdue", "=", True)]
                )
                self.assertEqual(bool(found), overdue)

    def test_downtime_takes_older_documents_along(self):
        self._receive("2025-01-15")
        with freeze_time("2025-04-05 04:00:00"):
            self.assertEqual(self._run().date_month, date(2025, 3, 1))

    def test_signatures(self):
        """Handed over by one, received by the keeper; the original has a place; facts stand on the document."""
        self._receive("2025-03-31")
        with freeze_time("2025-04-02 04:00:00"):
            filing = self._run()
            with self.assertRaises(UserError):
                filing.with_user(self.keeper).action_file()
            filing.with_user(self.sales1).action_hand_over()
            with self.assertRaises(UserError):
                filing.with_user(self.sales1).action_file()
            with self.assertRaisesRegex(UserError, "place of the original"):
                filing.with_user(self.keeper).action_file()
            self.line.paper_place = "A-1"
            with self.assertRaises(UserError):
                filing.with_user(self.keeper2).action_file()
            filing.with_user(self.keeper).action_file()
        self.assertRecordValues(
            self.line, [{"date_filed": date(2025, 4, 2), "filed_by_id": self.keeper.id}]
        )
        self.assertRecordValues(
            filing, [{"handed_by_id": self.sales1.id, "filed_by_id": self.keeper.id}]
        )

    def test_received_by_keepers_only(self):
        """CA-15: a list that names no keeper is received by any keeper and by nobody else."""
        self._receive("2025-03-31")
        with freeze_time("2025-04-02 04:00:00"):
            filing = self._run()
            filing.keeper_id = False
            self.line.paper_place = "A-1"
            filing.with_user(self.keeper2).action_hand_over()
            with self.assertRaisesRegex(UserError, "Only an archive keeper receives"):
                filing.with_user(self.sales1).action_file()
            filing.with_user(self.keeper).action_file()
        self.assertEqual(filing.filed_by_id, self.keeper)

    def test_two_people(self):
        """CA-15: who handed the documents over does not receive them too, keeper or not."""
        self._receive("2025-03-31")
        with freeze_time("2025-04-02 04:00:00"):
            filing = self._run()
            self.line.paper_place = "A-1"
            filing.with_user(self.keeper).action_hand_over()
            with self.assertRaisesRegex(UserError, "Somebody else than"):
                filing.with_user(self.keeper).action_file()
            with self.assertRaisesRegex(UserError, "handed over is kept"):
                filing.with_user(self.keeper).unlink()
        self.assertEqual(filing.state, "handed")

    def test_facts_refused(self):
        self._receive("2025-03-31")
        for vals in (
            {"date_filed": "2025-04-01"},
            {"filed_by_id": self.keeper.id},
            {"filing_id": False},
        ):
            if vals == {"filing_id": False}:
                with freeze_time("2025-04-02 04:00:00"):
                    self._run()
            with self.assertRaises(UserError):
                self.line.with_user(self.manager).write(vals)

    def test_empty_list_is_not_handed_over(self):
        filing = self.Filing.with_user(self.keeper).create({"date_month": "2025-01-01"})
        with self.assertRaises(UserError):
            filing.action_hand_over()

    def test_late_lists_are_kept(self):
        """CA-15: a list that was not handed over by the 10th does not start anew with the next month."""
        self._receive("2025-03-31")
        with freeze_time("2025-04-11 04:00:00"):
            filing = self._run().with_user(self.keeper)
            with self.assertRaisesRegex(UserError, "not handed over in time"):
                filing.unlink()

    def test_late_documents_go_on_the_next_list(self):
        """CA-15: what comes in when the list of its month was received already is filed with the next one."""
        self._receive("2025-03-20")
        with freeze_time("2025-04-01 04:00:00"):
            first = self._run()
            first.with_user(self.sales1).action_hand_over()
            self.line.paper_place = "A1"
            first.with_user(self.keeper).action_file()
        late = (self.archive.document_ids - self.line)[:1]
        with freeze_time("2025-03-21 04:00:00"):
            late.with_user(self.sales1).write({"copies": 1})
            late.with_user(self.sales1).action_receive()
        with freeze_time("2025-04-02 04:00:00"):
            self._run()
        self.assertEqual(first.document_ids, self.line)
        self.assertRecordValues(
            late.filing_id,
            [
                {
                    "date_month": date(2025, 4, 1),
                    "department_id": self.department.id,
                    "state": "open",
                }
            ],
        )

    def test_lists_of_people_of_two_companies(self):
        """CA-15: who is employed by two companies files for the department that he has in that of the document."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.sales1.sudo().company_ids |= other
        department = self.env["hr.department"].create(
            {"name": "Import", "company_id": other.id}
        )
        self.department.company_id = self.company
        self.env["hr.employee"].create(
            {
                "name": "Sales one",
                "user_id": self.sales1.id,
                "company_id": other.id,
                "department_id": department.id,
            }
        )
        archive = self.env["customer.archive"].create(
            {
                "partner_id": self._new_partner("Customer of both").id,
                "company_id": other.id,
                "user_id": self.sales1.id,
            }
        )
        line = archive.document_ids.filtered(lambda line: line.type_id == self.d01)
        with freeze_time("2025-03-20 04:00:00"):
            line.write(
                {"received_by_id": self.sales1.id, "date_received": "2025-03-20"}
            )
        with freeze_time("2025-04-01 04:00:00"):
            self._run()
        self.assertRecordValues(
            line.filing_id,
            [{"company_id": other.id, "department_id": department.id}],
        )
