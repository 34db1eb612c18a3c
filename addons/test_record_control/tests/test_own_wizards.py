from odoo.exceptions import AccessError
from odoo.tests import tagged

from .sign_off_common import SignOffCommon

AUTHOR = "Customer Control Suite"


@tagged("post_install", "-at_install")
class TestOwnWizards(SignOffCommon):
    """P1: a wizard belongs to who opened it; nobody else reads, changes or confirms it by RPC."""

    def test_every_wizard_is_its_users_own(self):
        """P1: no wizard of the suite, and no line of one, is left without the condition."""
        modules = self.env["ir.module.module"].search([("author", "=", AUTHOR)])
        names = set(modules.mapped("name"))
        wizards = [
            name
            for name, model in self.env.registry.items()
            if model._transient and model._original_module in names
        ]
        self.assertIn("sign.off.wizard", wizards)
        rules = self.env["ir.rule"].with_user(self.stranger)
        uid = self.stranger.id
        for name in wizards:
            for mode in ("read", "write", "create", "unlink"):
                with self.subTest(model=name, mode=mode):
                    conditions = rules._compute_domain(name, mode).iter_conditions()
                    own = [
                        condition.value
                        for condition in conditions
                        if condition.field_expr == "create_uid"
                    ]
                    # a database that was upgraded keeps the rule records of the former version, too
                    self.assertIn(own[0] if own else None, (uid, {uid}))

    def test_roads(self):
        """P1: reading, searching, grouping, writing, deleting and confirming are the owner's alone."""
        order = self._create_order()
        order.action_request_sign_off()
        wizard = (
            self.env["sign.off.wizard"]
            .with_user(self.supervisor)
            .create({"request_ids": order.sudo().sign_off_request_id.ids})
        )
        other = wizard.with_user(self.manager)
        self.env.invalidate_all()
        for number, road in enumerate(
            (
                lambda: other.read(["opinion"]),
                lambda: other.web_read({"opinion": {}}),
                lambda: other.write({"opinion": "x"}),
                lambda: other.web_save({"opinion": "x"}, {"opinion": {}}),
                lambda: other.copy(),
                lambda: other.action_confirm(),
                lambda: other.unlink(),
            )
        ):
            with self.subTest(road=number), self.assertRaises(AccessError):
                road()
        self.assertFalse(other.search([]))
        self.assertEqual(other._read_group([], [], ["__count"]), [(0,)])
        wizard.write({"opinion": "Fine"})
        wizard.action_confirm()
        self.assertEqual(order.sign_off_waiting_user_ids, self.manager)
