from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestCustody(SampleCase):
    """Moves and their append-only log (SC-32.1, SC-32.3, SC-32.4)."""

    def test_every_move_is_logged(self):
        """Who, when, from, to, why, and what caused it."""
        sample = self._new_active_sample()
        rack = self._new_location("RACK", kind="point_of_use")
        sample.with_user(self.keeper)._move(
            location=rack, reason="First article", origin=self.product
        )
        log = sample.custody_log_ids[0]
        self.assertRecordValues(
            log,
            [
                {
                    "user_id": self.keeper.id,
                    "location_from_id": self.room.id,
                    "location_id": rack.id,
                    "custody_state_from": "stored",
                    "custody_state": "on_site",
                    "reason": "First article",
                    "origin_res_model": "product.product",
                    "origin_res_id": self.product.id,
                }
            ],
        )
        sample._move(holder=self.inspector, reason="Taken along")
        self.assertFalse(sample.location_id)
        self.assertEqual(sample.holder_id, self.inspector.partner_id)
        self.assertEqual(sample.custody_state, "loaned")
        sample._return_home("Brought back")
        self.assertEqual(sample.location_id, self.room)
        self.assertFalse(sample.holder_id)
        self.assertEqual(sample.custody_state, "stored")
        self.assertEqual(len(sample.custody_log_ids), 4)

    def test_employee_may_hold_a_sample(self):
        employee = self.env["hr.employee"].create({"name": "Worker"})
        sample = self._new_active_sample()
        sample.with_user(self.keeper)._move(holder=employee, reason="Shown")
        self.assertEqual(sample.holder_id, employee.work_contact_id)

    def test_log_is_append_only(self):
        """No create, write or delete by anybody, not even by the system (P6)."""
        sample = self._new_active_sample()
        log = sample.custody_log_ids
        for environment in (log.with_user(self.manager), log):
            with self.assertRaises(UserError):
                environment.write({"reason": "Another"})
            with self.assertRaises(UserError):
                environment.unlink()
        with self.assertRaises(UserError):
            log.sudo().write({"reason": "Another"})
        with self.assertRaises(UserError):
            log.with_user(self.manager).create(
                {
                    "sample_id": sample.id,
                    "company_id": self.company.id,
                    "moved_at": "2026-01-01 00:00:00",
                    "user_id": self.manager.id,
                    "custody_state": "stored",
                }
            )
        with self.assertRaises(UserError):
            sample.with_user(self.manager).write({"custody_log_ids": [(5, 0, 0)]})

    def test_place_and_holder_change_by_moves_only(self):
        """Write, import and create cannot move a sample without a line in the log."""
        sample = self._new_active_sample().with_user(self.manager)
        for name, value in (
            ("location_id", self.isolation.id),
            ("holder_id", self.customer.id),
            ("custody_state", "loaned"),
        ):
            with self.assertRaises(UserError):
                sample.write({name: value})
            with self.assertRaises(UserError):
                sample.create(
                    {
                        "type_id": sample.type_id.id,
                        "product_id": self.product.id,
                        name: value,
                    }
                )

    def test_isolation(self):
        """SC-32.3: isolated samples stand in the isolation area."""
        samples = self._new_active_sample() | self._new_active_sample()
        samples._suspend("Damaged")
        samples._isolate("Damaged")
        self.assertEqual(samples.location_id, self.isolation)
        self.assertEqual(set(samples.mapped("custody_state")), {"isolated"})
        self.isolation.active = False
        other = self._new_active_sample()
        other._isolate("Damaged")
        self.assertEqual(other.custody_state, "isolated")

    def test_keeper_or_custodian_moves(self):
        """By the buttons only keepers move samples, and the sample's own custodian."""
        sample = self._new_active_sample()
        wizard = (
            self.env["sample.move"]
            .with_user(self.keeper)
            .create(
                {
                    "sample_ids": sample.ids,
                    "location_id": self.isolation.id,
                    "reason": "Moved",
                }
            )
        )
        with self.assertRaises(UserError):
            sample.with_user(self.inspector)._check_mover()
        wizard.action_apply()
        self.assertEqual(sample.location_id, self.isolation)
        with self.assertRaises(UserError):
            sample.with_user(self.inspector).action_return_home()
        sample.with_user(self.keeper).action_return_home()
        self.assertEqual(sample.location_id, self.room)

    def test_misplaced_samples_are_found(self):
        """SC-32.1: after use a sample is back in its place, else it shows."""
        sample, other = self._new_active_sample(), self._new_active_sample()
        cabinet = self._new_location("CAB")
        sample._move(location=cabinet, reason="Put there")
        self.assertTrue(sample.is_misplaced)
        both = [("id", "in", (sample | other).ids)]
        samples = self.env["sample.sample"]
        self.assertEqual(samples.search([*both, ("is_misplaced", "=", True)]), sample)
        self.assertEqual(samples.search([*both, ("is_misplaced", "=", False)]), other)

    def test_no_way_home_without_a_fixed_place(self):
        """SC-32.1: all samples without a fixed place are named at once."""
        samples = self._new_active_sample() | self._new_active_sample()
        samples.sudo().home_location_id = False
        with self.assertRaisesRegex(UserError, f"{samples[0].name}, {samples[1].name}"):
            samples.with_user(self.keeper).action_return_home()

    def test_moves_to_nowhere_are_refused(self):
        sample = self._new_active_sample()
        with self.assertRaises(UserError):
            sample._move(reason="Nowhere")
        sample._end("lost", "Gone")
        with self.assertRaises(UserError):
            sample._move(location=self.room, reason="Back")

    def test_queries_do_not_grow_with_the_log(self):
        """Opening the list takes the same number of queries for 2 and for 20 samples."""
        samples = self.env["sample.sample"].create(
            [{"type_id": self._type("SEAL").id, "product_id": self.product.id}] * 20
        )
        specification = {
            "name": {},
            "state": {},
            "validity_state": {},
            "custody_state": {},
            "is_misplaced": {},
            "is_card_missing": {},
            "product_id": {"fields": {"display_name": {}}},
        }

        def count(number):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            samples.with_user(self.user).web_search_read(
                [("id", "in", samples[:number].ids)], specification
            )
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(2), count(20))
