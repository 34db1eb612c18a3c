from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import PREFIX
from .common import NOW, PIXEL, EndOfLifeCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSampleRecall(EndOfLifeCase):
    """A new sample supersedes the old one and calls back every copy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(NOW):
            cls.master = cls._new_active_sample(drawing_rev="A")
            copies = cls.master.with_user(cls.administrator)._make_copies(
                2, "Each side"
            )
            copies = copies.with_user(cls.env.user)
            copies.with_user(cls.administrator).write(
                {"home_location_id": cls.room.id, "custodian_id": cls.keeper.id}
            )
            cls.copies = cls._sign(copies)
            for copy in cls.copies:
                copy.with_user(cls.quality).action_activate()

    def _supersede(self, **values):
        successor = self._new_active_sample(
            replaces_id=self.master.id, **{"drawing_rev": "B", **values}
        )
        return self.env["sample.recall"].search([("successor_id", "=", successor.id)])

    def test_all_copies_are_recalled(self):
        self._lend(self.copies[0])
        recall = self._supersede()
        self.assertEqual(recall.line_ids.sample_id, self.copies)
        self.assertEqual(set(self.copies.mapped("state")), {"replaced"})
        lent = recall.line_ids.filtered(lambda line: line.sample_id == self.copies[0])
        self.assertEqual(lent.holder_id, self.user.partner_id)
        self.assertEqual(lent.activity_ids.user_id, self.user)
        self.assertTrue(all(self.copies.mapped("is_recalled")))

    def test_who_has_left_is_not_asked(self):
        """R4, C13: the task to bring a copy back passes on when the holder leaves; in the end a manager has it."""
        self._lend(self.copies[0])
        recall = self._supersede()
        lent = recall.line_ids.filtered(lambda line: line.sample_id == self.copies[0])
        self.user.sudo().action_archive()
        self.assertEqual(lent.activity_ids.user_id, self.keeper)
        self.keeper.sudo().active = False
        asked = recall.line_ids.activity_ids.user_id
        self.assertTrue(asked.active and asked.has_group(f"{PREFIX}manager"))
        self.assertEqual(len(recall.line_ids.activity_ids), 2)

    def test_recalled_copies_are_refused(self):
        """Refused at the scan, in first articles and when lending, whatever the rule says."""
        self._use_policy(use_first_article="ignore")
        self._supersede()
        copy = self.copies[0]
        answer = self.env["sample.sample"].with_user(self.user).scan_sample(copy.name)
        self.assertIn("recalled", " ".join(answer["reasons"]))
        self.assertEqual(copy._get_use_mode("first_article"), "block")
        with self.assertRaisesRegex(UserError, "recalled"):
            copy.with_user(self.manager)._check_use("first_article", "I want to")
        with self.assertRaises(UserError):
            self._lend(copy)
        article = self._new_first_article(copy)
        self.assertTransitionRefused(
            article.with_user(self.operator), "comparing", "recalled"
        )

    def test_closed_when_nothing_is_out(self):
        recall = self._supersede()
        first, second = recall.line_ids
        self.assertTransitionRefused(
            recall.with_user(self.keeper), "closed", second.sample_id.name
        )
        with self.assertRaisesRegex(UserError, "custodian"):
            first.with_user(self.user).action_returned()
        first.with_user(self.keeper).action_returned()
        self.assertEqual(first.sample_id.location_id, self.isolation)
        with self.assertRaisesRegex(UserError, "manager"):
            second.with_user(self.keeper).action_write_off()
        with self.assertRaisesRegex(UserError, "why"):
            second.with_user(self.manager).action_write_off()
        second.with_user(self.manager).note = "Lost with the customer"
        second.with_user(self.manager).action_write_off()
        self.assertRecordValues(
            second, [{"state": "written_off", "resolved_by_id": self.manager.id}]
        )
        self.assertEqual(recall.state, "closed")
        with self.assertRaisesRegex(UserError, "on record"):
            second.with_user(self.keeper).note = "Destroyed"

    def test_destroyed_with_a_sheet(self):
        recall = self._supersede()
        sheet = self.copies.sudo().disposal_line_ids.disposal_id.sudo(False)
        self._approve(sheet)
        sheet.with_user(self.technical).photo = PIXEL
        sheet.with_user(self.technical).action_confirm_execution()
        sheet.with_user(self.quality).action_confirm_witness()
        self.assertEqual(set(recall.line_ids.mapped("state")), {"destroyed"})
        self.assertEqual(recall.line_ids.disposal_id, sheet)
        self.assertEqual(recall.state, "closed")

    def test_damaged_master_keeps_the_copies(self):
        """One piece replaced by the same revision: the copies stay good, and the standard stands."""
        record = self._decide(self._report(self.master), "replace")
        self.assertTrue(self.master._has_standing_successor())
        request = record.request_id
        successor = self._new_sample(replaces_id=self.master.id, drawing_rev="A")
        successor.sudo().request_id = request
        self.assertFalse(successor._supersedes_copies())
        successor.sudo().drawing_rev = "B"
        self.assertTrue(successor._supersedes_copies())

    def test_nobody_enters_recalls(self):
        recall = self._supersede()
        with self.assertRaisesRegex(UserError, "when their successor becomes valid"):
            self.env["sample.recall"].with_user(self.manager).create(
                {"sample_id": self.master.id, "successor_id": self.master.id}
            )
        with self.assertRaises(UserError):
            recall.line_ids.with_user(self.manager).write({"state": "returned"})
        with self.assertRaises(UserError):
            recall.line_ids.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "when their successor becomes valid"):
            recall.line_ids.with_user(self.manager).create(
                {"recall_id": recall.id, "sample_id": self.master.id}
            )
        for kept in (recall.line_ids, recall):
            with self.assertRaisesRegex(UserError, "closed, not deleted"):
                kept.sudo().unlink()

    def test_lent_copy_comes_back_through_its_loan(self):
        """SC-52: a copy on loan is taken back from the borrower before it is off the list."""
        self._lend(self.copies[0])
        line = self._supersede().line_ids.filtered(
            lambda line: line.sample_id == self.copies[0]
        )
        with self.assertRaisesRegex(UserError, "take back the loan first"):
            line.with_user(self.keeper).action_returned()
        self.assertEqual(line.state, "open")
