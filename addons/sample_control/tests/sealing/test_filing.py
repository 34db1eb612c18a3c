from datetime import date

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged, warmup

from .common import SealingCase


@tagged("post_install", "-at_install")
class TestFiling(SealingCase):
    """From the approval to samples on file, their issue, and their successors (SC-27, SC-28, SC-42)."""

    def test_on_file_in_one_step(self):
        """SC-28.2: dates, predecessor, place and round follow from one step."""
        old = self._new_active_sample()
        request = self._new_request(
            kind="replace",
            old_sample_id=old.id,
            first_batch_name="B007",
            qty=2,
            qty_reason="One for each side",
        )
        with freeze_time("2026-03-03 08:00:00"):
            self._approve(request)
            # SC-42.2: the old sample stays valid until the new one is
            self.assertEqual(old.state, "active")
            request.with_user(self.administrator).action_activate()
        samples = request.sample_ids.sorted("copy_no")
        self.assertEqual(samples.mapped("state"), ["active", "active"])
        self.assertEqual(samples.mapped("copy_no"), [0, 1])
        self.assertEqual(set(samples.mapped("confirm_date")), {date(2026, 3, 3)})
        self.assertEqual(set(samples.mapped("valid_until")), {date(2027, 3, 3)})
        self.assertEqual(samples.location_id, self.room)
        self.assertEqual(samples[0].first_batch_name, "B007")
        self.assertEqual(old.state, "replaced")
        self.assertEqual(old.replaced_by_id, samples[0])
        self.assertEqual(request.round_ids.result, "passed")
        self.assertEqual(request.done_by_id, self.administrator)

    def test_numbers_before_the_signatures(self):
        """SC-28.3, E23: each piece has its own number when the tests begin, valid only at the end."""
        requests = self._check(self._new_request() | self._new_request())
        numbers = requests.sample_ids.mapped("name")
        self.assertEqual(len(set(numbers)), 2)
        self.assertEqual(set(requests.sample_ids.mapped("state")), {"draft"})
        self.assertFalse(any(requests.sample_ids.mapped("confirm_date")))

    def test_what_is_missing_for_the_file(self):
        """SC-28.1: custodian and fixed place; said in one message."""
        request = self._new_request(custodian_id=False, home_location_id=False)
        self._approve(request)
        with self.assertRaises(UserError) as caught:
            request.with_user(self.administrator).action_activate()
        self.assertIn("custodian", str(caught.exception))
        self.assertIn("fixed place", str(caught.exception))
        request.with_user(self.technical).write(
            {"custodian_id": self.keeper.id, "home_location_id": self.room.id}
        )
        self.assertEqual(request.sign_off_state, "sealed")
        request.with_user(self.administrator).action_activate()

    def test_sc_28_1_custodian_and_place_are_there(self):
        """SC-28.1: who has left keeps nothing, and a place that is not used any more holds nothing."""
        request = self._new_request()
        self._approve(request)
        self.keeper.action_archive()
        self.room.active = False
        with self.assertRaises(UserError) as caught:
            request.with_user(self.administrator).action_activate()
        self.assertIn("enter another custodian", str(caught.exception))
        self.assertIn("enter another fixed place", str(caught.exception))
        request.with_user(self.technical).write(
            {
                "custodian_id": self.administrator.id,
                "home_location_id": self._new_location("ROOM2", kind="room").id,
            }
        )
        request.with_user(self.administrator).action_activate()
        self.assertEqual(request.sample_ids.state, "active")

    def test_sc_26_customer_confirms_before_the_file(self):
        """SC-26, SC-28: where the type asks for it, a sealed sample waits for the customer's day."""
        self._type("SEAL").needs_customer_sign = True
        request = self._new_request()
        self._approve(request)
        administrator = request.with_user(self.administrator)
        with self.assertRaisesRegex(UserError, "customer has not confirmed"):
            administrator.action_activate()
        request.sample_ids.with_user(self.quality).customer_confirmed_on = "2026-03-03"
        administrator.action_activate()
        self.assertEqual(request.sample_ids.state, "active")

    def test_sc_13_owner_stays_once_it_is_signed(self):
        """SC-13: nobody makes a customer's piece our own behind the backs of those who signed."""
        request = self._new_request(origin="customer", owner_id=self.customer.id)
        self._seal(self._review(self._check(request)))
        for user in (self.technical, self.quality):
            for record in (request, request.sample_ids):
                with (
                    self.subTest(user=user.login, record=record._name),
                    self.assertRaises(UserError),
                ):
                    record.with_user(user).owner_id = False
        self.assertEqual(request.sample_ids.owner_id, self.customer)

    def test_sample_does_not_leave_its_request_behind(self):
        """SC-04.3: a piece of a request becomes valid with the approved request alone."""
        request = self._check(self._new_request())
        sample = request.sample_ids
        with self.assertRaisesRegex(UserError, "goes with its request"):
            sample.with_user(self.administrator).action_submit()
        self._seal(self._review(request))
        for road in (
            lambda: sample.with_user(self.quality).action_activate(),
            lambda: sample.sudo().write({"state": "active"}),
            lambda: sample.with_user(self.administrator).action_request_sign_off(),
            lambda: sample.with_user(self.quality).write({"request_id": False}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                road()

    def test_request_changes_reach_the_samples(self):
        """One source: before the signatures the piece follows its request, afterwards the seal breaks."""
        request = self._check(self._new_request())
        request.with_user(self.technical).write({"lot_name": "L9", "drawing_no": "D-1"})
        self.assertEqual(request.sample_ids.lot_name, "L9")
        self._seal(self._review(request))
        request.sudo().drawing_no = "D-2"
        self.assertEqual(request.sample_ids.drawing_no, "D-2")
        self.assertEqual(request.sign_off_state, "void")
        self.assertEqual(request.state, "review")

    def test_given_up(self):
        """A request that is given up takes its pieces off the register and stops its clocks."""
        request = self._check(self._new_request())
        sample = request.sample_ids
        request.with_user(self.technical).action_cancel()
        self.assertFalse(sample.active)
        self.assertEqual(sample.state, "draft")
        self.assertFalse(request.clock_ids.filtered(lambda c: not c.stopped_at))
        request.with_user(self.technical).action_draft()
        self.assertFalse(request.submitted_at)

    def test_issue_list(self):
        """SC-27.2: the receivers are asked, and only they confirm."""
        department = self.env["hr.department"].create({"name": "Moulding shop"})
        request = self._new_request(
            distribution_ids=[
                Command.create(
                    {"department_id": department.id, "receiver_id": self.user.id}
                )
            ]
        )
        line = request.distribution_ids
        with self.assertRaisesRegex(UserError, "Only the receiver"):
            line.with_user(self.user).action_confirm_receipt()
        self._file(request)
        self.assertEqual(line.sample_id, request.sample_ids)
        self.assertEqual(line.activity_ids.user_id, self.user)
        with self.assertRaisesRegex(UserError, "Only the receiver"):
            line.with_user(self.manager).action_confirm_receipt()
        with self.assertRaises(UserError):
            line.with_user(self.manager).date_received = "2026-03-03"
        line.with_user(self.user).action_confirm_receipt()
        self.assertTrue(line.date_received)
        self.assertFalse(line.activity_ids)
        with self.assertRaises(UserError):
            line.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "is not changed"):
            line.with_user(self.technical).receiver_id = self.keeper

    def test_temporary_sample_becomes_sealed(self):
        """SC-05.2: accepted tooling asks for the sealing, whose sample replaces the temporary one."""
        temporary = self._new_active_sample("TEMP", tooling_state="not_accepted")
        self.assertEqual(temporary.seal_deadline, temporary.valid_until)
        temporary.with_user(self.technical).tooling_state = "accepted"
        request = temporary.successor_request_ids
        self.assertEqual(request.kind, "seal")
        self.assertEqual(request.type_id, self._type("SEAL"))
        self.env["sample.sample"]._cron_temporary_samples()
        self.assertEqual(temporary.successor_request_ids, request)
        request.write(
            {
                "first_batch_name": "B1",
                "first_batch_date": "2026-02-20",
                "planned_at": "2026-03-03 06:00:00",
                "user_id": self.technical.id,
            }
        )
        self._file(request)
        self.assertEqual(temporary.state, "replaced")
        self.assertEqual(temporary.replaced_by_id, request.sample_ids)

    def test_cap_of_temporary_samples(self):
        """C10, SC-05.3: who keeps a temporary sample is told once before its life ends."""
        sample = self._new_active_sample("TEMP")
        self.env["sample.sample"]._cron_temporary_samples()
        self.assertFalse(sample.cap_reminded_on)
        sample.seal_deadline = fields.Date.today()
        for __ in range(2):
            self.env["sample.sample"]._cron_temporary_samples()
        self.assertEqual(sample.activity_ids.user_id, self.keeper)
        self.assertEqual(len(sample.activity_ids), 1)

    def test_rights(self):
        """Closing 1.4: plain users change what they take part in; others' requests they read."""
        request = self._new_request()
        mine = self._new_request(
            party_ids=[Command.create({"role": "workshop", "user_id": self.user.id})]
        )
        request.with_user(self.user).read(["name"])
        with self.assertRaises(AccessError):
            request.with_user(self.user).write({"note": "x"})
        with self.assertRaises(AccessError):
            request.document_ids.with_user(self.user)[:1].write({"number": "x"})
        mine.with_user(self.user).write({"note": "x"})
        mine.document_ids.with_user(self.user)[:1].write({"number": "x"})

    def test_benchmark_requests_are_secret(self):
        """BMK: what is bought of competitors is seen by its applicant and the benchmark group."""
        request = self._new_request(
            user=self.benchmark,
            kind="new",
            type_id=self._type("BMK").id,
            product_id=False,
            title="Competitor's cover",
        )
        found = self.Request.with_user(self.quality).search([("id", "=", request.id)])
        self.assertFalse(found)
        with self.assertRaises(AccessError):
            request.with_user(self.quality).read(["title"])
        self.assertEqual(
            self.Request.with_user(self.benchmark).search([("id", "=", request.id)]),
            request,
        )

    @warmup
    def test_queries_of_the_list(self):
        """The list reads any number of requests with the same queries."""
        names = ["name", "state", "clock_summary", "missing_count", "open_issue_count"]
        requests = self.Request.union(*(self._new_request() for __ in range(6)))
        self._check(requests[:3])
        self.env.flush_all()
        counts = []
        for size in (6, 2, 6):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            requests[:size].with_user(self.quality).read(names)
            counts.append(self.env.cr.sql_log_count - start)
        # the first one also fills the caches of rights and rules
        self.assertEqual(counts[1], counts[2])
