from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.place.sample_label_print import LAYOUTS, REPORTS
from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestLabels(SampleCase):
    """Cards and labels F01, F02, F03, F05 and their register (SC-29)."""

    def _print(self, layout, user=None, **kwargs):
        jobs = self.env["sample.label.print"].with_user(user or self.keeper)
        return jobs._start(layout, **kwargs)

    def _html(self, job):
        report = self.env["ir.actions.report"].with_user(job.env.user)
        content, __ = report._render_qweb_html(REPORTS[job.layout], job.ids)
        return content.decode()

    def test_card(self):
        """F01: number, name, dates, values of the card, both signatories and a QR code."""
        sample = self._new_active_sample(
            line_ids=[
                self._new_line("colour_no", text_value="RAL 7016"),
                self._new_line("pattern", text_value="Oak"),
            ]
        )
        for layout in ("card_80", "card_60", "card_sheet"):
            job = self._print(layout, samples=sample, reason="Another size")
            html = self._html(job)
            for text in (
                "Sample card",
                sample.name,
                "Cover",
                "RAL 7016",
                "Oak",
                self.technical.name,
                self.quality.name,
                "data:image/svg+xml;base64,",
                "o_band_green",
                "SC-F01",
            ):
                self.assertIn(text, html, layout)

    def test_qr_opens_the_sample(self):
        """SC-29.3: a short address with the number, and the company that counted it."""
        sample = self._new_sample()
        self.assertEqual(
            sample._get_qr_url(),
            f"{sample.get_base_url()}/sample/{sample.name}?company={self.company.id}",
        )

    def test_band_follows_state_and_validity(self):
        """SC-29.4: grey before, green, yellow when due, red when disabled or expired."""
        sample = self._new_sample()
        self.assertEqual(sample._get_band(), "grey")
        sample = self._new_active_sample()
        self.assertEqual(sample._get_band(), "green")
        today = self.company._record_control_today()
        sample._write_protected({"valid_until": today})
        self.assertEqual(sample._get_band(), "yellow")
        sample._suspend("Scratched")
        self.assertEqual(sample._get_band(), "red")

    def test_card_is_filled_before_printing(self):
        """SC-29.1: the fields of the type's template come first."""
        sample = self._new_sample("COL")
        with self.assertRaises(UserError) as caught:
            self._print("card_80", samples=sample)
        self.assertIn("Colour number", str(caught.exception))

    def test_reprint_needs_a_reason(self):
        """SC-29.2: logged with reason, whatever the size."""
        sample = self._new_active_sample()
        self.assertTrue(sample.is_card_missing)
        first = self._print("card_80", samples=sample)
        self.assertFalse(first.is_reprint)
        self.assertFalse(sample.is_card_missing)
        with self.assertRaises(UserError):
            self._print("card_60", samples=sample)
        again = self._print("card_60", samples=sample, reason="Torn off")
        self.assertRecordValues(
            again,
            [{"is_reprint": True, "reason": "Torn off", "user_id": self.keeper.id}],
        )

    def test_final_card_is_printed_at_activation(self):
        """SC-28.3: a card of the draft does not count as the final one."""
        sample = self._new_sample()
        self._print("card_80", samples=sample)
        self._sign(sample)
        sample.with_user(self.quality).action_activate()
        self.assertTrue(sample.is_card_missing)
        found = sample.search([("id", "=", sample.id), ("is_card_missing", "=", True)])
        self.assertEqual(found, sample)
        self._print("card_80", samples=sample)
        self.assertFalse(sample.is_card_missing)

    def test_in_process_label(self):
        """F02: for in-process samples alone."""
        with self.assertRaises(UserError):
            self._print("in_process", samples=self._new_sample())
        sample = self._new_sample("WIP", origin="in_process", operation="Drawing")
        html = self._html(self._print("in_process", samples=sample))
        self.assertIn("For in-process use", html)
        self.assertIn("Drawing", html)

    def test_disabled_label(self):
        """F03: red, with the reason; not for a sample that may be used."""
        sample = self._new_active_sample()
        with self.assertRaises(UserError):
            self._print("disabled", samples=sample)
        sample._suspend("Rust on the edge")
        html = self._html(self._print("disabled", samples=sample))
        for text in (
            "Disabled mark",
            "Rust on the edge",
            "o_sample_label_red",
            sample.name,
        ):
            self.assertIn(text, html)
        with self.assertRaises(UserError):
            self._print("card_80", samples=sample)

    def test_location_label(self):
        """F05: code, responsible, protection, QR."""
        self.room.write(
            {
                "manager_id": self.keeper.id,
                "protection_tag_ids": [
                    (4, self.env.ref("sample_control.sample_protection_tag_light").id)
                ],
            }
        )
        html = self._html(self._print("location", locations=self.room))
        for text in (
            "Location label",
            "ROOM",
            self.keeper.name,
            "Light",
            "data:image/svg",
        ):
            self.assertIn(text, html)

    def test_labels_with_empty_optional_fields_and_long_text(self):
        """Every label renders for a bare record and for a very long name."""
        bare = self._new_sample(custodian_id=False, home_location_id=False)
        long = self._new_sample(product_id=self._new_product("长" * 300).id)
        for sample in (bare, long):
            self._html(self._print("card_80", samples=sample))
        place = self._new_location("X", name="长" * 200)
        self._html(self._print("location", locations=place))

    def test_no_label_without_the_register(self):
        """The reports print entries of the register; nobody else makes, changes or deletes one."""
        sample = self._new_sample()
        job = self._print("card_80", samples=sample)
        with self.assertRaises(UserError):
            job.with_user(self.manager).create(
                {"layout": "card_80", "sample_ids": sample.ids}
            )
        for environment in (job.with_user(self.manager), job.sudo()):
            with self.assertRaises(UserError):
                environment.write({"reason": "x"})
            with self.assertRaises(UserError):
                environment.unlink()
        reports = self.env["ir.actions.report"].search(
            [("model", "in", ("sample.sample", "sample.location"))]
        )
        self.assertFalse(
            reports.filtered(lambda report: "label" in (report.report_name or ""))
        )
        self.assertEqual(
            {self.env.ref(REPORTS[layout]).model for layout, __ in LAYOUTS},
            {"sample.label.print"},
        )

    def test_wizard(self):
        """The button asks for the reason of a reprint."""
        sample = self._new_sample()
        wizards = self.env["sample.label.wizard"].with_user(self.keeper)
        wizard = wizards.create({"layout": "card_80", "sample_ids": sample.ids})
        self.assertFalse(wizard.is_reprint)
        action = wizard.action_print()
        self.assertEqual(action["report_name"], "sample_control.label_card_80")
        again = wizards.create({"layout": "card_80", "sample_ids": sample.ids})
        self.assertTrue(again.is_reprint)

    def test_f01_long_names_leave_room_for_the_signatures(self):
        """F01: much to say is printed smaller, so that who confirmed is still on the card."""
        short = self._new_active_sample()
        self.assertFalse(self.env["sample.label.print"]._is_card_full(short))
        self.product.name = (
            "仪表板左前装饰盖总成（带卡扣、哑光黑色、皮纹M-12，适用于右舵车型）"
        )
        self.customer.name = "浙江某某新能源汽车零部件制造股份有限公司宁波杭州湾分公司"
        lines = [
            self._new_line("colour_no", text_value="PANTONE 426C"),
            self._new_line("width", nominal=120),
        ]
        full = self._new_active_sample(partner_id=self.customer.id, line_ids=lines)
        self.assertTrue(self.env["sample.label.print"]._is_card_full(full))
