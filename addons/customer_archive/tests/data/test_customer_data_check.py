from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.base.tests.common import BaseCommon


@tagged("post_install", "-at_install")
class TestCustomerDataCheck(BaseCommon):
    """CA-98: the weekly sample of entered data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(
            cls.env, "check_keeper", "customer_archive.group_customer_archive_keeper"
        )
        cls.manager = new_test_user(
            cls.env, "check_manager", "customer_archive.group_customer_archive_manager"
        )
        partners = cls.env["res.partner"].create(
            [{"name": f"抽查{i}有限公司", "is_company": True} for i in range(3)]
        )
        cls.archives = cls.env["customer.archive"].create(
            [{"partner_id": partner.id} for partner in partners]
        )
        # the way into the file is another chapter's matter
        cls.env.cr.execute(
            "UPDATE customer_archive SET state = 'active' WHERE id IN %s",
            [tuple(cls.archives.ids)],
        )
        cls.archives.invalidate_recordset()

    def draw(self, **vals):
        checks = self.env["customer.data.check"].with_user(self.keeper)
        check = checks.create({"date_week": "2025-03-03", **vals})
        check.action_draw_sample()
        return check

    def test_ca_98_accuracy_is_correct_by_judged(self):
        """K-22: correct samples ÷ samples."""
        check = self.draw(sample_size=2)
        self.assertEqual(len(check.line_ids.archive_id), 2)
        self.assertEqual(len(check.line_ids), 10)
        check.line_ids.result = "correct"
        check.line_ids[0].result = "wrong"
        self.assertEqual(check.accuracy, 0.9)

    def test_ca_98_fields_are_named_in_the_language_of_the_reader(self):
        """CA-98: the job that draws the sample speaks no language of a reader."""
        lines = self.draw(sample_size=1).line_ids
        self.assertEqual(len(set(lines.mapped("field_label"))), 5)
        for lang, name in (("en_US", "Phone"), ("zh_CN", "电话")):
            labels = lines.with_context(lang=lang).mapped("field_label")
            self.assertIn(name, labels)

    def test_ca_98_nothing_judged_is_not_done(self):
        check = self.draw()
        for road in (check.action_done, lambda: check.write({"state": "done"})):
            with self.assertRaisesRegex(UserError, "not judged"):
                road()
        check.line_ids.result = "wrong"
        with self.assertRaisesRegex(UserError, "right value"):
            check.action_done()
        check.line_ids.correct_value = "x"
        check.action_done()
        self.assertEqual(check.done_by_id, self.keeper)
        for road in (check.action_reopen, lambda: check.write({"state": "open"})):
            with self.assertRaisesRegex(UserError, "Only a manager"):
                road()
        check.with_user(self.manager).action_reopen()
        self.assertFalse(check.done_by_id or check.date_done)

    def test_ca_98_check_without_sample_is_not_done(self):
        checks = self.env["customer.data.check"].with_user(self.keeper)
        check = checks.create({"date_week": "2025-03-03"})
        for road in (check.action_done, lambda: check.write({"state": "done"})):
            with self.assertRaisesRegex(UserError, "Draw the sample first"):
                road()

    def test_ca_98_sample_is_not_drawn_again_once_judged(self):
        """Nobody draws until the sample is one that looks good."""
        check = self.draw()
        lines = check.line_ids
        lines[0].result = "wrong"
        with self.assertRaisesRegex(UserError, "its sample stays"):
            check.action_draw_sample()
        self.assertEqual(check.line_ids, lines)

    def test_ca_98_done_check_is_closed_by_line_too(self):
        check = self.draw()
        check.line_ids.result = "correct"
        check.action_done()
        with self.assertRaisesRegex(UserError, "is done"):
            check.line_ids[0].result = "wrong"
        with self.assertRaisesRegex(UserError, "is done"):
            check.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "is done"):
            self.env["customer.data.check.line"].create(
                {"check_id": check.id, "archive_id": self.archives[0].id}
            )

    def test_ca_98_nobody_judges_what_he_entered(self):
        """By no road; another keeper does."""
        other = new_test_user(
            self.env, "check_keeper2", "customer_archive.group_customer_archive_keeper"
        )
        partners = self.archives.partner_id
        partners.with_user(self.keeper).write({"phone": "0574-1"})
        check = self.draw(sample_size=500)
        lines = check.line_ids.filtered(
            lambda line: line.archive_id in self.archives
            and line.entered_by_id == self.keeper
        )
        self.assertEqual(len(lines), 12)
        for road in (
            lambda: lines.write({"result": "correct"}),
            lambda: lines[0].write({"correct_value": "x"}),
            lambda: check.write(
                {"line_ids": [Command.update(lines[0].id, {"result": "correct"})]}
            ),
        ):
            with self.assertRaisesRegex(UserError, "somebody else"):
                road()
        # The order is drawn by lot: the other archive must be one that is truly another.
        line = lines[0]
        other_archive = (self.archives - line.archive_id)[0]
        for fname, value in (
            ("entered_by_id", other.id),
            ("entered_value", "x"),
            ("archive_id", other_archive.id),
        ):
            with self.assertRaisesRegex(UserError, "set by the system"):
                line.write({fname: value})
        lines.with_user(other).result = "correct"

    def test_ca_98_the_sample_stays(self):
        """Bad values are not taken out, and the check is not thrown away for a better one."""
        check = self.draw(sample_size=2)
        check.line_ids[0].result = "wrong"
        for road in (
            lambda: check.line_ids[0].unlink(),
            lambda: check.write({"line_ids": [Command.delete(check.line_ids[0].id)]}),
            lambda: check.write({"line_ids": [Command.clear()]}),
            lambda: check.unlink(),
        ):
            with self.assertRaisesRegex(UserError, "its sample stays"):
                road()
        with self.assertRaisesRegex(UserError, "stay once the sample is drawn"):
            check.date_week = "2025-03-10"
        with self.assertRaisesRegex(UserError, "set by the system"):
            check.accuracy = 1.0

    def test_ca_98_no_value_is_taken_out_before_it_is_judged(self):
        """CA-98: whoever sees a value that looks bad does not remove it from the sample, by no road."""
        check = self.draw(sample_size=2)
        line = check.line_ids[0]
        for road in (
            lambda: line.unlink(),
            lambda: check.write({"line_ids": [Command.delete(line.id)]}),
            lambda: check.write({"line_ids": [Command.unlink(line.id)]}),
            lambda: check.write({"line_ids": [Command.clear()]}),
            lambda: check.write({"line_ids": [Command.set(line.ids)]}),
        ):
            with self.assertRaisesRegex(UserError, "one by one"):
                road()
        check.action_draw_sample()
        self.assertEqual(len(check.line_ids), 10)

    def test_ca_98_values_do_not_move_to_a_closed_check(self):
        first, second = self.draw(), self.draw(date_week="2025-03-10")
        second.line_ids.result = "correct"
        second.action_done()
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            first.line_ids[0].check_id = second

    @freeze_time("2025-03-05 04:00:00")
    def test_ca_98_cron_draws_one_sample_a_week(self):
        checks = self.env["customer.data.check"]
        before = checks.search([])
        checks._cron_draw_weekly()
        checks._cron_draw_weekly()
        check = checks.search([]) - before
        own = check.filtered(lambda c: c.company_id == self.env.company)
        self.assertEqual((len(own), own.date_week), (1, date(2025, 3, 3)))
        self.assertTrue(own.line_ids)
