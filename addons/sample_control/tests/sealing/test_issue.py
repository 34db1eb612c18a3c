from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.record_control.tests.common_jobs import one_fails

from .common import SealingCase


@tagged("post_install", "-at_install")
class TestIssue(SealingCase):
    """Problem points: answered, rectified, verified by somebody else (SC-25, SC-51)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._check(cls._new_request())

    def test_life_of_a_point(self):
        """SC-25: answered with cause and measure, done, verified by quality."""
        issue = self._new_issue(self.request)
        self.assertRegex(issue.name, r"^YJWT-\d{4}-\d{5}$")
        self.assertEqual(issue.activity_ids.user_id, self.technical)
        with self.assertRaisesRegex(UserError, "cause and the corrective"):
            issue.with_user(self.technical).action_answer()
        self._close_issue(issue)
        self.assertEqual(issue.state, "closed")
        self.assertEqual(issue.verifier_id, self.quality)
        self.assertTrue(issue.date_replied and issue.date_done and issue.date_verified)
        self.assertFalse(issue.activity_ids)

    def test_sc_25_answer_names_the_responsible_person(self):
        """SC-25: nobody answers a point for which nobody is responsible."""
        issue = self._new_issue(self.request, user_id=False)
        issue.write({"cause": "Mould", "action": "Polished"})
        with self.assertRaisesRegex(UserError, "Enter the responsible person"):
            issue.with_user(self.technical).action_answer()

    def test_verifier(self):
        """SC-25.1: the verifier is of quality, and neither responsible nor who did it."""
        issue = self._new_issue(self.request, user_id=self.quality.id)
        issue.write({"cause": "Mould", "action": "Polished", "verify_note": "Fine"})
        issue.with_user(self.quality).action_answer()
        issue.with_user(self.quality).action_report_done()
        with self.assertRaisesRegex(UserError, "Somebody else"):
            issue.with_user(self.quality).action_close()
        with self.assertRaisesRegex(UserError, "Quality verifies"):
            issue.with_user(self.technical).write({"state": "closed"})
        with self.assertRaises(UserError):
            # nor by making somebody else responsible in the same breath
            issue.with_user(self.quality).write(
                {"user_id": self.technical.id, "state": "closed"}
            )
        issue.with_user(self.quality2).action_close()
        self.assertEqual(issue.verifier_id, self.quality2)

    def test_sc_25_1_what_was_verified_stays(self):
        """SC-25.1: the responsible person does not reword how his work was found, nor move its day."""
        issue = self._new_issue(self.request)
        self._close_issue(issue)
        for vals in (
            {"verify_note": "Perfect"},
            {"date_due": "2027-01-01"},
            {"sample_id": self._new_active_sample().id},
        ):
            for user in (self.technical, self.quality):
                with self.assertRaisesRegex(UserError, "is not changed"):
                    issue.with_user(user).write(vals)

    def test_returned(self):
        """SC-25: a rectification that does not hold goes back, its dates with it."""
        issue = self._new_issue(self.request)
        issue.with_user(self.technical).write({"cause": "Mould", "action": "Polished"})
        issue.with_user(self.technical).action_answer()
        issue.with_user(self.technical).action_report_done()
        issue.with_user(self.quality).verify_note = "Still there"
        issue.with_user(self.quality).action_return()
        self.assertFalse(issue.date_done)
        self.assertEqual(issue.activity_ids.user_id, self.technical)
        issue.with_user(self.technical).action_answer()
        self.assertFalse(issue.verifier_id)

    def test_blocking_point(self):
        """SC-25.2: nothing is signed, approved or filed while a blocking point is open."""
        issue = self._new_issue(self.request, severity="blocking")
        self._review(self.request, "conditional")
        with self.assertRaisesRegex(UserError, "Blocking point is open"):
            self.request.with_user(self.administrator).action_request_sign_off()
        self.assertEqual(self.request.state, "review")
        self._close_issue(issue)
        self._seal(self.request)
        late = self._new_issue(self.request, severity="blocking")
        with self.assertRaisesRegex(UserError, "Blocking point is open"):
            self.request.with_user(self.quality2).action_approve()
        self._close_issue(late)
        self.request.with_user(self.quality2).action_approve()

    def test_pass_on_conditions(self):
        """SC-24.2: each open point has owner and day; the sample waits until they are closed."""
        issue = self._new_issue(self.request, date_due=False, user_id=False)
        self._review(self.request, "pass")
        with self.assertRaisesRegex(UserError, "pass on conditions"):
            self.request.with_user(self.administrator).action_request_sign_off()
        self.request.with_user(self.quality).conclusion = "conditional"
        with self.assertRaisesRegex(UserError, "responsible person and a day"):
            self.request.with_user(self.administrator).action_request_sign_off()
        issue.write({"user_id": self.technical.id, "date_due": "2026-03-10"})
        self._seal(self.request)
        self.request.with_user(self.quality2).action_approve()
        self.assertEqual(self.request.sample_ids.state, "to_sign")
        with self.assertRaisesRegex(UserError, "Point is open"):
            self.request.with_user(self.administrator).action_activate()
        self._close_issue(issue)
        self.request.with_user(self.administrator).action_activate()
        self.assertEqual(self.request.sample_ids.state, "active")

    def test_roads_around_a_point(self):
        """SC-25.2: a blocking point is not deleted, moved, or made minor by its owner."""
        issue = self._new_issue(self.request, severity="blocking")
        with self.assertRaises(UserError):
            issue.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            issue.sudo().unlink()
        with self.assertRaises(UserError):
            issue.with_user(self.quality).request_id = self._new_request()
        with self.assertRaisesRegex(UserError, "Quality decides"):
            issue.with_user(self.technical).severity = "minor"
        for state in ("to_verify", "closed"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                issue.sudo().write({"state": state})
        with self.assertRaises(UserError):
            issue.with_user(self.quality).verifier_id = self.quality2
        with self.assertRaises(AccessError):
            issue.with_user(self.user).description = "Nothing"

    def test_reminders(self):
        """C09: the day before, and once overdue to the organiser; never twice a day."""
        issue = self._new_issue(self.request)
        cron = self.env["sample.issue"]
        notices = [
            ("message_type", "=", "user_notification"),
            ("model", "=", "sample.issue"),
            ("res_id", "=", issue.id),
        ]
        Message = self.env["mail.message"]
        before = Message.search_count(notices)
        with freeze_time("2026-03-08 04:00:00"):
            cron._cron_remind()
        self.assertFalse(issue.reminded_on)
        with freeze_time("2026-03-09 04:00:00"):
            cron._cron_remind()
            cron._cron_remind()
        self.assertEqual(str(issue.reminded_on), "2026-03-09")
        self.assertFalse(issue.escalated_on)
        with freeze_time("2026-03-14 04:00:00"):
            cron._cron_remind()
        self.assertEqual(str(issue.escalated_on), "2026-03-14")
        self.assertEqual(Message.search_count(notices), before + 2)

    def test_a_point_that_fails_stops_no_other(self):
        """C09: a point is chased whatever is wrong with another one."""
        bad, good = self._new_issue(self.request), self._new_issue(self.request)
        with freeze_time("2026-03-09 04:00:00"), one_fails(self, bad, "_remind"):
            self.env["sample.issue"]._cron_remind()
        self.assertTrue(good.reminded_on)
        self.assertFalse(bad.reminded_on)

    def test_point_after_sealing_stops_the_sample(self):
        """SC-51.3: a class may stop the sample at once."""
        sample = self._new_active_sample()
        self.env["sample.issue"].with_user(self.user).create(
            {
                "sample_id": sample.id,
                "description": "Faded",
                "stage": "after",
                "class_id": self.env.ref("sample_control.sample_issue_class_sample").id,
            }
        )
        self.assertEqual(sample.state, "suspended")
