from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js


@tagged("post_install", "-at_install")
class TestWidgets(HttpCase):
    """The widgets of the toolkit, each with its answers from the server made up."""

    def test_widgets(self):
        """Readiness panel, clock badge, sign-off inbox and scan counter: the unit tests of the browser."""
        # made beforehand, so that a slow machine does not wait for them in the browser
        for name in ("web.assets_unit_tests_setup", "web.assets_unit_tests"):
            bundle = self.env["ir.qweb"]._get_asset_bundle(name)
            bundle.css()
            bundle.js()
        suite = test_js.HOOTCommon._generate_hash(self, "@record_control")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=60000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
