from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.sample.sample_sample_use import PURPOSES
from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestUseGate(SampleCase):
    """What a sample may be used for (SC-09.4, SC-34, SC-35.2, D-23)."""

    def _modes(self, sample):
        return {
            purpose: sample._get_use_mode(purpose)
            for purpose in PURPOSES
            if sample._get_use_reasons(purpose)
        }

    def test_valid_sample_serves_every_purpose(self):
        sample = self._new_active_sample()
        self.assertEqual(self._modes(sample), {})
        for purpose in PURPOSES:
            self.assertEqual(sample._check_use(purpose), [])

    def test_in_process_sample(self):
        """E17, SC-09.4: refused for acceptance, first article, comparison and dispute, always."""
        rule = self._new_policy(
            "Lax",
            ["use"],
            product_tmpl_ids=self.product.product_tmpl_id.ids,
            **{f"use_{purpose}": "ignore" for purpose in PURPOSES},
        )
        sample = self._new_active_sample("WIP", origin="in_process")
        self.assertEqual(sample._get_policy("use"), rule)
        self.assertEqual(sample._check_use("in_process"), [])
        for purpose in ("final_acceptance", "first_article", "comparison", "dispute"):
            self.assertEqual(sample._get_use_mode(purpose), "block")
            with self.assertRaises(UserError):
                sample.with_user(self.manager)._check_use(purpose, "I want to")

    def test_expired_sample_by_default(self):
        """D-23: blocks acceptance and first article, warns elsewhere."""
        with freeze_time("2024-01-10 02:00:00"):
            sample = self._new_active_sample()
        self.assertEqual(
            self._modes(sample),
            {
                "in_process": "warn",
                "final_acceptance": "block",
                "first_article": "block",
                "comparison": "warn",
                "dispute": "warn",
            },
        )
        self.assertIn("2025-01-10", sample._check_use("comparison")[0])

    def test_block_is_lifted_by_the_manager_with_a_reason(self):
        """E16, SC-35.2: only the manager, only with a reason, and it is kept."""
        with freeze_time("2024-01-10 02:00:00"):
            sample = self._new_active_sample()
        for user, reason in (
            (self.inspector, "Urgent"),
            (self.quality, "Urgent"),
            (self.manager, ""),
        ):
            with self.assertRaises(UserError):
                sample.with_user(user)._check_use("first_article", reason)
        messages = sample.message_ids
        self.assertTrue(
            sample.with_user(self.manager)._check_use("first_article", "Urgent order")
        )
        log = sample.message_ids - messages
        self.assertIn("Urgent order", log.body)
        self.assertIn(self.manager.name, log.body)

    def test_rule_decides(self):
        """E16: a rule may warn or ignore instead."""
        for mode, warned in (("warn", True), ("ignore", False)):
            rule = self._new_policy(
                mode,
                ["use"],
                product_tmpl_ids=self.product.product_tmpl_id.ids,
                use_first_article=mode,
            )
            with freeze_time("2024-01-10 02:00:00"):
                sample = self._new_active_sample()
            self.assertEqual(bool(sample._check_use("first_article")), warned)
            rule.active = False

    def test_suspended_sample(self):
        """E22: stopped at once, it serves no first article, whoever insists; looking back warns."""
        sample = self._new_active_sample()
        sample._suspend("The customer changed it")
        for purpose in ("first_article", "final_acceptance", "in_process"):
            with self.assertRaises(UserError) as caught:
                sample.with_user(self.manager)._check_use(purpose, "Insist")
            self.assertIn("The customer changed it", str(caught.exception))
        self.assertTrue(sample._check_use("comparison"))

    def test_unconfirmed_and_gone_pieces(self):
        """A draft serves nothing; what was disposed of serves a comparison by its photos."""
        draft = self._new_sample()
        for purpose in PURPOSES:
            self.assertEqual(draft._get_use_mode(purpose), "block")
        gone = self._new_active_sample()
        gone._end("expired", "x")
        self._dispose(gone)
        self.assertEqual(gone._get_use_mode("comparison"), "warn")
        self.assertEqual(gone._get_use_mode("first_article"), "block")

    def test_temporary_sample_needs_a_concession(self):
        """SC-05.1: no basis of final acceptance unless a concession is recorded and approved."""
        sample = self._new_active_sample("TEMP")
        with self.assertRaises(UserError):
            sample._check_use("final_acceptance")
        self.assertEqual(sample._check_use("first_article"), [])
        approved = self._new_active_sample(
            "TEMP",
            concession_note="Gloss below the limit",
            concession_approver_id=self.manager.id,
        )
        self.assertEqual(approved._check_use("final_acceptance"), [])
        named_later = self._new_active_sample("TEMP", concession_note="Gloss")
        named_later.with_user(self.technical).concession_approver_id = self.manager
        with self.assertRaises(UserError):
            named_later._check_use("final_acceptance")

    def test_benchmark_and_reference_are_no_basis(self):
        """SC-07.2: never a basis of acceptance."""
        for code in ("REF", "SIM", "TST"):
            self.assertEqual(
                self._new_sample(code)._get_use_mode("final_acceptance"), "block"
            )
        reference = self._new_active_sample("REF")
        with self.assertRaisesRegex(UserError, "no basis of final acceptance"):
            reference.with_user(self.inspector)._check_use("final_acceptance")
        with self.assertRaises(UserError):
            self._type("BMK").acceptance_basis = True

    def test_overdue_calibration_counts(self):
        """SC-46.2: treated like an invalid sample."""
        sample = self._new_overdue_sample()
        self.assertEqual(self._modes(sample)["first_article"], "block")

    def test_authorized_users(self):
        """SC-34.1: where the rule asks for it, only people on the list."""
        self._new_policy(
            "Trained",
            ["use"],
            product_tmpl_ids=self.product.product_tmpl_id.ids,
            authorized_users_only=True,
        )
        sample = self._new_active_sample(authorized_user_ids=self.inspector.ids)
        self.assertEqual(sample.with_user(self.inspector)._check_use("in_process"), [])
        self.assertTrue(sample.with_user(self.user)._check_use("in_process"))
        with self.assertRaises(UserError):
            sample.with_user(self.user)._check_use("first_article")

    def test_sc_34_1_list_of_people_who_left(self):
        """SC-34.1: when the only authorized user leaves, the sample is not for everybody."""
        self._new_policy(
            "Authorized",
            ["use"],
            categ_ids=self.plastics.ids,
            authorized_users_only=True,
            use_in_process="block",
        )
        sample = self._new_active_sample(authorized_user_ids=self.inspector.ids)
        self.inspector.active = False
        sample.invalidate_recordset()
        self.assertTrue(sample.with_user(self.user)._is_unauthorized())
