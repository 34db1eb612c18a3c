import doctest
import json
import random
from datetime import date, datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..tools import seal


@tagged("at_install", "-post_install")
class TestSealDigest(BaseCase):
    """The digest depends on what values mean, not on how they were read."""

    def _create_payload(self, price="9.5", lines=(1, 2, 10)):
        return {
            "tag": seal.TAG,
            "model": "sale.order",
            "id": 7,
            "paths": ["partner_id", "line_ids.price_unit"],
            "values": {"partner_id": 12, "tag_ids": seal.normalise((3, 1, 2))},
            "lines": {
                "line_ids": {
                    str(line): {"values": {"price_unit": price}, "lines": {}}
                    for line in lines
                }
            },
        }

    def test_examples(self):
        self.assertEqual(doctest.testmod(seal).failed, 0)

    def test_same_meaning_same_digest(self):
        """Order of fields, lines and members, and a round trip through JSON, change nothing."""
        first = self._create_payload()
        lines = list(first["lines"]["line_ids"].items())
        random.Random(1).shuffle(lines)
        second = dict(reversed(first.items()), lines={"line_ids": dict(lines)})
        self.assertEqual(seal.digest(first), seal.digest(second))
        self.assertEqual(seal.digest(first), seal.digest(json.loads(json.dumps(first))))
        self.assertEqual(len(seal.digest(first)), 64)

    def test_each_difference_changes_the_digest(self):
        """Value, line added or removed, field name, record and version are all part of it."""
        base = self._create_payload()
        others = [
            self._create_payload(price="9.50001"),
            self._create_payload(lines=(1, 2)),
            self._create_payload(lines=(1, 2, 11)),
            {**base, "id": 8},
            {**base, "model": "purchase.order"},
            {**base, "tag": "record_control.seal/2"},
            {**base, "values": {"partner": 12, "tag_ids": [1, 2, 3]}},
            {**base, "values": {"partner_id": "12", "tag_ids": [1, 2, 3]}},
        ]
        digests = {seal.digest(payload) for payload in [base, *others]}
        self.assertEqual(len(digests), len(others) + 1)

    def test_numbers(self):
        """Numbers are equal when their declared decimals are; noise of binary sums is none."""
        for value, decimals, expected in (
            (1.005, 2, "1.01"),
            (1.0049, 2, "1"),
            (-1.005, 2, "-1.01"),
            (0.1 + 0.7, None, "0.8"),
            (1e22, None, "10000000000000000000000"),
            (1e300, 2, format(Decimal("1e300"), "f")),
            (123456789.123456, None, "123456789.123"),
            (Decimal("1.10"), None, "1.1"),
            (-0.0, 2, "0"),
            (0.001, 2, "0"),
            (float("nan"), 2, "NaN"),
        ):
            with self.subTest(value=value):
                self.assertEqual(seal.normalise(value, decimals), expected)

    def test_kinds_are_told_apart(self):
        """True is not 1, "1" is not 1, a date is not a datetime; an empty text is no value."""
        values = [
            True,
            1,
            "1",
            None,
            date(2025, 1, 1),
            datetime(2025, 1, 1),  # noqa: DTZ001 Odoo keeps naive UTC
            b"1",
            [1],
            {"a": 1},
        ]
        texts = {seal.canonical(seal.normalise(value)) for value in values}
        self.assertEqual(len(texts), len(values))
        self.assertIsNone(seal.normalise(""))
        with self.assertRaises(TypeError):
            seal.normalise(object())

    def test_diff(self):
        """Each difference is named, with the lines passed on the way, numbers of lines in order."""
        old, new = (
            self._create_payload(),
            self._create_payload(price="8", lines=(2, 10, 11)),
        )
        new["values"]["partner_id"] = 13
        new["values"]["unknown"] = 1
        self.assertEqual(
            [(change.path, change.keys, change.kind) for change in seal.diff(old, new)],
            [
                ("partner_id", (), "changed"),
                ("line_ids", ("1",), "removed"),
                ("line_ids.price_unit", ("2",), "changed"),
                ("line_ids.price_unit", ("10",), "changed"),
                ("line_ids", ("11",), "added"),
            ],
        )
        self.assertEqual(seal.diff(old, old), [])
