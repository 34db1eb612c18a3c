from odoo.tests import HttpCase, tagged

from .common import UseCase


@tagged("post_install", "-at_install")
class TestScanPageTour(UseCase, HttpCase):
    """SC-37.6, SC-34: the scan page in the browser, for somebody of the workshop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_active_sample(
            product_id=cls._new_product("Scan valid").id, handling_note="Wear gloves"
        )
        cls._new_active_sample(
            product_id=cls._new_product("Scan suspended").id
        )._suspend("Scratched")
        room_only = cls._new_product("Scan room only")
        cls._new_policy(
            "Use",
            ["use"],
            product_tmpl_ids=room_only.product_tmpl_id.ids,
            loan_mode="room_only",
        )
        cls._new_active_sample(product_id=room_only.id)
        hidden = cls._new_sample("BMK", cls.benchmark, origin="benchmark")
        # sudo: the number is the system's
        hidden.sudo()._write_protected({"name": "HIDDEN-BENCHMARK"})

    def test_scan_page(self):
        self.start_tour(
            "/odoo/sample-scan",
            "sample_control_scan_page",
            login=self.user.login,
            timeout=300,
        )
