from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import NOW, PIXEL, EndOfLifeCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSampleException(EndOfLifeCase):
    """A sample fails, is damaged or lost (SC-49, SC-50, SC-51)."""

    def test_map(self):
        self.assertTransitionMapClosed(self.env["sample.exception"])

    def test_e18_damage_of_customer_property(self):
        """E18: suspended, isolated, red label, notice to the customer, request T15 in draft."""
        sample = self._new_active_sample(**self.customer_origin)
        record = self._report(sample)
        self.assertRecordValues(
            sample,
            [
                {
                    "state": "suspended",
                    "custody_state": "isolated",
                    "location_id": self.isolation.id,
                }
            ],
        )
        self.assertEqual(record.state, "isolated")
        self.assertIn("crack", sample.suspend_reason)
        self.assertEqual(sample._get_label_reasons("disabled"), [])
        notice = self.env.ref("sample_control.mail_activity_type_notice")
        self.assertEqual(record.activity_ids.activity_type_id & notice, notice)
        self.assertRecordValues(
            record.request_id,
            [
                {
                    "state": "draft",
                    "old_sample_id": sample.id,
                    "origin_res_id": record.id,
                }
            ],
        )
        self.assertEqual(record.request_id.reason_id.code, "T15")
        log = sample.custody_log_ids.sorted("id")[-1:]
        self.assertEqual(log.origin_res_model, "sample.exception")

    def test_sc_49_1_every_road_suspends(self):
        """Create, import and several at once stop the samples in the same transaction."""
        samples = self._new_active_sample() | self._new_active_sample()
        self.env["sample.exception"].with_user(self.user).create(
            [{"sample_id": s.id, "phenomenon": "Doubtful"} for s in samples]
        )
        self.assertEqual(set(samples.mapped("state")), {"suspended"})
        third = self._new_active_sample()
        result = (
            self.env["sample.exception"]
            .with_user(self.user)
            .load(
                ["sample_id/.id", "kind", "phenomenon"],
                [[str(third.id), "faded", "Pale"]],
            )
        )
        self.assertTrue(result["ids"], result["messages"])
        self.assertEqual(third.state, "suspended")

    def test_not_in_use(self):
        with self.assertRaisesRegex(UserError, "in use"):
            self._report(self._new_sample())

    def test_no_state_past_the_gates(self):
        sample = self._new_active_sample()
        exceptions = self.env["sample.exception"].with_user(self.quality)
        with self.assertRaises(UserError):
            exceptions.create(
                {"sample_id": sample.id, "phenomenon": "x", "state": "closed"}
            )
        record = self._report(sample)
        self.assertTransitionRefused(record.with_user(self.quality), "closed")
        self.assertTransitionRefused(
            record.with_user(self.quality), "handling", "decision", "cause"
        )
        for vals in (
            {"verifier_id": self.quality_b.id},
            {"reported_at": "2026-03-01 00:00:00"},
            {"loss_confirmed_at": NOW},
            {"needs_notice": True},
        ):
            with self.assertRaises(UserError):
                record.with_user(self.quality).write(vals)
        with self.assertRaises(UserError):
            record.with_user(self.manager).unlink()

    def test_sc_50_1_told_until_today(self):
        """SC-50.1: the customer was not told on a day to come."""
        record = self._report(self._new_active_sample(**self.customer_origin))
        record = record.with_user(self.operator)
        with self.assertRaisesRegex(ValidationError, "told after today"):
            record.write({"date_notified": "2026-03-11", "notified_by": "phone"})
        record.write({"date_notified": "2026-03-10", "notified_by": "phone"})

    def test_sc_49_what_was_seen_is_the_word_of_who_reported_it(self):
        """SC-49: colleagues do not rewrite a report; quality and the sample administrator correct it."""
        record = self._report(self._new_active_sample(), measure="stop")
        changes = {
            "kind": "faded",
            "phenomenon": "Nothing to be seen",
            "found_at": "2026-03-09 01:00:00",
            "found_by_id": self.operator.id,
            "found_where": "customer",
            "affected_note": "None",
            "photo": PIXEL,
            "measure": "isolate",
        }
        for user in (self.operator, self.keeper, self.technical, self.inspector):
            for name, value in changes.items():
                with (
                    self.subTest(user=user.login, field=name),
                    self.assertRaisesRegex(UserError, "who reported it"),
                ):
                    record.with_user(user).write({name: value})
        for user in (self.user, self.quality, self.administrator):
            record.with_user(user).phenomenon = f"Seen by {user.login}"
        # what is found out and proposed later is open to those who do it
        record.with_user(self.inspector).detection_note = "0.3 mm deep"
        record.with_user(self.keeper).write({"decision": "scrap", "cause": "Fell"})

    def test_sc_49_one_foreign_report_holds_both(self):
        """Two reports at once: all or nothing, and the error names the one of somebody else."""
        own = self._report(self._new_active_sample(), measure="stop")
        foreign = self._report(
            self._new_active_sample(), user=self.operator, measure="stop"
        )
        with self.assertRaises(UserError) as error:
            (own | foreign).with_user(self.user).phenomenon = "Scratched"
        self.assertIn(foreign.name, str(error.exception))
        self.assertNotIn(own.name, str(error.exception))
        self.assertEqual(own.phenomenon, "A crack at the left edge")

    def test_roles_of_the_decision(self):
        record = self._report(self._new_active_sample())
        record.with_user(self.keeper).write({"decision": "scrap", "cause": "Broken"})
        with self.assertRaisesRegex(UserError, "technical side decides"):
            record.with_user(self.keeper).action_decide()
        record.with_user(self.technical).action_decide()
        self.assertEqual(record.sample_id.state, "obsolete")

    def test_sc_49_3_closing_needs_inspection_or_successor(self):
        """SC-49.3: a passed inspection after the report, to the second."""
        sample = self._new_active_sample()
        with freeze_time("2026-03-10 03:00:00"):
            record = self._report(sample, "unreliable")
        with freeze_time("2026-03-10 04:00:00"):
            self._decide(record, "reshape")
            record.with_user(self.quality).write({"action_note": "Straightened"})
            record.with_user(self.quality).action_report_done()
            closer = record.with_user(self.quality_b)
            closer.write({"conclusion": "Good"})
            self.assertTransitionRefused(closer, "closed", "pass an inspection")
            sample.sudo()._register_passed(
                record.reported_at.replace(hour=2, minute=59, second=59)
            )
            self.assertTransitionRefused(closer, "closed", "pass an inspection")
            with self.assertRaisesRegex(UserError, record.name):
                sample.with_user(self.quality)._transition("active")
            sample.sudo()._register_passed(record.reported_at)
            closer.action_close()
            sample.with_user(self.quality)._transition("active")
        self.assertEqual(sample.state, "active")
        self.assertEqual(record.verifier_id, self.quality_b)

    def test_sc_50_4_isolated_later(self):
        """SC-50.4: what was only stopped is isolated by a step of its own."""
        record = self._report(self._new_active_sample(), measure="stop")
        self.assertEqual(
            (record.state, record.sample_id.location_id), ("new", self.room)
        )
        record.with_user(self.user).action_isolate()
        self.assertEqual(record.state, "isolated")
        self.assertEqual(record.sample_id.location_id, self.isolation)
        self.assertEqual(record.sample_id.custody_state, "isolated")

    def test_sc_49_what_a_step_lacks(self):
        """SC-49: in the isolation area, measured while it exists, and done before it is verified."""
        record = self._report(self._new_active_sample())
        record.sample_id.sudo().location_id = self.room
        lost = self._report(self._new_active_sample(), "lost", user=self.keeper)
        quality = lost.with_user(self.quality)
        self.assertTransitionRefused(quality, "isolated", "isolation area first")
        self.assertTransitionRefused(quality, "inspecting", "cannot be measured")
        with self.assertRaisesRegex(ValidationError, "is not isolated"):
            quality.measure = "isolate"
        self._decide(lost, "replace")
        self.assertTransitionRefused(quality, "to_verify", "Enter what was done")
        quality.action_note = "Searched"
        quality.action_report_done()
        self.assertTransitionRefused(
            lost.with_user(self.quality_b),
            "closed",
            "not confirmed the loss",
            "result of the verification",
            "No active successor",
        )
        with self.assertRaisesRegex(UserError, "is no open loss"):
            record.with_user(self.manager).action_confirm_loss()

    def test_sc_49_3_changed_decision_passes_its_gate(self):
        """SC-49.3: what was scrapped is not kept by changing the decision afterwards."""
        record = self._decide(self._report(self._new_active_sample()), "scrap")
        with self.assertRaisesRegex(UserError, "not in use any more"):
            record.with_user(self.technical).decision = "continue"

    def test_sc_49_history_stays_for_the_system_too(self):
        """Exceptions and their uses in doubt are entered by nobody and deleted by nobody."""
        sample = self._new_active_sample()
        self._compare(self._new_first_article(sample))
        record = self._report(sample, "unreliable")
        for kept, sentence in (
            (record.trace_ids, "stay with their exception"),
            (record, "closed, not deleted"),
        ):
            self.assertTrue(kept)
            with self.assertRaisesRegex(UserError, sentence):
                kept.sudo().unlink()
        with self.assertRaisesRegex(UserError, "found by the system"):
            record.trace_ids.with_user(self.quality).create(
                {"exception_id": record.id, "res_model": "res.partner", "res_id": 1}
            )

    def test_verifier_is_somebody_else(self):
        sample = self._new_active_sample()
        record = self._decide(self._report(sample, "unreliable"), "continue")
        record.with_user(self.quality).write(
            {"action_note": "Measured", "conclusion": "Good"}
        )
        record.with_user(self.quality).action_report_done()
        sample.sudo()._register_passed()
        self.assertTransitionRefused(
            record.with_user(self.quality), "closed", "Somebody else"
        )
        self.assertTransitionRefused(
            record.with_user(self.technical), "closed", "Quality verifies"
        )
        record.with_user(self.quality_b).action_return()
        self.assertFalse(record.done_by_id)

    def test_closed_by_an_active_successor(self):
        sample = self._new_active_sample()
        record = self._decide(self._report(sample), "replace")
        successor = self._new_active_sample(replaces_id=sample.id)
        self.assertEqual(sample.state, "replaced")
        self._finish(record)
        self.assertEqual((record.state, successor.state), ("closed", "active"))

    def test_given_up_is_not_used_again(self):
        """A piece that is to be replaced does not come back, even if it passes."""
        sample = self._new_active_sample()
        record = self._decide(self._report(sample), "replace")
        sample.sudo()._register_passed()
        with self.assertRaisesRegex(UserError, record.name):
            sample.with_user(self.quality)._transition("active")

    def test_decision_opens_an_inspection_once(self):
        sample = self._new_active_sample()
        record = self._report(sample, "unreliable")
        record.with_user(self.inspector).action_inspect()
        self.assertEqual(record.inspection_ids.inspection_type, "exception")
        self._decide(record, "reshape")
        self.assertEqual(len(record.inspection_ids), 1)

    def test_changed_decision_is_carried_out(self):
        """Measured again and failed: the decision changes while it is carried out, past its gate."""
        sample = self._new_active_sample()
        record = self._decide(self._report(sample, "unreliable"), "reshape")
        with self.assertRaises(UserError):
            record.with_user(self.user).write({"decision": "replace"})
        record.with_user(self.technical).write({"decision": "replace"})
        self.assertEqual(record.request_id.reason_id.code, "T16")
        self.assertEqual(record.decided_by_id, self.technical)

    def test_sc_50_3_loss(self):
        """SC-50.3: responsible from the last custody entry; manager confirms; place cleared."""
        sample = self._new_active_sample()
        self._lend(sample)
        record = self._report(sample, "lost", user=self.keeper)
        self.assertEqual(record.responsible_id, self.user.partner_id)
        self.assertEqual(record.last_custody_id.holder_id, self.user.partner_id)
        self.assertEqual(sample.state, "suspended")
        with self.assertRaisesRegex(UserError, "manager"):
            record.with_user(self.keeper).action_confirm_loss()
        record.with_user(self.manager).action_confirm_loss()
        self.assertRecordValues(
            sample, [{"state": "lost", "location_id": False, "holder_id": False}]
        )
        self.assertEqual(len(sample.exception_ids), 1)
        record.with_user(self.quality).write({"decision": "continue", "cause": "?"})
        with self.assertRaisesRegex(UserError, "replace or scrap"):
            record.with_user(self.quality).action_decide()

    def test_who_reported_a_loss_does_not_confirm_it(self):
        record = self._report(self._new_active_sample(), "lost", user=self.manager)
        with self.assertRaisesRegex(UserError, "Somebody else"):
            record.with_user(self.manager).action_confirm_loss()

    def test_lost_by_another_road_is_an_exception(self):
        sample = self._new_active_sample()
        sample.with_user(self.keeper)._end("lost", "Not on the rack")
        self.assertEqual(sample.exception_ids.kind, "lost")
        self.assertEqual(sample.state, "lost")

    def test_notice_gate(self):
        sample = self._new_active_sample(**self.customer_origin)
        record = self._decide(self._report(sample), "replace")
        self._new_active_sample(replaces_id=sample.id, **self.customer_origin)
        with self.assertRaisesRegex(UserError, "customer was told"):
            self._finish(record)
        record.with_user(self.quality).write(
            {"date_notified": "2026-03-10", "notified_by": "mail"}
        )
        record.with_user(self.quality_b).action_close()
        self.assertEqual(record.state, "closed")

    def test_discontinued_product_gets_no_successor(self):
        self.product.sample_discontinued = True
        record = self._report(self._new_active_sample())
        self.assertFalse(record.request_id)

    def test_policy_replaces_at_once(self):
        self._end_policy(failure_path="replace", notify_customer="always")
        sample = self._new_active_sample(partner_id=self.customer.id)
        record = self._report(sample, "unreliable")
        self.assertEqual(record.request_id.reason_id.code, "T16")
        self.assertTrue(record.needs_notice)

    def test_borrowed_sample(self):
        """Marked as isolated where it is, and isolated when it comes back, whatever its condition."""
        sample = self._new_active_sample()
        loan = self._lend(sample)
        self._report(sample, "unreliable", user=self.inspector)
        self.assertEqual(sample.custody_state, "isolated")
        self.assertEqual(sample.holder_id, self.user.partner_id)
        self._return(loan)
        self.assertEqual(sample.location_id, self.isolation)

    def test_damaged_return_is_an_exception(self):
        sample = self._new_active_sample()
        loan = self._lend(sample)
        self._return(loan, "damaged", note="Scratched")
        record = sample.exception_ids
        self.assertRecordValues(
            record,
            [{"kind": "damaged", "found_where": "loan", "origin_res_id": loan.id}],
        )
        self.assertEqual(sample.location_id, self.isolation)

    def test_sc_51_3_serious_point_after_sealing(self):
        sample = self._new_active_sample()
        issue = (
            self.env["sample.issue"]
            .with_user(self.quality)
            .create(
                {
                    "sample_id": sample.id,
                    "stage": "after",
                    "severity": "blocking",
                    "description": "Weld spatter",
                    "class_id": self.env.ref(
                        "sample_control.sample_issue_class_technical"
                    ).id,
                }
            )
        )
        self.assertEqual(sample.state, "suspended")
        self.assertTrue(issue.exception_id.request_id)

    def test_trace(self):
        """SC-49.2, P20 to P25: what was judged since the last good check, kept and assessed."""
        with freeze_time("2026-03-08 02:00:00"):
            sample = self._new_active_sample()
            before = self._compare(self._new_first_article(sample))
            before.with_user(self.inspector).action_release()
        sample.sudo()._register_passed(sample.activated_at.replace(day=9))
        with freeze_time("2026-03-09 06:00:00"):
            since = self._compare(
                self._new_first_article(sample, production_ref="MO007")
            )
            since.with_user(self.inspector).action_release()
        record = self._report(sample, "unreliable")
        self.assertRecordValues(
            record.trace_ids,
            [{"res_id": since.id, "lot_name": "MO007", "assessment": "open"}],
        )
        action = sample.with_user(self.user).action_view_trace()
        lines = self.env["sample.trace"].search(action["domain"])
        self.assertEqual(lines.mapped("record_name"), [since.name])
        record.with_user(self.quality).action_refresh_trace()
        self.assertEqual(len(record.trace_ids), 1)
        line = record.trace_ids
        with self.assertRaises(UserError):
            line.with_user(self.user).write({"assessment": "not_affected"})
        with self.assertRaisesRegex(UserError, "what is done"):
            line.with_user(self.quality).write({"assessment": "affected"})
        for vals in ({"res_id": before.id}, {"outcome": "x"}, {"used_at": NOW}):
            with self.assertRaises(UserError):
                line.with_user(self.quality).write(vals)
        with self.assertRaises(UserError):
            line.with_user(self.quality).unlink()
        self._decide(record, "continue")
        sample.sudo()._register_passed()
        with self.assertRaisesRegex(UserError, "Assess what was judged"):
            self._finish(record)
        line.with_user(self.quality).write({"assessment": "not_affected"})
        self.assertEqual(line.assessed_by_id, self.quality)
        record.with_user(self.quality_b).action_close()
        with self.assertRaisesRegex(UserError, "closed"):
            line.with_user(self.quality).write(
                {"assessment": "affected", "assessment_note": "x"}
            )

    def test_queries_of_the_trace(self):
        """One search per kind of record, one insert: the number of uses does not matter."""
        sample = self._new_active_sample()
        articles = self.env["sample.first.article"]
        for number in range(3):
            article = self._new_first_article(sample, production_ref=f"MO{number}")
            article.sudo()._write_protected({"started_at": NOW})
            articles |= article
        few = self._count_trace_queries(sample, articles[:1])
        many = self._count_trace_queries(sample, articles)
        self.assertEqual(few, many)

    def _count_trace_queries(self, sample, articles):
        others = sample.first_article_ids - articles
        others.sudo()._write_protected({"started_at": False})
        articles.sudo()._write_protected({"started_at": NOW})
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self.assertEqual(len(sample._prepare_trace_vals(False)), len(articles))
        return self.env.cr.sql_log_count - start

    def test_secret_samples_stay_hidden(self):
        """An exception about a benchmark sample is as secret as the sample."""
        hidden = self._new_sample("BMK", self.benchmark, origin="benchmark")
        hidden.sudo().write({"custodian_id": self.benchmark.id})
        self.env.cr.execute(
            "UPDATE sample_sample SET state = 'active' WHERE id = %s", [hidden.id]
        )
        hidden.invalidate_recordset()
        record = self._report(hidden, "unreliable", user=self.benchmark)
        exceptions = self.env["sample.exception"].with_user(self.user)
        self.assertFalse(exceptions.search([("id", "=", record.id)]))
        with self.assertRaises(AccessError):
            self._report(hidden, user=self.user)
        for name in self.env["ir.rule"]._get_restricted_models():
            if name.startswith("sample."):
                self.assertFalse(self.env[name]._get_partial_lists(), name)
        leaks = self.env["sample.sample"]._get_leaking_fields()
        parts = ("exception", "disposal", "change", "stocktake", "recall")
        self.assertFalse([leak for leak in leaks if any(p in leak for p in parts)])

    def test_two_companies(self):
        record = self._report(self._new_active_sample())
        stranger = self._new_user("sc_stranger", "quality")
        stranger.write(
            {
                "company_ids": [(6, 0, self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        exceptions = self.env["sample.exception"].with_user(stranger)
        self.assertFalse(exceptions.search([("id", "=", record.id)]))

    def test_failed_inspection_is_an_exception(self):
        """SC-49: found in an inspection; a second failure belongs to the same exception."""
        sample = self._new_active_sample()
        sample.sudo()._suspend("Failed")
        inspection = sample.sudo()._create_inspection("patrol")
        inspection.sudo()._write_protected({"result": "fail"})
        inspection.sudo()._on_confirmed()
        self.assertEqual(sample.exception_ids.found_where, "patrol")
        self.assertEqual(inspection.exception_id, sample.exception_ids)
        inspection.sudo()._on_confirmed()
        self.assertEqual(len(sample.exception_ids), 1)

    def test_scan_offers_the_report(self):
        sample = self._new_active_sample()
        answer = self.env["sample.sample"].with_user(self.user).scan_sample(sample.name)
        self.assertIn("report_exception", answer["actions"])
        action = sample.with_user(self.user).action_report_exception()
        self.assertEqual(action["context"]["default_sample_id"], sample.id)

    # --- Roads around the rules ---

    def test_sc_49_1_report_stays_with_its_piece(self):
        """The exception about a piece that was stopped does not move to another piece or product."""
        record = self._report(self._new_active_sample(), "lost")
        other = self._new_active_sample()
        product = self._new_product("Other")
        for vals in ({"sample_id": other.id}, {"product_id": product.id}):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(UserError, "fixed|cannot be moved"),
            ):
                record.with_user(self.user).write(vals)

    def test_sc_50_3_loss_is_not_renamed(self):
        """A loss is not turned into another kind, so that no manager need confirm it."""
        record = self._report(self._new_active_sample(), "lost")
        with self.assertRaisesRegex(UserError, "stays one"):
            record.with_user(self.quality).write({"kind": "unreliable"})
        record.with_user(self.user).write({"kind": "lost"})

    def test_sc_49_3_decision_and_conclusion_by_role(self):
        """Everybody reports and proposes; a decision that was taken and the conclusion are others'."""
        record = self._report(self._new_active_sample())
        plain = record.with_user(self.user)
        plain.write({"decision": "continue", "cause": "Perhaps it fell down"})
        with self.assertRaisesRegex(UserError, "Quality verifies"):
            plain.write({"conclusion": "Good"})
        with self.assertRaisesRegex(UserError, "Quality verifies"):
            self._report(self._new_active_sample(), conclusion="Good")
        self._decide(record, "replace")
        for vals in ({"cause": "Nobody's fault"}, {"decision": False}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                plain.write(vals)

    def test_sc_49_3_responsible_does_not_verify(self):
        """Who handles it does not verify it, whoever pressed the button; nor hands it on afterwards."""
        record = self._report(self._new_active_sample(), user_id=self.quality.id)
        self._decide(record, "replace")
        record.with_user(self.user).write({"action_note": "Done"})
        record.with_user(self.user).action_report_done()
        record = record.with_user(self.quality)
        self.assertIn(
            "Somebody else than who handled it verifies.",
            record._get_transition_reasons("closed"),
        )
        with self.assertRaisesRegex(UserError, "fixed"):
            record.write({"user_id": self.quality_b.id})

    def test_sc_50_1_notice_shows_text_as_text(self):
        """What was typed about a piece is no HTML in the activity."""
        record = self._report(
            self._new_active_sample(**self.customer_origin),
            phenomenon='<a href="http://example.com">Look</a>',
        )
        notice = self.env.ref("sample_control.mail_activity_type_notice")
        activity = record.activity_ids.filtered(
            lambda item: item.activity_type_id == notice
        )
        self.assertIn("Look&lt;/a&gt;", activity.note)
        self.assertNotIn(">Look</a>", activity.note)

    def test_who_did_it_does_not_verify(self):
        """Closing 2.2: the decider verifies what others did, and nothing that he did himself."""
        record = self._decide(self._report(self._new_active_sample()), "replace")
        record.with_user(self.user).write({"action_note": "Taken away"})
        record.with_user(self.user).action_report_done()
        quality = record.with_user(self.quality)
        self.assertFalse(quality._get_verifier_reasons())
        quality.action_return()
        # what he writes himself another one reports as done
        quality.write({"action_note": "Taken away and locked up"})
        record.with_user(self.user).action_report_done()
        self.assertEqual(record.handler_ids, self.user | self.quality)
        for target in ("closed", "handling"):
            self.assertTransitionRefused(quality, target, "Somebody else")
        with self.assertRaisesRegex(UserError, "set by the system"):
            quality.write({"handler_ids": [(3, self.quality.id)]})
        self.assertFalse(record.with_user(self.quality_b)._get_verifier_reasons())

    def test_who_decides_to_continue_does_not_verify(self):
        """Where the decision is all that happens, who took it, also later, handled it."""
        record = self._report(self._new_active_sample(), "unreliable")
        self._decide(record, "continue")
        record.with_user(self.user).write({"action_note": "Looked at"})
        record.with_user(self.user).action_report_done()
        self.assertTransitionRefused(
            record.with_user(self.quality), "closed", "Somebody else"
        )
        second = self._decide(
            self._report(self._new_active_sample(), "unreliable"), "reshape"
        )
        second.with_user(self.quality_b).write({"decision": "continue"})
        self.assertIn(self.quality_b, second.handler_ids)
        self.assertNotIn(self.quality, second.handler_ids)

    def test_sc_51_2_point_is_about_the_same_sample(self):
        """A point about one piece is not hung on the exception of another, by create or write."""
        record = self._report(self._new_active_sample())
        other = self._new_active_sample()
        issues = self.env["sample.issue"].with_user(self.quality)
        vals = {"stage": "after", "description": "Edge"}
        linked = issues.create({**vals, "exception_id": record.id})
        self.assertEqual(linked.sample_id, record.sample_id)
        with self.assertRaisesRegex(ValidationError, "same sample"):
            issues.create({**vals, "exception_id": record.id, "sample_id": other.id})
        loose = issues.create({**vals, "sample_id": other.id})
        with self.assertRaisesRegex(ValidationError, "same sample"):
            loose.exception_id = record
        with self.assertRaises(ValidationError):
            record.with_user(self.quality).write(
                {"issue_ids": [Command.create({**vals, "sample_id": other.id})]}
            )

    def test_sc_51_2_point_stays_with_its_exception(self):
        """An open point is not taken off the exception that waits for it, from either side."""
        record = self._report(self._new_active_sample())
        vals = {"stage": "after", "description": "Edge", "exception_id": record.id}
        issue = self.env["sample.issue"].create(
            {**vals, "sample_id": record.sample_id.id}
        )
        for user in (self.user, self.technical, self.quality, self.env.user):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                issue.with_user(user).write({"exception_id": False})
            with self.subTest(user=user.login), self.assertRaises(UserError):
                record.with_user(user).write({"issue_ids": [(3, issue.id)]})
        self.assertIn(
            "Close its problem points.",
            record.with_user(self.quality_b)._get_closed_gate_reasons(),
        )

    def test_sc_49_2_look_ups_are_ones_own(self):
        """What one person looked up about a sample, perhaps a benchmark, others neither list nor count."""
        sample = self._new_active_sample()
        traces = self.env["sample.trace"]
        row = traces.with_user(self.benchmark).create({"sample_id": sample.id})
        domain = [("id", "=", row.id)]
        self.assertEqual(traces.with_user(self.benchmark).search_count(domain), 1)
        for user in (self.user, self.manager):
            self.assertFalse(traces.with_user(user).search_count(domain))
            with self.assertRaises(AccessError):
                row.with_user(user).read(["record_name"])

    def test_sc_49_2_look_up_names_no_hidden_sample(self):
        """A row that somebody makes up about a hidden sample does not tell its number."""
        hidden = self._new_sample("BMK", self.benchmark, origin="benchmark")
        row = (
            self.env["sample.trace"]
            .with_user(self.user)
            .create({"sample_id": hidden.id})
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertNotIn(hidden.name, str(row.read(["sample_id"])))

    def test_sc_49_1_report_needs_no_set_up(self):
        """SC-14, SC-49.1: a failure is reported and stops the sample also when its reason was put aside."""
        reason = self._reason("T15").with_user(self.administrator)
        kind = self._type("SEAL").with_user(self.administrator)
        for entry in (reason, kind):
            with self.assertRaisesRegex(UserError, "keep the code"):
                entry.code = "X15"
            with self.assertRaisesRegex(UserError, "archive them"):
                entry.unlink()
            entry.code = entry.code
        reason.active = False
        sample = self._new_active_sample()
        self._report(sample)
        self.assertEqual(sample.state, "suspended")
        self.assertEqual(sample.successor_request_ids.reason_id, reason)
        own = reason.sudo(False).create({"code": "X1", "name": "Own"})
        own.code = "X2"
        own.unlink()
