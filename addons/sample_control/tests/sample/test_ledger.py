from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestLedger(SampleCase):
    """F09 样件台账 (SC-30)."""

    def _rows(self, user, **kwargs):
        ledger = self.env["report.sample_control.ledger_sample"].with_user(user)
        with ledger._open_ledger_file(**kwargs) as file:
            book = load_workbook(file, read_only=True)
            return [list(row) for row in book.active.iter_rows(values_only=True)]

    def test_ledger_shows_the_card_and_the_signatories(self):
        """SC-30: card values, keeper, places and both signatories stand in the ledger."""
        sample = self._new_active_sample(
            line_ids=[
                self._new_line("colour_no", text_value="RAL 7016"),
                self._new_line("width", nominal=25, tol_lower=-0.1, tol_upper=0.1),
            ],
            partner_id=self.customer.id,
        )
        rows = self._rows(self.administrator, ids=sample.ids)
        self.assertIn("Sample ledger", str(rows[:4]))
        self.assertIn("SC-F09", str(rows[:6]))
        row = next(row for row in rows if sample.name in row)
        for value in ("RAL 7016", "25 ±0.1 mm", self.customer.name, "ROOM"):
            self.assertIn(value, row)
        text = str(row)
        self.assertIn(self.technical.name, text)
        self.assertIn(self.quality.name, text)

    def test_users_do_not_take_the_ledger_out(self):
        sample = self._new_sample()
        with self.assertRaises(AccessError):
            self._rows(self.user, ids=sample.ids)

    def test_benchmark_samples_are_not_in_it(self):
        """SC-07.2: not even for the administrator."""
        sample = self._new_sample(
            "BMK", user=self.benchmark, product_id=False, title="Competitor lamp"
        )
        other = self._new_sample()
        rows = self._rows(
            self.administrator, domain=[("id", "in", (sample | other).ids)]
        )
        self.assertIn(other.name, str(rows))
        self.assertNotIn(sample.name, str(rows))
        self.assertNotIn("Competitor lamp", str(rows))

    def test_validity_is_said_once_it_is_determined(self):
        """SC-30, SC-39: a draft is not called one that never expires."""
        draft, active = self._new_sample(), self._new_active_sample()
        rows = self._rows(self.administrator, ids=(draft | active).ids)
        head = next(row for row in rows if "Sample No." in row)
        stands = {row[0]: row[head.index("Validity")] for row in rows}
        self.assertFalse(stands[draft.name])
        self.assertTrue(stands[active.name])
