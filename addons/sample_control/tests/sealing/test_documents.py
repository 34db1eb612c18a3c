from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import SealingCase


@tagged("post_install", "-at_install")
class TestDocuments(SealingCase):
    """The checklist of sealing: by the rules, complete or waived (SC-22, E14)."""

    def _line(self, request, code):
        return request.document_ids.filtered(lambda line: line.code == code)

    def test_checklist_follows_the_part(self):
        """SC-22.1: lines of the rule; what does not apply says so, and follows the part."""
        request = self._new_request()
        self.assertEqual(
            request.document_ids.mapped("code"),
            ["small_batch", "third_party", "on_site_test", "review_form"],
        )
        self.assertEqual(self._line(request, "third_party").state, "not_applicable")
        self.assertEqual(self._line(request, "on_site_test").state, "not_applicable")
        request.with_user(self.technical).is_electrical = True
        self.assertEqual(self._line(request, "on_site_test").state, "missing")
        request.with_user(self.technical).is_electrical = False
        self.assertEqual(self._line(request, "on_site_test").state, "not_applicable")
        self.assertEqual(request.missing_count, 1)

    def test_checklist_speaks_the_language_of_the_rule(self):
        """SC-22.1: whoever creates the request, each reader sees the line in the own language."""
        for lang in ("en_US", "zh_CN"):
            self.env["res.lang"]._activate_lang(lang)
        asked = self.rule.document_ids.filtered(lambda d: d.code == "small_batch")
        asked.with_context(lang="zh_CN").name = "小批试制评审单"
        line = self._line(self._new_request(), "small_batch")
        self.assertEqual(line.name, "Small-batch trial review sheet")
        self.assertEqual(line.with_context(lang="zh_CN").name, "小批试制评审单")

    def test_key_part_without_report(self):
        """E14: a key part without the third-party report does not pass the review."""
        self.product.is_key_part = True
        request = self._check(self._new_request())
        self._complete(request)
        line = self._line(request, "third_party")
        line.with_user(self.quality).action_missing()
        with self.assertRaisesRegex(UserError, "Third-party test report"):
            request.with_user(self.quality).action_review()
        # by no road and for nobody
        with self.assertRaisesRegex(UserError, "Third-party test report"):
            request.sudo().write({"state": "review"})

    def test_waiver(self):
        """E14: a manager waives, with a reason, and not the applicant."""
        self.product.is_key_part = True
        request = self._check(self._new_request())
        self._complete(request)
        line = self._line(request, "third_party")
        line.with_user(self.quality).action_missing()
        with (
            self.assertRaisesRegex(UserError, "only a sample manager"),
            self.env.cr.savepoint(),
        ):
            line.with_user(self.quality).write(
                {"state": "waived", "waive_reason": "Not needed"}
            )
        manager = line.with_user(self._new_user("sc_qm", "quality", "manager"))
        with self.assertRaisesRegex(UserError, "enter the reason"):
            manager.action_waive()
        manager.write({"state": "waived", "waive_reason": "Report of last year holds"})
        self.assertEqual(line.waived_by_id, manager.env.user)
        self.assertTrue(line.waived_at)
        self.assertIn("Report of last year", request.message_ids[0].body)
        request.with_user(self.quality).action_review()
        self.assertEqual(request.state, "review")
        manager.action_missing()
        self.assertFalse(line.waived_by_id or line.waive_reason)

    def test_applicant_does_not_waive(self):
        """P5: whoever applies does not waive, although a manager."""
        both = self._new_user("sc_both", "technical", "manager")
        # in his own name, and entered in a colleague's
        for applicant in (both, self.technical):
            request = self._new_request(user=both, user_id=applicant.id)
            line = self._line(request, "small_batch").with_user(both)
            line.waive_reason = "Mine"
            with self.assertRaisesRegex(UserError, "applicant does not waive"):
                line.action_waive()

    def test_roads_around_the_checklist(self):
        """SC-22.2: what the rules ask for is not deleted, loosened, moved or called not applicable."""
        request = self._new_request()
        line = self._line(request, "small_batch").with_user(self.quality)
        with self.assertRaises(UserError):
            line.unlink()
        with self.assertRaises(UserError):
            line.required = False
        with self.assertRaises(UserError):
            line.request_id = self._new_request()
        with self.assertRaises(UserError):
            line.write({"state": "not_applicable"})
        with self.assertRaises(UserError):
            line.create({"request_id": request.id, "name": "x", "state": "waived"})

    def test_nothing_received_is_not_received(self):
        """P20: received without number, file or note is refused; a bad conclusion stops."""
        request = self._check(self._new_request())
        line = self._line(request, "small_batch").with_user(self.quality)
        with self.assertRaises(ValidationError):
            line.action_received()
        line.write({"number": "SB-1", "result": "fail"})
        line.action_received()
        self.assertTrue(line.date)
        self.assertEqual(
            request._get_document_reasons(),
            ["Failed: Small-batch trial review sheet."],
        )

    def test_random_pick(self):
        """SC-15.3: key parts are picked at random from a batch by both sides together."""
        self.rule.random_pick_required = True
        request = self._check(self._new_request())
        self._complete(request)
        self.assertEqual(len(request._get_document_reasons()), 3)
        request.sampling_method = "random"
        self.assertIn(
            "Enter the batch that the piece was picked from.",
            request._get_document_reasons(),
        )
        request.write(
            {
                "lot_name": "B001",
                "sampler_quality_id": self.quality.id,
                "sampler_technical_id": self.technical.id,
            }
        )
        self.assertFalse(request._get_document_reasons())

    def test_documents_stay_as_signed(self):
        """P8: from the joint sign-off on the checklist is frozen; the signed form completes it."""
        request = self._seal(self._review(self._check(self._new_request())))
        self.assertEqual(self._line(request, "review_form").state, "received")
        self.assertEqual(self._line(request, "review_form").number, request.name)
        line = self._line(request, "small_batch")
        line = line.with_user(self.quality)
        for road in (
            lambda: line.write({"number": "Other"}),
            lambda: line.with_user(self.manager).write({"state": "missing"}),
            lambda: line.create({"request_id": request.id, "name": "Later"}),
            line.unlink,
            lambda: line.update_field_translations("name", {"en_US": "Other"}),
            lambda: line.update_field_translations("name", {"en_US": False}),
        ):
            with self.assertRaisesRegex(UserError, "stay as they were reviewed"):
                road()

    def test_new_round_asks_again(self):
        """SC-16.2: in the next round what was not good is missing again, the rest stays."""
        request = self._check(self._new_request(is_electrical=True))
        self._complete(request)
        self._line(request, "on_site_test").result = "fail"
        request.with_user(self.quality).fail_reason = "Too hot"
        request.with_user(self.quality).action_fail()
        request.with_user(self.technical).action_new_round()
        self.assertEqual(self._line(request, "on_site_test").state, "missing")
        self.assertEqual(self._line(request, "small_batch").state, "received")
        self.assertFalse(request.joint_result)
