from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import UseCase


@tagged("post_install", "-at_install")
class TestComparisons(UseCase):
    """Comparison with the sample (SC-36, SC-38, E17, E19)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        colour = cls._new_line("colour", text_value="RAL 9005")
        with freeze_time("2024-07-01 02:00:00"):
            cls.old = cls._new_active_sample(line_ids=[colour])
        with freeze_time("2025-07-01 02:00:00"):
            cls.new = cls._new_active_sample(line_ids=[colour], replaces_id=cls.old.id)

    @classmethod
    def _new_comparison(cls, user=None, **values):
        return (
            cls.env["sample.comparison"]
            .with_user(user or cls.inspector)
            .create(
                {
                    "product_id": cls.product.id,
                    "date_production": "2025-06-15",
                    "quality_id": cls.quality.id,
                    **values,
                }
            )
        )

    def _conclude(self, conclusion, result="pass", **values):
        record = self._new_comparison(**values)
        record.action_start()
        record.line_ids.result = result
        record.write({"conclusion": conclusion, "treatment": "Talk to the customer"})
        record.action_conclude()
        return record

    def test_map(self):
        self.assertTransitionMapClosed(self.env["sample.comparison"])

    def test_standard_on_the_production_date(self):
        """E19, SC-38.1: A on its last day, B from the next day on, whatever became of A."""
        self.assertEqual(self.old.state, "replaced")
        for day, sample in (
            ("2024-06-30", self.env["sample.sample"]),
            ("2024-07-01", self.old),
            ("2025-06-15", self.old),
            ("2025-07-02", self.new),
        ):
            record = self._new_comparison(date_production=day)
            self.assertEqual(record.sample_id, sample, day)
        record = self._new_comparison(
            date_production="2025-06-15", sample_id=self.new.id
        )
        self.assertIn("not the standard on 2025-06-15", record.sample_warning)
        self._dispose(self.old)
        record = self._new_comparison()
        self.assertEqual(record.sample_id, self.old)
        self.assertIn("only its photos and original values", record.sample_warning)

    def test_snapshot_and_warning(self):
        """SC-38.2: what the sample was stays with the record, with a warning."""
        record = self._new_comparison()
        record.action_start()
        self.assertIn("Replaced", record.use_warning)
        self.assertEqual(record.sample_snapshot["state"], "replaced")
        self.assertEqual(record.line_ids.sample_value, "RAL 9005")
        before = record.sample_snapshot
        self._dispose(self.old)
        self.assertEqual(record.sample_snapshot, before)
        with self.assertRaises(UserError):
            record.sample_snapshot = {}

    def test_warning_even_if_ignored(self):
        """SC-38.2: the rule cannot keep the warning from the record."""
        self._use_policy(use_comparison="ignore")
        self.old.sudo()._recalculate_policies("Test")
        record = self._new_comparison()
        record.action_start()
        self.assertIn("Replaced", record.use_warning)

    def test_blocked_by_the_rule(self):
        """D-23: a rule may block; the manager allows it with a reason."""
        self._use_policy(use_comparison="block")
        self.old.sudo()._recalculate_policies("Test")
        record = self._new_comparison()
        self.assertTransitionRefused(record, "comparing", "Replaced")
        record.with_user(self.manager)._override("There is no other")
        record.action_start()
        self.assertEqual(record.override_by_id, self.manager)

    def test_in_process_sample(self):
        """E17, SC-09.4, SC-38.3: a WIP sample is refused at once, by create, write and import."""
        wip = self._new_active_sample("WIP", origin="in_process")
        with self.assertRaises(ValidationError):
            self._new_comparison(sample_id=wip.id)
        record = self._new_comparison()
        for user in (self.inspector, self.manager):
            with self.assertRaises(ValidationError):
                record.with_user(user).sample_id = wip
        result = record.load([".id", "sample_id/.id"], [[str(record.id), str(wip.id)]])
        self.assertFalse(result["ids"])

    def test_nothing_checked(self):
        """P20: no conclusion without lines and results, nor against them."""
        record = self._new_comparison()
        record.action_start()
        record.conclusion = "equal"
        self.assertTransitionRefused(record, "concluded", "enter the result")
        record.line_ids.result = "fail"
        self.assertTransitionRefused(record, "concluded", "Not everything equals")
        record.line_ids.unlink()
        self.assertTransitionRefused(record, "concluded", "at least one")

    def test_sc_36_what_a_comparison_lacks(self):
        """SC-36, SC-38: quality takes part; the conclusion fits the results and says what is done."""
        record = self._new_comparison(quality_id=False)
        self.assertTransitionRefused(record, "comparing", "takes part for quality")
        record.quality_id = self.quality
        record.action_start()
        record.line_ids.result = "pass"
        self.assertTransitionRefused(record, "concluded", "Choose the conclusion")
        record.conclusion = "deviates"
        self.assertTransitionRefused(
            record,
            "concluded",
            "Everything equals the sample",
            "Say what is done about it",
        )

    def test_equal(self):
        record = self._conclude("equal")
        self.assertIn("answered", record.next_step)
        self.assertFalse(record.activity_ids)

    def test_contested(self):
        """SC-38: the standard is contested: the sample says so, T12 is asked for."""
        record = self._conclude("contested", date_production="2025-08-01")
        self.assertTrue(self.new.is_contested)
        self.assertIn("T12", record.activity_ids.summary)
        self.assertEqual(record.activity_ids.user_id, self.keeper)
        request = record.request_id
        self.assertEqual((request.kind, request.state), ("replace", "draft"))
        self.assertEqual(request.old_sample_id, self.new)
        self.assertEqual(request.reason_id, self._reason("T12"))

    def test_contested_standard_of_the_past(self):
        """SC-38: what is signed again is the standard in force, not the replaced piece."""
        record = self._conclude("contested")
        self.assertEqual(record.sample_id, self.old)
        self.assertEqual(record.request_id.old_sample_id, self.new)

    def test_deviates(self):
        record = self._conclude("deviates", "fail")
        self.assertEqual(record.activity_ids.user_id, self.quality)

    def test_doubtful(self):
        """SC-38, R1 4.3.3: a doubtful sample is not used from this moment on."""
        with freeze_time("2025-08-02 02:00:00"):
            record = self._conclude("doubtful", date_production="2025-08-01")
        self.assertEqual(self.new.state, "suspended")
        self.assertEqual(self.new.suspend_res_id, record.id)

    def test_signed_before_closed(self):
        """Closed with two signatures alone; what is signed is fixed."""
        record = self._conclude("equal")
        self.assertTransitionRefused(record, "closed")
        record.action_request_sign_off()
        record.with_user(self.technical)._sign_off()
        self.assertTransitionRefused(record, "closed")
        record.with_user(self.quality)._sign_off()
        record.action_close()
        self.assertEqual(record.state, "closed")
        for values in ({"conclusion": "deviates"}, {"treatment": "Other"}):
            with self.assertRaises(UserError):
                record.write(values)
        with self.assertRaises(UserError):
            record.line_ids.product_value = "Other"
        with self.assertRaises(UserError):
            record.line_ids.unlink()

    def test_not_signed_before_concluded(self):
        record = self._new_comparison()
        record.action_start()
        with self.assertRaises(UserError):
            record.action_request_sign_off()

    def test_production_and_quality_together(self):
        """SC-36.1: a dispute in production needs both, two different people, and both sign."""
        record = self._new_comparison(trigger="production")
        self.assertTransitionRefused(record, "comparing", "for production")
        record.production_id = self.quality
        self.assertTransitionRefused(record, "comparing", "two different people")
        record.production_id = self.operator
        record.action_start()
        record.line_ids.result = "pass"
        record.conclusion = "equal"
        record.action_conclude()
        record.action_request_sign_off()
        record.with_user(self.operator)._sign_off()
        record.with_user(self.quality)._sign_off()
        record.action_close()
        self.assertEqual(record.state, "closed")

    def test_not_created_past_the_gate(self):
        with self.assertRaises(UserError):
            self._new_comparison(state="concluded")
        record = self._new_comparison()
        self.assertTransitionRefused(record, "closed", "cannot become")

    def test_conclusion_goes_back_to_the_complaint(self):
        """SC-57: whoever asked for the comparison reads the conclusion, also where the inspector may not."""
        complaint = self.env["res.partner"].create({"name": "Complaint 17"})
        record = self._new_comparison(res_model="res.partner", res_id=complaint.id)
        before = complaint.message_ids
        record.with_user(self.inspector).action_start()
        self.assertEqual(complaint.message_ids, before, "nothing is concluded yet")
        record.line_ids.result = "pass"
        record.conclusion = "equal"
        record.with_user(self.inspector).action_conclude()
        told = complaint.message_ids - before
        self.assertIn("Equals the sample", told.body)
        self.assertIn(record.name, told.body)

    def test_origin(self):
        """SC-38.4, SC-57: another app names its record as the origin, both parts or none."""
        record = self._new_comparison(res_model="res.partner", res_id=self.customer.id)
        self.assertEqual(record.origin_name, self.customer.display_name)
        with self.assertRaises(ValidationError):
            record.res_id = False
        with self.assertRaises(ValidationError):
            self._new_comparison(res_model="no.such.model", res_id=1)

    def test_user_reads_only(self):
        record = self._new_comparison()
        with self.assertRaises(AccessError):
            record.with_user(self.user).conclusion = "equal"
        with self.assertRaises(AccessError):
            record.with_user(self.user).line_ids = [Command.clear()]

    def test_two_records(self):
        records = self._new_comparison() | self._new_comparison()
        records.action_start()
        records.line_ids.result = "pass"
        records.conclusion = "equal"
        records.action_conclude()
        self.assertEqual(set(records.mapped("state")), {"concluded"})
        self.assertEqual(set(records.copy().mapped("state")), {"draft"})

    def test_companies(self):
        record = self._new_comparison()
        self.user.sudo().write(
            {
                "company_ids": [Command.set(self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        self.assertNotIn(record, record.with_user(self.user).search([]))
        with freeze_time("2025-06-15 02:00:00"):
            foreign = self.env["sample.comparison"].create(
                {"product_id": self.product.id, "company_id": self.company_b.id}
            )
        self.assertFalse(foreign.sample_id)
