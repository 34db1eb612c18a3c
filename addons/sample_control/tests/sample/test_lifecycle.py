from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.sample.sample_sample import STATES, TRANSITIONS
from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestLifecycle(SampleCase):
    """States of a sample and their gates (SC-01, SC-28, closing 1.2)."""

    def test_map_is_closed(self):
        states = {key for key, __ in STATES}
        self.assertEqual(set(TRANSITIONS), states)
        for targets in TRANSITIONS.values():
            self.assertLessEqual(set(targets), states)

    def test_card_signatures_activation(self):
        """A sample goes from the card over two signatures to a valid sample (SC-28)."""
        sample = self._new_sample()
        self._sign(sample)
        self.assertEqual(sample.sign_off_state, "sealed")
        sample.with_user(self.quality).action_activate()
        self.assertEqual(sample.state, "active")
        self.assertTrue(sample.confirm_date)
        self.assertEqual(sample.activated_by_id, self.quality)
        self.assertEqual(sample.location_id, self.room)

    def test_no_state_past_a_gate(self):
        """P3, P21: no create, write, import, copy or default reaches a later state."""
        sample = self._new_sample().with_user(self.manager)
        values = {"type_id": self._type("SEAL").id, "product_id": self.product.id}
        for state in ("to_sign", "active", "expired", "disposed"):
            with self.assertRaises(UserError):
                sample.create({**values, "state": state})
        for state in ("active", "suspended", "expired", "replaced", "disposed"):
            with self.assertRaises(UserError):
                sample.write({"state": state})
            with self.assertRaises(UserError):
                sample.sudo().write({"state": state})
        self.assertEqual(sample.copy().state, "draft")
        record = sample.with_context(default_state="active").create(values)
        self.assertEqual(record.state, "draft")
        xmlid = self._xmlid(sample)
        result = sample.load(["id", "state"], [[xmlid, "active"]])
        self.assertTrue(result["messages"])
        self.assertEqual(sample.state, "draft")

    def test_activation_names_everything_missing(self):
        """SC-28.1: signatures, custodian, place and baseline, all in one message."""
        sample = self._new_sample(
            "DIM", custodian_id=False, home_location_id=False
        ).with_user(self.quality)
        sample.action_submit()
        reasons = sample._get_transition_reasons("active")
        text = "\n".join(reasons)
        for word in ("Enter the custodian", "fixed place", "original measured range"):
            self.assertIn(word, text)
        self.assertGreaterEqual(len(reasons), 4)
        entry = [line for line in sample.readiness if line["target"] == "active"][0]
        self.assertEqual(entry["reasons"], reasons)
        with self.assertRaises(UserError) as caught:
            sample.action_activate()
        for reason in reasons:
            self.assertIn(reason, str(caught.exception))

    def test_calibration_needs_a_baseline(self):
        """SC-28.1: with the original range a precision sample may become valid."""
        sample = self._new_active_sample(
            "DIM",
            line_ids=[
                self._new_line(
                    "width",
                    nominal=10.0,
                    tol_lower=-0.1,
                    tol_upper=0.1,
                    has_baseline=True,
                    baseline_min=10.02,
                    baseline_max=10.06,
                )
            ],
        )
        self.assertTrue(sample.next_calibration_date)

    def test_two_different_signatories(self):
        """E13: technical and quality signature by the same user is refused."""
        both = self._new_user("sc_both", "technical", "quality")
        sample = self._new_sample().with_user(self.administrator)
        sample.action_submit()
        sample.action_request_sign_off()
        sample.with_user(both)._sign_off()
        with self.assertRaises(UserError):
            sample.with_user(both)._sign_off()
        with self.assertRaises(UserError):
            sample.with_user(both).action_activate()
        self.assertNotEqual(sample.sign_off_state, "sealed")

    def test_card_is_complete_before_signing(self):
        """SC-29.1: the fields of the type's card come first; a colour sample needs its number."""
        sample = self._new_sample("COL").with_user(self.administrator)
        with self.assertRaises(UserError) as caught:
            sample.action_submit()
        self.assertIn("Colour number", str(caught.exception))
        sample.line_ids = [self._new_line("colour_no", text_value="RAL 7016")]
        sample.action_submit()
        self.assertEqual(sample.state, "to_sign")

    def test_customer_piece_needs_its_owner(self):
        """SC-13: whose property it is is known before it is signed."""
        sample = self._new_sample("STD", origin="customer").with_user(
            self.administrator
        )
        with self.assertRaises(UserError):
            sample.action_submit()
        sample.owner_id = self.customer
        sample.action_submit()

    def test_customer_signs_where_the_type_says(self):
        """SC-26: with a type that the customer signs, his confirmation is needed too."""
        self._type("STD").needs_customer_sign = True
        sample = self._sign(self._new_sample("STD"))
        with self.assertRaises(UserError):
            sample.with_user(self.quality).action_activate()
        sample.with_user(self.administrator).customer_confirmed_on = "2026-01-05"
        sample.with_user(self.quality).action_activate()

    def test_random_pick_by_two(self):
        """SC-15.3: key parts are picked at random, by one of each side."""
        self._new_policy(
            "Random",
            ["sealing"],
            product_tmpl_ids=self.product.product_tmpl_id.ids,
            random_pick_required=True,
        )
        sample = self._new_sample().with_user(self.administrator)
        with self.assertRaises(UserError):
            sample.action_submit()
        sample.write(
            {
                "sampling_method": "random",
                "lot_name": "L-2601",
                "sampler_quality_id": self.quality.id,
                "sampler_technical_id": self.quality.id,
            }
        )
        with self.assertRaises(UserError):
            sample.action_submit()
        sample.sampler_technical_id = self.technical
        sample.action_submit()

    def test_who_may_take_which_step(self):
        """Closing 1.2: users report, quality activates and lets be used again."""
        sample = self._new_sample()
        with self.assertRaises(UserError):
            sample.with_user(self.keeper).action_submit()
        self._sign(sample)
        for user in (self.keeper, self.technical, self.administrator):
            with self.assertRaises(UserError):
                sample.with_user(user).action_activate()
        sample.with_user(self.quality).action_activate()
        for state in ("expired", "replaced"):
            with self.assertRaises(UserError):
                sample.with_user(self.keeper)._end(state, "x")

    def test_signed_data_change_stops_the_sample(self):
        """SC-26.4, P1: changing a signed value, on the sample or a line, stops a valid sample."""
        sample = self._new_active_sample(
            line_ids=[self._new_line("colour_no", text_value="RAL 7016")]
        )
        sample.line_ids.with_user(self.administrator).text_value = "RAL 9005"
        self.assertEqual(sample.sign_off_state, "void")
        self.assertEqual(sample.state, "suspended")
        self.assertTrue(sample._get_transition_reasons("active"))
        with self.assertRaises(UserError):
            sample.with_user(self.quality)._transition("active")
        sample.with_user(self.administrator).action_request_sign_off()
        sample.with_user(self.technical)._sign_off()
        sample.with_user(self.quality)._sign_off()
        self.assertEqual(sample.state, "active")

    def test_unsigned_data_change_does_not(self):
        """Notes and custodian are not signed."""
        sample = self._new_active_sample()
        sample.with_user(self.administrator).write(
            {"note": "Handled with care", "custodian_id": self.user.id}
        )
        self.assertEqual(sample.state, "active")

    def test_refusal_leads_back_to_the_draft(self):
        """Closing 1.2: a signatory disagrees."""
        sample = self._new_sample().with_user(self.administrator)
        sample.action_submit()
        sample.action_request_sign_off()
        sample.with_user(self.technical)._sign_off("refuse", "Wrong colour")
        self.assertEqual(sample.state, "draft")

    @freeze_time("2026-03-02 01:00:00")
    def test_suspend_and_use_again(self):
        """A suspended sample is used again only after it passed an inspection since (1.2)."""
        samples = self._new_active_sample() | self._new_active_sample()
        origin = self.product
        samples.with_user(self.user)._suspend("Scratched", origin)
        self.assertEqual(samples.mapped("state"), ["suspended"] * 2)
        self.assertEqual(samples[0].suspend_res_id, origin.id)
        with self.assertRaises(UserError):
            samples.with_user(self.quality)._transition("active")
        with self.assertRaises(UserError):
            samples.with_user(self.quality)._reactivate(self.env["res.partner"])
        with freeze_time("2026-03-02 01:00:01"):
            samples.with_user(self.quality)._reactivate(origin)
        self.assertEqual(samples.mapped("state"), ["active"] * 2)
        self.assertFalse(samples[0].suspended_at)
        self.assertFalse(samples[0].suspend_reason)

    @freeze_time("2026-03-02 01:00:00")
    def test_what_has_ended_is_not_used_again(self):
        """Closing 1.2: neither a piece past its last day nor one that has a successor."""
        old = self._new_active_sample()
        old.sudo().valid_until = "2026-03-01"
        [reason] = [
            reason
            for reason in old._get_reactivation_reasons()
            if "validity has ended" in reason
        ]
        self.assertTrue(reason)
        old.sudo().valid_until = "2026-03-02"
        self.assertNotIn(reason, old._get_reactivation_reasons())
        self._new_active_sample(replaces_id=old.id)
        self.assertIn("taken its place", "".join(old._get_reactivation_reasons()))
        with self.assertRaises(ValueError):
            old._end("draft", "No end")

    def test_signed_after_the_card(self):
        """SC-26: a draft is not put up for signature."""
        sample = self._new_sample().with_user(self.administrator)
        with self.assertRaisesRegex(UserError, "after its card is complete"):
            sample.action_request_sign_off()

    @freeze_time("2026-03-02 01:00:00")
    def test_inspection_before_the_suspension_does_not_count(self):
        sample = self._new_active_sample()
        sample._register_passed()
        with freeze_time("2026-03-02 01:00:01"):
            sample._suspend("Scratched")
        with self.assertRaises(UserError):
            sample.with_user(self.quality)._transition("active")

    def test_reason_of_a_suspension(self):
        """A suspension says why; samples that are not valid stay as they are."""
        sample = self._new_active_sample()
        with self.assertRaises(UserError):
            sample._suspend(" ")
        draft = self._new_sample()
        self.assertFalse(draft._suspend("Scratched"))

    def test_stamps_are_the_systems(self):
        """P11: state and facts cannot disagree, because nobody types the facts."""
        sample = self._new_active_sample().with_user(self.manager)
        for name, value in (
            ("valid_until", "2030-01-01"),
            ("ended_on", "2026-01-01"),
            ("suspended_at", "2026-01-01 00:00:00"),
            ("last_passed_at", "2026-01-01 00:00:00"),
            ("next_calibration_date", "2026-01-01"),
            ("replaced_by_id", sample.id),
            ("activated_by_id", self.user.id),
        ):
            with self.assertRaises(UserError):
                sample.write({name: value})

    @freeze_time("2025-07-01 02:00:00")
    def test_successor_replaces(self):
        """SC-28.2: on activation of the successor the old sample becomes replaced, with links."""
        with freeze_time("2024-07-01 02:00:00"):
            old = self._new_active_sample()
        self.assertEqual(str(old.valid_until), "2025-07-01")
        new = self._new_active_sample(replaces_id=old.id)
        self.assertEqual(old.state, "replaced")
        self.assertEqual(old.replaced_by_id, new)
        self.assertEqual(str(old.ended_on), "2025-07-01")
        self.assertIn(new.name, old.end_reason)

    def test_sc_42_successor_is_of_the_same_product(self):
        """SC-42, K01: another product's sample takes no place: its product would be left without a standard."""
        old = self._new_active_sample()
        other = self._new_product("Other cover", categ_id=self.plastics.id)
        with self.assertRaises(ValidationError):
            self._new_sample(product_id=other.id, replaces_id=old.id)
        new = self._new_sample(replaces_id=old.id).with_user(self.administrator)
        with self.assertRaises(ValidationError):
            new.product_id = other
        with self.assertRaises(ValidationError):
            new.copy({"product_id": other.id, "replaces_id": False}).replaces_id = old
        requests = self.env["sample.request"].with_user(self.technical)
        with self.assertRaises(ValidationError):
            requests.create(
                {"kind": "replace", "old_sample_id": old.id, "product_id": other.id}
            )
        request = requests.create({"kind": "replace", "old_sample_id": old.id})
        with self.assertRaises(ValidationError):
            request.product_id = other

    def test_sc_42_predecessor_that_became_another_product(self):
        """SC-42: the gate is asked again when the successor becomes valid."""
        old = self._new_sample()
        new = self._sign(self._new_sample(replaces_id=old.id))
        old.with_user(self.administrator).product_id = self._new_product("Other")
        with self.assertRaisesRegex(UserError, "one of another product"):
            new.with_user(self.quality).action_activate()

    def test_sc_42_hidden_predecessor_is_not_found_out(self):
        """Nobody learns by trying products what a benchmark sample is a sample of."""
        hidden = self._new_sample("BMK", user=self.benchmark)
        for product in (self.product, self._new_product("Other")):
            with self.assertRaises(AccessError):
                self._new_sample(product_id=product.id, replaces_id=hidden.id)

    def test_suspended_predecessor_is_replaced_too(self):
        """SC-53.2: the customer's old sample, stopped at once, becomes replaced by the new one."""
        old = self._new_active_sample()
        old._suspend("Changed by the customer")
        self._new_active_sample(replaces_id=old.id)
        self.assertEqual(old.state, "replaced")

    @freeze_time("2026-05-20 02:00:00")
    def test_late_expiry_ends_on_the_last_good_day(self):
        """E01 and SC-38.1: found expired later, the sample was the standard through its last day."""
        with freeze_time("2026-01-31 02:00:00"):
            policy = self._new_policy(
                "Three", ["validity"], categ_ids=self.plastics.ids, validity_value=3
            )
            sample = self._new_active_sample()
        self.assertEqual(sample._get_policy("validity"), policy)
        self.assertEqual(
            sample.search([*sample._get_expired_domain(), ("id", "=", sample.id)]),
            sample,
        )
        sample._end("expired", "Validity over")
        self.assertEqual(str(sample.ended_on), "2026-04-30")
        self._dispose(sample)
        self.assertEqual(str(sample.ended_on), "2026-04-30")

    def test_expired_is_never_used_again(self):
        """Closing 1.2: expired → active is not allowed."""
        sample = self._new_active_sample()
        sample._end("expired", "x")
        for environment in (sample.with_user(self.quality), sample.sudo()):
            with self.assertRaises(UserError):
                environment._transition("active")

    def test_lost_and_found(self):
        """A lost piece that is found comes back suspended and needs an inspection."""
        sample = self._new_active_sample()
        sample.with_user(self.keeper)._end("lost", "Not on the rack")
        self.assertTrue(sample.ended_on)
        self.assertFalse(sample.location_id)
        sample.with_user(self.quality)._transition("suspended", suspend_reason="Found")
        self.assertFalse(sample.ended_on)
        with self.assertRaises(UserError):
            sample.with_user(self.quality)._transition("active")

    def test_wizard_suspends(self):
        """The button asks for the reason."""
        sample = self._new_active_sample()
        wizard = (
            self.env["sample.suspend"]
            .with_user(self.user)
            .create({"sample_ids": sample.ids, "reason": "Fell down"})
        )
        wizard.action_apply()
        self.assertEqual(sample.state, "suspended")
        self.assertEqual(sample.suspend_reason, "Fell down")

    def test_sealed_meaning(self):
        """SC-26.4: unit, original range, what it is judged by and what it replaces are signed, too."""
        metre = self.env.ref("uom.product_uom_meter")
        old = self._new_active_sample()
        for name, path in (
            ("unit", lambda s: s.line_ids.write({"uom_id": metre.id})),
            ("range", lambda s: s.line_ids.write({"has_baseline": False})),
            (
                "characteristics",
                lambda s: s.write(
                    {
                        "characteristic_ids": [
                            Command.link(s.line_ids.characteristic_id.id)
                        ]
                    }
                ),
            ),
            ("predecessor", lambda s: s.write({"replaces_id": old.id})),
        ):
            sample = self._new_active_sample(
                line_ids=[
                    self._new_line(
                        "width",
                        nominal=10,
                        has_baseline=True,
                        baseline_min=9.9,
                        baseline_max=10.1,
                    )
                ]
            )
            with self.subTest(name):
                path(sample.with_user(self.technical))
                self.assertEqual(sample.sign_off_state, "void")
                self.assertEqual(sample.state, "suspended")

    def test_kind_of_characteristic_stays(self):
        """SC-26.4: what stands on samples does not turn from a measure into a text."""
        item = self.env.ref("sample_control.sample_characteristic_width")
        self._new_sample(line_ids=[self._new_line("width", nominal=10)])
        with self.assertRaisesRegex(UserError, "keep their kind"):
            item.with_user(self.administrator).kind = "text"

    def test_tolerance_of_one_side_alone(self):
        """SC-45: a tolerance that is not entered is zero; a lower one above it is refused by the database."""
        for values in (
            {"tol_lower": 0.05},
            {"tol_upper": -0.05},
            {"has_baseline": True, "baseline_min": 5},
            {"has_baseline": True, "baseline_max": -5},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self._new_sample(line_ids=[self._new_line("width", **values)])
        for values in ({"tol_lower": -0.05}, {"tol_upper": 0.05}):
            self._new_sample(line_ids=[self._new_line("width", nominal=1, **values)])

    def test_sc_28_2_first_successor_stays_named(self):
        """SC-28.2: of two pieces that name the same predecessor, the first that became valid took its place."""
        old = self._new_active_sample()
        first, second = (self._new_sample(replaces_id=old.id) for __ in range(2))
        for sample in (first, second):
            self._sign(sample).with_user(self.quality).action_activate()
            self.assertEqual(old.replaced_by_id, first)
        self.assertEqual(old.state, "replaced")

    def test_archived_by_disposal(self):
        """SC-01.3, SC-54: what is in use, or waits for its disposal, stays on the ledger."""
        sample = self._new_active_sample()
        for user in (self.technical, self.administrator):
            with self.assertRaisesRegex(UserError, "ended first"):
                sample.with_user(user).action_archive()
        sample._end("expired", "x")
        with self.assertRaisesRegex(UserError, "ended first"):
            sample.with_user(self.administrator).active = False
        self._new_sample().with_user(self.administrator).action_archive()

    def test_sc_14_2_signature_lets_no_failed_sample_be_used(self):
        """SC-14.2: what failed while it waited for a new signature waits for an inspection, too."""
        sample = self._new_active_sample()
        sample.with_user(self.administrator).drawing_no = "D-2"
        self.assertEqual(sample.state, "suspended")
        self.assertIn("Drawing No.", sample.suspend_reason)
        sample.with_user(self.quality)._request_successor("T16", "Out of tolerance")
        sample.with_user(self.administrator).action_request_sign_off()
        sample.with_user(self.technical)._sign_off()
        sample.with_user(self.quality)._sign_off()
        self.assertEqual(sample.sign_off_state, "sealed")
        self.assertEqual(sample.state, "suspended")
        self.assertIn("successor was asked for", sample.suspend_reason)
