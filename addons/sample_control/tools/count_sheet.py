"""Read a filled-in stock-take sheet (X13 样件盘点表).

Plain Python on openpyxl, without an Odoo environment. The sheet may be the exported ledger with its
title block, or a list that somebody typed: the headings are found by their words, in English or
Chinese, on every sheet of the workbook. Nothing is guessed: what cannot be understood is reported
with its place, and all of it at once.
"""

import io
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

#: column -> words that it may be headed with
HEADINGS = {
    "round": ("盘点单号", "stock-take no.", "round no.", "round"),
    "code": (
        "样件编号",
        "样件编号/编码",
        "编码",
        "编号",
        "sample no.",
        "sample no. or code",
        "code",
    ),
    "found": ("实盘在位", "实盘", "是否在位", "found", "found there", "counted"),
    "place": ("发现位置", "实盘位置", "found in"),
    "reason": ("差异原因", "reason of the difference"),
    "note": ("备注", "remark", "remarks"),
}
#: words for a piece that was found, and for one that was not
YES = {"是", "有", "在", "√", "✓", "✔", "1", "y", "yes", "true", "x"}
NO = {"", "否", "无", "不在", "×", "✗", "0", "n", "no", "false"}
#: rows that are searched for the headings
HEAD_ROWS = 30
#: columns that are read
MAX_COLUMNS = 100
#: rows that are read in all, and looked at, empty ones included
MAX_ROWS = 20_000
MAX_LINES = 200_000
#: bytes of the unpacked workbook that are read in all
MAX_BYTES = 100_000_000
#: what openpyxl and the packages below it raise for files that are torn or made up
BROKEN = (
    AttributeError,
    BadZipFile,
    EOFError,
    InvalidFileException,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zlib.error,
)


class SheetError(Exception):
    """The file as a whole cannot be used; ``reason`` is ``broken``, ``headings`` or ``rows``."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class CountRow:
    """One row of the sheet, with the cells as text.

    :param cells: column -> text
    :param letters: column -> letter of the column in the sheet
    """

    sheet: str
    row: int
    cells: dict
    letters: dict

    def get(self, column):
        return self.cells.get(column, "")

    @property
    def found(self):
        """True, False, or None when the mark is not understood.

        In a list without a column for the mark, a place says that the piece was found.
        """
        mark = self.get("found").casefold()
        if "found" not in self.cells:
            return bool(self.get("place"))
        if mark in YES:
            return True
        return False if mark in NO else None


def read_count_sheet(data):
    """Read the rows of a workbook.

    :param bytes data: content of the file
    :return: list of :class:`CountRow`, without empty rows
    :raises SheetError: when it is no workbook, has no headings or too many rows
    """
    try:
        return _read_workbook(data)
    except BROKEN as error:
        raise SheetError("broken") from error


def _read_workbook(data):
    with ZipFile(io.BytesIO(data)) as package:
        if sum(part.file_size for part in package.infolist()) > MAX_BYTES:
            raise SheetError("rows")
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    rows, headed, lines = [], False, 0
    for sheet in workbook.worksheets:
        found, columns, count = _read_sheet(
            sheet, MAX_ROWS - len(rows), MAX_LINES - lines
        )
        rows += found
        lines += count
        headed |= bool(columns)
    if not headed:
        raise SheetError("headings")
    return rows


def _read_sheet(sheet, room, lines):
    """Return the rows of one sheet, its columns, and how many lines were looked at.

    :param int room: how many rows may be read
    :param int lines: how many lines may be looked at
    """
    rows, columns, number = [], {}, 0
    cells_by_line = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
    for number, cells in enumerate(cells_by_line, start=1):
        if number > lines:
            raise SheetError("rows")
        if not columns:
            columns = _find_columns(cells)
            if not columns and number >= HEAD_ROWS:
                break
            continue
        texts = {name: _as_text(_cell(cells, index)) for name, index in columns.items()}
        if not any(texts.get(name) for name in ("code", "found", "place", "reason")):
            continue
        if not texts.get("code") and _is_footer(texts):
            continue
        if len(rows) >= room:
            raise SheetError("rows")
        letters = {
            name: get_column_letter(index + 1) for name, index in columns.items()
        }
        rows.append(CountRow(sheet.title, number, texts, letters))
    return rows, columns, number


def _find_columns(cells):
    """Return the columns of a heading row: name -> index; nothing when it is none."""
    known = {word: name for name, words in HEADINGS.items() for word in words}
    columns = {}
    for index, value in enumerate(cells):
        name = known.get(_as_text(value).rstrip("*").strip().casefold())
        if name and name not in columns:
            columns[name] = index
    return columns if "code" in columns and {"found", "place"} & columns.keys() else {}


def _is_footer(texts):
    """Whether a row without a number has no mark either: a total or a note."""
    return not texts.get("found") and not texts.get("place")


def _cell(cells, index):
    return cells[index] if index < len(cells) else None


def _as_text(value):
    """Return a cell as the text that a person reads in it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value).strip()
