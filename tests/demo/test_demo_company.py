"""The demo company: its data loads, its users can work, every menu of ours opens."""

from odoo.tests import HttpCase, tagged

from lib.addons import suite

CLICK_MENUS = (
    "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader')"
    ".startClickEverywhere('%s');"
)


def demo_users(env):
    """The users that our demo data created."""
    data = env["ir.model.data"].search(
        [("model", "=", "res.users"), ("module", "in", list(suite()))]
    )
    return env["res.users"].browse(data.mapped("res_id")).exists()


@tagged("post_install", "-at_install", "standard")
class TestDemoCompany(HttpCase):
    def test_demo_data_loaded_without_failure(self):
        failed = self.env["ir.demo_failure"].search([])
        self.assertFalse(failed, failed.mapped("error"))

    def test_demo_users_enter_with_login_as_password(self):
        for user in demo_users(self.env).filtered(lambda user: not user.share):
            with self.subTest(user=user.login):
                session = self.authenticate(user.login, user.login)
                self.assertEqual(session.uid, user.id)


@tagged("post_install", "-at_install", "standard")
class TestClickEverywhere(HttpCase):
    """Click on every menu, view and filter of our apps, as every role."""

    allow_end_on_form = True

    def click_apps(self, user):
        """Let Odoo's robot click through those apps of ours that a user sees."""
        user.sudo().tour_enabled = False
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        apps = [menus[menu_id] for menu_id in menus["root"]["children"]]
        ours = [app for app in apps if app["xmlid"].split(".")[0] in suite()]
        for app in ours:
            with self.subTest(user=user.login, app=app["name"]):
                self.browser_js(
                    "/odoo",
                    CLICK_MENUS % app["xmlid"],
                    "odoo.isReady === true",
                    login=user.login,
                    timeout=600,
                    success_signal="clickbot test succeeded",
                )
        return ours

    def test_as_administrator(self):
        self.assertTrue(self.click_apps(self.env.ref("base.user_admin")))

    def test_as_each_demo_role(self):
        """One user of each role: those with the same groups see the same menus and views."""
        users = demo_users(self.env).filtered(lambda user: not user.share)
        for colleagues in users.grouped("all_group_ids").values():
            self.click_apps(colleagues[:1])
