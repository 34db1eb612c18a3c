"""Read a customer list as sales offices really keep it.

Plain Python, no Odoo environment. A workbook may have several sheets, titles over
the header, merged cells, full-width digits, dates typed as text and columns in any
order. Nothing is guessed silently: a cell that cannot be understood is reported
with its sheet, row and column, and an unknown column is listed as such.
Source: CA-97 (客户信息导入).
"""

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from .company_name import fold_width

HEADER_SEARCH_ROWS = 20  # titles and remarks above the header are shorter than this
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]")
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_SERIAL_RANGE = (20000, 80000)  # 1954 to 2119: other numbers are no dates
# Each cell and each cell of a merged block becomes an object: more than this, of about
# 150,000 customers, would fill the memory of the server from a small file
MAX_UNPACKED = 100 * 1024**2
MAX_MERGED = 100_000
MERGED_BLOCK = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z0-9:]+)[\"']")
# A formula that nobody has counted; Excel writes the type of an empty text
UNCOUNTED_FORMULA = re.compile(
    rb"<c\s(?![^>]*\bt=\"str\")[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)"
    rb"\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
OLD_FORMAT = b"\xd0\xcf\x11\xe0"  # .xls, and any workbook with a password

# What a column may hold -> the headings under which offices write it.
# The first heading is the one that the downloadable template uses.
TARGETS = {
    "name": (
        "客户名称",
        "公司名称",
        "单位名称",
        "企业名称",
        "客户全称",
        "名称",
        "客户",
    ),
    "company_registry": (
        "统一社会信用代码",
        "社会信用代码",
        "信用代码",
        "统一信用代码",
        "营业执照号",
        "税号",
    ),
    "ref": ("客户编号", "客户代码", "编号", "代码"),
    "contact": ("联系人", "联系人姓名", "主要联系人", "联络人"),
    "function": ("职务", "职位", "联系人职务"),
    "phone": ("电话", "联系电话", "公司电话", "固定电话", "座机"),
    "mobile": ("手机", "手机号", "手机号码", "联系人手机", "移动电话"),
    "email": ("邮箱", "电子邮箱", "电子邮件", "E-mail", "Email"),
    "state": ("省份", "省", "省市", "地区"),
    "city": ("城市", "市"),
    "street": ("地址", "公司地址", "详细地址", "联系地址"),
    "zip": ("邮编", "邮政编码"),
    "industry": ("行业", "所属行业"),
    "website": ("网址", "网站"),
    "salesperson": ("业务员", "销售员", "负责业务员", "客户经理"),
    "date_first_contact": ("首次接触日期", "首次联系日期", "建档日期", "接触日期"),
    "comment": ("备注", "说明"),
}
# A row with one of these words as its first text is a footer of the list
FOOTER_WORDS = ("合计", "总计", "小计", "制表", "审核", "以下空白")


@dataclass(frozen=True)
class WorkbookColumn:
    """One column of a sheet and what it was recognised as.

    :param int index: zero-based position in the sheet
    :param str header: the heading as written
    :param target: a key of :data:`TARGETS`, or ``None`` when not recognised
    """

    index: int
    header: str
    target: str | None

    @property
    def letter(self):
        """The column's name in Excel: A, B, … AA."""
        return get_column_letter(self.index + 1)


@dataclass(frozen=True)
class WorkbookRow:
    """One customer row: Excel row number (from 1) and raw cells by column index."""

    number: int
    cells: tuple

    def cell(self, index):
        """Return the raw value at a zero-based column index, ``None`` outside."""
        return self.cells[index] if index < len(self.cells) else None


@dataclass
class WorkbookSheet:
    """A sheet with its header found; ``header_row`` 0 means: no header there, or a
    hidden sheet, which is not read."""

    name: str
    header_row: int = 0
    hidden: bool = False
    columns: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    footers: list = field(default_factory=list)  # numbers of rows such as 合计


class WorkbookError(ValueError):
    """The file is not a workbook that can be read.

    :param str code: ``"unreadable"`` (no .xlsx and no text table), ``"empty"``,
        ``"protected"`` (by a password, or an old .xls), ``"too_large"``, ``"merged"``
        (over far too many cells), ``"formulas"`` (whose results are not in the file)
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def normalise_text(value):
    """Return a cell as clean text: half-width characters, single blanks, no edges.

    Control characters, of which PostgreSQL refuses some, count as blanks.

    >>> normalise_text("  宁波　汽车（集团）ＡＢＣ１２ ")
    '宁波 汽车(集团)ABC12'
    >>> normalise_text(57.0), normalise_text(None), normalise_text("A" + chr(0) + "B")
    ('57', '', 'A B')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # Excel keeps typed digits as floats
    return " ".join(CONTROL_CHARACTERS.sub(" ", fold_width(str(value))).split())


def parse_date(value):
    """Return the date that a cell means.

    Understands Excel dates and serial numbers, ``2024-3-5``, ``2024/03/05``,
    ``2024.3.5``, ``2024年3月5日`` and ``20240305``, also in full-width digits.

    :param value: raw cell
    :return: a :class:`datetime.date`, or ``None`` for an empty cell
    :raises ValueError: when the cell holds something else

    >>> parse_date("２０２４年３月５日"), parse_date("2024.3.5"), parse_date(45356)
    (datetime.date(2024, 3, 5), datetime.date(2024, 3, 5), datetime.date(2024, 3, 5))
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = normalise_text(value)
    if not text:
        return None
    if text.isdigit() and EXCEL_SERIAL_RANGE[0] <= int(text) <= EXCEL_SERIAL_RANGE[1]:
        return EXCEL_EPOCH + timedelta(days=int(text))
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text) or re.fullmatch(
        r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?[日号]?( 0?0:00(:00)?)?",
        text,
    )
    if not match:
        raise ValueError(text)
    return date(*(int(part) for part in match.groups()[:3]))


def normalise_phone(value):
    """Return a phone number with its digits, plus sign and dashes only.

    :param value: raw cell; several numbers may be separated by ``/``, ``、`` or ``;``
    :return: the first number, ``""`` for an empty cell
    :raises ValueError: when no plausible number (7 to 15 digits) is in the cell

    >>> normalise_phone("１３２ １２３４ ３５５０"), normalise_phone("0574-8765 4321转8")
    ('13212343550', '0574-87654321-8')
    >>> normalise_phone("(0574)87654321、87654322")
    '0574-87654321'
    """
    text = normalise_text(value)
    if not text:
        return ""
    first = re.split(r"[/、;,]", text)[0].strip()
    first = re.sub(r"^\((\d{3,4})\)\s?", r"\1-", first)
    first = re.sub(r"(转|分机|ext\.?)\s?", "-", first, flags=re.IGNORECASE)
    number = re.sub(r"[\s()]", "", first)
    digits = re.sub(r"\D", "", number)
    if not re.fullmatch(r"\+?[\d-]+", number) or not 7 <= len(digits) <= 15:
        raise ValueError(text)
    return number


def read_workbook(data, file_name=""):
    """Read every sheet of a customer list.

    :param bytes data: content of an ``.xlsx`` file, or of a text table (UTF-8 or
        GB 18030, comma, semicolon or tab)
    :param str file_name: decides that a ``.csv``/``.txt`` file is a text table
    :return: list of :class:`WorkbookSheet`, in the order of the file
    :raises WorkbookError: when the file cannot be read or has no cell at all
    """
    if file_name.lower().endswith((".csv", ".txt")):
        tables = [("CSV", _read_text_table(data))]
    else:
        tables = _read_xlsx(data)
    if not any(any(row) for _name, rows in tables for row in rows or ()):
        raise WorkbookError("empty")
    return [_read_sheet(name, rows) for name, rows in tables]


def recognise_header(text):
    """Return the target that a heading means, ``None`` when unknown.

    >>> recognise_header("客户名称（全称）*"), recognise_header("Ｅ－mail"), recognise_header("年龄")
    ('name', 'email', None)
    """
    key = _header_key(text)
    return _HEADINGS.get(key)


def _header_key(text):
    """Reduce a heading to what tells it apart: no blanks, brackets, stars or case."""
    text = re.sub(r"\([^)]*\)", "", normalise_text(text))
    return re.sub(r"[\s*:_\-]", "", text).lower()


_HEADINGS = {
    _header_key(heading): target
    for target, headings in TARGETS.items()
    for heading in headings
}


def _read_xlsx(data):
    """Return ``[(sheet name, [row tuples])]`` with merged cells filled; a hidden sheet
    has ``None`` for rows."""
    try:
        _check_package(data)
        workbook = load_workbook(io.BytesIO(data), data_only=True)
    except WorkbookError:
        raise
    except Exception as error:  # openpyxl raises many kinds for broken files
        raise WorkbookError("unreadable") from error
    return [
        (sheet.title, _filled_rows(sheet) if sheet.sheet_state == "visible" else None)
        for sheet in workbook.worksheets
    ]


def _check_package(data):
    """Refuse what would fill the memory, or be read without its values."""
    if data.startswith(OLD_FORMAT):
        raise WorkbookError("protected")
    with ZipFile(io.BytesIO(data)) as package:
        if sum(info.file_size for info in package.infolist()) > MAX_UNPACKED:
            raise WorkbookError("too_large")
        for info in package.infolist():
            content = package.read(info)
            if sum(map(_get_area, MERGED_BLOCK.findall(content))) > MAX_MERGED:
                raise WorkbookError("merged")
            if UNCOUNTED_FORMULA.search(content):
                raise WorkbookError("formulas")


def _get_area(block):
    """Return how many cells a block such as ``b"A1:C2"`` has.

    >>> _get_area(b"A1:C2")
    6
    """
    left, top, right, bottom = range_boundaries(block.decode())
    return (right - left + 1) * (bottom - top + 1)


def _filled_rows(sheet):
    """Return the sheet's rows; a merged block repeats its value downwards.

    Only downwards: a value merged over several columns is a title, and repeating it
    sideways would put it into columns where it does not belong. What stands to the
    right of everything in the first rows has no heading: a stray mark far outside
    the list does not make it millions of cells.
    """
    top = list(sheet.iter_rows(max_row=HEADER_SEARCH_ROWS, values_only=True))
    width = max((_get_length(row) for row in top), default=0)
    filled = {
        (number, block.min_col): sheet.cell(block.min_row, block.min_col).value
        for block in sheet.merged_cells.ranges
        if block.min_col <= width
        for number in range(block.min_row, min(block.max_row, sheet.max_row) + 1)
    }
    rows = [row[: _get_length(row)] for row in _iter_rows(sheet, width, filled)]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _iter_rows(sheet, width, filled):
    """Give the rows of a sheet, with the values of merged blocks.

    :param int width: so many columns are read
    :param dict filled: ``(row, column)`` -> value of a merged block
    """
    columns = sorted({column for _row, column in filled})
    rows = sheet.iter_rows(max_col=width, values_only=True) if width else ()
    for number, cells in enumerate(rows, 1):
        merged = {c: filled[number, c] for c in columns if (number, c) in filled}
        yield (
            tuple(merged.get(column, value) for column, value in enumerate(cells, 1))
            if merged
            else cells
        )


def _get_length(row):
    """Return how long a row is without the empty cells at its end.

    >>> _get_length(("A", None, "B", None)), _get_length((None,))
    (3, 0)
    """
    length = len(row)
    while length and row[length - 1] is None:
        length -= 1
    return length


def _read_text_table(data):
    """Return the rows of a CSV file in the encodings that Chinese offices use."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise WorkbookError("unreadable")
    try:
        dialect = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    lines = io.StringIO(text, newline=None)  # old programs end lines with CR alone
    return [tuple(cell or None for cell in row) for row in csv.reader(lines, dialect)]


def _read_sheet(name, rows):
    """Find the header of a sheet and take the customer rows below it."""
    sheet = WorkbookSheet(name=name, hidden=rows is None)
    sheet.header_row = _find_header(rows or [])
    if not sheet.header_row:
        return sheet
    sheet.columns = _recognise_columns(rows[sheet.header_row - 1])
    mapped = [column.index for column in sheet.columns if column.target]
    for number, cells in enumerate(rows[sheet.header_row :], sheet.header_row + 1):
        row = WorkbookRow(number=number, cells=cells)
        if _is_footer(row):
            sheet.footers.append(number)
        elif any(normalise_text(row.cell(index)) for index in mapped):
            sheet.rows.append(row)
    return sheet


def _find_header(rows):
    """Return the number of the row with most known headings (at least two, one of
    them the name), 0 when there is none."""
    best, best_score = 0, 1
    for number, cells in enumerate(rows[:HEADER_SEARCH_ROWS], 1):
        targets = {recognise_header(cell) for cell in cells if isinstance(cell, str)}
        targets.discard(None)
        if "name" in targets and len(targets) > best_score:
            best, best_score = number, len(targets)
    return best


def _recognise_columns(cells):
    """Return the columns of a header row; a target is given to its first column."""
    columns, taken = [], set()
    for index, cell in enumerate(cells):
        header = normalise_text(cell)
        if not header:
            continue
        target = recognise_header(header)
        if target in taken:
            target = None
        taken.add(target)
        columns.append(WorkbookColumn(index=index, header=header, target=target))
    return columns


def _is_footer(row):
    """Say whether a row below the header sums up or signs the list."""
    first = next((t for t in map(normalise_text, row.cells) if t), "")
    return first.replace(" ", "").startswith(FOOTER_WORDS)
