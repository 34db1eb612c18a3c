"""Masking of what identifies a person, for those who need not know it."""

import re

MASK = "*"
#: telephone numbers that follow the mobile pattern: the middle four are hidden
_HIDDEN_DIGITS = 4


def mask_phone(number):
    """Hide the middle four digits of a telephone number.

    The rule is 13212343550 -> 132****3550 (lead registration of the customer
    regulations: hide the middle four digits of the contact's number). A country
    code, an area code, separators and an extension stay as they are written; the
    subscriber number loses its middle four digits, or, when it has fewer than
    seven, all but its first and last digit.

    >>> mask_phone("13212343550")
    '132****3550'
    >>> mask_phone("+86 132 1234 3550")
    '+86 132 **** 3550'
    >>> mask_phone("0755-26881234")
    '0755-26****34'
    >>> mask_phone("021-6288123")
    '021-6****23'
    >>> mask_phone("+1 (415) 555-0134")
    '+1 (415) 5**-**34'
    >>> mask_phone("１３２１２３４３５５０")
    '１３２****３５５０'
    >>> mask_phone("0755-26881234 ext. 802")
    '0755-26****34 ext. 802'
    >>> mask_phone("95588")
    '9***8'
    >>> mask_phone("")
    ''

    :param number: text as it was typed; anything false gives an empty text
    :return: text of the same length
    """
    if not number:
        return ""
    text = str(number)
    start, end = _subscriber_span(text)
    positions = [index for index in range(start, end) if text[index].isdigit()]
    hidden = _middle(positions)
    return "".join(MASK if index in hidden else char for index, char in enumerate(text))


def _subscriber_span(text):
    """Return start and end of the subscriber number: without country, area, extension."""
    end = len(text)
    extension = re.search(r"(?i)\s*(?:ext\.?|x|#|转|轉|分机)\s*\d+\s*$", text)
    if extension:
        end = extension.start()
    start = 0
    country = re.match(r"\s*(?:[+＋]\s*86|0086)[\s-]*", text)
    if not country:
        # other countries: what is set off from the rest by a space or a bracket
        country = re.match(r"\s*(?:[+＋]|00)\d{1,3}[\s().-]+", text)
    if country:
        start = country.end()
        while start > 0 and text[start - 1] in "(（":
            start -= 1
    area = re.match(
        r"\s*[(（]?(0\d{2,3})[)）\s-]+|\s*[(（]\d{1,4}[)）][\s-]*", text[start:end]
    )
    if area:
        start += area.end()
    return start, end


def _middle(positions):
    """Return the positions of the middle digits to hide."""
    count = len(positions)
    if count < 3:
        return set(positions)
    if count < 7:
        return set(positions[1:-1])
    first = (count - _HIDDEN_DIGITS) // 2
    return set(positions[first : first + _HIDDEN_DIGITS])
