from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, warmup

from .sign_off_common import SignOffCommon

# Queries, measured with the caches of the registry warm
INBOX_COUNT = 2
INBOX_LIST = 10
GATE_PER_RECORD = 5.1
VOID_PER_RECORD = 40


@tagged("post_install", "-at_install")
class TestSignOffAccess(SignOffCommon):
    def test_who_sees_a_round(self):
        """Rounds are seen by who asked, is to sign, has signed, or may read the record; by nobody else."""
        order = self._create_order(note="hidden")
        order.action_request_sign_off()
        request = order.sudo().sign_off_request_id
        for user, seen in (
            (self.seller, True),
            (self.stranger, False),
            (self.supervisor, False),
        ):
            with self.subTest(user=user.name):
                own = request.with_user(user)
                self.assertEqual(bool(own.search([("id", "=", request.id)])), seen)
                self.assertEqual(own.has_access("read"), seen)
                for records in (own.sudo().step_ids, own.sudo().signature_ids):
                    records = records.with_user(user)
                    self.assertEqual(records.has_access("read"), seen)
                    self.assertEqual(
                        len(records.search([("id", "in", records.ids)])),
                        seen and len(records),
                    )
        order.sudo().note = False
        self.assertTrue(request.with_user(self.stranger).has_access("read"))

    def test_round_of_hidden_record_is_not_grouped(self):
        """Grouped reading shows no hidden rounds either."""
        order = self._create_order(note="hidden")
        order.action_request_sign_off()
        groups = (
            self.env["sign.off.request"]
            .with_user(self.stranger)
            ._read_group(
                [("res_model", "=", order._name), ("res_id", "=", order.id)],
                ["state"],
                ["__count"],
            )
        )
        self.assertFalse(groups)

    def test_round_of_hidden_record_is_not_named(self):
        """AC-02: whoever points at a round of a record that he may not read does not learn the record's name."""
        order = self._create_order(note="hidden")
        order.action_request_sign_off()
        round_id = order.sign_off_request_id.id
        spec = {"sign_off_request_id": {"fields": {"display_name": {}}}}
        form = self.env["test.sign.off.order"].with_user(self.seller)
        value = form.onchange({"sign_off_request_id": round_id}, [], spec)["value"]
        self.assertEqual(
            value["sign_off_request_id"]["display_name"], order.display_name
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            form.with_user(self.stranger).onchange(
                {"sign_off_request_id": round_id}, [], spec
            )
        # a list names as the system what its user may not read
        round_sudo = order.sign_off_request_id.with_user(self.stranger).sudo()
        self.assertEqual(round_sudo.display_name, "Restricted record")

    def test_changes_hide_secret_fields(self):
        """Old and new values of a field are shown to those alone who may read the field."""
        order = self._create_sealed_order()
        order.line_ids[0].price_unit = 1
        request = order.sudo().sign_off_request_id
        paths = set(request.change_ids.mapped("field_path"))
        self.assertIn("amount_weighted", paths)
        change_model = self.env["sign.off.change"].with_user(self.seller)
        found = change_model.search([("request_id", "=", request.id)])
        self.assertEqual(set(found.mapped("field_path")), paths - {"amount_weighted"})
        secret = request.change_ids - found
        self.assertFalse(secret.with_user(self.seller).has_access("read"))
        with self.assertRaises(AccessError):
            secret.with_user(self.seller).read(["old_value"])
        self.assertNotIn(
            "102",
            " ".join(order._get_seal_reasons() + order.message_ids.mapped("body")),
        )

    def test_payload_is_not_readable(self):
        """What was sealed is not read through the round."""
        order = self._create_sealed_order()
        with self.assertRaises(AccessError):
            order.sign_off_request_id.with_user(self.seller).read(["payload"])

    def test_two_companies(self):
        """Routes, deputies and rounds are those of the record's company."""
        other = self.env["res.company"].create({"name": "Other"})
        boss = self._create_user(
            "boss", company_id=other.id, company_ids=[Command.set(other.ids)]
        )
        both = self._create_user(
            "both", company_ids=[Command.set((self.company | other).ids)]
        )
        self._create_route(
            [{"name": "老板", "signer_type": "user", "user_id": boss.id}],
            company_id=other.id,
            sequence=1,
            name="B",
        )
        ours = self._create_order()
        theirs = (
            self.env["test.sign.off.order"]
            .with_user(both)
            .with_context(allowed_company_ids=[other.id, self.company.id])
            .create(
                {
                    "name": "B001",
                    "company_id": other.id,
                    "line_ids": [Command.create({"price_unit": 5})],
                }
            )
        )
        orders = theirs | ours.with_env(theirs.env)
        orders.action_request_sign_off()
        self.assertEqual(theirs.sign_off_waiting_user_ids, boss)
        self.assertEqual(ours.sudo().sign_off_request_id.company_id, self.company)
        self.assertEqual(theirs.sudo().sign_off_request_id.company_id, other)
        self.assertFalse(
            ours.sudo().sign_off_request_id.with_user(boss).has_access("read")
        )
        with self.assertRaises(AccessError):
            ours.with_user(boss)._sign_off()
        theirs = theirs.with_user(boss).with_context(allowed_company_ids=other.ids)
        theirs._sign_off()
        self.assertSealed(theirs)

    def test_groups_are_written_before_the_apps_are_loaded(self):
        """An update of addons is not stopped by what waits for a signature in an app that is loaded later."""
        order, other = self._create_order(), self._create_order()
        (order | other).action_request_sign_off()
        request = other.sudo().sign_off_request_id
        self.env.cr.execute(
            "UPDATE sign_off_request SET res_model = 'app.loaded.later' WHERE id = %s",
            [request.id],
        )
        self.env.invalidate_all()
        self.group.write({"implied_ids": [Command.link(self.group.id)]})
        self.group.user_ids = [Command.link(self.supervisor.id)]
        self.assertEqual(request.waiting_user_ids, self.supervisor)

    def test_signer_of_another_company(self):
        """A signer who does not work in the record's company is passed over."""
        other = self.env["res.company"].create({"name": "Other"})
        self.supervisor.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        order = self._create_order()
        order.action_request_sign_off()
        self.assertEqual(order.sign_off_waiting_user_ids, self.manager)

    def test_rights(self):
        """Role × model × operation."""
        admin = self._create_user(
            "admin", groups=self.env.ref("record_control.group_record_control_manager")
        )
        matrix = {
            "sign.off.route": {self.seller: "", admin: "rwcu"},
            "sign.off.route.step": {self.seller: "", admin: "rwcu"},
            "sign.off.request": {self.seller: "r", admin: "r"},
            "sign.off.request.step": {self.seller: "r", admin: "r"},
            "sign.off.signature": {self.seller: "r", admin: "r"},
            "sign.off.change": {self.seller: "r", admin: "r"},
            "sign.off.deputy": {self.seller: "rwcu", admin: "rwcu"},
        }
        operations = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
        for model, rights in matrix.items():
            for user, letters in rights.items():
                for letter, operation in operations.items():
                    with self.subTest(model=model, user=user.name, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation),
                            letter in letters,
                        )

    def test_asked_for_access_without_any(self):
        """Whether somebody may read a trail is answered, not refused, where he may read no trail at all."""
        order = self._create_order()
        order.action_request_sign_off()
        request = order.sudo().sign_off_request_id
        portal = self._create_user("portal")
        portal.group_ids = [Command.set([self.env.ref("base.group_portal").id])]
        for records in (request, request.step_ids):
            for asked in (records, records.browse()):
                self.assertFalse(asked.with_user(portal).sudo(False).has_access("read"))
        with self.assertRaises(AccessError):
            request.step_ids.with_user(portal).sudo(False).check_access("read")

    def test_deputies_are_appointed_by_oneself(self):
        """Nobody appoints a deputy for somebody else, and nobody is made one's own."""
        deputy_model = self.env["sign.off.deputy"].with_user(self.seller)
        with self.assertRaises(AccessError):
            deputy_model.create(
                {"user_id": self.director.id, "deputy_id": self.seller.id}
            )
        own = deputy_model.create({"deputy_id": self.substitute.id})
        with self.assertRaises(AccessError):
            own.user_id = self.director
        with self.assertRaises(AccessError):
            own.with_user(self.substitute).date_to = "2030-01-01"
        self.assertEqual(own.with_user(self.substitute).user_id, self.seller)
        self.assertFalse(own.with_user(self.stranger).search([("id", "=", own.id)]))

    def test_only_our_own_people_are_deputies(self):
        """A contact with a portal login neither signs for us nor is signed for."""
        portal = self._create_user("portal")
        portal.group_ids = [Command.set([self.env.ref("base.group_portal").id])]
        for vals in (
            {"user_id": self.seller.id, "deputy_id": portal.id},
            {"user_id": portal.id, "deputy_id": self.seller.id},
        ):
            with self.assertRaisesRegex(ValidationError, "Portal"):
                self.env["sign.off.deputy"].create(vals)

    def test_request_needs_write_access(self):
        """Who may not write a record does not put it up for signature."""
        order = self._create_order(note="hidden")
        with self.assertRaises(AccessError):
            order.with_user(self.stranger).action_request_sign_off()
        with self.assertRaises(AccessError):
            order.with_user(self.stranger)._sign_off()

    def test_signing_window_of_strangers(self):
        """The signing window opens no record that its user may not read, and signs nothing for strangers."""
        order = self._create_order(note="hidden")
        order.action_request_sign_off()
        wizard = self.env["sign.off.wizard"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            wizard.create(
                {"request_ids": order.sign_off_request_id.ids}
            ).action_confirm()
        visible = self._create_order()
        visible.action_request_sign_off()
        with self.assertRaisesRegex(UserError, "not waiting for your signature"):
            wizard.create(
                {"request_ids": visible.sign_off_request_id.ids}
            ).action_confirm()

    # --- Numbers ---

    def _create_orders(self, number):
        return self.env["test.sign.off.order"].union(
            *(self._create_order(name=f"S{i}") for i in range(number))
        )

    @warmup
    def test_queries_of_inbox(self):
        """The count in the systray and the list cost the same, however much waits."""
        request_model = self.env["sign.off.request"].with_user(self.supervisor)
        domain = [("waiting_user_ids", "in", self.supervisor.id)]
        spec = {
            "name": {},
            "res_model_id": {"fields": {"display_name": {}}},
            "waiting_titles": {},
            "waiting_note": {},
            "requester_id": {"fields": {"display_name": {}}},
            "requested_at": {},
            "date_deadline": {},
            "can_sign": {},
        }
        request_model.get_waiting_summary()
        figures = []
        for number in (2, 12):
            self._create_orders(number).action_request_sign_off()
            figures.append(
                [
                    self._count(request_model.get_waiting_summary),
                    self._count(
                        lambda: request_model.web_search_read(domain, spec, limit=80)
                    ),
                ]
            )
        self.assertEqual(figures[0], figures[1])
        # rounds by kind, and the names of the kinds; the list adds rounds, steps, signers, users and partners
        self.assertLessEqual(figures[0][0], INBOX_COUNT)
        self.assertLessEqual(figures[0][1], INBOX_LIST)

    @warmup
    def test_queries_of_bulk(self):
        """Asking, signing and checking cost the same for 10 and for 60 records.

        Sealing costs more for each record only because the gate of the test model asks the database for each
        record anew whether the seal stands (record, translation, tags, two for the lines).
        """
        figures = {}
        for number in (10, 60):
            orders = self._create_orders(number)
            figures[number] = [
                self._count(orders.action_request_sign_off),
                self._count(orders.with_user(self.supervisor)._sign_off),
                self._count(orders._get_seal_reasons_by_record),
                self._count(lambda orders=orders: orders.write({"note": "x"})),
                self._count(orders.with_user(self.manager)._sign_off),
                self._count(lambda orders=orders: orders.write({"partner_id": False})),
            ]
        few, many = figures[10], figures[60]
        for index in range(4):
            self.assertLessEqual(many[index], few[index] + 4, figures)
        self.assertLessEqual((many[4] - few[4]) / 50, GATE_PER_RECORD, figures)
        # a message to the signers of each record
        self.assertLessEqual((many[5] - few[5]) / 50, VOID_PER_RECORD, figures)

    def _count(self, method):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        method()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
