"""Exact arithmetic of readings: units, ranges, verdicts. Decimal, because 1.006 cm *is* 10.06 mm."""

import re
from decimal import ROUND_HALF_UP, Decimal, DecimalException

#: what separates readings that are typed in one field
SEPARATORS = re.compile(r"[;；,，、\n]+")
#: to how much limits are kept, and values compared with them
STEP = Decimal("0.000001")
NUMBER = re.compile(r"^([+-]?\d+(?:\.\d+)?|[+-]?\.\d+)\s*(.*)$")


def exact(value):
    """Return a float as the decimal that a person reads.

    :param float value: for example 10.07
    :rtype: decimal.Decimal

    >>> exact(0.1) + exact(0.2)
    Decimal('0.3')
    """
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def convert(value, factor_from, factor_to):
    """Convert a value between units, to the step in which limits are kept.

    Ten millimetres are 0.3937007… inches: kept as a limit they are 0.393701, and so is the next reading of
    ten millimetres, which does not leave the range that it made itself.

    :param value: float or Decimal in the first unit
    :param factor_from: how much of the reference one of the first unit is
    :param factor_to: how much of the reference one of the second unit is
    :rtype: decimal.Decimal

    >>> convert(1.5, 1, 1000) == Decimal("0.0015")
    True
    >>> convert(150.0, 10, 1000) == Decimal("1.5")
    True
    >>> convert(10.0, 1, 25.4)
    Decimal('0.393701')
    """
    converted = exact(value) * exact(factor_from) / exact(factor_to)
    return converted.quantize(STEP, ROUND_HALF_UP)


def is_inside(values, low, high):
    """Tell whether there are values and none leaves a range; its limits belong to it.

    :param values: floats or Decimals, in the unit of the range
    :param low: lower limit
    :param high: upper limit

    >>> is_inside([10.02, 10.06], 10.02, 10.06)
    True
    >>> is_inside([10.07], 10.02, 10.06)
    False
    >>> is_inside([], 10.02, 10.06)
    False
    """
    low, high = exact(low), exact(high)
    values = [exact(value) for value in values]
    return bool(values) and all(low <= value <= high for value in values)


def largest_deviation(values, nominal):
    """Return the deviation from the nominal value that is largest, with its sign.

    :param values: floats or Decimals in one unit
    :param nominal: the nominal value in the same unit
    :rtype: decimal.Decimal

    >>> largest_deviation([10.02, 9.95], 10.0)
    Decimal('-0.05')
    """
    deviations = [exact(value) - exact(nominal) for value in values]
    return max(deviations, key=abs, default=Decimal(0))


def parse_readings(text):
    """Read the values that a person typed, each with a unit or without one.

    Values are separated by semicolons, commas or line breaks, or by blanks when none has a unit.

    :param str text: for example ``10.02; 1.006 cm``
    :return: list of pairs (float, name of the unit or "")
    :raises ValueError: naming the first part that is no number

    >>> parse_readings("10.02; 1.006 cm")
    [(10.02, ''), (1.006, 'cm')]
    >>> parse_readings("10.02 10.03")
    [(10.02, ''), (10.03, '')]
    """
    readings = []
    for part in SEPARATORS.split(text or ""):
        words = part.split()
        try:
            plain = [float(Decimal(word)) for word in words]
        except DecimalException:
            plain = []
        if plain and all(NUMBER.match(word) for word in words):
            readings += [(value, "") for value in plain]
        elif words:
            found = NUMBER.match(part.strip())
            if not found:
                raise ValueError(part.strip())
            readings.append((float(Decimal(found[1])), found[2].strip()))
    return readings


def tolerance_text(nominal, lower, upper, unit=None):
    """Return a nominal value with its tolerance and unit, as it stands on a card.

    :param float nominal: nominal value
    :param float lower: allowed deviation downwards, for example -0.05
    :param float upper: allowed deviation upwards
    :param str unit: name of the unit, if any

    >>> tolerance_text(10.0, -0.05, 0.05, "mm"), tolerance_text(10.5, 0.0, 0.1), tolerance_text(3, 0, 0)
    ('10 ±0.05 mm', '10.5 (+0/+0.1)', '3')
    """
    text = f"{nominal or 0:g}"
    if lower or upper:
        text += f" ±{upper:g}" if upper == -lower else f" ({lower:+g}/{upper:+g})"
    return f"{text} {unit or ''}".strip()
