from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import NOW, UseCase


@tagged("post_install", "-at_install")
class TestDispatches(UseCase):
    """Sending samples to customers (SC-19, E20)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"street": "1 Test Road", "city": "Suzhou", "phone": "0512"})

    @classmethod
    def _new_dispatch(cls, sample=None, user=None, **values):
        line = {"sample_id": sample.id} if sample else {"product_id": cls.product.id}
        return (
            cls.env["sample.dispatch"]
            .with_user(user or cls.user)
            .create(
                {
                    "partner_id": cls.customer.id,
                    "line_ids": [Command.create(line)],
                    **values,
                }
            )
        )

    def _check_dispatch(self, **values):
        """Return a dispatch of a sample to the customer's check."""
        sample = self._new_active_sample()
        values = {"date_return_due": "2026-03-20", **values}
        return sample, self._new_dispatch(sample, purpose="customer_check", **values)

    def test_map(self):
        self.assertTransitionMapClosed(self.env["sample.dispatch"])

    def test_only_the_sales_assistant_sends(self):
        """E20, SC-19.1: refused for everybody else, managers included, by every road."""
        dispatch = self._new_dispatch()
        dispatch.action_submit()
        for user in (self.user, self.manager, self.quality, self.administrator):
            with self.subTest(user=user.login):
                self.assertTransitionRefused(
                    dispatch.with_user(user), "sent", "Only the sales assistant"
                )
                self.assertFalse(dispatch.with_user(user).can_send)
        with self.assertRaises(UserError):
            self._new_dispatch(state="sent")
        with self.assertRaises(UserError):
            dispatch.write({"sent_at": NOW, "sender_id": self.user.id})
        dispatch.with_user(self.assistant).action_send()
        self.assertEqual(dispatch.sender_id, self.assistant)
        self.assertTrue(dispatch.sent_at)

    def test_sc_19_lines_stay_as_asked_for(self):
        """SC-19: a line says what is sent, and no line slips into a dispatch that was asked for."""
        dispatch = self._new_dispatch()
        with self.assertRaisesRegex(ValidationError, "Say what is sent"):
            dispatch.line_ids.product_id = False
        asked = self._new_dispatch()
        asked.action_submit()
        asked.with_user(self.assistant).action_send()
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            dispatch.line_ids.dispatch_id = asked
        with self.assertRaisesRegex(UserError, "lines of .* are fixed"):
            dispatch.sudo().line_ids.dispatch_id = asked

    def test_sc_19_note_of_a_return(self):
        """F20, SC-19: only the note of what comes back has a place for the return."""
        for dispatch, returns in (
            (self._new_dispatch(), False),
            (self._check_dispatch()[1], True),
        ):
            titles = [cell["title"] for cell in dispatch._get_note_cells()]
            self.assertEqual("Return received" in titles, returns)

    def test_who_wrote_the_note_is_named(self):
        """F20, SC-19: entering another salesperson does not hide who drew up the note."""
        dispatch = self._new_dispatch()
        dispatch.action_submit()
        titles = [cell["title"] for cell in dispatch._get_note_cells()]
        self.assertNotIn("Drawn up by", titles)
        dispatch.action_draft()
        dispatch.requester_id = self.keeper
        dispatch.action_submit()
        cells = {cell["title"]: cell.get("user") for cell in dispatch._get_note_cells()}
        self.assertEqual(cells["Salesperson"], self.keeper.name)
        self.assertEqual(cells["Drawn up by"], self.user.name)
        with self.assertRaises(UserError):
            dispatch.write({"author_ids": [Command.clear()]})

    def test_f20_day_of_the_request_stays(self):
        """F20, SC-19: the day beside the salesperson's name is fixed with the request."""
        dispatch = self._new_dispatch()
        dispatch.date_requested = "2026-03-09"
        dispatch.action_submit()
        with self.assertRaisesRegex(UserError, "Asked For On"):
            dispatch.date_requested = "2026-03-01"
        dispatch.with_user(self.assistant).action_send()
        with self.assertRaisesRegex(UserError, "Asked For On"):
            dispatch.with_user(self.assistant).date_requested = "2026-03-01"

    @freeze_time("2026-03-09 17:00:00")
    def test_day_of_the_request_is_that_of_the_company(self):
        """Asked for at one at night in Shanghai by somebody whose clock is in Los Angeles."""
        self.user.tz = "America/Los_Angeles"
        dispatch = self._new_dispatch().with_context(tz=self.user.tz)
        self.assertEqual(str(dispatch.date_requested), "2026-03-10")

    def test_day_of_return_in_a_possible_year(self):
        """SC-19.3: a day from which no clock can count is refused, as a draft and once it is sent."""
        sample, dispatch = self._check_dispatch()
        for day in ("0001-01-01", "9999-12-31"):
            with self.assertRaisesRegex(ValidationError, "between 2000 and 2200"):
                self._check_dispatch(date_return_due=day)
        dispatch.action_submit()
        dispatch.with_user(self.assistant).action_send()
        for day in ("0001-01-01", "9999-12-31"):
            with self.assertRaisesRegex(ValidationError, "between 2000 and 2200"):
                dispatch.with_user(self.assistant).date_return_due = day
        self.assertEqual(sample.custody_state, "at_customer")

    def test_not_sent_before_it_is_asked_for(self):
        dispatch = self._new_dispatch()
        self.assertTransitionRefused(
            dispatch.with_user(self.assistant), "sent", "cannot become"
        )

    def test_address_is_the_partners(self):
        """SC-19.2: computed from the recipient; what it was at sending stays."""
        dispatch = self._new_dispatch()
        self.assertIn("1 Test Road", dispatch.address)
        self.assertIn("0512", dispatch.address)
        self.customer.street = "2 New Road"
        self.assertIn("2 New Road", dispatch.address)
        dispatch.action_submit()
        dispatch.with_user(self.assistant).action_send()
        self.customer.street = "3 Later Road"
        self.assertIn("2 New Road", dispatch.address)
        with self.assertRaises(UserError):
            dispatch.sent_to = "Typed"

    def test_return_is_mandatory(self):
        """SC-19.3: a sample for the customer's check comes back, by a day; every road."""
        sample, dispatch = self._check_dispatch(date_return_due=False)
        self.assertTrue(dispatch.return_required)
        self.assertTransitionRefused(dispatch, "submitted", "the day by which")
        with self.assertRaises(ValidationError):
            dispatch.return_required = False
        later = self._new_dispatch(purpose="customer_check")
        self.assertFalse(later.return_required)
        self.env["sample.dispatch.line"].with_user(self.user).create(
            {"dispatch_id": later.id, "sample_id": sample.id}
        )
        self.assertTrue(later.return_required)

    def test_sample_goes_and_comes_back(self):
        """SC-19.3: custody “at the customer”, not lent meanwhile, home after the return."""
        sample, dispatch = self._check_dispatch()
        dispatch.action_submit()
        with freeze_time(NOW):
            dispatch.with_user(self.assistant).action_send()
        self.assertEqual(sample.custody_state, "at_customer")
        self.assertEqual(sample.holder_id, self.customer)
        self.assertTransitionRefused(
            self._new_loan(sample), "requested", "At the customer"
        )
        self.assertTransitionRefused(dispatch, "received", "received")
        dispatch.date_received = "2026-03-12"
        dispatch.action_receive()
        self.assertTransitionRefused(dispatch, "feedback", "feedback")
        dispatch.write({"feedback_result": "rejected"})
        self.assertTransitionRefused(dispatch, "feedback", "opinion")
        dispatch.feedback_note = "Too dark"
        dispatch.action_feedback()
        self.assertTransitionRefused(dispatch, "returned", "A custodian")
        dispatch.with_user(self.assistant).action_return()
        self.assertEqual(sample.location_id, self.room)
        self.assertEqual(sample.custody_state, "stored")

    def test_nothing_comes_back_of_products(self):
        dispatch = self._new_dispatch()
        dispatch.action_submit()
        dispatch.with_user(self.assistant).action_send()
        dispatch.date_received = "2026-03-12"
        dispatch.action_receive()
        dispatch.feedback_result = "accepted"
        dispatch.action_feedback()
        self.assertTransitionRefused(
            dispatch.with_user(self.assistant), "returned", "Nothing comes back"
        )

    def test_sample_not_at_hand(self):
        """A sample that is out or isolated is not sent, also when it went after the submission."""
        sample, dispatch = self._check_dispatch()
        dispatch.action_submit()
        self._lend(sample)
        self.assertTransitionRefused(
            dispatch.with_user(self.assistant), "sent", "is out with"
        )
        isolated = self._new_active_sample()
        isolated._isolate("Scratched")
        other = self._new_dispatch(isolated)
        self.assertTransitionRefused(other, "submitted", "Isolated")

    def test_content_is_fixed(self):
        """What was asked for is what is sent: no line changes after the submission."""
        dispatch = self._new_dispatch()
        dispatch.action_submit()
        with self.assertRaises(UserError):
            dispatch.partner_id = self.supplier
        with self.assertRaises(UserError):
            dispatch.line_ids.qty = 5
        with self.assertRaises(UserError):
            dispatch.line_ids.unlink()
        with self.assertRaises(UserError):
            self.env["sample.dispatch.line"].with_user(self.user).create(
                {"dispatch_id": dispatch.id, "product_id": self.product.id}
            )
        dispatch.action_draft()
        dispatch.line_ids.qty = 5

    def test_empty(self):
        dispatch = self._new_dispatch(line_ids=[])
        self.assertTransitionRefused(dispatch, "submitted", "what is sent")
        dispatch.with_literature = True
        dispatch.action_submit()
        self.assertEqual(dispatch.state, "submitted")

    def test_feedback_goes_back_to_the_enquiry(self):
        """SC-58: samples are asked for from a lead or quotation, which reads the customer's feedback."""
        enquiry = self.env["res.partner"].create({"name": "Enquiry 5"})
        dispatch = self._new_dispatch(res_model="res.partner", res_id=enquiry.id)
        self.assertEqual(dispatch.origin_name, "Enquiry 5")
        dispatch.action_submit()
        dispatch.with_user(self.assistant).action_send()
        dispatch.date_received = "2026-03-12"
        dispatch.action_receive()
        dispatch.write(
            {"feedback_result": "accepted", "feedback_note": "Order follows"}
        )
        before = enquiry.message_ids
        dispatch.action_feedback()
        told = enquiry.message_ids - before
        self.assertIn("Accepted. Order follows", told.body)
        with self.assertRaises(ValidationError):
            self._new_dispatch(res_model="res.partner")

    def test_nobody_writes_to_records_he_may_not_see(self):
        """SC-07.2, SC-58: whoever names an origin may read it, or his words would end up in any chatter."""
        hidden = self._new_active_sample()
        hidden.with_user(self.administrator).confidentiality = "secret"
        named = {"res_model": hidden._name, "res_id": hidden.id}
        draft = self._new_dispatch().with_user(self.user)
        for road in (lambda: self._new_dispatch(**named), lambda: draft.write(named)):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                road()

    def test_follow_up(self):
        """C16: feedback after 14 days, the return to the second; both told once."""
        __, dispatch = self._check_dispatch()
        dispatch.action_submit()
        with freeze_time(NOW):
            dispatch.with_user(self.assistant).action_send()
            feedback = dispatch._clock_get("sample_dispatch_feedback")
            back = dispatch._clock_get("sample_dispatch_return")
        # ends of days in Shanghai
        self.assertEqual(str(back.deadline), "2026-03-20 15:59:59")
        self.assertEqual(str(feedback.deadline)[:10], "2026-03-24")
        for now, late in (
            ("2026-03-20 15:59:59", False),
            ("2026-03-20 16:00:00", True),
        ):
            with freeze_time(now):
                dispatch.invalidate_recordset(["is_return_overdue"])
                self.assertEqual(dispatch.is_return_overdue, late, now)
                found = dispatch.search([("is_return_overdue", "=", True)])
                self.assertEqual(dispatch in found, late, now)
        with freeze_time("2026-03-25 02:00:00"):
            for __ in range(2):
                (feedback | back).sudo()._escalate()
        names = dispatch.activity_ids.filtered(lambda a: a.user_id == self.user).mapped(
            "summary"
        )
        self.assertEqual(len(names), len(set(names)), names)
        self.assertGreaterEqual(len(names), 2)

    def test_return_moved(self):
        __, dispatch = self._check_dispatch()
        dispatch.action_submit()
        with freeze_time(NOW):
            dispatch.with_user(self.assistant).action_send()
            dispatch.date_return_due = "2026-03-27"
        back = dispatch._clock_get("sample_dispatch_return")
        self.assertEqual(str(back.deadline), "2026-03-27 15:59:59")

    def test_benchmark_is_never_sent(self):
        sample = self._new_sample("BMK", self.benchmark, origin="benchmark")
        with self.assertRaises(ValidationError):
            self._new_dispatch(sample, self.benchmark)

    def test_two_records(self):
        dispatches = self._new_dispatch() | self._new_dispatch()
        dispatches.action_submit()
        dispatches.with_user(self.assistant).action_send()
        self.assertEqual(set(dispatches.mapped("state")), {"sent"})
        self.assertEqual(set(dispatches.copy().mapped("state")), {"draft"})

    def test_companies(self):
        dispatch = self._new_dispatch()
        self.operator.sudo().write(
            {
                "company_ids": [Command.set(self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        self.assertNotIn(dispatch, dispatch.with_user(self.operator).search([]))

    def test_p34_what_cannot_be_sent_is_not_named(self):
        """P34, SC-19: what keeps a dispatch back names no piece, no state and no borrower that the reader may not see."""
        sample = self._new_active_sample()
        dispatch = self._new_dispatch(sample)
        sample.sudo()._end("expired", "End of validity")
        sample.sudo().confidentiality = "secret"
        texts = str(dispatch.with_user(self.administrator).readiness)
        self.assertIn(sample.name, texts)
        texts = str(dispatch.with_user(self.user).readiness)
        self.assertNotIn(sample.name, texts)
        self.assertIn("may not see cannot be sent", texts)
