"""Turn one row of a customer list into clean values and say what is wrong with it.

Plain Python, no Odoo environment: findings are codes, the model puts them into the
user's language. What needs the database (duplicates, known salespersons) is not
decided here. Source: CA-97.
"""

import re
from dataclasses import dataclass
from datetime import date

from openpyxl.cell.cell import ERROR_CODES

from .credit_code import clean_code, code_fault
from .customer_workbook import normalise_phone, normalise_text, parse_date

# A longer name is a mistake in the list, and more than the database indexes
MAX_TEXT = 250
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one cell.

    :param str target: the column's meaning, a key of ``TARGETS``
    :param str code: a key of the model's sentences, such as ``"bad_phone"``
    :param str value: what the cell holds
    """

    target: str
    code: str
    value: str = ""


def interpret_row(row, columns, today):
    """Read the recognised cells of a row.

    :param WorkbookRow row: the row
    :param columns: the sheet's :class:`WorkbookColumn` list
    :param date today: first contacts after this day are refused
    :return: ``(values, findings)``: a dict target -> clean text (dates in ISO form,
        empty cells left out), and a list of :class:`Finding`
    """
    values, findings = {}, []
    for column in columns:
        if not column.target:
            continue
        raw = row.cell(column.index)
        if raw in ERROR_CODES:  # what Excel shows where a formula fails
            findings.append(Finding(column.target, "error_cell", raw))
            continue
        try:
            value = _CLEANERS.get(column.target, _clean_text)(raw, today)
        except _CellError as error:
            shown = normalise_text(raw)[:MAX_TEXT]
            findings.append(Finding(column.target, error.code, shown))
            continue
        if value:
            values[column.target] = value
    return values, findings + _missing(values, findings)


class _CellError(ValueError):
    """A cell that cannot be used; ``code`` names the sentence."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def _missing(values, findings):
    """Return the findings about required cells: a name, and a contact or a phone."""
    faulty = {finding.target for finding in findings}
    missing = []
    if "name" not in values.keys() | faulty:
        missing.append(Finding("name", "missing_name"))
    reachable = {"contact", "phone", "mobile"}
    if not reachable & (values.keys() | faulty):
        missing.append(Finding("contact", "missing_contact"))
    return missing


def _clean_text(raw, _today):
    text = normalise_text(raw)
    if len(text) > MAX_TEXT:
        raise _CellError("too_long")
    return text


def _clean_comment(raw, _today):
    return normalise_text(raw)


def _clean_code(raw, _today):
    """Check the unified social credit code, check digit included."""
    code = clean_code(normalise_text(raw))
    fault = code and code_fault(code)
    if fault:
        raise _CellError("bad_code_checksum" if fault == "check_digit" else "bad_code")
    return code


def _clean_phone(raw, _today):
    try:
        return normalise_phone(raw)
    except ValueError as error:
        raise _CellError("bad_phone") from error


def _clean_email(raw, _today):
    text = normalise_text(raw).replace(" ", "")
    if text and not EMAIL.fullmatch(text):
        raise _CellError("bad_email")
    return text.lower()


def _clean_date(raw, today: date):
    try:
        day = parse_date(raw)
    except ValueError as error:
        raise _CellError("bad_date") from error
    if day and day > today:
        raise _CellError("future_date")
    return day.isoformat() if day else ""


_CLEANERS = {
    "company_registry": _clean_code,
    "phone": _clean_phone,
    "mobile": _clean_phone,
    "email": _clean_email,
    "date_first_contact": _clean_date,
    "comment": _clean_comment,
}
