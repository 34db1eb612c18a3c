from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged

from odoo.addons.record_control.tools.exact_values import exact_values


@tagged("post_install", "-at_install")
class TestExactValues(TransactionCase):
    """Many exact values in several columns (design 8)."""

    def setUp(self):
        super().setUp()
        self.partners = self.env["res.partner"].create(
            [
                {"name": "one", "ref": "EXACT 1"},
                {"name": "two", "ref": "EXACT 2", "function": "EXACT 9"},
                {"name": "three", "function": "EXACT 1"},
                {"name": "four"},
            ]
        )

    def _find(self, values):
        own = Domain("id", "in", self.partners.ids)
        domain = own & exact_values(values)
        found = self.env["res.partner"].search(domain, order="id")
        self.assertEqual(self.partners.filtered_domain(domain), found)
        return found.mapped("name")

    def test_any_column(self):
        values = {"ref": {"EXACT 1", "EXACT 3"}, "function": ["EXACT 1", "EXACT 9"]}
        self.assertEqual(self._find(values), ["one", "two", "three"])
        self.assertEqual(self._find({"ref": ["exact 1", "EXACT"]}), [])

    def test_no_values(self):
        self.assertEqual(self._find({}), [])
        self.assertEqual(self._find({"ref": []}), [])
        self.assertEqual(self._find({"ref": ["EXACT 2"], "function": []}), ["two"])

    def test_unsaved_values_are_found(self):
        """What is written but not flushed counts."""
        self.partners[3].ref = "EXACT 4"
        self.assertEqual(self._find({"ref": ["EXACT 4"]}), ["four"])

    def test_texts_stay_texts(self):
        self.partners[3].ref = "'); DROP TABLE res_partner; --"
        self.assertEqual(self._find({"ref": [self.partners[3].ref]}), ["four"])
