# Two real transactions can only meet over committed data; tearDownClass removes it
# pylint: disable=invalid-commit
import threading
from contextlib import closing
from datetime import timedelta

import psycopg2
from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import AccessError, UserError
from odoo.modules.registry import Registry
from odoo.tests import Form, tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

from .sign_off_contact_common import DRAWN, SCAN, SignOffContactCommon, draw


@tagged("post_install", "-at_install")
class TestSignOffContact(SignOffContactCommon):
    # --- Who is asked ---

    def test_step_waits_for_contact(self):
        """The step waits for the contact, nobody of ours may sign it, and the responsible user sees to it."""
        order = self._create_open_order()
        self.assertEqual(self._get_step(order).partner_id, self.contact)
        self.assertFalse(order.sign_off_waiting_user_ids)
        self.assertTrue(order.can_sign_off_contact)
        self.assertEqual(order.sign_off_cells[1]["waiting"], ["Li Lei"])
        self.assertIn("signature of Li Lei", order._get_seal_reasons()[0])
        activity = order.sudo().activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(
            activity.summary, f"顾客: signature of {self.contact.display_name}"
        )
        for user in (self.seller, self.manager, self.supervisor):
            with self.assertRaises(UserError):
                order.with_user(user)._sign_off()

    def test_supplier(self):
        """The contact of the supplier is another role."""
        self.route.step_ids[1].contact_role = "supplier"
        order = self._create_open_order(supplier_id=self.outsider.id)
        self.assertEqual(self._get_step(order).partner_id, self.outsider)

    def test_route_step_names_contact(self):
        """A step for a contact says which one, in the words of the user interface."""
        self.assertEqual(self.route.step_ids[1].signer_name, "Contact of the customer")
        with (
            self.assertRaises(psycopg2.errors.CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.route.step_ids[1].contact_role = False
            self.env.flush_all()

    def test_preview_names_contact(self):
        """An administrator sees which contact would be asked."""
        cells = self._create_order()._preview_cells(self.route)
        self.assertEqual(cells[1]["waiting"], ["Li Lei"])
        self.assertFalse(self._get_mails())

    def test_our_own_people_are_no_contacts(self):
        """Whoever names one of ours as the customer's contact does not get round four eyes."""
        for partner in (self.stranger.partner_id, self.company.partner_id):
            with self.subTest(partner=partner.name):
                order = self._create_open_order(partner_id=partner.id)
                step = self._get_step(order)
                self.assertFalse(step.partner_id)
                self.assertIn("one of our own people", step.note)
                with self.assertRaisesRegex(UserError, "own people"):
                    self._sign_contact(order)

    # --- Link ---

    def test_link_is_mailed(self):
        """The contact receives a secret link; nobody of ours can read it, and only its digest is kept."""
        order = self._create_open_order()
        key, secret = self._get_link()
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertTrue(mail.auto_delete)
        self.assertGreaterEqual(len(secret), 43)  # 32 bytes in base64
        step = self._get_step(order)
        self.assertEqual(step.link_key, key)
        self.assertNotIn(secret, str(step.read()))
        for user in (self.seller, self.manager, self.env.ref("base.user_admin")):
            message = mail.mail_message_id.with_user(user)
            self.assertFalse(message.search([("id", "=", message.id)]))
            with self.assertRaises(AccessError):
                message.read(["body"])
        messages = order.sudo().message_ids
        self.assertNotIn(secret, "".join(messages.mapped("body")))
        with self.assertRaises(AccessError):
            step.with_user(self.seller).read(["link_digest"])
        with self.assertRaises(AccessError):
            step.with_user(self.seller).read(["link_key"])

    def test_mail_in_the_language_of_the_contact(self):
        """The mail speaks the contact's language, not that of whoever asked."""
        self.env["res.lang"]._activate_lang("zh_CN")
        template = self.env.ref("record_control.mail_template_sign_off_contact")
        template.with_context(lang="zh_CN").subject = "请签认"
        self.contact.lang = "zh_CN"
        self._create_open_order()
        self.assertEqual(self._get_mails().subject, "请签认")

    def test_no_address_no_link(self):
        """A contact without e-mail address signs here or on paper; the step says so. A later address gets the link."""
        self.contact.email = False
        order = self._create_open_order()
        step = self._get_step(order)
        self.assertIn("no e-mail address", step.note)
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self._sign_contact(order, way="link")
        self.contact.email = "li@customer.example.com"
        self.assertFalse(step.note)
        self.assertEqual(len(self._get_mails()), 1)

    def _find(self, key, secret, user=None):
        public = self.env.ref("base.public_user")
        return self.env["sign.off.request.step"]._find_by_link(
            key, secret, user or public
        )

    def test_link_opens_its_own_step_only(self):
        """The secret of another step, a guess, nothing, and a former link open nothing."""
        order = self._create_open_order()
        key, secret = self._get_link()
        self.assertEqual(self._find(key, secret), (self._get_step(order), ""))
        other = self._create_open_order(name="S002")
        other_key, other_secret = self._get_link()
        for pair in (
            (key, other_secret),
            (other_key, secret),
            (key, secret[:-1]),
            (key, self._get_step(order).link_digest),
            (key, ""),
            (key, None),
            ("", secret),
            (None, None),
        ):
            with self.subTest(pair=pair):
                step, reason = self._find(*pair)
                self.assertFalse(step)
                self.assertIn("opens nothing", reason)
        self._sign_contact(other, way="link")
        self.assertFalse(self._find(other_key, other_secret)[0])
        self.assertTrue(self._find(*self._get_link())[0])

    def test_link_expires(self):
        """After its days a link opens nothing; a new one does."""
        self.route.step_ids[1].link_days = 3
        order = self._create_open_order()
        key, secret = self._get_link()
        step = self._get_step(order)
        days = step.link_expires_at - fields.Datetime.now()
        self.assertAlmostEqual(days / timedelta(days=1), 3, places=1)
        step.link_expires_at = fields.Datetime.now() - timedelta(seconds=1)
        found, reason = self._find(key, secret)
        self.assertFalse(found)
        self.assertIn("expired", reason)
        self._sign_contact(order, way="link")
        self.assertTrue(self._find(*self._get_link())[0])

    def test_link_is_used_once(self):
        """Signed by link: the contact, its name, image and the address are on record; the link is used up."""
        order = self._create_open_order()
        key, secret = self._get_link()
        step, __ = self._find(key, secret)
        public = self.env.ref("base.public_user")
        with self.assertRaisesRegex(UserError, "not been drawn"):
            step._sign_by_link("approve", "", False, "Li Lei", secret, public)
        with self.assertRaisesRegex(UserError, "not been drawn"):
            step._sign_by_link("approve", "", draw(False), "Li Lei", secret, public)
        self.assertTrue(
            step._sign_by_link("approve", "good", DRAWN, "Li Lei", secret, public)
        )
        signature = order.sudo().sign_off_request_id.signature_ids[-1]
        self.assertEqual(signature.partner_id, self.contact)
        self.assertEqual(signature.method, "portal")
        self.assertFalse(signature.user_id | signature.entered_by_id)
        self.assertIn("li@customer.example.com", signature.note)
        self.assertEqual(signature.digest, order.sudo().sign_off_request_id.digest)
        cell = order.sign_off_cells[1]
        self.assertEqual((cell["user"], cell["opinion"]), ("Li Lei", "good"))
        self.assertEqual(cell["signature_id"], signature.id)
        found, reason = self._find(key, secret)
        self.assertFalse(found)
        self.assertIn("signed already", reason)
        with self.assertRaisesRegex(UserError, "not waiting for a signature"):
            step._sign_by_link("approve", "", DRAWN, "Li Lei", secret, public)
        self.assertEqual(order.sign_off_waiting_user_ids, self.manager)
        order.with_user(self.manager)._sign_off()
        self.assertSealed(order)

    def test_contact_disagrees(self):
        """A contact who disagrees refuses the round; a reason is needed, also by link."""
        order = self._create_open_order()
        key, secret = self._get_link()
        step, __ = self._find(key, secret)
        public = self.env.ref("base.public_user")
        with self.assertRaisesRegex(UserError, "Give the reason"):
            step._sign_by_link("refuse", " ", False, "Li Lei", secret, public)
        step._sign_by_link("refuse", "wrong colour", False, "Li Lei", secret, public)
        self.assertEqual(order.sign_off_state, "refused")
        self.assertEqual(order.refusal, "wrong colour")
        self.assertIn("signed already", self._find(key, secret)[1])
        order.action_request_sign_off()
        self.assertFalse(self._find(key, secret)[0])
        self.assertTrue(self._find(*self._get_link())[0])

    def test_values_changed_before_signing(self):
        """What was changed after the link was sent, on whatever road, is not signed: the round is void."""
        public = self.env.ref("base.public_user")
        order = self._create_open_order()
        key, secret = self._get_link()
        order.line_ids[0].price_unit = 1
        step, reason = self._find(key, secret)
        self.assertFalse(step)
        self.assertIn("no longer to be signed", reason)
        behind = self._create_open_order(name="S002")
        key, secret = self._get_link()
        step, __ = self._find(key, secret)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE test_sign_off_order_line SET price_unit = 1 WHERE id = %s",
            [behind.line_ids[0].id],
        )
        self.env.invalidate_all()
        self.assertFalse(
            step._sign_by_link("approve", "", DRAWN, "Li Lei", secret, public)
        )
        self.assertEqual(behind.sign_off_state, "void")
        self.assertEqual(len(behind.sudo().sign_off_request_id.signature_ids), 1)

    def test_withdrawn_round(self):
        """A round that was taken back is not signed by link."""
        order = self._create_open_order()
        key, secret = self._get_link()
        order.action_withdraw_sign_off()
        self.assertIn("no longer to be signed", self._find(key, secret)[1])

    # --- On our device, on paper ---

    def test_on_our_device(self):
        """A user of ours has the contact draw the signature; who that was is on record and signs nothing by it."""
        order = self._create_open_order()
        for signature in (False, draw(False), "bm8gcGljdHVyZQ=="):
            with self.assertRaisesRegex(UserError, "not been drawn"):
                self._sign_contact(order, signature=signature)
        self._sign_contact(order, user=self.manager, opinion="fine")
        signature = order.sudo().sign_off_request_id.signature_ids[-1]
        self.assertEqual(signature.method, "tablet")
        self.assertEqual(signature.partner_id, self.contact)
        self.assertEqual(signature.entered_by_id, self.manager)
        self.assertFalse(signature.user_id)
        self.assertTrue(signature.signature)
        # who entered it is a signer of another step all the same
        self.assertEqual(order.sign_off_waiting_user_ids, self.manager)
        order.with_user(self.manager)._sign_off()
        self.assertSealed(order)

    def test_requester_enters_but_signs_no_other_step(self):
        """Who asked may hand over the tablet, and still approves nothing."""
        self.seller.group_ids = [Command.link(self.group.id)]
        order = self._create_open_order()
        self._sign_contact(order, user=self.seller)
        self.assertEqual(order.sign_off_waiting_user_ids, self.manager)
        with self.assertRaisesRegex(UserError, "you asked for this sign-off"):
            order._sign_off()

    def test_on_paper(self):
        """A paper needs its scan and its date; the day on the paper is what the form shows."""
        order = self._create_open_order()
        for values, message in (
            ({"attachment": False}, "Attach the scan"),
            ({"attachment": "PHN2Zy8+"}, "Attach the scan"),
            ({"date_signed": False}, "on which day"),
            (
                {"date_signed": fields.Date.today() + timedelta(days=2)},
                "after today",
            ),
            (
                {"date_signed": fields.Date.today() - timedelta(days=2)},
                "before this round began",
            ),
            ({"decision": "refuse"}, "Give the reason"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, message),
            ):
                self._sign_contact(order, way="paper", **values)
        self._sign_contact(order, way="paper")
        signature = order.sudo().sign_off_request_id.signature_ids[-1]
        self.assertEqual(signature.method, "paper")
        self.assertEqual(signature.attachment, SCAN)
        self.assertEqual(signature.entered_by_id, self.seller)
        today = fields.Date.today()
        self.assertEqual(order.sign_off_cells[1]["date_signed"], str(today))
        sheet = self.env["record_control.print.sheet"].with_context(lang="en_US")
        rows = sheet._prepare_sign_off_rows(order)
        self.assertEqual(rows[0][1]["date"], today.strftime("%m/%d/%Y"))
        self.assertEqual(rows[0][1]["name"], "Li Lei")

    @freeze_time("2026-03-03 15:30:00")
    def test_paper_day_of_the_round(self):
        """The day counts where the company is: asked for at 23:30, half an hour before the paper's day ends."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        for day, refusal in (
            ("2026-03-02", "before this round began"),
            ("2026-03-03", None),
            ("2026-03-04", "after today"),
        ):
            order = self._create_open_order()
            with self.subTest(day=day):
                if not refusal:
                    self._sign_contact(order, way="paper", date_signed=day)
                    self.assertEqual(order.sign_off_waiting_user_ids, self.manager)
                    continue
                with self.assertRaisesRegex(UserError, refusal):
                    self._sign_contact(order, way="paper", date_signed=day)

    def test_printed_cell(self):
        """The printed form shows the contact's name and drawn signature."""
        order = self._create_open_order()
        self._sign_contact(order)
        html = self.env["ir.qweb"]._render(
            "record_control.print_sheet_sign_off", {"doc": order, "env": self.env}
        )
        self.assertIn("Li Lei", html)
        self.assertIn("data:image/png;base64," + DRAWN, html)

    def test_window(self):
        """The window names the contact and shows what the chosen way needs."""
        order = self._create_open_order()
        action = order.action_sign_off_contact()
        wizard = self.env[action["res_model"]].with_user(self.seller)
        with Form(wizard.browse(action["res_id"])) as form:
            self.assertEqual(form.partner_id, self.contact)
            self.assertEqual(form.signer_name, "Li Lei")
            form.way = "paper"
            form.attachment = SCAN
            form.date_signed = fields.Date.today()
        wizard.browse(action["res_id"]).action_confirm()
        self.assertEqual(order.sign_off_waiting_user_ids, self.manager)

    def test_who_may_enter(self):
        """Only a user of ours who may write the record enters a signature, whatever window they make."""
        order = self._create_open_order(note="hidden")
        step = self._get_step(order)
        portal = self._create_user("portal", groups=None)
        portal.group_ids = [Command.set([self.env.ref("base.group_portal").id])]
        values = {
            "request_id": step.request_id.id,
            "step_id": step.id,
            "way": "tablet",
            "signature": DRAWN,
        }
        for user in (self.stranger, portal):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.env["sign.off.contact.wizard"].with_user(user).create(
                    values
                ).action_confirm()
        self.assertEqual(step.state, "open")

    def test_window_only_where_a_contact_signs(self):
        """Once the contact has signed there is no window to open."""
        order = self._create_open_order()
        self._sign_contact(order)
        with self.assertRaisesRegex(UserError, "does not wait"):
            order.action_sign_off_contact()

    def test_unreadable_drawing(self):
        """On the link, a contact who refuses need not draw; what is drawn nevertheless can be read."""
        order = self._create_open_order()
        step = self._get_step(order).sudo()
        with self.assertRaisesRegex(UserError, "cannot be read"):
            step._sign_as_contact("portal", "refuse", "No", {"signature": draw(False)})
        self.assertEqual(step.state, "open")
        step._sign_as_contact("portal", "refuse", "No", {})
        self.assertEqual(step.state, "refused")

    def test_no_contact_no_link(self):
        """Without a contact there is nobody to send a link to; the window says what is missing."""
        order = self._create_open_order()
        self.contact.active = False
        step = self._get_step(order)
        step.sudo()._refresh_signers()
        self.assertFalse(step.partner_id)
        with self.assertRaisesRegex(UserError, "archived. Name another contact"):
            self._sign_contact(order, way="link", partner_id=False)

    def test_other_steps_are_not_entered(self):
        """The window signs no step of ours, no step that is not reached, and none twice."""
        order = self._create_open_order()
        manager_step = self._get_step(order, "经理")
        wizard = self.env["sign.off.contact.wizard"].with_user(self.seller)
        values = {"way": "tablet", "signature": DRAWN}
        values["request_id"] = manager_step.request_id.id
        for step in (manager_step, self._get_step(order, "制表")):
            with self.assertRaisesRegex(UserError, "does not wait"):
                wizard.create({**values, "step_id": step.id}).action_confirm()
        late = wizard.create({**values, "step_id": self._get_step(order).id})
        self._sign_contact(order)
        with self.assertRaisesRegex(UserError, "does not wait"):
            late.action_confirm()

    def test_changed_while_the_window_is_open(self):
        """A value changed behind our back is not signed on the tablet either; the user is told."""
        order = self._create_open_order()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE test_sign_off_order SET name = name, partner_id = NULL WHERE id = %s",
            [order.id],
        )
        self.env.invalidate_all()
        action = self._sign_contact_raw(order)
        self.assertEqual(action["params"]["title"], "Not signed")
        self.assertEqual(order.sign_off_state, "void")

    def _sign_contact_raw(self, order):
        step = self._get_step(order)
        return (
            self.env["sign.off.contact.wizard"]
            .with_user(self.seller)
            .create(
                {
                    "request_id": step.request_id.id,
                    "step_id": step.id,
                    "signature": DRAWN,
                }
            )
            .action_confirm()
        )

    # --- Append-only, evidence ---

    def test_rows_are_final(self):
        """No signature of a contact is written, changed or deleted past the evidence, not by the superuser."""
        order = self._create_open_order()
        step = self._get_step(order)
        vals = {
            "request_id": step.request_id.id,
            "step_id": step.id,
            "title": step.name,
            "decision": "approve",
            "signed_at": fields.Datetime.now(),
            "digest": step.request_id.digest,
            "method": "tablet",
            "partner_id": self.contact.id,
            "signer_name": "Li Lei",
            "entered_by_id": self.seller.id,
        }
        model = self.env["sign.off.signature"]
        with self.assertRaisesRegex(UserError, "system alone"):
            model.with_user(self.seller).create({**vals, "signature": DRAWN})
        for forged in (
            {},
            {"method": "paper"},
            {"method": "paper", "attachment": SCAN},
            {"method": "portal", "entered_by_id": False},
            {"method": "system"},
            {"signature": DRAWN, "entered_by_id": False},
            {"signature": DRAWN, "user_id": self.seller.id},
        ):
            with (
                self.subTest(forged=forged),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.env.cr.savepoint(),
            ):
                model.create({**vals, **forged})
        for other in (
            {"partner_id": self.outsider.id, "signature": DRAWN},
            {"partner_id": False, "method": "system", "user_id": self.seller.id},
        ):
            with self.assertRaisesRegex(UserError, "somebody else"):
                model.create({**vals, **other})
        signature = model.create({**vals, "signature": DRAWN})
        with self.assertRaises(UserError):
            signature.write({"partner_id": self.outsider.id})
        with self.assertRaises(UserError):
            signature.unlink()

    def test_signed_value_changes_later(self):
        """A seal with a contact's signature breaks as any other."""
        order = self._create_open_order()
        self._sign_contact(order)
        order.with_user(self.manager)._sign_off()
        self.assertSealed(order)
        order.line_ids[0].name = "Screw"
        self.assertBroken(order)

    # --- Departures ---

    def test_contact_archived(self):
        """The step says that the contact is archived and asks the responsible user to name another."""
        order = self._create_open_order()
        key, secret = self._get_link()
        self.contact.active = False
        step = self._get_step(order)
        self.assertFalse(step.partner_id)
        self.assertIn("is archived. Name another contact.", step.note)
        activity = order.sudo().activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.summary, "顾客: name a contact")
        self.assertIn("is archived", activity.note)
        self.assertFalse(self._find(key, secret)[0])
        with self.assertRaisesRegex(UserError, "is archived"):
            self._sign_contact(order)
        self._sign_contact(order, way="link", partner_id=self.colleague.id)
        self.assertEqual(step.partner_id, self.colleague)
        self.assertFalse(step.note)
        self.assertTrue(self._find(*self._get_link("han@"))[0])
        self.assertEqual(len(self._get_mails("han@")), 1)

    def test_name_another_contact(self):
        """Another contact of the same customer signs instead; nobody of somebody else, and the old link is void."""
        order = self._create_open_order()
        key, secret = self._get_link()
        with self.assertRaisesRegex(UserError, "no contact of the customer"):
            self._sign_contact(order, partner_id=self.outsider.id)
        self._sign_contact(order, partner_id=self.colleague.id, signer_name="H. M.")
        signature = order.sudo().sign_off_request_id.signature_ids[-1]
        self.assertEqual(signature.partner_id, self.colleague)
        self.assertEqual(order.sign_off_cells[1]["user"], "H. M.")
        self.assertFalse(self._find(key, secret)[0])
        self.assertFalse(self._get_mails("han@"))

    def test_named_contact_archived(self):
        """Who was named by hand and leaves is not replaced behind our back."""
        order = self._create_open_order()
        step = self._get_step(order)
        step._name_contact(self.colleague)
        self.colleague.active = False
        self.assertFalse(step.partner_id)
        self.assertIn("Han Meimei is archived", step.note)

    def test_contact_who_became_ours(self):
        """A contact who has become a user of ours meanwhile does not sign with the former link."""
        order = self._create_open_order()
        key, secret = self._get_link()
        step, __ = self._find(key, secret)
        public = self.env.ref("base.public_user")
        user = self._create_user("turncoat", partner_id=self.contact.id)
        self.assertFalse(self._find(key, secret)[0])
        # also when nothing has told the step yet
        step.write({"partner_id": self.contact.id})
        self.assertEqual(user.partner_id, step.partner_id)
        with self.assertRaisesRegex(UserError, "own people"):
            step._sign_by_link("approve", "", DRAWN, "Li Lei", secret, public)
        self.assertEqual(len(order.sudo().sign_off_request_id.signature_ids), 1)

    def test_one_step_per_contact(self):
        """Four eyes: a contact signs one step of a round; the other asks for another contact."""
        self.route.step_ids[2].write(
            {
                "name": "顾客工艺",
                "signer_type": "contact",
                "contact_role": "customer",
                "sequence": 20,
            }
        )
        order = self._create_open_order()
        self._sign_contact(order)
        second = self._get_step(order, "顾客工艺")
        self.assertFalse(second.partner_id)
        self.assertIn("has signed another step", second.note)
        self._sign_contact(order, partner_id=self.colleague.id)
        self.assertSealed(order)

    def test_keeper_left(self):
        """When the responsible user has left, whoever asked sees to it; then the last resort of the route."""
        order = self._create_open_order(user_id=self.stranger.id)
        self.assertEqual(order.sudo().activity_ids.user_id, self.stranger)
        self.stranger.active = False
        self.seller.active = False
        self._get_step(order)._refresh_signers()
        activity = order.sudo().activity_ids
        self.assertEqual(activity.user_id, self.last_resort)

    # --- Page ---

    def test_shown_values(self):
        """The page shows the sealed values in words; what only some of ours may read is not among them."""
        order = self._create_open_order(terms="30 days")
        values = self._get_step(order)._prepare_page_values(None)["values"]
        rows = dict(values["rows"])
        self.assertEqual(rows["Payment Terms"], "30 days")
        self.assertEqual(rows["Amount Total"], "102")
        self.assertNotIn("Amount Weighted", rows)
        self.assertTrue(values["hidden"])
        table = values["tables"][0]
        self.assertEqual(table["heads"], ["Name", "Price Unit", "Quantity"])
        self.assertEqual(table["rows"], [["Bolt", "100", "1"], ["Nut", "1", "2"]])

    def test_shown_values_declared(self):
        """An app says which of the sealed values a contact sees."""
        order = self._create_open_order()
        self.patch(type(order), "_sign_off_portal_fields", ("partner_id", "note"))
        values = self._get_step(order)._prepare_page_values(None)["values"]
        self.assertEqual([label for label, __ in values["rows"]], ["Partner"])
        self.assertFalse(values["tables"])


