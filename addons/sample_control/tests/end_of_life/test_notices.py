from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import NOW, TODAY, EndOfLifeCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestNotices(EndOfLifeCase):
    """F23 样件更换/异常通知函: the letter to the customer, and that it went out (SC-50.1, R9 七.2)."""

    @classmethod
    def default_env_context(cls):
        return {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "customer@example.com"
        tag = cls.env.ref("sample_control.res_partner_category_quality")
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Quality of the customer",
                "parent_id": cls.customer.id,
                "email": "quality@example.com",
                "category_id": [Command.link(tag.id)],
            }
        )

    def _send(self, record, user):
        """Send the letter as the composer does, and return the message."""
        record = record.with_user(user)
        action = record.action_send_notice()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(user)
            .with_context(**action["context"])
        ).save()
        composer._action_send_mail()
        return record.message_ids.filtered("attachment_ids")[:1]

    def _new_line(self, sample, **values):
        plan = self.env["sample.plan"].create(
            {"plan_type": "replacement", "year": 2026, **values}
        )
        return self.env["sample.plan.line"].create(
            {
                "plan_id": plan.id,
                "sample_id": sample.id,
                "date_due": sample.valid_until,
                "planned_date": sample.valid_until,
            }
        )

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_letter_tells_nothing_to_who_may_not_read_the_line(self):
        """AC-02, SC-50.1: no window is filled with a letter about a plan that its user may not read."""
        line = self._new_line(self._new_active_sample(**self.customer_origin))
        given = {
            "model": line._name,
            "res_ids": str(line.ids),
            "composition_mode": "comment",
            "template_id": self.env.ref(line._notice_template).id,
        }
        brought = {f"default_{name}": value for name, value in given.items()}
        spec = {"subject": {}, "body": {}}
        stranger = new_test_user(self.env, "t_letter", groups="base.group_user")
        composers = self.env["mail.compose.message"].with_user(stranger)
        for road in (
            lambda: composers.create(given),
            lambda: composers.with_context(**brought).create({}),
            lambda: composers.create({"composition_mode": "comment"}).write(given),
            lambda: composers.onchange(given, [], spec),
            lambda: composers.with_context(**brought).onchange({}, [], spec),
        ):
            self.env.invalidate_all()
            with self.cr.savepoint(), self.assertRaises(AccessError):
                road()

    def test_exception_letter(self):
        """E18, SC-50.1: to the quality contact, with the form; the day is noted, the task done."""
        sample = self._new_active_sample(**self.customer_origin)
        record = self._report(sample)
        notice = self.env.ref("sample_control.mail_activity_type_notice")
        self.assertTrue(
            record.activity_ids.filtered(lambda a: a.activity_type_id == notice)
        )
        self.assertEqual(record.notice_contact_ids, self.contact)
        message = self._send(record, self.quality)
        self.assertIn(self.contact, message.partner_ids)
        self.assertNotIn(self.customer, message.partner_ids)
        self.assertEqual(len(message.attachment_ids), 1)
        self.assertRecordValues(
            record, [{"date_notified": TODAY, "notified_by": "mail"}]
        )
        self.assertFalse(
            record.activity_ids.filtered(lambda a: a.activity_type_id == notice)
        )

    def test_a_note_is_no_letter(self):
        """Only what the composer sends to somebody counts; the day that was entered stays."""
        sample = self._new_active_sample(**self.customer_origin)
        record = self._report(sample)
        record.with_context(mark_sample_notice=True).message_post(
            subject=self.customer.name
        )
        self.assertFalse(record.date_notified)
        record.with_user(self.quality).write(
            {"date_notified": "2026-03-09", "notified_by": "phone"}
        )
        self._send(record, self.quality)
        self.assertEqual(str(record.date_notified), "2026-03-09")
        self.assertEqual(record.notified_by, "phone")

    def test_letter_to_somebody_else_is_none(self):
        """What goes to colleagues, to nobody who can be reached, or without the form told the customer nothing."""
        line = self._new_line(self._new_active_sample(**self.customer_origin))
        mine = line.with_user(self.technical).with_context(mark_sample_notice=True)
        form = self._attachment(self.technical).ids
        self.contact.email = False
        for partner, attachments in (
            (self.quality.partner_id, form),
            (self.contact, form),
            (self.customer, []),
        ):
            mine.message_post(
                subject=line.display_name,
                partner_ids=partner.ids,
                attachment_ids=attachments,
            )
            self.assertFalse(line.date_notified)
        mine.message_post(
            subject=line.display_name,
            partner_ids=self.customer.ids,
            attachment_ids=form,
        )
        self.assertEqual(line.date_notified, TODAY)

    def test_replacement_letter(self):
        """A customer's sample is replaced by the customer (R9 七.2): he is asked before it ends."""
        sample = self._new_active_sample(**self.customer_origin)
        line = self._new_line(sample)
        self.assertEqual(line.replaced_by, "customer")
        message = self._send(line, self.administrator)
        self.assertIn(self.contact, message.partner_ids)
        self.assertNotIn(self.customer, message.partner_ids)
        self.assertEqual(line.date_notified, TODAY)
        page = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                "sample_control.action_report_sample_replacement_notice", line.ids
            )[0]
            .decode()
        )
        for text in (
            "Replacement or exception notice",
            "SC-F23",
            sample.name,
            self.customer.name,
            "select, provide",
        ):
            self.assertIn(text, page)

    def test_we_replace_and_the_customer_signs(self):
        """Ours is replaced by us; the rule may say that the customer replaces it."""
        sample = self._new_active_sample(partner_id=self.customer.id)
        line = self._new_line(sample)
        self.assertEqual(line.replaced_by, "us")
        page = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                "sample_control.action_report_sample_replacement_notice", line.ids
            )[0]
            .decode()
        )
        self.assertIn("take part in confirming", page)
        self._new_policy(
            "Customer replaces",
            ["validity"],
            product_tmpl_ids=self.product.product_tmpl_id.ids,
            replacement_by="customer",
        )
        sample._recalculate_policies("Test")
        self.assertEqual(line.replaced_by, "customer")

    def test_the_day_is_not_typed(self):
        """Nobody enters that a letter went out which did not."""
        line = self._new_line(self._new_active_sample(partner_id=self.customer.id))
        with self.assertRaises(UserError):
            line.with_user(self.administrator).date_notified = TODAY
        with self.assertRaises(AccessError):
            line.with_user(self.assistant).note = "x"

    def test_without_a_quality_contact_the_customer_gets_it(self):
        self.contact.category_id = False
        line = self._new_line(self._new_active_sample(partner_id=self.customer.id))
        self.assertEqual(line.notice_contact_ids, self.customer)
        ours = self._new_line(self._new_active_sample(), year=2027)
        self.assertFalse(ours.notice_contact_ids)
