from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .loan_common import LoanCommon


@tagged("post_install", "-at_install")
class TestLoanScan(LoanCommon):
    """The counter: first scan lends, second returns."""

    def _scan(self, *args, user=None, **kwargs):
        self.env.invalidate_all()
        return (
            self.env["loan.loan"].with_user(user or self.keeper).scan(*args, **kwargs)
        )

    def test_lend_and_return(self):
        """Thing, badge: lent. Thing again: the condition is asked. Condition: returned."""
        self.loan_class.approval_group_ids = False
        self.assertEqual(self._scan("T-Alpha")["status"], "ask_badge")
        answer = self._scan("T-Alpha", badge="lann")
        self.assertEqual((answer["status"], answer["borrower"]), ("lent", "l_ann"))
        self.assertTrue(answer["due"])
        answer = self._scan("T-Alpha", badge="lbob")
        self.assertEqual(
            (answer["status"], answer["borrower"]), ("ask_condition", "l_ann")
        )
        self.assertEqual(self._scan("T-Alpha", condition="good")["status"], "returned")
        line = self.alpha.loan_line_ids
        self.assertEqual(
            (line.state, line.condition, line.received_by_id),
            ("returned", "good", self.keeper),
        )

    def test_terms_of_the_class(self):
        """What the borrower undertakes is said by the class of the thing, in his language; else in general."""
        self.assertIn("not to be passed on", self._scan("T-Alpha")["terms"].lower())
        self.env["res.lang"]._activate_lang("zh_CN")
        self.loan_class.terms = "Not to leave the room."
        self.loan_class.with_context(lang="zh_CN").terms = "不得带出房间。"
        self.assertEqual(self._scan("T-Alpha")["terms"], "Not to leave the room.")
        loan = self._loan(self.ann, self.things)
        self.assertEqual(loan.terms, "Not to leave the room.")
        self.assertEqual(loan.with_context(lang="zh_CN").terms, "不得带出房间。")
        loan.acknowledged = False
        with self.assertRaisesRegex(UserError, "terms: Not to leave the room"):
            loan.action_submit()

    def test_the_user_borrows_himself(self):
        """Who is logged in needs no badge; the gates are the same."""
        self.loan_class.approval_group_ids = False
        answer = self._scan("T-Alpha", myself=True)
        self.assertEqual(
            (answer["status"], answer["borrower"]),
            ("lent", self.keeper.employee_id.name),
        )
        refused = self._scan("T-Beta", myself=True, user=self.bob)
        self.assertIn("keeper", refused["message"])
        self.keeper.employee_ids.user_id = False
        self.assertIn("no employee", self._scan("T-Beta", myself=True)["message"])

    def test_approval_is_not_skipped(self):
        """A class with approval: only the borrower of the approved loan gets the thing."""
        answer = self._scan("T-Alpha", badge="lann")
        self.assertEqual(answer["status"], "error")
        self.assertIn("approved loan", answer["message"])
        self.assertFalse(self.alpha.loan_line_ids)  # nothing is left behind
        loan = self._loan(self.ann, self.alpha, "approved")
        self.assertEqual(self._scan("T-Alpha", badge="lbob")["status"], "error")
        self.assertEqual(self._scan("T-Alpha", badge="lann")["status"], "lent")
        self.assertEqual(loan.state, "out")

    def test_odd_input_is_told(self):
        """What no scanner should send is answered, too, and changes nothing."""
        self.loan_class.approval_group_ids = False
        odd = (
            "x\x00y",
            "\u0000",
            "\ud800",
            7,
            ["x"],
            {"a": 1},
            True,
            "x" * 5000,
            "' OR 1=1 --",
        )
        for value in odd:
            with self.subTest(value=str(value)[:20]):
                self.assertIn(self._scan(value)["status"], ("error", "ask_badge"))
                answer = self._scan("T-Alpha", badge=value)
                self.assertIn(answer["status"], ("error", "ask_badge"))
        self.assertFalse(self.alpha.loan_line_ids)
        self.assertEqual(self._scan("T-Alpha", badge=" lann\x00 ")["status"], "lent")
        for value in odd:
            with self.subTest(condition=str(value)[:20]):
                answer = self._scan("T-Alpha", condition=value)
                self.assertIn(answer["status"], ("error", "ask_condition"))
        self.assertIn("condition", self._scan("T-Alpha", condition="fine")["message"])
        self.assertEqual(self.alpha.loan_line_ids.state, "out")
        answer = self._scan("T-Alpha", condition="good", note="a\x00b")
        self.assertEqual(answer["status"], "returned")

    def test_refusals_are_told(self):
        """Unknown code, unknown badge, invalid thing, not the keeper, own return."""
        self.loan_class.approval_group_ids = False
        self.assertIn("Nothing to lend", self._scan("nonsense")["message"])
        self.assertIn("badge", self._scan("T-Alpha", badge="nobody")["message"])
        self.alpha.is_valid = False
        self.assertIn("expired", self._scan("T-Alpha", badge="lann")["message"])
        self.assertIn(
            "keeper", self._scan("T-Beta", badge="lann", user=self.bob)["message"]
        )
        self.assertEqual(self._scan("T-Beta", badge="lkeeper")["status"], "lent")
        self.assertIn("his own", self._scan("T-Beta", condition="good")["message"])

    def test_code_without_a_field(self):
        """Things without a code of their own are found by model and id."""
        secret = self.env["test.secret"].with_user(self.keeper).create({"name": "File"})
        self.assertEqual(secret._get_loan_code(), f"test.secret/{secret.id}")
        self.assertEqual(self._scan(f"test.secret/{secret.id}")["status"], "ask_badge")
        self.assertEqual(
            self._scan(f"test.secret/{secret.id}", user=self.bob)["status"], "error"
        )


@tagged("post_install", "-at_install")
class TestLoanCounter(LoanCommon, HttpCase):
    def test_counter_with_a_hand_scanner(self):
        """The page: what a scanner types lends and returns."""
        self.loan_class.approval_group_ids = False
        code = """
            const wait = async (selector) => {
                for (let i = 0; i < 200; i++) {
                    const el = document.querySelector(selector);
                    if (el) { return el; }
                    await new Promise((resolve) => setTimeout(resolve, 50));
                }
                throw new Error("not found: " + selector);
            };
            const scan = async (text) => {
                const input = await wait(".o_loan_scan_input");
                input.value = text;
                input.form.requestSubmit();
            };
            (async () => {
                await scan("T-Alpha");
                await wait(".o_loan_scan_answer[data-status=ask_badge]");
                await scan("lann");
                await wait(".o_loan_scan_answer[data-status=lent]");
                await scan("T-Alpha");
                await wait(".o_loan_scan_answer[data-status=ask_condition]");
                (await wait(".o_loan_scan_conditions [data-condition=soiled]")).click();
                await wait(".o_loan_scan_answer[data-status=returned]");
                console.log("test successful");
            })().catch((error) => console.error(error.message));
        """
        self.browser_js(
            "/odoo/action-record_control.loan_scan_action",
            code,
            "Boolean(document.querySelector('.o_loan_scan_input'))",
            login="l_keeper",
            timeout=120,
        )
        self.env.invalidate_all()
        self.assertEqual(self.alpha.loan_line_ids.condition, "soiled")
