from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CustodyCommon


@tagged("post_install", "-at_install")
class TestHandover(CustodyCommon):
    """CA-14, AC-22: everything is received, borrowed files are back, then the successor is responsible."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        department = cls.env["hr.department"].create({"name": "Export"})
        employee = cls.env["hr.employee"]
        department.manager_id = employee.create(
            {"name": "Head", "user_id": cls.supervisor.id}
        )
        employee.create(
            {"name": "Leaver", "user_id": cls.sales1.id, "department_id": department.id}
        )
        cls.archive = cls._new_filed_archive("Handed over")
        cls.partner = cls.archive.partner_id
        cls.partner.write({"user_id": cls.sales1.id, "email": "customer@example.com"})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.partner.id, "user_id": cls.sales1.id}
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "New plant",
                "type": "opportunity",
                "partner_id": cls.partner.id,
                "user_id": cls.sales1.id,
            }
        )
        cls.lost = cls.env["crm.lead"].create(
            {
                "name": "Old plant",
                "type": "opportunity",
                "user_id": cls.sales1.id,
                "probability": 0,
                "active": False,
            }
        )
        cls.quotation = cls._new_order(cls.partner, user_id=cls.sales1.id)
        cls.kept = cls._new_order(cls.partner, user_id=cls.sales1.id)
        cls.order = cls._new_order(cls.partner, user_id=cls.sales1.id)
        cls.order.action_confirm()
        cls.meeting = cls.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2030-01-01 08:00:00",
                "stop": "2030-01-01 09:00:00",
                "user_id": cls.sales1.id,
                "partner_ids": [Command.set(cls.sales1.partner_id.ids)],
            }
        )
        cls.private = cls.meeting.copy({"name": "Doctor", "privacy": "private"})
        cls.past = cls.env["calendar.event"].create(
            {
                "name": "Past visit",
                "start": "2020-01-01 08:00:00",
                "stop": "2020-01-01 09:00:00",
                "user_id": cls.sales1.id,
            }
        )
        cls.handover = (
            cls.env["customer.archive.handover"]
            .with_user(cls.manager)
            .create(
                {
                    "leaver_id": cls.sales1.id,
                    "receiver_id": cls.sales2.id,
                    "reason": "leaving",
                }
            )
        )

    def _begin(self):
        self.handover.action_load()
        self.handover.action_begin()
        return self.handover.line_ids

    def _kind(self, kind):
        return self.handover.line_ids.filtered(lambda line: line.kind == kind)

    def _seal(self):
        """Let everybody sign whom the route asks."""
        self.handover.with_user(self.manager).action_request_sign_off()
        for __ in range(6):
            waiting = self.handover.sudo().sign_off_waiting_user_ids
            if not waiting:
                break
            self.handover.with_user(waiting[0])._sign_off()
            self.env.invalidate_all()
        self.assertEqual(self.handover.sign_off_state, "sealed")

    def test_items_are_loaded(self):
        """CA-14: archives, open opportunities, quotations and meetings to come; nothing finished, past or private."""
        self.handover.action_load()
        lines = self.handover.line_ids
        self.assertEqual(self._kind("archive").mapped("res_id"), self.archive.ids)
        self.assertEqual(self._kind("lead").mapped("res_id"), self.lead.ids)
        self.assertEqual(
            set(self._kind("quotation").mapped("res_id")),
            set((self.quotation | self.kept).ids),
        )
        self.assertEqual(self._kind("meeting").mapped("res_id"), self.meeting.ids)
        count = len(lines)
        self.handover.action_load()
        self.assertEqual(len(self.handover.line_ids), count)

    def test_items_are_never_typed(self):
        self.handover.action_load()
        line = self.handover.line_ids[0]
        with self.assertRaises(UserError):
            line.create(
                {
                    "handover_id": self.handover.id,
                    "kind": "lead",
                    "res_model": "crm.lead",
                    "res_id": self.lost.id,
                    "item_name": "x",
                }
            )
        for vals in (
            {"is_received": True},
            {"res_id": line.res_id + 1},
            {"received_by_id": self.sales2.id},
        ):
            with self.assertRaises(UserError):
                line.write(vals)

    def test_received_by_the_receiver_only(self):
        lines = self._begin()
        for user in (self.sales1, self.manager, self.keeper):
            with self.assertRaises(UserError):
                lines[0].with_user(user).action_receive()
        with freeze_time("2025-03-03 04:00:00"):
            lines[0].with_user(self.sales2).action_receive()
        self.assertRecordValues(
            lines[0],
            [
                {
                    "is_received": True,
                    "date_received": date(2025, 3, 3),
                    "received_by_id": self.sales2.id,
                }
            ],
        )

    def test_gates(self):
        """Everything that is missing at once; by button, write and load alike."""
        lines = self._begin()
        reasons = self.handover._get_transition_reasons("done")
        self.assertGreaterEqual(len(reasons), 3)
        for road in (
            lambda: self.handover.action_close(),
            lambda: self.handover.write({"state": "done"}),
            lambda: self.handover.sudo().write({"state": "done"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                road()
        self.assertTrue(
            self.handover.load([".id", "state"], [[str(self.handover.id), "done"]])[
                "messages"
            ]
        )
        lines.with_user(self.sales2).action_receive()
        self._kind("archive").write(
            {"date_notified": "2025-03-03", "notification": "phone"}
        )
        self.assertEqual(
            len(self.handover._get_transition_reasons("done")),
            len(self.handover._get_seal_reasons()),
        )

    def test_empty_list_is_not_begun(self):
        """CA-14: a handover begins with its items, by button and write alike."""
        for road in (
            self.handover.action_begin,
            lambda: self.handover.write({"state": "open"}),
        ):
            with (
                self.assertRaisesRegex(UserError, "Load the items first"),
                self.env.cr.savepoint(),
            ):
                road()

    def test_signed_after_it_has_begun(self):
        """CA-14: nobody signs a list that is still being made."""
        self.handover.action_load()
        with self.assertRaisesRegex(UserError, "has not begun"):
            self.handover.action_request_sign_off()

    def test_new_business_of_the_leaver_reopens_the_list(self):
        """What the leaver got after loading is not forgotten."""
        self._begin()
        self.env["crm.lead"].create(
            {
                "name": "Late",
                "type": "opportunity",
                "partner_id": self.partner.id,
                "user_id": self.sales1.id,
            }
        )
        self.assertTrue(self.handover._get_loading_reasons())
        self.handover.action_load()
        self.assertFalse(self.handover._get_loading_reasons())

    def test_close_passes_everything_on(self):
        """AC-22: salesperson replaced on customer, contacts, leads, chosen quotations and meetings."""
        lines = self._begin()
        self._kind("quotation").filtered(
            lambda line: line.res_id == self.kept.id
        ).is_transferred = False
        lines.with_user(self.sales2).action_receive()
        self._kind("archive").write(
            {"date_notified": "2025-03-03", "notification": "phone"}
        )
        self._seal()
        self.handover.with_user(self.manager).action_close()
        self.env.invalidate_all()
        self.assertEqual(self.archive.user_id, self.sales2)
        self.assertEqual(self.partner.user_id, self.sales2)
        self.assertEqual(self.contact.user_id, self.sales2)
        self.assertEqual(self.lead.user_id, self.sales2)
        self.assertEqual(self.quotation.user_id, self.sales2)
        self.assertEqual(self.kept.user_id, self.sales1)
        self.assertEqual(
            self.order.user_id, self.sales1, "confirmed orders keep who sold them"
        )
        self.assertEqual(self.meeting.user_id, self.sales2)
        self.assertEqual(self.meeting.partner_ids, self.sales2.partner_id)
        self.assertEqual(self.past.user_id, self.sales1)
        activity = self.archive.activity_ids.filtered(
            lambda activity: activity.user_id == self.sales2
        )
        self.assertEqual(len(activity), 1)

    def test_what_somebody_else_took_over_stays_his(self):
        """CA-14: what the leaver gave to a third person since it was loaded is not taken from that person."""
        self._begin()
        self.handover.line_ids.with_user(self.sales2).action_receive()
        self.handover.line_ids.filtered(
            lambda line: line.kind == "archive"
        ).date_notified = "2026-01-01"
        self._seal()
        others = (self.lead, self.quotation, self.meeting)
        for record in others:
            record.user_id = self.keeper
        self.handover.action_close()
        self.assertEqual(self.archive.user_id, self.sales2)
        for record in others:
            self.assertEqual(record.user_id, self.keeper, record._name)

    def test_who_is_responsible_is_not_deleted(self):
        """CA-14: nobody's archives are left without anybody because his user was deleted."""
        for name in ("user_id", "second_user_id", "supervisor_id", "keeper_id"):
            user = self._new_user(f"gone_{name}", "base.group_user")
            self.archive.sudo().write({name: user.id})
            self.env.flush_all()
            with (
                self.subTest(field=name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute("DELETE FROM res_users WHERE id = %s", (user.id,))

    def test_receiver_who_has_left_takes_nothing_over(self):
        """CA-14: nobody is left in charge who went before the handover was closed."""
        self._begin().with_user(self.sales2).action_receive()
        self.sales2.active = False
        self.assertIn(
            f"{self.sales2.name} does not work with the customer archives of {self.company.name}.",
            self.handover._get_transition_reasons("done"),
        )

    def test_seal_broken_by_a_change(self):
        lines = self._begin()
        lines.with_user(self.sales2).action_receive()
        self._kind("archive").write(
            {"date_notified": "2025-03-03", "notification": "phone"}
        )
        self._seal()
        self._kind("quotation")[0].is_transferred = False
        with self.assertRaises(UserError):
            self.handover.action_close()

    def test_notification_mail_in_the_customers_language(self):
        self._begin()
        self.partner.lang = (
            "zh_CN" if self.env["res.lang"]._lang_get("zh_CN") else "en_US"
        )
        self._kind("archive").action_notify()
        mail = (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", "customer.archive.handover.line")], limit=1)
        )
        self.assertIn(self.sales2.name, mail.body_html)
        self.assertEqual(self._kind("archive").notification, "mail")
        self.assertTrue(self._kind("archive").date_notified)

    def test_nobody_is_notified_without_address(self):
        """CA-14: "notified" is not noted when no mail can go out."""
        self._begin()
        self.partner.email = False
        with self.assertRaisesRegex(UserError, "No customer with an e-mail address"):
            self.handover.action_notify()
        self.assertFalse(self._kind("archive").date_notified)

    def test_receiver_must_work_with_archives(self):
        with self.assertRaises(ValidationError):
            self.handover.receiver_id = self.clerk

    def test_archives_always_pass_on(self):
        self._begin()
        with self.assertRaises(UserError):
            self._kind("archive").is_transferred = False

    def test_items_stay_on_the_list(self):
        lines = self._begin()
        with self.assertRaises(UserError):
            lines[0].unlink()
        with self.assertRaises(UserError):
            self.handover.unlink()

    def test_closed_handover_stays(self):
        """CA-14: neither header nor item of a closed handover is changed, and nothing is loaded into it."""
        lines = self._begin()
        self.handover.action_cancel()
        for road, sentence in (
            (lambda: self.handover.write({"date": "2025-01-01"}), "is not changed"),
            (lambda: lines[0].write({"notification": "phone"}), "is not changed"),
            (self.handover.action_load, "before the handover is closed"),
        ):
            with (
                self.subTest(sentence=sentence),
                self.assertRaisesRegex(UserError, sentence),
                self.env.cr.savepoint(),
            ):
                road()

    def test_items_wait_for_the_beginning(self):
        """CA-14: received and notified under way; the leaver of a loaded list stays."""
        self.handover.action_load()
        lines = self.handover.line_ids
        for road, sentence in (
            (lines.with_user(self.sales2).action_receive, "Items are received while"),
            (lines.action_notify, "Customers are notified while"),
            (
                lambda: self.handover.write({"leaver_id": self.supervisor.id}),
                "Take out the items",
            ),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                road()

    def test_strangers(self):
        self._begin()
        Handover = self.env["customer.archive.handover"]
        stranger = self._new_user(
            "ca_sales3", "customer_archive.group_customer_archive_user"
        )
        self.assertFalse(Handover.with_user(stranger).search([]))
        self.assertEqual(
            Handover.with_user(self.sales2).search([("id", "=", self.handover.id)]),
            self.handover,
        )

    def test_copy_starts_again(self):
        self._begin()
        self.handover.action_cancel()
        self.env.flush_all()
        copy = self.handover.copy()
        self.assertRecordValues(copy, [{"state": "draft", "line_count": 0}])

    def test_created_beyond_draft_refused(self):
        for state in ("open", "done"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.handover.create(
                    {
                        "leaver_id": self.sales2.id,
                        "receiver_id": self.sales1.id,
                        "state": state,
                    }
                )

    def test_second_contacts(self):
        """CA-14, CA-17: the second contact may take over; an important customer needs another one beforehand."""
        self.archive.second_user_id = self.sales2
        self._begin()
        self.assertFalse(self.handover._get_second_contact_reasons())
        self.partner.ca_is_key = True
        for second in (self.sales2, self.sales1):
            self.archive.write(
                {
                    "user_id": (self.sales1 | self.sales2 - second)[:1].id
                    if second == self.sales2
                    else self.supervisor.id,
                    "second_user_id": second.id,
                }
            )
            self.assertIn(
                "name a second contact besides",
                "".join(self.handover._get_transition_reasons("done")),
            )
        self.archive.write(
            {"user_id": self.sales1.id, "second_user_id": self.supervisor.id}
        )
        self.assertFalse(self.handover._get_second_contact_reasons())
        self.partner.ca_is_key = False
        self.archive.second_user_id = self.sales2
        self.handover.sudo()._transfer()
        self.assertEqual(self.archive.user_id, self.sales2)
        self.assertFalse(self.archive.second_user_id)
