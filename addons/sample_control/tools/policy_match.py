"""Which sample rule holds for a sample: plain Python over rules and subjects.

One regulation never fixes everything: a rule defines some groups of parameters, and each group is
looked up on its own among the rules that define it and whose filled conditions all match.
"""

from dataclasses import dataclass, field

#: points of each condition that matched; a category adds its depth in the tree
WEIGHTS = {
    "product": 100,
    "partner": 50,
    "type": 20,
    "category": 10,
    "key_part": 5,
    "origin": 3,
}


@dataclass(frozen=True)
class Subject:
    """What is known of a sample or request when its rules are looked up.

    ``category_path`` lists the product category and its ancestors, root first; ``company_ids`` the
    company and those above it, whose rules hold in their branches, nearest first.
    """

    company_ids: tuple = ()
    type_id: int | None = None
    product_id: int | None = None
    category_path: tuple = ()
    partner_ids: frozenset = frozenset()
    origin: str | None = None
    is_key_part: bool = False


@dataclass(frozen=True)
class Rule:
    """The conditions of one rule; an empty condition matches everything."""

    id: int
    name: str = ""
    sequence: int = 10
    company_id: int | None = None
    groups: frozenset = frozenset()
    type_ids: frozenset = frozenset()
    product_ids: frozenset = frozenset()
    category_ids: frozenset = frozenset()
    partner_ids: frozenset = frozenset()
    origin: str | None = None
    key_part_only: bool = False


@dataclass(frozen=True)
class Match:
    """A rule that matches, with the points of each condition.

    ``distance`` tells how far above the company of the subject that of the rule is.
    """

    rule: Rule
    points: dict = field(default_factory=dict)
    distance: int = 0

    @property
    def score(self):
        """Sum of the points: the more specific rule wins."""
        return sum(self.points.values())

    @property
    def rank(self):
        """Key to sort by, the winner first: points, nearest company, sequence, id."""
        return (
            -self.score,
            self.rule.company_id is None,
            self.distance,
            self.rule.sequence,
            self.rule.id,
        )


def match(rule, subject):
    """Tell whether the rule matches the subject, and how specifically.

    :param Rule rule: the rule
    :param Subject subject: the sample or request
    :return: a :class:`Match`, or None when a filled condition does not hold

    >>> match(Rule(1, type_ids=frozenset({7})), Subject(type_id=7)).score
    20
    >>> match(Rule(1, type_ids=frozenset({7})), Subject(type_id=8)) is None
    True
    """
    if rule.company_id and rule.company_id not in subject.company_ids:
        return None
    held = {
        "product": rule.product_ids and subject.product_id in rule.product_ids,
        "partner": rule.partner_ids and bool(rule.partner_ids & subject.partner_ids),
        "type": rule.type_ids and subject.type_id in rule.type_ids,
        "category": rule.category_ids
        and bool(rule.category_ids.intersection(subject.category_path)),
        "key_part": rule.key_part_only and subject.is_key_part,
        "origin": rule.origin and rule.origin == subject.origin,
    }
    asked = {
        "product": rule.product_ids,
        "partner": rule.partner_ids,
        "type": rule.type_ids,
        "category": rule.category_ids,
        "key_part": rule.key_part_only,
        "origin": rule.origin,
    }
    points = {}
    for condition, wanted in asked.items():
        if not wanted:
            continue
        if not held[condition]:
            return None
        points[condition] = WEIGHTS[condition]
    if "category" in points:
        points["category"] += _depth(rule, subject)
    return Match(rule, points, _distance(rule, subject))


def _depth(rule, subject):
    """Depth in the tree (root 0) of the deepest category that the rule names."""
    return max(
        depth
        for depth, category_id in enumerate(subject.category_path)
        if category_id in rule.category_ids
    )


def _distance(rule, subject):
    """Steps from the company of the subject up to that of the rule."""
    return subject.company_ids.index(rule.company_id) if rule.company_id else 0


def resolve(rules, subject, groups):
    """Find the winning rule of each group of parameters.

    :param rules: iterable of :class:`Rule`
    :param Subject subject: the sample or request
    :param groups: names of the groups
    :return: dict group -> :class:`Match`; a group that no rule defines is missing

    >>> rules = [Rule(1, groups=frozenset({"validity", "use"})),
    ...          Rule(2, groups=frozenset({"validity"}), partner_ids=frozenset({9}))]
    >>> found = resolve(rules, Subject(partner_ids=frozenset({9})), ("validity", "use"))
    >>> {group: match.rule.id for group, match in found.items()}
    {'validity': 2, 'use': 1}
    """
    matches = sorted(
        filter(None, (match(rule, subject) for rule in rules)),
        key=lambda found: found.rank,
    )
    winners = {}
    for group in groups:
        for found in matches:
            if group in found.rule.groups:
                winners[group] = found
                break
    return winners
