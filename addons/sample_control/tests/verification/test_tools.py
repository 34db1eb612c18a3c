from odoo.tests import BaseCase, tagged

from ...tools import kappa, measure

#: J. L. Fleiss 1971 style example with 14 raters, 10 subjects, 5 categories; published kappa 0.210
FLEISS = (
    (0, 0, 0, 0, 14),
    (0, 2, 6, 4, 2),
    (0, 0, 3, 5, 6),
    (0, 3, 9, 2, 0),
    (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2),
    (6, 5, 2, 1, 0),
    (0, 2, 2, 3, 7),
)


@tagged("post_install", "-at_install")
class TestTools(BaseCase):
    """Plain rules of verification."""

    def test_cohen(self):
        """Published example: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: kappa 0.40."""
        pairs = [("y", "y")] * 20 + [("y", "n")] * 5
        pairs += [("n", "y")] * 10 + [("n", "n")] * 15
        self.assertAlmostEqual(kappa.cohen(pairs), 0.4)
        self.assertEqual(kappa.cohen([("y", "y"), ("n", "n")]), 1)
        self.assertIsNone(kappa.cohen([]))
        self.assertIsNone(kappa.cohen([("y", "y")]))

    def test_fleiss(self):
        value = kappa.fleiss(dict(enumerate(row)) for row in FLEISS)
        self.assertAlmostEqual(value, 0.210, places=3)
        self.assertIsNone(kappa.fleiss([]))
        self.assertIsNone(kappa.fleiss([{"y": 3}]))
        with self.assertRaises(ValueError):
            kappa.fleiss([{"y": 2}, {"y": 3}])

    def test_miss_rate(self):
        pairs = [("fail", "pass"), ("fail", "fail"), ("pass", "fail")]
        self.assertEqual(kappa.miss_rate(pairs, "fail"), 0.5)
        self.assertIsNone(kappa.miss_rate([("pass", "pass")], "fail"))

    def test_units_are_exact(self):
        """P22, P23: what binary fractions get wrong."""
        self.assertNotEqual(0.1 + 0.2, 0.3)
        self.assertTrue(measure.is_inside([measure.convert(1.006, 10, 1)], 0, 10.06))
        self.assertFalse(measure.is_inside([measure.convert(1.0061, 10, 1)], 0, 10.06))

    def test_readings(self):
        for text, expected in (
            ("10.02, 10.03；10.04", [(10.02, ""), (10.03, ""), (10.04, "")]),
            ("-0.5 mm; +.5", [(-0.5, "mm"), (0.5, "")]),
            ("", []),
        ):
            self.assertEqual(measure.parse_readings(text), expected)
        for text in ("x", "10..2", "nan", "inf", "1e5x y"):
            with self.subTest(text=text):
                try:
                    readings = measure.parse_readings(text)
                except ValueError:
                    continue
                self.assertTrue(all(unit for __, unit in readings))
