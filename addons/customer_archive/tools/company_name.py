"""Comparable form of company names, so that one customer is not entered twice.

Two spellings of one company differ in things that carry no meaning: full or half width, brackets, spaces, punctuation,
and the two ways to write a limited company. :func:`name_key` takes them away; it never joins two different companies
on purpose, so the place and the trade in the name stay.
"""

import re
import unicodedata

# Written forms of one legal form: (pattern, replacement). Applied to the folded name without punctuation, in this order.
# 股份有限公司 (joint-stock company) is another legal form than 有限公司 and stays apart.
LEGAL_FORMS = (
    ("有限责任公司", "有限公司"),
    ("companylimited", "coltd"),
    ("colimited", "coltd"),
    ("companyltd", "coltd"),
    ("incorporated", "inc"),
    ("limited", "ltd"),
    ("corporation", "corp"),
)
# Everything that is neither a letter nor a digit: spaces, brackets, dots, middle dots, dashes
NOISE = re.compile(r"[\W_]+")


def fold_width(text):
    """Return the text with full-width letters, digits, brackets and spaces in half width.

    :param str text: any text, may be empty or False
    :rtype: str

    >>> fold_width("９１３３０２０ＭＡ（中国）　Ｃｏ．")
    '9133020MA(中国) Co.'
    >>> fold_width(False)
    ''
    """
    return unicodedata.normalize("NFKC", text or "")


def name_key(name):
    """Return the form of a company name that is compared with other names.

    :param str name: name as typed
    :return: the key; empty when the name has neither letters nor digits
    :rtype: str

    >>> name_key("宁波远达（中国）汽车部件有限责任公司")
    '宁波远达中国汽车部件有限公司'
    >>> name_key(" 宁波远达 (中国) 汽车部件有限公司 ") == name_key("宁波远达【中国】汽车部件有限责任公司")
    True
    >>> name_key("宁波远达股份有限公司") == name_key("宁波远达有限公司")
    False
    >>> name_key("Ｙｕａｎｄａ Auto-Parts Co., Ltd.")
    'yuandaautopartscoltd'
    >>> name_key("Yuanda Auto Parts Company Limited")
    'yuandaautopartscoltd'
    >>> name_key("...")
    ''
    """
    key = NOISE.sub("", fold_width(name).casefold())
    for pattern, replacement in LEGAL_FORMS:
        if key.endswith(pattern):
            return key.removesuffix(pattern) + replacement
    return key
