from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.record_control.tests.common_jobs import one_fails

from .common import NOW, EndOfLifeCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSampleChange(EndOfLifeCase):
    """Changes of design, process, tooling, maker and of the customer's standard (SC-52, SC-53)."""

    def _sign_change(self, change):
        change.with_user(self.administrator).action_request_sign_off()
        change.with_user(self.technical)._sign_off()
        change.with_user(self.quality)._sign_off()
        return change

    def _assessed(self, decision, **values):
        change = self._new_change(user=self.administrator, **values)
        change.with_user(self.administrator).action_assess()
        change.line_ids.with_user(self.administrator).write({"decision": decision})
        return change

    def test_map(self):
        self.assertTransitionMapClosed(self.env["sample.change"])

    def test_sc_52_5_every_sample_in_use(self):
        """SC-52.5: all samples in use stand on the change; later ones, too; each is decided."""
        samples = self._new_active_sample() | self._new_active_sample()
        self._new_sample()
        change = self._new_change(user=self.administrator)
        self.assertEqual(change.line_ids.sample_id, samples)
        change.with_user(self.administrator).action_assess()
        later = self._new_active_sample()
        with self.assertRaisesRegex(UserError, later.name):
            self._sign_change(change)
        change.with_user(self.administrator).action_list_samples()
        self.assertEqual(len(change.line_ids), 3)
        self.assertTransitionRefused(
            change.with_user(self.administrator), "approved", "Decide on"
        )
        with self.assertRaisesRegex(UserError, "decide on them"):
            change.line_ids.with_user(self.administrator).unlink()
        change.line_ids.with_user(self.administrator).write({"decision": "keep"})
        self._sign_change(change)
        self.assertEqual(change.state, "approved")

    def test_sc_52_6_a_change_that_fails_stops_no_other(self):
        """SC-52.6: one change that cannot be cut over keeps the old samples of no other in use."""
        samples = self.env["sample.sample"]
        changes = self.env["sample.change"]
        for __ in range(2):
            samples |= self._new_active_sample()
            changes |= self._sign_change(self._assessed("re_sign"))
            changes[-1].with_user(self.administrator).action_execute()
        bad, good = changes
        with (
            freeze_time("2026-04-01 02:00:00"),
            one_fails(self, bad, "_cut_over"),
        ):
            changes._cron_cut_over()
        stopped = good.line_ids.filtered(lambda line: line.decision == "re_sign")
        self.assertEqual(set(stopped.sample_id.mapped("state")), {"suspended"})

    def test_sc_52_6_in_use_until_the_cut_over(self):
        """SC-52.6: to be signed again, in use until the cut-over, not on that day."""
        sample = self._new_active_sample()
        change = self._sign_change(self._assessed("re_sign"))
        change.with_user(self.administrator).action_execute()
        self.assertEqual(sample.state, "active")
        self.assertEqual(sample.successor_request_ids.reason_id.code, "T08")
        changes = self.env["sample.change"]
        with freeze_time("2026-03-31 02:00:00"):
            changes._cron_cut_over()
            self.assertEqual(sample.state, "active")
        with freeze_time("2026-04-01 02:00:00"):
            changes._cron_cut_over()
            changes._cron_cut_over()
            self.assertEqual(sample.state, "suspended")
        self.assertTransitionRefused(
            change.with_user(self.administrator), "closed", sample.name
        )
        self._new_active_sample(replaces_id=sample.id)
        change.with_user(self.administrator).action_close()
        self.assertEqual(change.state, "closed")

    def test_obsolete(self):
        sample = self._new_active_sample()
        change = self._sign_change(self._assessed("obsolete"))
        change.with_user(self.administrator).action_execute()
        self.assertEqual(sample.state, "obsolete")
        self.assertTrue(sample.disposal_line_ids)
        change.with_user(self.administrator).action_close()

    def test_signed_decisions_do_not_change(self):
        self._new_active_sample()
        change = self._sign_change(self._assessed("keep"))
        for road in (
            lambda: change.line_ids.with_user(self.administrator).write(
                {"decision": "obsolete"}
            ),
            lambda: change.with_user(self.administrator).write({"content": "Else"}),
            lambda: change.with_user(self.administrator).write(
                {"line_ids": [Command.clear()]}
            ),
        ):
            with self.assertRaises(UserError):
                road()

    def test_one_person_does_not_sign_for_both(self):
        self._new_active_sample()
        change = self._assessed("keep")
        change.with_user(self.administrator).action_request_sign_off()
        both = self._new_user("sc_both", "technical", "quality")
        change.with_user(both)._sign_off()
        with self.assertRaises(UserError):
            change.with_user(both)._sign_off()

    def test_author_stays_author(self):
        """Closing 2.2: who wrote the change or decided on a sample does not sign it under another name."""
        self._new_active_sample()
        roads = (
            lambda change: change.write({"content": "Wall thickness 2.0 to 2.3"}),
            lambda change: change.write({"proposer_id": self.keeper.id}),
            lambda change: change.line_ids.write({"decision": "obsolete"}),
            lambda change: change.write(
                {
                    "line_ids": [
                        Command.update(change.line_ids[0].id, {"decision": False})
                    ]
                }
            ),
        )
        for number, road in enumerate(roads):
            with self.subTest(road=number):
                change = self._new_change(user=self.administrator)
                road(change.with_user(self.technical))
                change.with_user(self.administrator).proposer_id = self.keeper
                self.assertEqual(change.author_ids, self.administrator | self.technical)
                change.with_user(self.administrator).action_assess()
                change.line_ids.with_user(self.administrator).decision = "keep"
                change.with_user(self.administrator).action_request_sign_off()
                with self.assertRaisesRegex(UserError, "drew this up yourself"):
                    change.with_user(self.technical)._sign_off()

    def test_roles(self):
        for user in (self.user, self.inspector):
            with self.assertRaises(AccessError):
                self._new_change(user=user)

    def _customer_change(self, **values):
        return self._new_change(
            user=self.quality,
            kind="customer",
            partner_id=self.customer.id,
            date_cutover=False,
            **values,
        )

    def test_e22_customer_changes_the_standard(self):
        """E22, SC-53: stopped at once, not for first articles, request T13, open ones flagged."""
        old = self._new_active_sample(**self.customer_origin)
        ours = self._new_active_sample()
        article = self._new_first_article(old)
        change = self._customer_change()
        self.assertEqual(old.state, "suspended")
        self.assertEqual(ours.state, "active")
        self.assertTrue(change.stopped_at)
        self.assertEqual(change.line_ids.request_id.reason_id.code, "T13")
        self.assertEqual(change.first_article_ids, article)
        self.assertIn(change.name, article.message_ids[0].body)
        self.assertTransitionRefused(
            article.with_user(self.operator), "comparing", "Suspended"
        )
        self.assertTrue(old._get_hard_use_reasons("first_article"))

    def test_e22_kind_stays(self):
        """E22, SC-53.1: what the customer changes is entered as such, and stops the samples at once."""
        record = self._new_change().with_user(self.technical)
        with self.assertRaisesRegex(UserError, "these are fixed: Kind of Change"):
            record.kind = "customer"

    def test_sc_53_2_replaced_when_the_new_one_is_active(self):
        old = self._new_active_sample(**self.customer_origin)
        change = self._customer_change()
        quality = change.with_user(self.quality)
        quality.action_assess()
        with self.assertRaisesRegex(UserError, "attach it"):
            quality.action_request_sign_off()
        quality.write(
            {
                "date_notified": "2026-03-09",
                "notified_by": "letter",
                "customer_attachment_ids": [
                    Command.set(self._attachment(self.quality).ids)
                ],
            }
        )
        change.with_user(self.administrator).action_request_sign_off()
        change.with_user(self.technical)._sign_off()
        # closing 2.2: who proposed it does not sign it, though a colleague asked
        with self.assertRaisesRegex(UserError, "drew this up yourself"):
            change.with_user(self.quality)._sign_off()
        change.with_user(self.quality_b)._sign_off()
        change.with_user(self.quality).action_execute()
        self._new_active_sample(replaces_id=old.id, **self.customer_origin)
        self.assertEqual(old.state, "replaced")
        change.with_user(self.quality).action_close()

    def test_immediate(self):
        sample = self._new_active_sample()
        change = self._new_change()
        self.assertEqual(sample.state, "active")
        change.with_user(self.technical).is_immediate = True
        self.assertEqual(sample.state, "suspended")

    def test_two_companies(self):
        change = self._new_change()
        stranger = self._new_user("sc_stranger", "quality")
        stranger.write(
            {
                "company_ids": [(6, 0, self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        found = self.env["sample.change"].with_user(stranger).search([])
        self.assertNotIn(change, found)

    # --- Roads around the rules ---

    def test_e22_what_stopped_samples_stays(self):
        """E22: a draft that stopped samples is not deleted."""
        self._new_active_sample()
        change = self._new_change(is_immediate=True)
        self.assertTrue(change.stopped_at)
        with self.assertRaisesRegex(UserError, "not deleted"):
            change.with_user(self.technical).unlink()

    def test_sc_52_proposer_stays(self):
        """Who proposed a change is not rewritten once it is assessed."""
        change = self._new_change()
        change.with_user(self.technical).action_assess()
        with self.assertRaisesRegex(UserError, "fixed"):
            change.with_user(self.quality).write({"proposer_id": self.user.id})

    def test_sc_52_5_what_a_change_lacks(self):
        """SC-52.5: products before it is assessed; a cut-over before it is signed, and signed when assessed."""
        self._new_active_sample()
        empty = self._new_change(product_ids=[Command.clear()])
        self.assertTransitionRefused(
            empty.with_user(self.technical), "assessing", "products affected"
        )
        change = self._new_change(date_cutover=False)
        with self.assertRaises(AccessError):
            change.with_user(self.user).action_list_samples()
        change = change.with_user(self.administrator)
        with self.assertRaisesRegex(UserError, "is signed when it is assessed"):
            change.action_request_sign_off()
        change.action_assess()
        change.line_ids.decision = "keep"
        with self.assertRaisesRegex(UserError, "the day or the batch"):
            change.action_request_sign_off()

    def test_hidden_samples_are_not_named(self):
        """What is missing of a change does not tell the numbers of benchmark samples."""
        hidden = self._new_sample("BMK", self.benchmark, origin="benchmark")
        change = self._new_change()
        self.env["sample.change.line"].with_user(self.benchmark).create(
            {"change_id": change.id, "sample_id": hidden.id}
        )
        change.with_user(self.technical).action_assess()
        self.env.invalidate_all()
        self.assertNotIn(hidden.name, str(change.with_user(self.user).readiness))