@tagged("post_install", "-at_install")
class TestSignOffContactRace(BaseCase):
    """A link is used twice in the same instant: two real connections, committed data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with closing(cls.registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            contact = env["res.partner"].create(
                {"name": "Contact in a hurry", "lang": False}
            )
            cls.contact = contact.id
            route = env["sign.off.route"].create(
                {
                    "name": "Race of contacts",
                    "sequence": -1000,
                    "model_id": env["ir.model"]._get_id("test.sign.off.order"),
                    "domain": "[('name', '=', 'CONTACT RACE')]",
                    "step_ids": [
                        Command.create(
                            {
                                "name": "顾客",
                                "signer_type": "contact",
                                "contact_role": "customer",
                            }
                        )
                    ],
                }
            )
            cls.route = route.id
            order = env["test.sign.off.order"].create(
                {
                    "name": "CONTACT RACE",
                    "partner_id": contact.id,
                    "line_ids": [Command.create({"name": "Bolt", "price_unit": 5})],
                }
            )
            order.action_request_sign_off()
            cls.order = order.id
            step = order.sign_off_request_id.step_ids
            cls.secret = "secret of the race"
            step.write(
                {
                    "link_digest": step._get_link_digest(cls.secret),
                    "link_expires_at": fields.Datetime.now() + timedelta(days=1),
                }
            )
            cls.key = step.link_key
            cr.commit()

    @classmethod
    def tearDownClass(cls):
        with closing(cls.registry.cursor()) as cr:
            # append-only rows are removed in the database: no other road is open
            cr.execute("DELETE FROM test_sign_off_order WHERE id = %s", [cls.order])
            cr.execute("DELETE FROM sign_off_request WHERE route_id = %s", [cls.route])
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sign.off.route"].browse(cls.route).unlink()
            cr.execute(
                "DELETE FROM mail_message WHERE model = 'test.sign.off.order' AND res_id = %s",
                [cls.order],
            )
            env["res.partner"].browse(cls.contact).unlink()
            cr.commit()
        super().tearDownClass()

    def _sign(self, results, barrier=None):
        with closing(self.registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            public = env.ref("base.public_user")
            step, reason = env["sign.off.request.step"]._find_by_link(
                self.key, self.secret, public
            )
            if reason:
                results.append(reason)
                return
            if barrier:
                barrier.wait(10)
            try:
                step._sign_by_link("approve", "", DRAWN, "", self.secret, public)
                cr.commit()
                results.append("signed")
            except psycopg2.errors.SerializationFailure:
                cr.rollback()
                results.append("repeat")

    @mute_logger("odoo.sql_db")
    def test_link_used_twice_at_once(self):
        """One signs; the other is repeated by the server and told that it has been signed already."""
        results, barrier = [], threading.Barrier(2)
        threads = [
            threading.Thread(target=self._sign, args=(results, barrier))
            for __ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual(sorted(results), ["repeat", "signed"])
        results = []
        self._sign(results)
        self.assertIn("signed already", results[0])
        with closing(self.registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            request = env["test.sign.off.order"].browse(self.order).sign_off_request_id
            self.assertEqual(len(request.signature_ids), 1)
            self.assertEqual(request.state, "sealed")
