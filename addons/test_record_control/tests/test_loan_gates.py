from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Datetime
from odoo.tests import tagged
from odoo.tools import mute_logger

from .loan_common import LoanCommon

QUIET = (
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.sql_db",
)


@tagged("post_install", "-at_install")
class TestLoanGates(LoanCommon):
    """What the button refuses, every road refuses."""

    def _assert_refused(self, call, pattern=""):
        with self.cr.savepoint(), self.assertRaisesRegex(UserError, pattern):
            call()

    def test_no_road_into_a_later_state(self):
        """create, write, as superuser, import, copy, default in the context."""
        Loan = self.env["loan.loan"].with_user(self.ann)
        vals = {"borrower_id": self.employees[self.ann].id, "purpose": "x"}
        for state in ("requested", "approved", "out", "returned"):
            self._assert_refused(
                lambda state=state: Loan.create(dict(vals, state=state))
            )
            self._assert_refused(
                lambda state=state: Loan.sudo().create(dict(vals, state=state))
            )
        self.assertEqual(
            Loan.with_context(default_state="out").create(vals).state, "draft"
        )
        self.assertFalse(Loan.load(["purpose", "state"], [["x", "Out"]])["ids"])
        loan = self._loan(self.ann, self.alpha)
        for state in ("approved", "out", "returned"):
            self._assert_refused(lambda state=state: loan.write({"state": state}))
            self._assert_refused(
                lambda state=state: loan.sudo().write({"state": state})
            )
        out = self._loan(self.bob, self.beta, "out")
        copy = out.copy()
        self.assertRecordValues(
            copy, [{"state": "draft", "approver_id": False, "date_due": False}]
        )
        self.assertEqual(copy.line_ids.mapped("state"), ["waiting"])
        self.assertEqual(copy.line_ids.res_id, self.beta.id)

    def test_approvers_of_another_company_are_not_asked(self):
        """Who holds the role elsewhere reads neither borrower nor purpose in his mail."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._new_user("l_elsewhere")
        stranger.write(
            {
                "company_ids": [Command.set(other.ids)],
                "company_id": other.id,
                "group_ids": [Command.link(self.director_group.id)],
            }
        )
        loan = self._loan(self.ann, self.alpha)
        sent = []
        self.patch(
            self.registry["loan.loan"],
            "message_notify",
            lambda self, **values: sent.extend(values["partner_ids"]),
        )
        loan.action_submit()
        self.assertIn(self.boss.partner_id.id, sent)
        self.assertNotIn(stranger.partner_id.id, sent)

    def test_things_of_a_company_are_asked_for_there(self):
        """The button and the counter take the company of the thing, and the borrower's employee there."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.ann.company_ids = [Command.link(other.id)]
        employee = self.env["hr.employee"].create(
            {"name": "Ann", "user_id": self.ann.id, "company_id": other.id}
        )
        self.keeper.company_ids = [Command.link(other.id)]
        thing = self.alpha.copy({"company_id": other.id, "code": "T-ELSEWHERE"})
        both = [self.company.id, other.id]
        thing = thing.with_user(self.ann).with_context(allowed_company_ids=both)
        action = thing.action_request_loan()
        loan = thing.env["loan.loan"].with_context(**action["context"])
        loan = loan.create({"purpose": "Check", "acknowledged": True})
        self.assertEqual((loan.company_id, loan.borrower_id.sudo()), (other, employee))
        # two companies may number alike: the one worked in comes first
        twin = self.beta.copy({"code": "T-ELSEWHERE"})
        for order, found in ((both, twin), (both[::-1], thing)):
            things = thing.browse().with_context(allowed_company_ids=order)
            self.assertEqual(things._find_by_loan_code("T-ELSEWHERE"), found)

    def test_system_fields_are_refused(self):
        """Line state, condition, stamps, class, due date by create and write."""
        Loan = self.env["loan.loan"].with_user(self.ann)
        line = {"res_model": "test.thing", "res_id": self.alpha.id}
        other = self.env["loan.class"].create({"code": "X", "name": "X"})
        for vals in (
            {"state": "out"},
            {"condition": "good"},
            {"class_id": other.id},
            {"received_by_id": 1},
        ):
            self._assert_refused(
                lambda vals=vals: Loan.create(
                    {"purpose": "x", "line_ids": [Command.create({**line, **vals})]}
                )
            )
        loan = self._loan(self.ann, self.alpha, "out")
        for vals in ({"state": "returned"}, {"condition": "good"}):
            for user in (self.ann, self.keeper):
                self._assert_refused(
                    lambda vals=vals, user=user: loan.line_ids.with_user(user).write(
                        vals
                    )
                )
        for vals in (
            {"date_due": "2099-01-01 00:00:00"},
            {"approver_id": self.bob.id},
            {"max_extensions": 9},
        ):
            self._assert_refused(lambda vals=vals: loan.write(vals))

    def test_content_is_fixed_once_asked_for(self):
        """Borrower, purpose, dates and things of a requested loan, also through its lines."""
        loan = self._loan(self.ann, self.alpha, "requested")
        for vals in (
            {"borrower_id": self.employees[self.bob].id},
            {"purpose": "other"},
            {"date_wanted": "2099-01-01 00:00:00"},
            {
                "line_ids": [
                    Command.create({"res_model": "test.thing", "res_id": self.beta.id})
                ]
            },
            {"line_ids": [Command.clear()]},
            {"line_ids": [Command.update(loan.line_ids.id, {"res_id": self.beta.id})]},
        ):
            self._assert_refused(lambda vals=vals: loan.write(vals))
            self._assert_refused(lambda vals=vals: loan.sudo().write(vals))
        self._assert_refused(
            lambda: loan.line_ids.sudo().write({"res_id": self.beta.id})
        )
        self._assert_refused(lambda: loan.line_ids.sudo().unlink())
        self._assert_refused(lambda: loan.sudo().unlink())
        self._assert_refused(
            lambda: self.env["loan.loan.line"].create(
                {"loan_id": loan.id, "res_model": "test.thing", "res_id": self.beta.id}
            )
        )
        draft = self._loan(self.ann, self.beta)
        draft.unlink()
        self.assertFalse(draft.exists())

    def test_nobody_approves_his_own_loan(self):
        """Four eyes: neither borrower nor requester, though he has the role; nor who has no role."""
        boss2 = self._new_user("l_boss2", "test_record_control.group_test_director")
        for requester, borrower in [
            (self.boss, self.boss),
            (self.boss, self.ann),
            (self.ann, self.boss),
        ]:
            loan = self._loan(requester, self.alpha, "requested", borrower=borrower)
            mine = loan.with_user(self.boss)
            self.assertFalse(mine.can_approve)
            self._assert_refused(
                lambda mine=mine: mine.action_approve(), "nobody decides"
            )
            self._assert_refused(
                lambda mine=mine: mine.sudo().write({"state": "approved"}),
                "nobody decides",
            )
            self._assert_refused(
                lambda loan=loan: loan.with_user(self.keeper).action_approve(),
                "approved by",
            )
            loan.with_user(boss2).action_refuse("No")
            self.assertEqual(loan.refusal_reason, "No")

    def test_approving_role_is_not_deleted(self):
        """Without the role the class would ask for no approval."""
        role = self.env["res.groups"].create({"name": "Approves keys"})
        loan_class = self.env["loan.class"].create(
            {"name": "Keys", "code": "keys", "approval_group_ids": role.ids}
        )
        loan_class.active = False
        with self.assertRaisesRegex(UserError, "Approves keys.*Keys"):
            role.unlink()
        loan_class.approval_group_ids = False
        role.unlink()
        self.assertFalse(role.exists())

    def test_hook_of_the_thing_asks_for_more(self):
        """A role of the class is not enough where the thing wants the director."""
        self.loan_class.approval_group_ids = self.env.ref("base.group_user")
        self.alpha.director_only = True
        loan = self._loan(self.ann, self.things, "requested")
        self._assert_refused(
            lambda: loan.with_user(self.bob).action_approve(),
            "Alpha is approved by the director",
        )
        loan.with_user(self.boss).action_approve()

    def test_all_reasons_at_once(self):
        """An empty loan says everything that is missing, before the button is pressed."""
        self.beta.is_valid = False
        loan = self._loan(self.ann, self.beta, purpose=False, acknowledged=False)
        [step] = [step for step in loan.readiness if step["target"] == "requested"]
        self.assertEqual(len(step["reasons"]), 3)
        self._assert_refused(
            lambda: loan.action_submit(),
            "(?s)expired.*borrowed for.*terms: Not to be passed on",
        )

    def test_invalid_thing_is_not_lent(self):
        """Asked at the request, at the approval and at the hand-out."""
        loan = self._loan(self.ann, self.alpha)
        self.alpha.is_valid = False
        self._assert_refused(lambda: loan.action_submit(), "expired")
        self.alpha.is_valid = True
        loan.action_submit()
        self.alpha.is_valid = False
        self._assert_refused(
            lambda: loan.with_user(self.boss).action_approve(), "expired"
        )
        self.alpha.is_valid = True
        loan.with_user(self.boss).action_approve()
        self.alpha.is_valid = False
        self._assert_refused(
            lambda: loan.with_user(self.keeper).action_hand_out(), "expired"
        )

    def test_class_that_forbids_lending(self):
        """Forbidden: never; in the room: for use in the room; no class: not at all."""
        self.loan_class.lending = "forbidden"
        self._assert_refused(
            lambda: self._loan(self.ann, self.alpha, "requested"), "is not lent"
        )
        self.loan_class.lending = "in_room"
        self._assert_refused(
            lambda: self._loan(self.ann, self.alpha, "requested"), "in its room only"
        )
        self.assertTrue(self._loan(self.ann, self.alpha, "out", use_in_room=True))
        self.loan_class.active = False
        self._assert_refused(
            lambda: self._loan(self.ann, self.beta, "requested"), "no loan class"
        )

    @freeze_time("2026-03-09 02:00:00")
    def test_one_open_loan_per_thing(self):
        """The second hand-out is refused with the name of the holder; the database refuses it in any case."""
        self._loan(self.ann, self.alpha, "out", date_wanted="2026-03-09 03:00:00")
        later = self._loan(
            self.bob, self.alpha, "approved", date_start="2026-03-09 03:30:00"
        )
        with freeze_time("2026-03-09 04:00:00"):
            self._assert_refused(
                lambda: later.with_user(self.keeper).action_hand_out(), "out with l_ann"
            )
            line = later.line_ids.sudo()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(Exception, "one_open_loan"),
                self.cr.savepoint(),
            ):
                line.state = "out"
                line.flush_recordset()

    @freeze_time("2026-03-09 02:00:00")
    def test_reservations(self):
        """Two reservations of a thing do not overlap; the later asker sees who was first."""
        self._loan(self.ann, self.alpha, "approved", date_start="2026-03-16 01:00:00")
        clash = self._loan(
            self.bob, self.alpha, "requested", date_start="2026-03-17 01:00:00"
        )
        self.assertIn("reserved by l_ann", clash.conflict_note)
        self._assert_refused(
            lambda: clash.with_user(self.boss).action_approve(), "reserved by l_ann"
        )
        free = self._loan(
            self.bob, self.alpha, "approved", date_start="2026-03-20 01:00:00"
        )
        self.assertFalse(free.conflict_note)
        # handed out now it would not be back in time
        now = self._loan(
            self.bob, self.alpha, "approved", date_wanted="2026-03-13 01:00:00"
        )
        now.with_user(self.keeper).action_hand_out()
        self._assert_refused(
            lambda: free.with_user(self.keeper).action_hand_out(), "is reserved from"
        )

    def test_overdue_borrower_gets_nothing_more(self):
        """Refused at each step until it is back; another borrower is served."""
        with freeze_time("2026-03-09 02:00:00"):
            first = self._loan(self.ann, self.alpha, "out")
            second = self._loan(
                self.ann, self.beta, "approved", date_start="2026-03-12 08:00:00"
            )
        with freeze_time("2026-03-12 09:00:00"):
            second.invalidate_recordset()
            self.assertFalse(second._get_borrower_reasons())
        with freeze_time("2026-03-12 09:00:01"):
            self._assert_refused(
                lambda: second.with_user(self.keeper).action_hand_out(), "overdue since"
            )
            self._assert_refused(
                lambda: self._loan(self.ann, self.beta, "requested"), "overdue since"
            )
            self._return(first)
            second.with_user(self.keeper).action_hand_out()

    def test_overdue_borrower_gets_nothing_more_in_another_company(self):
        """CA-10: whoever is an employee of two companies is one borrower."""
        with freeze_time("2026-03-09 02:00:00"):
            self._loan(self.ann, self.alpha, "out")
        other = self.env["res.company"].create({"name": "Other"})
        self.ann.company_ids += other
        twin = self.env["hr.employee"].create(
            {"name": "Ann", "user_id": self.ann.id, "company_id": other.id}
        )
        with freeze_time("2026-03-13 02:00:00"):
            loan = (
                self.env["loan.loan"]
                .with_user(self.ann)
                .with_context(allowed_company_ids=other.ids)
                .create({"borrower_id": twin.id, "purpose": "Check"})
            )
            self.assertEqual(loan.borrower_user_id, self.ann)
            self.assertRegex(" ".join(loan._get_borrower_reasons()), "overdue since")

    def test_keeper_hands_out_and_takes_back(self):
        """Neither the borrower nor a stranger; the borrower does not receive his own return."""
        loan = self._loan(self.ann, self.alpha, "approved")
        for user in (self.ann, self.bob, self.boss):
            self._assert_refused(
                lambda user=user: loan.with_user(user).sudo().action_hand_out(),
                "keeper",
            )
        loan.with_user(self.keeper).action_hand_out()
        for user in (self.ann, self.boss):
            self._assert_refused(
                lambda user=user: self._return(loan.with_user(user).sudo(), user)
            )
        own = self._loan(self.keeper, self.beta, "out")
        self._assert_refused(lambda: self._return(own), "does not receive his own")
        self.beta.keeper_id = self.keeper2
        self._return(own, self.keeper2)

    def test_return_needs_a_condition(self):
        """Each line; only what is out."""
        loan = self._loan(self.ann, self.things, "out").with_user(self.keeper)
        self._assert_refused(
            lambda: loan._return_lines(loan.line_ids, {}), "(?s)Alpha.*condition.*Beta"
        )
        self._assert_refused(lambda: loan.write({"state": "returned"}), "is not back")
        self._return(loan)
        self._assert_refused(lambda: self._return(loan), "is not out")

    def test_cancelled_by_its_people_only(self):
        """The borrower, who asked, a keeper, the approver; not somebody who only sees the loan."""
        loan = self._loan(self.ann, self.alpha, "approved")
        for user in (self.bob, self.stranger):
            self._assert_refused(
                lambda user=user: loan.with_user(user).sudo().action_cancel(),
                "cancelled by the borrower or a keeper",
            )
        for user in (self.ann, self.keeper, self.boss):
            with self.cr.savepoint() as savepoint:
                loan.with_user(user).sudo().action_cancel()
                self.assertEqual(loan.state, "cancelled")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_something_that_exists_is_borrowed(self):
        """A loan of nothing, and of a thing that was deleted meanwhile."""
        self._assert_refused(
            lambda: self._loan(self.ann, self.things.browse()).action_submit(),
            "Name what is borrowed",
        )
        gone = self.alpha.copy({"code": "T-Gone"})
        loan = self._loan(self.ann, gone, "approved")
        self.env.flush_all()
        self.cr.execute("DELETE FROM test_thing WHERE id = %s", [gone.id])
        self.env.invalidate_all()
        self._assert_refused(
            lambda: loan.with_user(self.keeper).action_hand_out(),
            "does not exist any more",
        )

    def test_electronic_thing_needs_a_user(self):
        """Who cannot sign in cannot open a file."""
        self.loan_class.delivery = "electronic"
        worker = self.env["hr.employee"].create({"name": "Worker without user"})
        loan = self._loan(self.ann, self.alpha)
        loan.borrower_id = worker
        self._assert_refused(loan.action_submit, "the borrower needs a user")

    @freeze_time("2026-03-09 02:00:00")
    def test_extension_gates(self):
        """Out, not overdue, later, within the period of the class; for the borrower; asked again at approval."""
        waiting = self._loan(self.bob, self.beta, "approved")
        self._assert_refused(
            lambda: waiting._request_extension(
                Datetime.to_datetime("2026-03-13 09:00:00"), "x"
            ),
            "is not out",
        )
        loan = self._loan(self.ann, self.alpha, "out")
        due = loan.date_due
        for wanted, pattern in (
            (due, "not later"),
            (due - timedelta(seconds=1), "not later"),
            (due + timedelta(days=30), "at most"),
        ):
            self._assert_refused(
                lambda wanted=wanted: loan._request_extension(wanted, "x"), pattern
            )
        later = due + timedelta(hours=1)
        with self.assertRaises(AccessError):
            loan.with_user(self.bob)._request_extension(later, "x")
        self._assert_refused(
            lambda: loan.with_user(self.bob).sudo()._request_extension(later, "x"),
            "extended for its borrower",
        )
        with freeze_time(due + timedelta(seconds=1)):
            loan.invalidate_recordset()
            self._assert_refused(
                lambda: loan._request_extension(later, "x"), "is overdue; return it"
            )
        with freeze_time(due):
            loan.invalidate_recordset()
            extension = loan._request_extension(later, "x")
        self._return(loan)
        self._assert_refused(
            extension.with_user(self.boss).action_approve, "is not out"
        )

    def test_dialogs_refuse_before_they_open(self):
        """Refusing needs the approver and a reason; returning a keeper and a thing; reporting a thing that is out."""
        loan = self._loan(self.ann, self.alpha, "requested")
        self._assert_refused(loan.with_user(self.ann).sudo().action_open_refuse)
        for reason in ("", "  ", None):
            self._assert_refused(
                lambda reason=reason: loan.with_user(self.boss).action_refuse(reason),
                "Say why",
            )
        loan.with_user(self.boss).action_approve()
        self._assert_refused(
            lambda: loan._report_problem(loan.line_ids, "lost", "x"), "that are out"
        )
        loan.with_user(self.keeper).action_hand_out()
        self._assert_refused(
            lambda: loan.with_user(self.ann).sudo().action_return(), "does not receive"
        )
        wizard = (
            self.env["loan.return"]
            .with_user(self.keeper)
            .create({"loan_ids": [Command.set(loan.ids)]})
        )
        wizard.line_ids.is_returned = False
        self._assert_refused(wizard.action_confirm, "Choose what came back")

    def test_two_loans_in_one_call(self):
        """Each action works on many; one that is refused keeps both."""
        loans = self._loan(self.ann, self.alpha) | self._loan(self.ann, self.beta)
        loans.action_submit()
        loans.with_user(self.boss).action_approve()
        self.beta.is_valid = False
        self._assert_refused(
            lambda: loans.with_user(self.keeper).action_hand_out(), "expired"
        )
        self.assertEqual(set(loans.mapped("state")), {"approved"})
        self.beta.is_valid = True
        loans.with_user(self.keeper).action_hand_out()
        self._return(loans)
        self.assertEqual(set(loans.mapped("state")), {"returned"})

    @mute_logger(*QUIET)
    def test_who_sees_loans(self):
        """Borrower, requester, approver and keeper; nobody else, no portal user, no other company."""
        loan = self._loan(self.ann, self.alpha, "requested")
        Loan = self.env["loan.loan"]
        for user in (self.ann, self.boss, self.keeper):
            self.assertIn(loan, Loan.with_user(user).search([]))
        for user in (self.bob, self.stranger):
            self.assertNotIn(loan, Loan.with_user(user).search([]))
            with self.assertRaises(AccessError):
                loan.line_ids.with_user(user).read(["res_id"])
        other = self.env["res.company"].create({"name": "Other"})
        self.boss.write({"company_ids": [Command.link(other.id)]})
        self.assertNotIn(
            loan,
            Loan.with_user(self.boss)
            .with_context(allowed_company_ids=other.ids)
            .search([]),
        )

    def test_a_thing_that_is_out_is_not_deleted(self):
        """Nor is a class in use; a thing that is back may go."""
        loan = self._loan(self.ann, self.alpha, "out")
        self._assert_refused(lambda: self.alpha.unlink(), "on loan")
        self._return(loan)
        self.alpha.unlink()
        loan.invalidate_recordset()
        self.assertEqual(loan.line_ids.thing_name, "Deleted record")
        self.assertTrue(loan.readiness is not None)

    def test_the_form_names_only_things(self):
        """A line that is being entered does not tell what any record of any model is called (P34)."""
        secret = self.env["res.partner.bank"].create(
            {"acc_number": "OKAPI6203", "partner_id": self.env.user.partner_id.id}
        )
        lines = self.env["loan.loan.line"].with_user(self.ann)
        values = {"res_model": secret._name, "res_id": secret.id}
        spec = {"thing_name": {}, "display_name": {}}
        for answer in (
            lines.onchange(values, list(values), spec),
            lines.with_context(
                default_res_model=secret._name, default_res_id=secret.id
            ).onchange({}, [], spec),
        ):
            self.assertNotIn("OKAPI6203", str(answer))

    def test_only_things_are_lent(self):
        """A line names an existing record of a kind that can be lent, once."""
        for vals in (
            {"res_model": "res.partner", "res_id": 1},
            {"res_model": "test.thing", "res_id": 10**8},
            {"res_model": "no.model", "res_id": 1},
        ):
            self._assert_refused(
                lambda vals=vals: self.env["loan.loan"]
                .with_user(self.ann)
                .create({"purpose": "x", "line_ids": [Command.create(vals)]})
            )
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "thing_once"),
            self.cr.savepoint(),
        ):
            self._loan(
                self.ann, self.alpha | self.alpha.browse(self.alpha.ids)
            ).line_ids.copy({"loan_id": self._loan(self.ann, self.alpha).id})

    def test_line_does_not_join_an_approved_loan(self):
        """What nobody approved does not come into a loan that was, from a draft of one's own."""
        approved = self._loan(self.ann, self.alpha, "approved")
        draft = self._loan(self.ann, self.beta)
        self._assert_refused(
            lambda: draft.line_ids.write({"loan_id": approved.id}), "are fixed"
        )

    def test_another_thing_has_its_own_class(self):
        """A thing that is exchanged in the draft is lent by its own class, not by that of the first one."""
        secret = self.env["test.secret"].with_user(self.ann).create({"name": "Secret"})
        model = self.env["ir.model"]._get("test.secret")
        free = self.env["loan.class"].create(
            {"code": "FREE", "name": "Free", "model_id": model.id}
        )
        loan = self._loan(self.ann, secret)
        self.assertEqual(loan.line_ids.class_id, free)
        loan.line_ids.write({"res_model": "test.thing", "res_id": self.alpha.id})
        self.assertEqual(loan.line_ids.class_id, self.loan_class)
        loan.action_submit()
        self.assertEqual(loan.state, "requested")

    def test_extension_stays_with_its_loan(self):
        """An extension is not moved to another loan, so that a further one would be allowed."""
        first = self._loan(self.ann, self.alpha, "out")
        second = self._loan(self.ann, self.beta, "out")
        later = first.date_due + timedelta(hours=1)
        extension = first._request_extension(later, "x").with_user(self.ann)
        for vals in ({"loan_id": second.id}, {"reason": "y"}):
            self._assert_refused(
                lambda vals=vals: extension.write(vals), "set by the system"
            )

    def test_classes(self):
        """The company's own class before the common, the model's before any; figures that make sense."""
        Class = self.env["loan.class"]
        Class.create({"code": "ANY", "name": "Any"})
        self.assertEqual(self.alpha._get_loan_class(), self.loan_class)
        own = self.loan_class.copy({"code": "OWN", "company_id": self.company.id})
        self.assertEqual(self.alpha._get_loan_class(), own)
        for vals in ({"duration": 0}, {"max_extensions": -1}, {"code": "ANY"}):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                Class.create({"code": "Y", "name": "Y", **vals})

    def test_dates_in_order(self):
        """A loan does not end before it starts."""
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self._loan(
                self.ann,
                self.alpha,
                date_start="2026-05-05 00:00:00",
                date_wanted="2026-05-04 00:00:00",
            )
        with self.assertRaises(UserError):
            self._loan(
                self.ann, self.alpha, "requested", date_wanted="2020-05-04 00:00:00"
            )

    def test_dates_that_can_be_counted(self):
        """CA-10: nobody makes a loan that cannot be opened any more, because no due date can be counted for it."""
        loan = self._loan(self.ann, self.alpha)
        for vals in (
            {"date_start": "9999-12-31 23:30:00"},
            {"date_wanted": "9999-12-31 23:30:00"},
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                loan.write(vals)
                loan.flush_recordset()
