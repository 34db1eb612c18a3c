from itertools import permutations

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.record_control.tests.common_jobs import one_fails

from .sign_off_common import SignOffCommon


@tagged("post_install", "-at_install")
class TestSignOffFlow(SignOffCommon):
    def _titles(self, order, state):
        return (
            order.sudo()
            .sign_off_request_id.step_ids.filtered(lambda step: step.state == state)
            .mapped("name")
        )

    def test_route_in_order(self):
        """Preparer signs by asking, then one step after the other; the cells follow the signatures."""
        order = self._create_order()
        self.assertEqual(
            [cell["title"] for cell in order.sign_off_cells], ["制表", "主管", "经理"]
        )
        self.assertEqual([cell["user"] for cell in order.sign_off_cells], [False] * 3)
        order.action_request_sign_off()
        self.assertEqual(order.sign_off_state, "open")
        self.assertEqual(order.sign_off_waiting_user_ids, self.supervisor)
        self.assertEqual(
            [cell["user"] for cell in order.sign_off_cells], ["Seller", False, False]
        )
        with self.assertRaisesRegex(
            UserError, "not waiting for your signature but for that of Supervisor"
        ):
            order.with_user(self.manager)._sign_off()
        order.with_user(self.supervisor)._sign_off(opinion="fine")
        self.assertEqual(order.sign_off_waiting_user_ids, self.manager)
        order.with_user(self.manager)._sign_off()
        self.assertSealed(order)
        self.assertEqual(order.state, "approved")
        self.assertEqual(
            [cell["user"] for cell in order.sign_off_cells],
            ["Seller", "Supervisor", "Manager"],
        )
        self.assertEqual(order.sign_off_cells[1]["opinion"], "fine")
        self.assertEqual(
            [cell["state"] for cell in order.sign_off_cells], ["signed"] * 3
        )

    def test_many_records(self):
        """Every step works on many records, each with its own round."""
        orders = self._create_order() | self._create_order(5000, name="S002")
        orders.action_request_sign_off()
        orders.with_user(self.supervisor)._sign_off()
        orders.with_user(self.manager)._sign_off()
        self.assertEqual(orders.mapped("sign_off_state"), ["sealed", "open"])
        self.assertEqual(orders[1].sign_off_waiting_user_ids, self.director)
        with self.assertRaisesRegex(UserError, "S001 is not being signed"):
            orders.with_user(self.director)._sign_off()
        self.assertEqual(orders.mapped("sign_off_state"), ["sealed", "open"])

    def test_reasons_all_in_one_message(self):
        """What is missing is said for all records at once."""
        orders = self._create_order(line_ids=[]) | self._create_order(
            name="S002", line_ids=[]
        )
        with self.assertRaises(UserError) as error:
            orders.action_request_sign_off()
        self.assertIn("S001 has no line.", str(error.exception))
        self.assertIn("S002 has no line.", str(error.exception))

    def test_parallel_steps(self):
        """Steps with the same number are signed side by side, in any order."""
        self.route.step_ids[2].sequence = 20
        order = self._create_order()
        order.action_request_sign_off()
        self.assertEqual(
            order.sign_off_waiting_user_ids, self.supervisor | self.manager
        )
        order.with_user(self.manager)._sign_off()
        self.assertEqual(order.sign_off_state, "open")
        order.with_user(self.supervisor)._sign_off()
        self.assertSealed(order)

    def _countersign_route(self):
        """Quality, sales and purchase sign side by side, then the director."""
        signers = [
            self._create_user(f"sign_side_{number}") for number in ("a", "b", "c")
        ]
        self.route.step_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "name": f"会签 {user.login}",
                        "sequence": 10,
                        "signer_type": "user",
                        "user_id": user.id,
                    }
                )
                for user in signers
            ),
            Command.create(
                {
                    "name": "批准",
                    "sequence": 20,
                    "signer_type": "user",
                    "user_id": self.director.id,
                }
            ),
        ]
        return signers

    def test_countersigned_in_any_order(self):
        """会签: several sign side by side, in any order; the next step opens with the last of them."""
        signers = self._countersign_route()
        for order_of_signing in permutations(signers):
            with self.subTest(order=[user.login for user in order_of_signing]):
                order = self._create_order()
                order.action_request_sign_off()
                for number, user in enumerate(order_of_signing):
                    self.assertFalse(
                        order.with_user(self.director).can_sign_off,
                        f"{number} of 3 signed",
                    )
                    with self.assertRaises(UserError):
                        order.with_user(self.director)._sign_off()
                    order.with_user(user)._sign_off()
                    with self.assertRaises(UserError):
                        order.with_user(user)._sign_off()
                self.assertEqual(order.sign_off_waiting_user_ids, self.director)
                self.assertEqual(order.sign_off_state, "open")
                order.with_user(self.director)._sign_off()
                self.assertSealed(order)
                self.assertEqual(
                    len(order.sign_off_request_id.signature_ids.user_id), 4
                )

    def test_countersigner_refuses(self):
        """会签: one refusal ends the round for all; what others signed stays on record."""
        first, second, third = self._countersign_route()
        order = self._create_order()
        order.action_request_sign_off()
        order.with_user(first)._sign_off()
        order.with_user(second)._sign_off("refuse", opinion="Wrong drawing")
        self.assertEqual(order.sign_off_state, "refused")
        self.assertFalse(order.with_user(third).can_sign_off)
        with self.assertRaises(UserError):
            order.with_user(third)._sign_off()
        self.assertEqual(
            order.sign_off_request_id.signature_ids.user_id, first | second
        )

    def test_first_matching_route(self):
        """The first route that fits is taken: company, form and filter decide."""
        steps = [{"name": "批准", "signer_type": "user", "user_id": self.director.id}]
        special = self._create_route(
            steps, name="Class A", sequence=1, domain="[('grade', '=', 'a')]"
        )
        other = self.env["res.company"].create({"name": "Other"})
        self._create_route(steps, name="Other company", sequence=0, company_id=other.id)
        form = self.env["controlled.form"].create({"code": "X1", "name": "Other form"})
        self._create_route(steps, name="Other form", sequence=0, form_id=form.id)
        orders = self._create_order() | self._create_order(grade="a")
        routes = self.env["sign.off.route"]._match(orders)
        self.assertEqual([routes[order.id] for order in orders], [self.route, special])
        form = self.env["controlled.form"].create(
            {"code": "T1", "key": "T-SIGN", "name": "Our form"}
        )
        printed = self._create_route(
            steps, name="Our form", sequence=0, form_id=form.id
        )
        self.assertEqual(
            self.env["sign.off.route"]._match(orders)[orders[0].id], printed
        )
        # what is typed decides before it is saved
        fresh = orders.new({"company_id": self.company.id, "grade": "a"})
        self.assertEqual(self.env["sign.off.route"]._match(fresh)[fresh.id], printed)
        printed.action_archive()
        self.assertEqual(self.env["sign.off.route"]._match(fresh)[fresh.id], special)
        self.assertNotIn("route", str(fresh._get_sign_off_reasons()))
        (printed | special | self.route).action_archive()
        with self.assertRaisesRegex(UserError, "No sign-off route fits S001"):
            orders[0].action_request_sign_off()

    def test_amount_adds_a_step(self):
        """P2: from 1 000 on the general manager signs; in another currency the rate of the day decides."""
        order = self._create_order(1000)
        order.action_request_sign_off()
        self.assertEqual(self._titles(order, "waiting"), ["经理", "总经理"])
        foreign = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 0.1})],
            }
        )
        order = self._create_order(99, currency_id=foreign.id)
        order.action_request_sign_off()
        self.assertEqual(order.amount_total, 101)
        self.assertEqual(self._titles(order, "waiting"), ["经理", "总经理"])

    def test_amount_raised_after_sealing(self):
        """P2: raising the amount voids the seal, and the new round asks the further signer."""
        order = self._create_sealed_order()
        order.line_ids[0].quantity = 50
        self.assertBroken(order, changes=3)
        order.action_request_sign_off()
        self.assertEqual(self._titles(order, "waiting"), ["经理", "总经理"])

    @freeze_time("2026-03-09 17:00:00")
    def test_rate_of_the_day_of_the_company(self):
        """Asked for at one at night in Shanghai: the rate of that day counts, also when it is looked at again."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "x"})
        for day, rate in (("2026-03-09", 0.1), ("2026-03-10", 1)):
            self.env["res.currency.rate"].create(
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": currency.id,
                    "company_id": self.company.id,
                }
            )
        for zone in ("Asia/Shanghai", "America/Los_Angeles", "UTC"):
            with self.subTest(zone=zone):
                order = self._create_order(500, currency_id=currency.id)
                order = order.with_context(tz=zone)
                order.action_request_sign_off()
                self.assertEqual(self._titles(order, "not_needed"), ["总经理"])
                order.note = "Looked at again"
                self.assertEqual(self._titles(order, "not_needed"), ["总经理"])

    def test_condition_met_later(self):
        """P2: a value that is not sealed but that the route asks for adds a step, sealed or under way."""
        self.route.step_ids[3].write(
            {"min_amount": 0, "condition_domain": "[('grade', '=', 'a')]"}
        )
        order = self._create_order()
        order.action_request_sign_off()
        order.grade = "a"
        self.assertEqual(self._titles(order, "waiting"), ["经理", "总经理"])
        sealed = self._create_sealed_order()
        sealed.grade = "b"
        self.assertSealed(sealed)
        sealed.grade = "a"
        self.assertEqual(sealed.sign_off_state, "void")
        self.assertIn("总经理", sealed._get_seal_reasons()[0])
        self.assertEqual(sealed.state, "draft")

    def test_condition_met_behind_our_back(self):
        """P2: also when the value is changed in the database alone."""
        self.route.step_ids[3].write(
            {"min_amount": 0, "condition_domain": "[('grade', '=', 'a')]"}
        )
        order = self._create_sealed_order()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE test_sign_off_order SET grade = 'a' WHERE id = %s", [order.id]
        )
        self.env.invalidate_all()
        self.assertIn("总经理", order._get_seal_reasons()[0])

    def test_record_leaves_its_route(self):
        """P2: a record that no longer falls under its route has to be signed again."""
        self.route.domain = "[('grade', '!=', 'a')]"
        order = self._create_sealed_order()
        order.grade = "a"
        self.assertEqual(order.sign_off_state, "void")
        self.assertIn("no longer falls under the route", order._get_seal_reasons()[0])

    def test_route_that_cannot_work(self):
        """A route without steps, with a filter that is none, or with an amount where there is none is refused."""
        for vals, message in (
            ({"step_ids": [Command.clear()]}, "at least one step"),
            ({"domain": "[('nothing', '=', 1)]"}, "cannot be read"),
            ({"domain": "grade = a"}, "cannot be read"),
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(ValidationError, message),
                self.cr.savepoint(),
            ):
                self.route.write(vals)
        with (
            self.assertRaisesRegex(ValidationError, "cannot be read"),
            self.cr.savepoint(),
        ):
            self.route.step_ids[1].condition_domain = "[('nothing', '=', 1)]"
        step = {"name": "总经理", "signer_type": "user", "user_id": self.director.id}
        paper = self.env["ir.model"]._get_id("test.sign.off.paper")
        with self.assertRaisesRegex(ValidationError, "has no amount"):
            self._create_route([{**step, "min_amount": 1}], model_id=paper)

    def test_route_changed_later(self):
        """Rounds keep the route as it was when they began."""
        order = self._create_sealed_order()
        self.route.step_ids[3].min_amount = 1
        self.assertSealed(order)
        self.route.step_ids[1].unlink()
        self.assertSealed(order)

    # --- Four eyes ---

    def test_requester_is_not_approver(self):
        """P5: who asks does not approve, as member of the group or by name."""
        self.seller.group_ids = [Command.link(self.group.id)]
        order = self._create_order()
        order.action_request_sign_off()
        order.with_user(self.supervisor)._sign_off()
        self.assertEqual(order.sign_off_waiting_user_ids, self.manager)
        with self.assertRaisesRegex(UserError, "you asked for this sign-off"):
            order._sign_off()
        with self.assertRaisesRegex(UserError, "you asked for this sign-off"):
            order.sudo()._sign_off()

    def test_only_requester_in_group(self):
        """P5: when nobody else is foreseen, the superior of who asked is, and the round says so."""
        order = self._create_order(user=self.manager)
        order.with_user(self.manager).action_request_sign_off()
        order.with_user(self.supervisor)._sign_off()
        self.assertEqual(order.sign_off_waiting_user_ids, self.director)
        note = order.sudo().sign_off_request_id.waiting_note
        self.assertIn("Manager asked for this sign-off.", note)
        self.assertIn("Director signs as superior of Manager.", note)

    def test_deputy_of_requester_does_not_approve(self):
        """P5: nobody gets round four eyes by appointing a deputy."""
        self.env["sign.off.deputy"].with_user(self.manager).create(
            {"deputy_id": self.substitute.id}
        )
        order = self._create_order(user=self.manager)
        order.with_user(self.manager).action_request_sign_off()
        order.with_user(self.supervisor)._sign_off()
        self.assertEqual(order.sign_off_waiting_user_ids, self.director)
        with self.assertRaises(UserError):
            order.with_user(self.substitute)._sign_off()

    def test_author_approves_nothing(self):
        """P5: whoever drew it up signs no step, though a colleague asked; the cell says who signs instead."""
        order = self._create_order(author_id=self.manager.id)
        order.action_request_sign_off()
        order.with_user(self.supervisor)._sign_off()
        self.assertEqual(order.sign_off_waiting_user_ids, self.director)
        note = "Manager drew it up. Director signs as superior of Manager."
        self.assertEqual(order.sign_off_cells[2]["note"], note)
        with self.assertRaisesRegex(UserError, "you drew this up yourself"):
            order.with_user(self.manager)._sign_off()
        with self.assertRaisesRegex(UserError, "you drew this up yourself"):
            order.with_user(self.manager)._sign_off("refuse", "No")
        order.with_user(self.director)._sign_off()
        self.assertSealed(order)

    def test_deputy_of_author(self):
        """P5: neither does the author's deputy, nor the author as deputy, superior or last resort."""
        deputy_model = self.env["sign.off.deputy"]
        deputy_model.with_user(self.manager).create({"deputy_id": self.substitute.id})
        order = self._create_order(author_id=self.manager.id)
        order.action_request_sign_off()
        order.with_user(self.supervisor)._sign_off()
        self.assertEqual(order.sign_off_waiting_user_ids, self.director)
        with self.assertRaises(UserError):
            order.with_user(self.substitute)._sign_off()
        deputy_model.with_user(self.supervisor).create({"deputy_id": self.manager.id})
        self.manager.group_ids = [Command.link(self.fallback_group.id)]
        self._set_absent(self.supervisor)
        order = self._create_order(author_id=self.manager.id)
        order.action_request_sign_off()
        self.assertNotIn(self.manager, order.sign_off_waiting_user_ids)
        with self.assertRaisesRegex(UserError, "you drew this up yourself"):
            order.with_user(self.manager)._sign_off()

    def test_author_of_the_round(self):
        """P5: naming another author during the round does not let the first one sign."""
        order = self._create_order(author_id=self.manager.id)
        order.action_request_sign_off()
        order.with_user(self.supervisor)._sign_off()
        order.author_id = self.stranger
        with self.assertRaisesRegex(UserError, "you drew this up yourself"):
            order.with_user(self.manager)._sign_off()

    def test_author_among_many(self):
        """P5: of two orders signed at once, the author's own one keeps the other from being signed."""
        order = self._create_order()
        own = self._create_order(author_id=self.supervisor.id)
        orders = order | own
        orders.action_request_sign_off()
        with self.assertRaisesRegex(UserError, "you drew this up yourself"):
            orders.with_user(self.supervisor)._sign_off()
        self.assertEqual(order.sign_off_waiting_user_ids, self.supervisor)
        self.assertEqual(own.sign_off_waiting_user_ids, self.manager)

    def test_author_as_responsible(self):
        """The signature that the route foresees of the person responsible is the author's own, once."""
        self.route.step_ids[1].role = "responsible"
        order = self._create_order(
            user_id=self.manager.id, author_id=self.manager.id, user=self.supervisor
        )
        order.with_user(self.supervisor).action_request_sign_off()
        order.with_user(self.manager)._sign_off()
        self.assertEqual(order.sign_off_waiting_user_ids, self.director)

    def test_author_under_a_role_left_over(self):
        """P5: a step that names a person or a group is an approval, whatever role it named before."""
        self.route.step_ids[1].role = "responsible"
        named = {"signer_type": "user", "user_id": self.manager.id}
        grouped = {"signer_type": "group", "group_id": self.group.id}
        self.manager.group_ids = [Command.link(self.group.id)]
        for values in (named, grouped):
            with self.subTest(signer=values["signer_type"]):
                self.route.step_ids[1].write(values)
                order = self._create_order(author_id=self.manager.id)
                order.action_request_sign_off()
                self.assertNotIn(self.manager, order.sign_off_waiting_user_ids)
                with self.assertRaisesRegex(UserError, "you drew this up yourself"):
                    order.with_user(self.manager)._sign_off()

    def test_author_without_four_eyes(self):
        """Without four eyes the author may sign."""
        self.route.four_eyes = False
        order = self._create_order(author_id=self.manager.id)
        order.action_request_sign_off()
        order.with_user(self.supervisor)._sign_off()
        order.with_user(self.manager)._sign_off()
        self.assertSealed(order)

    def test_one_step_per_person(self):
        """P5: nobody signs two steps of a round."""
        self.supervisor.group_ids = [Command.link(self.group.id)]
        order = self._create_order()
        order.action_request_sign_off()
        order.with_user(self.supervisor)._sign_off()
        self.assertEqual(order.sign_off_waiting_user_ids, self.manager)
        with self.assertRaisesRegex(UserError, "signed a step of this round already"):
            order.with_user(self.supervisor)._sign_off()

    def test_person_of_two_steps_signs_once(self):
        """Whoever is foreseen for two steps signs once, at the later one; the cell says so."""
        self.route.step_ids[2].write(
            {"signer_type": "user", "user_id": self.supervisor.id}
        )
        order = self._create_order()
        order.action_request_sign_off()
        self.assertEqual(self._titles(order, "merged"), ["主管"])
        self.assertEqual(self._titles(order, "open"), ["经理"])
        self.assertEqual(
            order.sign_off_cells[1]["note"], "Supervisor signs once, as 经理."
        )
        order.with_user(self.supervisor)._sign_off()
        self.assertSealed(order)

    def test_four_eyes_off(self):
        """Switched off for a route, one person may ask and sign all."""
        self.route.four_eyes = False
        self.route.step_ids[1].unlink()
        order = self._create_order(user=self.manager)
        order.with_user(self.manager).action_request_sign_off()
        order.with_user(self.manager)._sign_off()
        self.assertSealed(order)

    def test_route_without_second_person(self):
        """P5: a route on which only the preparer signs seals nothing."""
        self.route.step_ids[1:].unlink()
        with self.assertRaisesRegex(UserError, "asks anybody else to approve"):
            self._create_order().action_request_sign_off()

    # --- Rounds ---

    def test_refuse_and_ask_again(self):
        """P6: a refusal ends the round with its reason; the next request is a new round, the old one stays."""
        order = self._create_order()
        order.action_request_sign_off()
        with self.assertRaisesRegex(UserError, "Give the reason"):
            order.with_user(self.supervisor)._sign_off("refuse", "  ")
        order.with_user(self.supervisor)._sign_off("refuse", "too cheap")
        self.assertEqual(order.sign_off_state, "refused")
        self.assertEqual(order.refusal, "too cheap")
        self.assertIn("too cheap", order._get_seal_reasons()[0])
        self.assertEqual(order.sign_off_cells[1]["decision"], "refuse")
        order.action_request_sign_off()
        self.assertEqual(order.sign_off_state, "open")
        rounds = order.sudo().sign_off_request_ids
        self.assertEqual(rounds.sorted("round").mapped("state"), ["refused", "open"])
        self.assertEqual(len(rounds.sorted("round")[0].signature_ids), 2)

    def test_withdraw(self):
        """P6: who asked, or an administrator, takes an open round back; it stays on record."""
        order = self._create_order()
        order.action_request_sign_off()
        with self.assertRaisesRegex(UserError, "only Seller"):
            order.with_user(self.stranger).action_withdraw_sign_off()
        order.action_withdraw_sign_off()
        self.assertEqual(order.sign_off_state, "none")
        self.assertEqual(
            order.sudo().sign_off_request_ids.mapped("state"), ["withdrawn"]
        )
        self.assertFalse(order.sudo().activity_ids)
        sealed = self._create_sealed_order()
        with self.assertRaisesRegex(UserError, "open sign-off"):
            sealed.action_withdraw_sign_off()

    def test_ask_twice(self):
        """A record under way or sealed is not put up again."""
        order = self._create_order()
        order.action_request_sign_off()
        with self.assertRaisesRegex(UserError, "being signed already"):
            order.action_request_sign_off()
        with self.assertRaisesRegex(UserError, "sealed already"):
            self._create_sealed_order().action_request_sign_off()

    def test_form_revision_is_kept(self):
        """A sealed record keeps the revision of its controlled form, which nobody changes any more."""
        form = self.env["controlled.form"].create(
            {"code": "T1", "key": "T-SIGN", "name": "Our form"}
        )
        self.env["controlled.form.revision"].create(
            {"form_id": form.id, "name": "A", "date_effective": "2020-01-01"}
        )
        order = self._create_sealed_order()
        later = self.env["controlled.form.revision"].create(
            {"form_id": form.id, "name": "B", "date_effective": "2021-01-01"}
        )
        kept = order._get_form_revision(form)
        self.assertEqual(kept.name, "A")
        with self.assertRaisesRegex(UserError, "already printed or sealed"):
            kept.name = "forged"
        later.note = later.name = "C"
        order.partner_id = False
        self.assertEqual(order._get_form_revision(form), later)

    # --- Departed and absent signers ---

    def test_signer_archived_with_deputy(self):
        """P7: the deputy of a departed signer signs on behalf, and the round says so."""
        self.env["sign.off.deputy"].create(
            {"user_id": self.supervisor.id, "deputy_id": self.substitute.id}
        )
        order = self._create_order()
        self.supervisor.active = False
        order.action_request_sign_off()
        request = order.sudo().sign_off_request_id
        self.assertEqual(request.waiting_user_ids, self.substitute)
        self.assertIn("Supervisor is archived.", request.waiting_note)
        self.assertIn(
            "Substitute may sign as deputy of Supervisor.", request.waiting_note
        )
        signature = order.with_user(self.substitute)._sign_off()
        self.assertEqual(signature.on_behalf_of_id, self.supervisor)
        self.assertEqual(order.sign_off_cells[1]["note"], "Deputy of Supervisor")

    def test_signer_archived_under_way(self):
        """P7: a signer who leaves while his signature is waited for is passed over at once: superior."""
        order = self._create_order()
        order.action_request_sign_off()
        self.assertEqual(order.sudo().activity_ids.user_id, self.supervisor)
        self.supervisor.active = False
        request = order.sudo().sign_off_request_id
        self.assertEqual(request.waiting_user_ids, self.manager)
        self.assertIn("Manager signs as superior of Supervisor.", request.waiting_note)
        self.assertEqual(order.sudo().activity_ids.user_id, self.manager)
        order.with_user(self.manager)._sign_off()
        # the manager has signed; the group step goes to the manager's superior
        self.assertEqual(order.sign_off_waiting_user_ids, self.director)

    def test_nobody_left(self):
        """P7: with neither deputy nor superior the group of last resort signs."""
        (self.supervisor | self.manager | self.director).action_archive()
        order = self._create_order()
        order.action_request_sign_off()
        request = order.sudo().sign_off_request_id
        self.assertEqual(request.waiting_user_ids, self.last_resort)
        self.assertIn(
            "The group “Test: last resort” signs instead.", request.waiting_note
        )
        order.with_user(self.last_resort)._sign_off()
        self.last_resort.active = False
        self.assertIn("Nobody can sign", request.waiting_note)

    def test_absent_today(self):
        """P7: an absent signer is stood in for, but may still sign; with an absent deputy, too, the superior."""
        self._set_absent(self.supervisor)
        order = self._create_order()
        order.action_request_sign_off()
        request = order.sudo().sign_off_request_id
        self.assertEqual(request.waiting_user_ids, self.supervisor | self.manager)
        self.assertEqual(order.sudo().activity_ids.user_id, self.manager)
        self.assertIn("Supervisor is on leave until", request.waiting_note)
        order.with_user(self.supervisor)._sign_off()
        self.assertEqual(order.sign_off_state, "open")

    def test_absent_later(self):
        """P7: somebody who falls ill is passed over by the hourly job, without a touch."""
        order = self._create_order()
        order.action_request_sign_off()
        self._set_absent(self.supervisor)
        with self.enter_registry_test_mode():
            self.env.ref(
                "record_control.ir_cron_sign_off_refresh"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(
            order.sign_off_waiting_user_ids, self.supervisor | self.manager
        )

    def test_a_step_that_fails_stops_no_other(self):
        """P7: people are passed over whatever is wrong with the step of another record."""
        bad, good = self._create_order(), self._create_order()
        for order in (bad, good):
            order.action_request_sign_off()
        self._set_absent(self.supervisor)
        steps_sudo = bad.sudo().sign_off_request_id.step_ids
        open_step = steps_sudo.filtered(lambda step: step.state == "open")
        with (
            one_fails(self, open_step, "_refresh_signers"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref(
                "record_control.ir_cron_sign_off_refresh"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn(self.manager, good.sign_off_waiting_user_ids)
        self.assertNotIn(self.manager, bad.sign_off_waiting_user_ids)

    def test_deputy_dates(self):
        """P7: a deputy signs from the first to the last day, and in the company named."""
        other = self.env["res.company"].create({"name": "Other"})
        self.env["sign.off.deputy"].create(
            [
                {
                    "user_id": self.supervisor.id,
                    "deputy_id": self.substitute.id,
                    "date_from": "2025-05-05",
                    "date_to": "2025-05-06",
                },
                {
                    "user_id": self.supervisor.id,
                    "deputy_id": self.stranger.id,
                    "date_from": "2025-05-01",
                    "company_id": other.id,
                },
            ]
        )
        for day, expected in (
            ("2025-05-04 12:00:00", self.supervisor),
            ("2025-05-05 12:00:00", self.supervisor | self.substitute),
            ("2025-05-06 12:00:00", self.supervisor | self.substitute),
            ("2025-05-07 12:00:00", self.supervisor),
        ):
            with freeze_time(day):
                order = self._create_order()
                order.action_request_sign_off()
                self.assertEqual(order.sign_off_waiting_user_ids, expected, day)

    def test_deputy_appointed_under_way(self):
        """P7: a deputy appointed now may sign what waits already, and no longer when dismissed."""
        order = self._create_order()
        order.action_request_sign_off()
        deputy = (
            self.env["sign.off.deputy"]
            .with_user(self.supervisor)
            .create({"deputy_id": self.substitute.id})
        )
        self.assertTrue(order.with_user(self.substitute).can_sign_off)
        deputy.unlink()
        self.assertFalse(order.with_user(self.substitute).can_sign_off)
        with self.assertRaises(UserError):
            order.with_user(self.substitute)._sign_off()

    def test_signer_who_may_not_read(self):
        """P7: somebody who may not read the record is not asked, and cannot sign blindly."""
        order = self._create_order(note="hidden")
        order.action_request_sign_off()
        self.assertIn(
            "has no access to the record", order.sudo().sign_off_request_id.waiting_note
        )
        self.assertNotIn(self.supervisor, order.sign_off_waiting_user_ids)
        with self.assertRaises(AccessError):
            order.with_user(self.supervisor)._sign_off()

    def test_new_member_of_group(self):
        """Somebody who joins the group may sign what waits already; who leaves it may not."""
        order = self._create_order()
        order.action_request_sign_off()
        order.with_user(self.supervisor)._sign_off()
        self.stranger.group_ids = [Command.link(self.group.id)]
        self.assertTrue(order.with_user(self.stranger).can_sign_off)
        self.manager.group_ids = [Command.unlink(self.group.id)]
        with self.assertRaises(UserError):
            order.with_user(self.manager)._sign_off()

    def test_new_member_by_the_form_of_the_group(self):
        """The same from the other side: the group's own list of members, and what it implies."""
        order = self._create_order()
        order.action_request_sign_off()
        order.with_user(self.supervisor)._sign_off()
        step = order.sudo().sign_off_request_id.step_ids.filtered("user_ids")
        self.assertEqual(step.user_ids, self.manager)
        self.group.user_ids = [
            Command.link(self.stranger.id),
            Command.unlink(self.manager.id),
        ]
        self.assertEqual(step.user_ids, self.stranger)
        activities = self.env["mail.activity"].search(
            [("sign_off_step_id", "=", step.id)]
        )
        self.assertEqual(activities.user_id, self.stranger)
        wider = self.env["res.groups"].create({"name": "Test: wider"})
        wider.user_ids = [Command.link(self.substitute.id)]
        wider.implied_ids = [Command.link(self.group.id)]
        self.assertEqual(step.user_ids, self.stranger | self.substitute)

    def test_one_person_has_one_user(self):
        """Nobody gets a second pair of eyes by a second user; a portal user of the same person signs nothing."""
        values = {"login": "twice", "partner_id": self.seller.partner_id.id}
        with self.assertRaises(ValidationError) as error:
            self.env["res.users"].create(values)
        self.assertIn("Seller has several users", str(error.exception))
        portal = self.env.ref("base.group_portal")
        second = self.env["res.users"].create(
            {**values, "login": "portal", "group_ids": [Command.set(portal.ids)]}
        )
        internal = self.env.ref("base.group_user")
        with self.assertRaises(ValidationError):
            second.group_ids = [Command.set(internal.ids)]
        self.stranger.active = False
        self.stranger.partner_id = self.seller.partner_id
        with self.assertRaises(ValidationError):
            self.stranger.active = True

    # --- Telling people ---

    def test_activities(self):
        """Whoever is to sign has an activity; it is done with the signature, others' vanish."""
        second = self._create_user("second", groups=self.group)
        order = self._create_order()
        order.action_request_sign_off()
        order.with_user(self.supervisor)._sign_off(opinion="fine")
        activities = order.sudo().activity_ids
        self.assertEqual(activities.user_id, self.manager | second)
        self.assertEqual(set(activities.mapped("summary")), {"经理"})
        order.with_user(second)._sign_off()
        self.assertFalse(order.sudo().activity_ids)
        done = self.env["mail.activity"].search(
            [
                ("res_model", "=", order._name),
                ("res_id", "=", order.id),
                ("active", "=", False),
            ]
        )
        self.assertEqual(done.user_id, self.supervisor | second)

    @freeze_time("2025-05-09 10:00:00")
    def test_deadline(self):
        """Working days from the day after: asked on Friday with 2 days means Tuesday evening, Wednesday after a holiday."""
        self.route.step_ids[1].deadline_days = 2
        holiday = self.env["clock.calendar.day"].create(
            {
                "name": "Holiday",
                "kind": "holiday",
                "date": "2025-05-12",
                "company_id": self.company.id,
            }
        )
        order = self._create_order()
        order.action_request_sign_off()
        self.assertEqual(
            str(order.sudo().sign_off_request_id.date_deadline), "2025-05-14"
        )
        holiday.unlink()
        order = self._create_order()
        order.action_request_sign_off()
        self.assertEqual(
            str(order.sudo().sign_off_request_id.date_deadline), "2025-05-13"
        )
        self.assertEqual(str(order.sudo().activity_ids.date_deadline), "2025-05-13")
        order.with_user(self.supervisor)._sign_off()
        self.assertFalse(order.sudo().sign_off_request_id.date_deadline)

    def test_inbox_and_window(self):
        """The inbox counts what waits for me; the window signs or refuses many at once, with a drawn signature."""
        request_model = self.env["sign.off.request"].with_user(self.supervisor)
        before = request_model.get_waiting_summary()["count"]
        orders = self._create_order() | self._create_order(name="S002")
        orders.action_request_sign_off()
        summary = request_model.get_waiting_summary()
        self.assertEqual(summary["count"], before + 2)
        self.assertEqual(
            [
                (group["name"], group["count"])
                for group in summary["groups"]
                if group["model"] == orders._name
            ],
            [("Test: signed order", 2)],
        )
        waiting = request_model.search(
            [
                ("waiting_user_ids", "in", self.supervisor.id),
                ("res_model", "=", orders._name),
            ]
        )
        self.assertEqual(waiting.mapped("waiting_titles"), ["主管", "主管"])
        action = waiting.action_sign_off()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.supervisor)
            .browse(action["res_id"])
        )
        with Form(wizard) as form:
            form.opinion = "fine"
            form.signature = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        wizard.action_confirm()
        self.assertEqual(request_model.get_waiting_summary()["count"], before)
        signatures = waiting.signature_ids.filtered(
            lambda sign: sign.user_id == self.supervisor
        )
        self.assertEqual(signatures.mapped("opinion"), ["fine", "fine"])
        self.assertTrue(all(signatures.mapped("signature")))
        self.assertTrue(orders[0].sign_off_cells[1]["signature_id"])

    def test_search_what_waits_for_me(self):
        """Records are found by who is to sign them."""
        order = self._create_order()
        order.action_request_sign_off()
        model = self.env["test.sign.off.order"].with_user(self.supervisor)
        domain = [("sign_off_waiting_user_ids", "in", self.supervisor.ids)]
        self.assertIn(order, model.search(domain))
        order.with_user(self.supervisor)._sign_off()
        self.assertNotIn(order, model.search(domain))

    def test_preview(self):
        """An administrator sees who would sign a record before anybody asks."""
        order = self._create_order(5000)
        admin = self._create_user(
            "admin", groups=self.env.ref("record_control.group_record_control_manager")
        )
        preview = (
            self.env["sign.off.preview"]
            .with_user(admin)
            .create(
                {
                    "route_id": self.route.id,
                    "res_model": order._name,
                    "res_id": order.id,
                }
            )
        )
        self.assertEqual(preview.explanation, "This record takes this route.")
        self.assertEqual(
            [(cell["title"], cell["waiting"]) for cell in preview.cells],
            [
                ("制表", ["Admin"]),
                ("主管", ["Supervisor"]),
                ("经理", ["Manager"]),
                ("总经理", ["Director"]),
            ],
        )
        self.assertFalse(order.sudo().sign_off_request_ids)

    def _ask_superior_of_requester(self):
        step = self.route.step_ids.filtered(lambda step: step.name == "主管")
        step.role = "requester_supervisor"

    def test_preview_superior_of_requester(self):
        """The preview asks for the superior of who looks."""
        self._ask_superior_of_requester()
        cells = self._create_order().with_user(self.seller)._preview_cells(self.route)
        self.assertIn(
            ("主管", ["Supervisor"]), [(c["title"], c["waiting"]) for c in cells]
        )

    def test_requester_in_the_context(self):
        """Nobody has the step of his own superior merged into that of somebody else by what he sends along."""
        self._ask_superior_of_requester()
        order = self._create_order(5000)
        # the superior of the manager signs a later step anyway
        order.with_user(self.seller).with_context(
            sign_off_requester_id=self.manager.id
        ).action_request_sign_off()
        self.assertEqual(order.sign_off_waiting_user_ids, self.supervisor)

    def test_titles_in_the_language_of_the_reader(self):
        """A round keeps the titles of its route as they were, in every language."""
        self.env["res.lang"]._activate_lang("zh_CN")
        chinese = self.route.with_context(lang="zh_CN")
        chinese.name = "订单签核"
        chinese.step_ids[0].name = "制表人"
        order = self._create_order()
        order.with_user(self.seller).action_request_sign_off()
        self.route.step_ids[0].name = "Changed"
        chinese.step_ids[0].name = "后来改的"
        for lang, title in (("en_US", "制表"), ("zh_CN", "制表人")):
            cells = order.with_context(lang=lang).sign_off_cells
            self.assertEqual([cell["title"] for cell in cells][0], title)
        request = order.sign_off_request_id.with_context(lang="zh_CN")
        self.assertEqual(request.route_name, "订单签核")

    def test_terms_that_come_later_reach_the_rounds(self):
        """Demo data begins rounds before the terms of a language are loaded; titles that changed since stay."""
        self.env["res.lang"]._activate_lang("zh_CN")
        order = self._create_order()
        order.with_user(self.seller).action_request_sign_off()
        first, second, *__ = self.route.with_context(lang="zh_CN").step_ids
        first.name = "制表人"
        second.with_context(lang="en_US").name = "Changed"
        second.name = "后来改的"
        self.env.flush_all()
        self.env["ir.module.module"]._translate_rounds()
        cells = order.with_context(lang="zh_CN").sign_off_cells
        self.assertEqual([cell["title"] for cell in cells[:2]], ["制表人", "主管"])

    def _count_queries(self, records, action):
        """Return how many queries ``action`` takes with nothing read before."""
        records.env.flush_all()
        records.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action(records)
        records.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_depend_on_the_number_of_records(self):
        """Asking, signing, sealing and the gates that ask for the seal: 2 or 20 orders, the same number of queries.

        The first round fills caches of rights and routes.
        """
        counts = []
        for size in (2, 2, 20):
            orders = self.env["test.sign.off.order"].with_user(self.seller)
            for number in range(size):
                orders |= self._create_order(name=f"S{number}")
            counts.append(
                {
                    "ask": self._count_queries(
                        orders, lambda orders: orders.action_request_sign_off()
                    ),
                    "sign": self._count_queries(
                        orders.with_user(self.supervisor),
                        lambda orders: orders._sign_off(),
                    ),
                    "seal": self._count_queries(
                        orders.with_user(self.manager),
                        lambda orders: orders._sign_off(),
                    ),
                    "gate": self._count_queries(
                        orders, lambda orders: orders._transition("sent")
                    ),
                }
            )
            self.assertEqual(set(orders.mapped("state")), {"sent"})
        self.assertEqual(counts[2], counts[1])

    def test_one_broken_seal_among_many_is_found(self):
        """Reading ahead for all records judges each by itself, and knows nothing from before."""
        orders = self._create_sealed_order(name="S1") | self._create_sealed_order(
            name="S2"
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE test_sign_off_order SET partner_id = NULL WHERE id = %s",
            [orders[1].id],
        )
        with self.assertRaises(UserError) as error:
            orders._transition("sent")
        self.assertIn("S2", str(error.exception))
        self.assertNotIn("S1", str(error.exception))
        self.assertEqual(orders.mapped("state"), ["approved", "approved"])
