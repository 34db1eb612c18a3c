from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...models.sealing.sample_request import STATES, TRANSITIONS
from .common import MONDAY, SealingCase


@tagged("post_install", "-at_install")
class TestRequest(SealingCase):
    """Requests: defaults, people, states and rounds (SC-04, SC-12, SC-14 to SC-20)."""

    def test_transition_map_is_closed(self):
        """Closing 1.3: the map speaks of the states of the selection, and of all of them."""
        keys = {key for key, __ in STATES}
        self.assertEqual(set(TRANSITIONS), keys)
        self.assertLessEqual(
            {t for targets in TRANSITIONS.values() for t in targets}, keys
        )

    def test_defaults_of_kinds(self):
        """SC-20, SC-05: the kind gives reason and type; the rules are kept with the request."""
        request = self._new_request()
        self.assertRegex(request.name, r"^YJSQ-\d{4}-\d{5}$")
        self.assertEqual(request.type_id, self._type("SEAL"))
        self.assertEqual(request.reason_id, self._reason("T17"))
        self.assertEqual(request._get_policy("sealing"), self.rule)
        temporary = self._new_request(kind="temporary", tooling_state="not_accepted")
        self.assertEqual(temporary.type_id, self._type("TEMP"))
        with self.assertRaises(ValidationError):
            temporary.type_id = self._type("SEAL")

    def test_responsibility_fills_in_organiser_and_participants(self):
        """SC-12.1, SC-16.1: the first rule that fits reason and origin, changed by people."""
        request = self._new_request(
            reason_id=self._reason("T11").id, origin="outsourced"
        )
        self.assertEqual(request.organiser_role, "purchasing")
        self.assertEqual(request.keeper_role, "quality")
        self.assertEqual(request.party_ids.mapped("role"), ["technical", "quality"])
        process = self._new_request(reason_id=self._reason("T09").id)
        self.assertEqual(process.organiser_role, "workshop")
        own = self._new_request(
            organiser_role="quality", party_ids=[Command.create({"role": "workshop"})]
        )
        self.assertEqual(own.organiser_role, "quality")
        self.assertEqual(own.party_ids.role, "workshop")

    def test_form_fills_in_from_the_old_sample(self):
        """SC-42: in the form, a replacement takes over what the old sample says."""
        old = self._new_active_sample(partner_id=self.customer.id)
        form = Form(self.Request.with_user(self.technical))
        form.kind = "replace"
        # SC-20: before it is saved the form says what is missing
        self.assertIn("Enter the sample to replace", str(form.readiness))
        self.assertIn("Enter the product", str(form.readiness))
        form.old_sample_id = old
        self.assertNotIn("Enter the product", str(form.readiness))
        self.assertNotIn("Enter the sample to replace", str(form.readiness))
        request = form.save()
        self.assertEqual(request.product_id, self.product)
        self.assertEqual(request.partner_id, self.customer)
        self.assertEqual(request.reason_id, self._reason("T14"))

    def test_supplier_from_the_product(self):
        """SC-16: bought products propose origin and supplier."""
        bought = self._new_product(
            "Bolt",
            seller_ids=[Command.create({"partner_id": self.supplier.id, "price": 1})],
        )
        request = self._new_request(product_id=bought.id)
        self.assertEqual(request.origin, "purchased")
        self.assertEqual(request.supplier_id, self.supplier)

    def test_quantity_needs_a_reason(self):
        """E21, SC-15.1: two pieces without a reason are refused, by every road."""
        with self.assertRaises(ValidationError):
            self._new_request(qty=2)
        request = self._new_request()
        with self.assertRaises(ValidationError):
            request.qty = 2
        result = self.Request.load([".id", "qty"], [[str(request.id), "2"]])
        self.assertTrue(result["messages"])
        request.write({"qty": 2, "qty_reason": "One for each side that signs"})

    def test_standing_in_for_a_document(self):
        """SC-14.1: T05 asks which document and when it takes effect."""
        with self.assertRaises(ValidationError):
            self._new_request(reason_id=self._reason("T05").id)
        self._new_request(
            reason_id=self._reason("T05").id,
            pending_document="WI-7",
            pending_effective_date="2026-05-01",
        )

    def test_no_road_past_the_gates(self):
        """P3, P21: create, write, import and copy meet the gates of the button."""
        with self.assertRaises(UserError):
            self._new_request(state="done")
        request = self._new_request()
        for state in ("arranged", "signing", "approved", "done"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                request.with_user(self.quality).write({"state": state})
            with self.assertRaises(UserError), self.env.cr.savepoint():
                request.sudo().write({"state": state})
        result = self.Request.load([".id", "state"], [[str(request.id), "approved"]])
        self.assertTrue(result["messages"])
        self._check(request)
        self.assertEqual(request.copy().state, "draft")
        for name, value in (
            ("submitted_at", "2026-01-01 00:00:00"),
            ("done_at", "2026-01-01 00:00:00"),
            ("approved_by_id", self.quality.id),
            ("round", 7),
            ("name", "YJSQ-1"),
        ):
            with self.assertRaises(UserError):
                request.with_user(self.administrator).write({name: value})

    def test_two_requests_at_once(self):
        """P12: steps work on many records; one that lacks something names itself and stops both."""
        first, second = self._new_request(), self._new_request()
        both = first | second
        second.first_batch_name = False
        with freeze_time(MONDAY), self.assertRaisesRegex(UserError, second.name):
            both.with_user(self.technical).action_submit()
        self.assertEqual(set(both.mapped("state")), {"draft"})
        second.first_batch_name = "B002"
        with freeze_time(MONDAY):
            both.with_user(self.technical).action_submit()
            both.with_user(self.quality).action_arrange()
            both.with_user(self.quality).action_check()
        self.assertEqual(set(both.mapped("state")), {"checking"})
        self.assertEqual(len(set(both.sample_ids.mapped("name"))), 2)

    def test_sc_04_1_no_number_meets_no_condition(self):
        """SC-04.1: what is neither below nor above the limit is no quantity made in a row."""
        self.rule.min_continuous_qty = 500
        with self.assertRaises(ValidationError):
            self._new_request(continuous_qty=float("nan"))
        request = self._new_request(continuous_qty=499)
        with self.assertRaises(ValidationError):
            request.with_user(self.technical).continuous_qty = float("nan")
        reasons = "\n".join(request._get_submission_reasons())
        self.assertIn("at least 500", reasons)

    def test_conditions_of_sealing(self):
        """SC-04.1, SC-20.1: first batch, quantity and pass rate as far as the rule asks."""
        self.rule.write({"min_continuous_qty": 500, "min_pass_rate": 98})
        request = self._new_request(first_batch_date=False, pass_rate=97.9)
        reasons = "\n".join(request._get_submission_reasons())
        self.assertIn("first mass-produced batch", reasons)
        self.assertIn("at least 500", reasons)
        self.assertIn("at least 98 %", reasons)
        request.write(
            {"first_batch_date": "2026-02-20", "pass_rate": 98, "continuous_qty": 500}
        )
        self.assertFalse(request._get_sealing_reasons())
        request.tooling_state = "not_accepted"
        self.assertIn("temporary", request._get_sealing_reasons()[0])

    def test_sc_16_supplier_and_old_sample(self):
        """SC-16, SC-20: a supplier's sample names its supplier, a replacement what it replaces."""
        request = self._new_request(kind="supplier", type_id=self._type("SEAL").id)
        with self.assertRaisesRegex(UserError, "Enter the supplier"):
            request.with_user(self.technical).action_submit()
        with self.assertRaisesRegex(ValidationError, "enter the sample to replace"):
            self._new_request(kind="replace", type_id=self._type("SEAL").id)

    def test_applicant(self):
        """SC-20.2, SC-20.3: the technical side or quality applies, others do not."""
        plain = self._new_request(user=self.user, user_id=self.user.id)
        with freeze_time(MONDAY), self.assertRaisesRegex(UserError, "Technical"):
            plain.with_user(self.user).action_submit()
        own = self._new_request(user=self.quality)
        with freeze_time(MONDAY):
            own.with_user(self.quality).action_submit()
        self.assertEqual(own.state, "submitted")

    def test_supplier_loop_and_rounds(self):
        """SC-17, SC-16.2: make, send, receive, inspect; a failure begins round two."""
        request = self._new_request(
            user=self.user,
            kind="supplier",
            type_id=self._type("MAT").id,
            supplier_id=self.supplier.id,
            planned_at=False,
        )
        me = request.with_user(self.user)
        me.action_submit()
        with self.assertRaisesRegex(UserError, "no such step"):
            request.with_user(self.quality).action_arrange()
        me.action_make()
        me.action_sent()
        me.action_receive()
        self.assertTrue(request.date_sent and request.date_received)
        request.with_user(self.quality).action_check()
        with self.assertRaisesRegex(UserError, "why this attempt failed"):
            request.with_user(self.quality).action_fail()
        request.with_user(self.quality).fail_reason = "Moisture too high"
        request.with_user(self.quality).action_fail()
        self.assertEqual(request.round_ids.mapped("result"), ["failed"])
        self.assertEqual(request.round_ids.reason, "Moisture too high")
        me.action_new_round()
        self.assertEqual(request.state, "making")
        self.assertEqual(request.round, 2)
        self.assertFalse(request.date_received or request.fail_reason)
        with self.assertRaises(UserError):
            request.round_ids.with_user(self.manager).write({"reason": "x"})
        with self.assertRaises(UserError):
            request.round_ids.unlink()

    def test_customer_changes_the_standard(self):
        """E22, SC-14.2: the old sample stops at once and is no first article standard."""
        old = self._new_active_sample()
        request = self._new_request(
            kind="replace",
            reason_id=self._reason("T13").id,
            old_sample_id=old.id,
        )
        self.assertEqual(old.state, "suspended")
        self.assertEqual(old.suspend_res_id, request.id)
        self.assertTrue(old._get_hard_use_reasons("first_article"))

    def test_customer_disputes_the_standard(self):
        """SC-14.2: T12 marks the old sample, which stays in use; giving up takes the mark away."""
        old = self._new_active_sample()
        request = self._new_request(
            kind="replace",
            reason_id=self._reason("T12").id,
            old_sample_id=old.id,
        )
        self.assertTrue(old.is_contested)
        self.assertEqual(old.state, "active")
        request.with_user(self.technical).action_cancel()
        self.assertFalse(old.is_contested)

    def test_one_request_for_a_successor(self):
        """P25: asking twice gives the request under way; the database refuses a second."""
        old = self._new_active_sample()
        request = old.with_user(self.quality)._request_successor("T15", "Faded")
        self.assertEqual(request.kind, "replace")
        self.assertEqual(old.state, "suspended")
        self.assertEqual(old._request_successor("T14"), request)
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._new_request(kind="replace", old_sample_id=old.id)

    def test_second_company(self):
        """A request of another company is invisible, its numbers and rules are its own."""
        admin_b = self._new_user("sc_b", "technical")
        admin_b.write(
            {
                "company_ids": [Command.set(self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        product = self._new_product("Cover B", company_id=False)
        request = self.Request.with_user(admin_b).create(
            {"kind": "seal", "product_id": product.id}
        )
        self.assertEqual(request.company_id, self.company_b)
        self.assertRegex(request.name, r"00001$")
        self.assertFalse(
            self.Request.with_user(self.technical).search([("id", "=", request.id)])
        )

    def test_submitted_requests_are_kept(self):
        """A request that gave notice is cancelled, not deleted."""
        request = self._new_request()
        with freeze_time(MONDAY):
            request.with_user(self.technical).action_submit()
        with self.assertRaises(UserError):
            request.with_user(self.technical).unlink()
        self._new_request().with_user(self.technical).unlink()

    def test_nobody_takes_part_by_naming_himself(self):
        """SC-16: who is no participant neither enters himself as one nor brings his own line along."""
        request = self._new_request()
        own = self._new_request(
            user=self.user, kind="new", type_id=self._type("STD").id
        )
        parties = self.env["sample.request.party"].with_user(self.user)
        vals = {"role": "quality", "user_id": self.user.id}
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            parties.create({**vals, "request_id": request.id})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            parties.with_context(default_request_id=request.id).create(vals)
        line = parties.create({**vals, "request_id": own.id})
        with self.assertRaisesRegex(UserError, "another record"):
            line.request_id = request
        with self.assertRaises(AccessError):
            request.with_user(self.user).title = "Mine"

    def test_applicant_stays(self):
        """SC-27: who applied does not approve by naming somebody else as the applicant."""
        request = self._new_request(user=self.quality)
        request.with_user(self.quality).user_id = self.technical
        request.with_user(self.quality).user_id = self.quality
        with freeze_time(MONDAY):
            request.with_user(self.quality).action_submit()
        with self.assertRaisesRegex(UserError, "stays the applicant"):
            request.with_user(self.quality).user_id = self.technical

    def test_sc_20_what_was_applied_for_stays(self):
        """SC-20, SC-04: what was submitted does not become the sealing for which its applicant does not apply."""
        old = self._new_active_sample("STD")
        request = self._new_request(
            user=self.user,
            kind="new",
            type_id=self._type("STD").id,
            reason_id=self._reason("T01").id,
        )
        request = request.with_user(self.user)
        request.kind = "seal"
        with self.assertRaisesRegex(UserError, "This step is for"), freeze_time(MONDAY):
            request.action_submit()
        request.write({"kind": "new", "type_id": self._type("STD").id})
        with freeze_time(MONDAY):
            request.action_submit()
        for vals in (
            {"kind": "seal"},
            {"reason_id": self._reason("T13").id},
            {"old_sample_id": old.id},
        ):
            with self.assertRaisesRegex(UserError, "these are fixed"):
                request.write(vals)
            result = request.load(
                [".id", "kind"], [[str(request.id), "seal" if "kind" in vals else ""]]
            )
            self.assertFalse(result["ids"])
        request.write({"kind": "new", "title": "Another name"})
        request.action_draft()
        request.kind = "seal"

    def test_sc_04_what_is_no_number_passes_no_gate(self):
        """SC-04: what is neither below nor above the least quantity is refused, as a number and as a text."""
        self.rule.min_continuous_qty = 100
        request = self._new_request().with_user(self.technical)
        for value in (float("nan"), "NaN", "Infinity", "-inf", "1e400", "much"):
            for name in ("continuous_qty", "qty"):
                with self.assertRaisesRegex(ValidationError, "Enter a number"):
                    request.write({name: value})
        request.continuous_qty = "99"
        with self.assertRaisesRegex(UserError, "at least 100"), freeze_time(MONDAY):
            request.action_submit()

    def test_participants_sign_for_roles_they_hold(self):
        """SC-24.1: whom the applicant names for quality signs for it only as one of quality."""
        route = self.env["sign.off.route"].create(
            {
                "name": "Named people",
                "model_id": self.env["ir.model"]._get_id("sample.request"),
                "step_ids": [
                    Command.create(
                        {
                            "name": "Quality",
                            "signer_type": "role",
                            "role": "sample_quality",
                        }
                    )
                ],
            }
        )
        self._new_policy(
            "Named people sign",
            ["sign_off"],
            product_tmpl_ids=self.product.product_tmpl_id.ids,
            sign_off_first_route_id=route.id,
        )
        request = self._new_request(
            party_ids=[
                Command.create({"role": "quality", "user_id": user.id})
                for user in (self.user, self.quality)
            ]
        )
        self._review(self._check(request))
        request.with_user(self.administrator).action_request_sign_off()
        with self.assertRaises(UserError):
            request.with_user(self.user)._sign_off()
        request.with_user(self.quality)._sign_off()
        self.assertEqual(request.sign_off_state, "sealed")
