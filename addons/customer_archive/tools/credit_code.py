"""Unified social credit code 统一社会信用代码 of organisations in China (GB 32100-2015)."""

import re

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from .company_name import fold_width

SEPARATORS = re.compile(r"[\s\-‐-―]+")


def clean_code(code):
    """Return the code in half width and capitals, without spaces and dashes.

    :param str code: code as typed, may be empty or False
    :rtype: str

    >>> clean_code(" ９１３３０２００-ma2823ly7g ")
    '91330200MA2823LY7G'
    >>> clean_code(False)
    ''
    """
    return SEPARATORS.sub("", fold_width(code)).upper()


def code_fault(code):
    """Say what is wrong with a cleaned code.

    :param str code: result of :func:`clean_code`
    :return: ``length``, ``format`` or ``check_digit``; None when the code is right
    :rtype: str or None

    >>> code_fault("91110000600037341L")
    >>> code_fault("91110000600037341A")
    'check_digit'
    >>> code_fault("9111000060003734")
    'length'
    >>> code_fault("9111000060003734IL")
    'format'
    """
    try:
        uscc.validate(code)
    except InvalidLength:
        return "length"
    except InvalidChecksum:
        return "check_digit"
    except ValidationError:
        return "format"
    return None
