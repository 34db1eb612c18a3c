"""Canonical digest of the values that were approved.

Plain Python, no environment. A *payload* is what a seal covers::

    {
        "tag": "record_control.seal/1",
        "model": "sale.order", "id": 7,
        "paths": ["partner_id", "line_ids.price_unit"],
        "values": {"partner_id": 12},
        "lines": {"line_ids": {"31": {"values": {"price_unit": "9.5"}, "lines": {}}}},
    }

Two payloads with the same meaning have the same digest, whatever the order in which fields, lines or
members of a relation were read, and also after a round trip through a JSON column. Lines are keyed by
their id: a line that was added or deleted changes the digest as a changed value does.
"""

import hashlib
import json
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

TAG = "record_control.seal/1"
CONTEXT = Context(prec=400, rounding=ROUND_HALF_UP)  # wide enough for any float
SIGNIFICANT_DIGITS = 12  # of floats without declared decimals: hides the noise of binary summing, nothing else


class Change(NamedTuple):
    """One difference between two payloads.

    ``path`` names the field from the record on (``line_ids.price_unit``), ``keys`` the ids of the lines
    passed on the way, ``kind`` is ``changed``, ``added`` or ``removed`` (the latter two for whole lines,
    whose ``old`` or ``new`` is the line's node).
    """

    path: str
    keys: tuple
    kind: str
    old: object
    new: object


def normalise(value, decimals=None):
    """Bring one value into its canonical, JSON-safe form.

    >>> normalise(0.1 + 0.2), normalise(2.50, decimals=2), normalise(100.0), normalise(-0.0)
    ('0.3', '2.5', '100', '0')
    >>> normalise(2.675, decimals=2), normalise(1e-07), normalise(12345678.9)
    ('2.68', '0.0000001', '12345678.9')
    >>> normalise(date(2025, 1, 31)), normalise(datetime(2025, 1, 31, 8, 0))
    ('2025-01-31', '2025-01-31T08:00:00')
    >>> normalise((3, 1, 2)), normalise(""), normalise(None), normalise(True), normalise(7)
    ([1, 2, 3], None, None, True, 7)
    >>> normalise(b"abc")
    'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

    :param value: a Python value; tuples, sets and frozensets are unordered collections of ids
    :param int decimals: declared decimals of a number; without them twelve significant digits count
    :return: None, bool, int, str, or lists and dicts of these
    :raises TypeError: for a value that has no canonical form
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float | Decimal):
        return _number(value, decimals)
    if isinstance(value, datetime):
        return value.replace(microsecond=0, tzinfo=None).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    if isinstance(value, bytes):
        return "sha256:" + hashlib.sha256(value).hexdigest()
    if isinstance(value, tuple | set | frozenset):
        return sorted(normalise(item) for item in value)
    if isinstance(value, list):
        return [normalise(item) for item in value]
    if isinstance(value, dict):
        return {str(key): normalise(item) for key, item in value.items()}
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _number(value, decimals):
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if not number.is_finite():
        return str(number)
    if decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-decimals), context=CONTEXT)
    elif number:
        number = number.quantize(
            Decimal(1).scaleb(number.adjusted() + 1 - SIGNIFICANT_DIGITS),
            context=CONTEXT,
        )
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def canonical(payload):
    """Write a payload as text, the same text for the same meaning.

    >>> canonical({"b": 1, "a": ["客户", None]})
    '{"a":["客户",null],"b":1}'

    :param dict payload: nested dicts, lists and canonical values
    :return: str
    """
    return json.dumps(
        payload,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def digest(payload):
    """Digest of a payload: 64 hexadecimal digits (SHA-256 of its canonical text).

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 1, "b": 3})
    True
    """
    return hashlib.sha256(canonical(payload).encode()).hexdigest()


def tree(paths):
    """Arrange dotted paths by their first name.

    >>> tree(["partner_id", "line_ids.price_unit", "line_ids.tax_ids.amount"])
    (['partner_id'], {'line_ids': ['price_unit', 'tax_ids.amount']})

    :param paths: dotted paths
    :return: (names read as a value, {name of a relation: paths below it}), both sorted
    """
    leaves, branches = set(), {}
    for path in paths:
        name, dot, rest = path.partition(".")
        if dot:
            branches.setdefault(name, set()).add(rest)
        else:
            leaves.add(name)
    return sorted(leaves), {
        name: sorted(below) for name, below in sorted(branches.items())
    }


def diff(old, new):
    """List what changed between two payloads of the same record.

    Names that only one side knows (a field that no longer exists) are left out.

    >>> a = {"values": {"x": 1, "y": 2}, "lines": {"l": {"1": {"values": {"p": "5"}, "lines": {}}}}}
    >>> b = {"values": {"x": 1, "y": 3}, "lines": {"l": {"2": {"values": {"p": "5"}, "lines": {}}}}}
    >>> [(change.path, change.keys, change.kind) for change in diff(a, b)]
    [('y', (), 'changed'), ('l', ('1',), 'removed'), ('l', ('2',), 'added')]

    :param dict old: payload or node
    :param dict new: payload or node
    :return: list of :class:`Change`, fields first, then lines by id
    """
    return list(_diff(old, new, "", ()))


def _diff(old, new, prefix, keys):
    old_values, new_values = old["values"], new["values"]
    for name in sorted(old_values.keys() & new_values.keys()):
        if old_values[name] != new_values[name]:
            yield Change(
                prefix + name, keys, "changed", old_values[name], new_values[name]
            )
    for name in sorted(old["lines"].keys() & new["lines"].keys()):
        before, after = old["lines"][name], new["lines"][name]
        for key in sorted(
            before.keys() | after.keys(), key=lambda key: (len(key), key)
        ):
            line_keys = (*keys, key)
            if key not in after:
                yield Change(prefix + name, line_keys, "removed", before[key], None)
            elif key not in before:
                yield Change(prefix + name, line_keys, "added", None, after[key])
            else:
                yield from _diff(before[key], after[key], f"{prefix}{name}.", line_keys)
