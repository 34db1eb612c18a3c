from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestTimeline(ArchiveCommon):
    """CA-08: events, by hand and by the applications."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("Timeline")
        cls.other = cls._new_archive("Timeline of B", user=cls.sales2)

    def _add(self, user, **values):
        return (
            self.env["customer.archive.event"]
            .with_user(user)
            .create(
                {
                    "archive_id": self.archive.id,
                    "type_id": self.env.ref(
                        "customer_archive.customer_archive_event_type_personnel"
                    ).id,
                    "subject": "New purchasing manager",
                    **values,
                }
            )
        )

    def test_salesperson_reports_on_own_customers(self):
        event = self._add(self.sales1)
        self.assertEqual(event.reporter_id, self.sales1)
        self.assertEqual(event.partner_id, self.archive.partner_id)
        with self.assertRaises(AccessError):
            self._add(self.sales1, archive_id=self.other.id)

    def test_events_are_seen_by_whoever_sees_the_archive(self):
        event = self._add(self.sales1)
        Event = self.env["customer.archive.event"]
        for user in (
            self.sales1,
            self.supervisor,
            self.keeper,
            self.manager,
            self.director,
            self.finance,
        ):
            self.assertIn(event, Event.with_user(user).search([]), user.login)
        for user in (self.sales2, self.clerk):
            self.assertNotIn(event, Event.with_user(user).search([]), user.login)
            with self.assertRaises(AccessError):
                event.with_user(user).read(["subject"])
            self.assertFalse(
                Event.with_user(user).formatted_read_group(
                    [("id", "=", event.id)], ["type_id"], ["__count"]
                )
            )

    def test_confidential_business_is_hidden(self):
        event = self._add(self.sales1, confidential=True)
        Event = self.env["customer.archive.event"]
        for user in (self.sales1, self.supervisor, self.manager, self.director):
            self.assertIn(event, Event.with_user(user).search([]), user.login)
        for user in (self.keeper, self.finance, self.sales2):
            self.assertNotIn(event, Event.with_user(user).search([]), user.login)
            with self.assertRaises(AccessError):
                event.with_user(user).read(["subject"])

    def test_system_events_are_not_written_by_hand(self):
        with self.assertRaises(UserError):
            self._add(
                self.manager,
                type_id=self.env.ref(
                    "customer_archive.customer_archive_event_type_stopped"
                ).id,
            )

    def test_events_are_never_deleted(self):
        event = self._add(self.sales1)
        for user in (self.sales1, self.manager, self.env.ref("base.user_admin")):
            with self.assertRaises(UserError):
                event.with_user(user).unlink()

    def test_ca_08_history_stays_for_the_system_too(self):
        """CA-08: not even code that runs as superuser deletes events; nobody rewrites those of the system."""
        event = self._add(self.sales1)
        with self.assertRaisesRegex(UserError, "never deleted"):
            event.sudo().unlink()
        system_type = self.env.ref(
            "customer_archive.customer_archive_event_type_stopped"
        )
        with self.assertRaisesRegex(UserError, "written by the system"):
            event.with_user(self.manager).type_id = system_type
        written = event.sudo().copy({"type_id": system_type.id})
        with self.assertRaisesRegex(UserError, "written by the system"):
            written.with_user(self.manager).subject = "Other"

    def test_call_of_other_applications(self):
        order = self._new_order(self.archive.partner_id)
        person = self.env["res.partner"].create(
            {"name": "Person", "parent_id": self.archive.partner_id.id}
        )
        event = (
            self.env["customer.archive"]
            .with_user(self.clerk)
            ._add_archive_event(
                person,
                "quotation_sample",
                "Quotation sent",
                "Second round",
                source=order,
            )
        )
        self.assertRecordValues(
            event,
            [
                {
                    "archive_id": self.archive.id,
                    "subject": "Quotation sent",
                    "res_model": "sale.order",
                    "res_id": order.id,
                    "reporter_id": self.clerk.id,
                }
            ],
        )
        self.assertEqual(
            event.with_user(self.manager).action_open_source()["res_id"], order.id
        )

    def test_event_of_a_customer_without_archive_opens_one(self):
        partner = self._new_partner("Without archive")
        event = self.env["customer.archive"]._add_archive_event(
            partner, "contact", "Called us"
        )
        self.assertEqual(event.archive_id.partner_id, partner)

    def test_own_people_have_no_timeline(self):
        self.assertFalse(
            self.env["customer.archive"]._add_archive_event(
                self.sales1.partner_id, "contact", "Lunch"
            )
        )

    def test_many_events_cost_a_fixed_number_of_queries(self):
        rows = [
            {
                "partner": archive.partner_id,
                "type": "contact",
                "subject": f"Event {number}",
            }
            for number in range(25)
            for archive in (self.archive, self.other)
        ]
        self.env["customer.archive"]._add_archive_events(rows[:2])
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["customer.archive"]._add_archive_events(rows[:4])
        self.env.flush_all()
        few = self.env.cr.sql_log_count - before
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["customer.archive"]._add_archive_events(rows)
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - before, few + 2)

    def test_not_exposed_to_remote_calls(self):
        for name in ("_add_archive_event", "_add_archive_events", "_open_for_contacts"):
            self.assertTrue(
                getattr(
                    getattr(type(self.env["customer.archive"]), name),
                    "_api_private",
                    False,
                ),
                name,
            )


@tagged("post_install", "-at_install")
class TestChangeLedger(ArchiveCommon):
    """CA-08, L-06: changes of customers and archives can be queried, as far as the viewer may see them."""

    @classmethod
    def default_env_context(cls):
        return {}  # with tracking

    def _track(self):
        self.flush_tracking()

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_changes_of_partner_and_archive_appear_with_old_and_new_value(self):
        archive = self._new_archive("Before")
        self.flush_tracking()
        archive.partner_id.name = "After"
        archive.with_user(self.keeper).cabinet = "B"
        self.flush_tracking()
        Change = self.env["customer.archive.change"]
        changes = Change.search([("archive_id", "=", archive.id)])
        by_field = {change.field_id.name: change for change in changes}
        self.assertEqual(
            (by_field["name"].old_value, by_field["name"].new_value),
            ("Before", "After"),
        )
        self.assertEqual(
            (by_field["name"].kind, by_field["cabinet"].kind), ("partner", "archive")
        )
        self.assertEqual(by_field["cabinet"].author_id, self.keeper.partner_id)
        self.assertTrue(
            Change.with_user(self.sales1).search([("archive_id", "=", archive.id)])
        )
        self.assertFalse(
            Change.with_user(self.sales2).search([("archive_id", "=", archive.id)])
        )
        with self.assertRaises(AccessError):
            changes.with_user(self.sales2).read(["new_value"])
        self.assertTrue(
            Change.formatted_read_group(
                [("archive_id", "=", archive.id)], ["field_id"], ["__count"]
            )
        )

    def test_changes_stay_in_the_ledger(self):
        """CA-08: who changed a customer or an archive does not take the record of it away."""
        archive = self._new_archive("Before")
        other = self._new_partner("Without archive")
        self.flush_tracking()
        archive.partner_id.with_user(self.sales1).name = "After"
        other.with_user(self.sales1).name = "Another"
        archive.with_user(self.sales1).second_user_id = self.sales2
        self.flush_tracking()
        changes = self.env["customer.archive.change"].search(
            [("archive_id", "=", archive.id)]
        )
        self.assertEqual(set(changes.mapped("kind")), {"partner", "archive"})
        for message in changes.message_id:
            for user in (self.sales1, self.keeper):
                for road in (
                    lambda m: m.unlink(),
                    lambda m: m.write({"date": "2001-01-01"}),
                ):
                    with self.assertRaisesRegex(UserError, "history"):
                        road(message.with_user(user))
        tracked = other.message_ids.filtered("tracking_value_ids")
        self.assertTrue(tracked)
        tracked.with_user(self.keeper).unlink()

    def test_changes_of_the_standing_are_in_the_ledger(self):
        """CA-08: who changes grade, marks or credit status of a customer is on record, with the value before."""
        archive = self._new_archive("Standing")
        self.flush_tracking()
        archive.partner_id.with_user(self.manager).write(
            {
                "ca_grade_id": self.grade_a.id,
                "ca_is_key": True,
                "ca_is_vip": True,
                "ca_credit_status": "low",
            }
        )
        self.env(user=self.manager).flush_all()
        self.flush_tracking()
        archive.partner_id.with_user(self.manager).ca_credit_status = "high"
        self.env(user=self.manager).flush_all()
        self.flush_tracking()
        changes = self.env["customer.archive.change"].search(
            [("archive_id", "=", archive.id)]
        )
        self.assertEqual(
            set(changes.field_id.mapped("name")),
            {"grade_id", "is_key", "is_vip", "credit_status"},
        )
        last = changes.sorted("id")[-1]
        self.assertEqual((last.old_value, last.new_value), ("Low", "High"))
        self.assertEqual(last.author_id, self.manager.partner_id)
