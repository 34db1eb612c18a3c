from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SealingCase


@tagged("post_install", "-at_install")
class TestSignOff(SealingCase):
    """Review and joint sign-off: who signs, what is sealed, what follows (SC-23 to SC-27)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._check(cls._new_request())

    def test_joint_inspection(self):
        """SC-23.2: quality and technical side inspect together; two people, two roles."""
        self._complete(self.request)
        me = self.request.with_user(self.quality)
        for quality, technical in (
            (self.quality, self.quality),
            (self.quality, self.quality2),
            (self.quality, self.env["res.users"]),
        ):
            me.write(
                {"joint_quality_id": quality.id, "joint_technical_id": technical.id}
            )
            with self.assertRaisesRegex(UserError, "joint inspection"):
                me.action_review()
        me.write({"joint_technical_id": self.technical.id, "joint_result": "fail"})
        with self.assertRaisesRegex(UserError, "did not find the piece good"):
            me.action_review()
        me.joint_result = False
        with self.assertRaisesRegex(UserError, "Enter the result"):
            me.action_review()

    def test_baseline(self):
        """SC-23.5, SC-28.1: what is calibrated later is measured before it is sealed."""
        self._new_policy(
            "Calibrated",
            ["checks"],
            calibration_interval_months=12,
            product_tmpl_ids=[Command.set(self.product.product_tmpl_id.ids)],
        )
        request = self._check(self._new_request())
        self._complete(request)
        with self.assertRaisesRegex(UserError, "original measured range"):
            request.with_user(self.quality).action_review()
        request.sample_ids.with_user(self.quality).line_ids = [
            self._new_line(
                "width",
                nominal=10,
                has_baseline=True,
                baseline_min=9.9,
                baseline_max=10,
            )
        ]
        request.with_user(self.quality).action_review()

    def test_all_that_is_missing_is_said_at_once(self):
        """P-promise 3: the panel and the error name everything, not the first item."""
        self.request.needs_trial_fit = True
        step = {s["target"]: s for s in self.request.readiness}["review"]
        self.assertFalse(step["allowed"])
        text = "\n".join(step["reasons"])
        for part in ("Small-batch", "trial fit", "joint inspection"):
            self.assertIn(part, text)
        self.assertNotIn("made", {s["target"] for s in self.request.readiness})

    def test_conclusion(self):
        """SC-24: without conclusion, and with “not passed”, nothing is signed."""
        self._review(self.request, "fail")
        with self.assertRaisesRegex(UserError, "not passed"):
            self.request.with_user(self.administrator).action_request_sign_off()
        self.request.conclusion = False
        with self.assertRaisesRegex(UserError, "conclusion and the day"):
            self.request.with_user(self.administrator).action_request_sign_off()

    def test_sc_24_review_form_stays_as_it_was_signed(self):
        """SC-24, SC-26.4: nobody rewords under the signatures what the review form says."""
        self._seal(self._review(self.request))
        me = self.request.with_user(self.quality)
        found = (
            {"joint_result": "fail"},
            {"appearance_note": "Scratched"},
            {"review_date": "2026-03-09"},
            {"joint_quality_id": self.quality2.id},
        )
        for vals in found:
            with self.assertRaisesRegex(UserError, "Joint Sign-off.*these are fixed"):
                me.write(vals)
        me.action_review()
        me.appearance_note = "Fine"
        self._seal(self.request)
        self.request.with_user(self.quality2).action_approve()
        self.request.with_user(self.administrator).action_activate()
        for vals in (*found, {"drawing_no": "D-2"}, {"planned_at": "2026-12-01"}):
            with self.assertRaisesRegex(UserError, "On File.*these are fixed"):
                me.write(vals)
        self.assertEqual(self.request.sample_ids.state, "active")

    def test_two_sides_two_people(self):
        """E13, SC-24.1: the same user does not sign for technical side and quality."""
        both = self._new_user("sc_both_sides", "technical", "quality")
        self._review(self.request)
        self.request.with_user(self.administrator).action_request_sign_off()
        self.request.with_user(both)._sign_off()
        with self.assertRaises(UserError):
            self.request.with_user(both)._sign_off()
        self.assertEqual(self.request.sign_off_state, "open")
        with self.assertRaises(UserError):
            self.request.with_user(self.quality2).action_approve()

    def test_whoever_asks_does_not_sign(self):
        """P5: four eyes also between asking and signing."""
        self._review(self.request)
        self.request.with_user(self.quality).action_request_sign_off()
        with self.assertRaises(UserError):
            self.request.with_user(self.quality)._sign_off()

    def test_approval(self):
        """SC-27.1: sealed, by quality, and not by the applicant."""
        self._seal(self._review(self.request))
        self.assertEqual(self.request.state, "signing")
        with self.assertRaisesRegex(UserError, "This step is for"):
            self.request.with_user(self.technical2).action_approve()
        self.request.sudo().user_id = self.quality2
        with self.assertRaisesRegex(UserError, "applicant does not approve"):
            self.request.with_user(self.quality2).action_approve()
        self.request.with_user(self.quality).action_approve()
        self.assertEqual(self.request.approved_by_id, self.quality)

    def test_disagreement(self):
        """SC-26.2: a signatory who disagrees sends the request to rectification, with a point."""
        self._review(self.request)
        self.request.with_user(self.administrator).action_request_sign_off()
        self.assertEqual(self.request.sample_ids.state, "to_sign")
        self.request.with_user(self.technical)._sign_off("refuse", "Colour too light")
        self.assertEqual(self.request.state, "rectifying")
        self.assertEqual(self.request.sample_ids.state, "draft")
        issue = self.request.issue_ids
        self.assertEqual(issue.description, "Colour too light")
        self.assertEqual(issue.severity, "blocking")
        with self.assertRaisesRegex(UserError, "Blocking point"):
            self.request.with_user(self.quality).action_review()
        issue.user_id = self.technical
        self._close_issue(issue)
        self.request.with_user(self.quality).action_review()
        self._seal(self.request)
        self.assertEqual(self.request.sign_off_state, "sealed")
        self.assertEqual(len(self.request.sign_off_request_ids), 2)

    def _change_roads(self):
        sample = self.request.sample_ids
        other = self._new_product("Other cover", categ_id=self.plastics.id)
        line = sample.line_ids
        return {
            "product": lambda: self.request.sudo().write({"product_id": other.id}),
            "product of the sample": lambda: sample.sudo().write(
                {"product_id": other.id}
            ),
            "characteristic": lambda: line.sudo().write({"text_value": "RAL 9005"}),
            "new characteristic": lambda: sample.sudo().write(
                {"line_ids": [self._new_line("gloss", text_value="60")]}
            ),
            "no characteristic": lambda: line.sudo().unlink(),
            "import": lambda: self.env["sample.sample.line"].load(
                [".id", "text_value"], [[str(line.id), "RAL 9006"]]
            ),
            "validity": lambda: self.request._recalculate_policies("x"),
        }

    def test_signed_data_are_bound(self):
        """SC-26.4, P1: product, type, characteristics, validity: any change voids, by every road."""
        self.request.sample_ids.with_user(self.quality).line_ids = [
            self._new_line("colour_no", text_value="RAL 9010")
        ]
        self._approve_checked()
        self._new_policy(
            "Half a year",
            ["validity"],
            product_tmpl_ids=[Command.set(self.product.product_tmpl_id.ids)],
            validity_value=6,
        )
        for name, change in self._change_roads().items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                change()
                self.assertEqual(self.request.sign_off_state, "void", name)
                self.assertEqual(self.request.state, "review", name)
                self.assertEqual(self.request.sample_ids.state, "draft", name)
                with self.assertRaises(UserError):
                    self.request.with_user(self.administrator).action_activate()
                savepoint.rollback()
            self.env.invalidate_all()
            self.assertEqual(self.request.state, "approved", name)

    def _approve_checked(self):
        self._seal(self._review(self.request))
        self.request.with_user(self.quality2).action_approve()

    def test_sample_with_another_validity_than_signed(self):
        """SC-26.4: a sample that follows a newer rule than was signed does not become valid."""
        self._approve_checked()
        self._new_policy(
            "Half a year",
            ["validity"],
            product_tmpl_ids=[Command.set(self.product.product_tmpl_id.ids)],
            validity_value=6,
        )
        self.request.sample_ids.sudo()._resolve_policies()
        with self.assertRaisesRegex(UserError, "another validity"):
            self.request.with_user(self.administrator).action_activate()

    def test_change_of_a_valid_sample(self):
        """SC-26.4: signed data changed after filing stop the sample until both have signed again."""
        self._approve_checked()
        self.request.with_user(self.administrator).action_activate()
        sample = self.request.sample_ids
        self.assertEqual(sample.state, "active")
        sample.with_user(self.quality).drawing_rev = "C"
        self.assertEqual(self.request.sign_off_state, "void")
        self.assertEqual(sample.state, "suspended")
        self.assertTrue(sample._get_hard_use_reasons("final_acceptance"))
        self.request.with_user(self.administrator).action_request_sign_off()
        self.request.with_user(self.technical)._sign_off()
        self.assertEqual(sample.state, "suspended")
        self.request.with_user(self.quality)._sign_off()
        self.assertEqual(sample.state, "active")

    def test_sent_back_after_the_signatures(self):
        """SC-25: what goes back to rectification is signed anew, although nothing was changed."""
        self._approve_checked()
        self.request.with_user(self.quality).action_rectify()
        self.assertEqual(self.request.sign_off_state, "void")
        self.assertFalse(self.request.approved_by_id)
        self.request.with_user(self.quality).action_review()
        self._seal(self.request)
        self.assertEqual(self.request.sign_off_state, "sealed")

    def test_route_of_the_rule(self):
        """SC-26.1, G4: the rule names who signs first, and who at a replacement."""
        routes = self.env["sign.off.route"]
        kind = {
            "model_id": self.env["ir.model"]._get_id("sample.request"),
            "sequence": 90,
        }
        first, again = routes.create(
            [
                {
                    **kind,
                    "name": name,
                    "step_ids": [
                        Command.create(
                            {
                                "name": name,
                                "signer_type": "group",
                                "group_id": self.env.ref(
                                    f"sample_control.group_sample_{name}"
                                ).id,
                            }
                        )
                    ],
                }
                for name in ("quality", "technical")
            ]
        )
        self._new_policy(
            "Signed by one",
            ["sign_off"],
            product_tmpl_ids=[Command.set(self.product.product_tmpl_id.ids)],
            sign_off_first_route_id=first.id,
            sign_off_replacement_route_id=again.id,
        )
        request = self._new_request()
        self.assertEqual(routes._match(request)[request.id], first)
        old = self._new_active_sample()
        successor = self._new_request(kind="replace", old_sample_id=old.id)
        self.assertEqual(routes._match(successor)[successor.id], again)

    def test_interim_approval_allows_a_temporary_sample_only(self):
        """SC-18.2: with an interim production part approval no sealed sample is signed."""
        self._review(self.request)
        self.request.ppap_result = "interim"
        with self.assertRaisesRegex(UserError, "temporary sample only"):
            self.request.with_user(self.administrator).action_request_sign_off()

    def test_signed_after_its_review(self):
        """SC-24, SC-18.2: nobody signs what is still tested, nor what was rejected; what is signed keeps its pieces."""
        request = self.request.with_user(self.administrator)
        with self.assertRaisesRegex(UserError, "is signed after its review"):
            request.action_request_sign_off()
        self._review(self.request)
        request.ppap_result = "rejected"
        with self.assertRaisesRegex(UserError, "approval was rejected"):
            request.action_request_sign_off()
        request.ppap_result = False
        self._seal(self.request)
        with self.assertRaisesRegex(UserError, "its samples are signed"):
            request.action_remove_samples()

    def test_wrong_number_of_pieces(self):
        """SC-15, D-30: one record for each piece; a changed quantity is brought in line."""
        self._review(self.request)
        self.request.write({"qty": 2, "qty_reason": "One for each side"})
        with self.assertRaisesRegex(UserError, "2 pieces are asked for"):
            self.request.with_user(self.administrator).action_request_sign_off()
        self.request.with_user(self.quality).action_remove_samples()
        self.assertEqual(
            self.request.sample_ids.sorted("copy_no").mapped("copy_no"), [0, 1]
        )

    @freeze_time("2026-03-03 08:00:00")
    def test_forms_print(self):
        """F06 to F08: each form renders with signatures, with nothing filled in, and in Chinese."""
        issue = self._new_issue(self.request, severity="minor")
        self._review(self.request, "conditional")
        self._seal(self.request)
        empty = self.Request.create(
            {
                "kind": "new",
                "product_id": self.product.id,
                "type_id": self._type("STD").id,
            }
        )
        reports = self.env["ir.actions.report"]
        for name, records in (
            ("request", self.request | empty),
            ("review", self.request | empty),
            ("issue", issue),
        ):
            report = f"sample_control.report_sample_{name}"
            for lang in ("en_US", "zh_CN"):
                html, __ = reports.with_context(lang=lang)._render_qweb_html(
                    report, records.ids
                )
                text = html.decode()
                for record in records:
                    self.assertIn(record.name, text)
        html, __ = reports._render_qweb_html(
            "sample_control.report_sample_review", self.request.ids
        )
        self.assertIn(self.technical.name, html.decode())
        self.assertIn("SC-F07", html.decode())
