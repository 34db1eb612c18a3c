from datetime import date

from odoo.tests import BaseCase, tagged

from ...tools import policy_match, validity
from ...tools.policy_match import Rule, Subject


@tagged("post_install", "-at_install")
class TestPolicyMatch(BaseCase):
    """Points of the conditions, winners and ties (section 3.2)."""

    def _points(self, rule, subject):
        found = policy_match.match(rule, subject)
        return found and found.score

    def test_points_of_each_condition(self):
        """product 100, partner 50, type 20, category 10 + depth, key part 5, origin 3."""
        subject = Subject(
            type_id=1,
            product_id=2,
            category_path=(10, 11, 12),
            partner_ids=frozenset({3}),
            origin="customer",
            is_key_part=True,
        )
        one = frozenset
        expected = [
            (Rule(1), 0),
            (Rule(1, product_ids=one({2})), 100),
            (Rule(1, partner_ids=one({3})), 50),
            (Rule(1, type_ids=one({1})), 20),
            (Rule(1, category_ids=one({10})), 10),
            (Rule(1, category_ids=one({11})), 11),
            (Rule(1, category_ids=one({10, 12})), 12),
            (Rule(1, key_part_only=True), 5),
            (Rule(1, origin="customer"), 3),
            (Rule(1, type_ids=one({1}), category_ids=one({12}), origin="customer"), 35),
        ]
        for rule, score in expected:
            self.assertEqual(self._points(rule, subject), score, rule)

    def test_every_filled_condition_must_hold(self):
        """One condition that does not hold takes the rule out."""
        subject = Subject(type_id=1, product_id=2, category_path=(10,))
        for rule in (
            Rule(1, type_ids=frozenset({9})),
            Rule(1, type_ids=frozenset({1}), product_ids=frozenset({9})),
            Rule(1, category_ids=frozenset({11})),
            Rule(1, partner_ids=frozenset({3})),
            Rule(1, key_part_only=True),
            Rule(1, origin="customer"),
            Rule(1, company_id=5),
        ):
            self.assertIsNone(policy_match.match(rule, subject), rule)

    def test_each_group_on_its_own(self):
        """The rule that wins one group does not win another that it does not define."""
        rules = [
            Rule(1, groups=frozenset({"validity", "use"})),
            Rule(2, groups=frozenset({"use"}), type_ids=frozenset({1})),
            Rule(3, groups=frozenset({"validity"}), product_ids=frozenset({2})),
        ]
        found = policy_match.resolve(
            rules, Subject(type_id=1, product_id=2), ("validity", "use", "end")
        )
        self.assertEqual(
            {group: match.rule.id for group, match in found.items()},
            {"validity": 3, "use": 2},
        )

    def test_ties(self):
        """Equally specific: the nearest company's rule, then the sequence, then the id."""
        groups = frozenset({"use"})
        rules = [
            Rule(4, sequence=10, groups=groups),
            Rule(3, sequence=10, groups=groups),
            Rule(2, sequence=5, groups=groups),
            Rule(9, sequence=50, groups=groups, company_id=7),
            Rule(8, sequence=1, groups=groups, company_id=6),
        ]
        subject = Subject(company_ids=(7, 6))
        order = []
        while rules:
            winner = policy_match.resolve(rules, subject, ("use",))["use"]
            order.append(winner.rule.id)
            rules.remove(winner.rule)
        self.assertEqual(order, [9, 8, 2, 3, 4])


@tagged("post_install", "-at_install")
class TestValidityPeriods(BaseCase):
    """Calendar periods (SC-39.2), worked examples E01 to E03, E09, E24."""

    def test_worked_examples(self):
        for start, value, unit, expected in (
            (date(2026, 1, 31), 3, "month", date(2026, 4, 30)),  # E01
            (date(2025, 8, 31), 6, "month", date(2026, 2, 28)),  # E02
            (date(2024, 2, 29), 1, "year", date(2025, 2, 28)),  # E03
            (date(2026, 3, 10), 12, "month", date(2027, 3, 10)),  # E09
            (date(2026, 1, 31), 3, "month", date(2026, 4, 30)),  # E24
            (date(2026, 1, 31), 2, "week", date(2026, 2, 14)),
            (date(2026, 1, 31), 10, "day", date(2026, 2, 10)),
        ):
            self.assertEqual(validity.add_period(start, value, unit), expected)

    def test_usable_through_the_last_day(self):
        """E01: usable on 30 April, expired on 1 May."""
        until = date(2026, 4, 30)
        self.assertEqual(validity.state_of(until, until), "ok")
        self.assertEqual(validity.state_of(until, date(2026, 5, 1)), "overdue")
        self.assertEqual(
            validity.state_of(until, date(2026, 4, 15), date(2026, 4, 15)), "due"
        )
        self.assertEqual(
            validity.state_of(until, date(2026, 4, 14), date(2026, 4, 15)), "ok"
        )
        self.assertEqual(validity.state_of(None, until), "none")

    def test_unknown_unit_is_refused(self):
        with self.assertRaises(ValueError):
            validity.add_period(date(2026, 1, 1), 1, "decade")

    def test_reminder_days(self):
        self.assertEqual(validity.parse_days("15, 5，0"), [15, 5, 0])
        self.assertEqual(validity.parse_days(False), [])
        for wrong in ("a", "7, -1"):
            with self.assertRaises(ValueError):
                validity.parse_days(wrong)
