"""Write a ledger (台账) as an Excel workbook, row by row, in constant memory.

Plain Python on XlsxWriter, without an Odoo environment: the caller hands over a
head, the columns and the rows, and gets back a workbook whose numbers are
numbers, whose dates are dates, and in which no text can turn into a formula.

>>> import io
>>> target = io.BytesIO()
>>> head = Head(title="客户一览表", lines=[("Printed by", "Li Wei")])
>>> columns = [Column("name", label="Customer"), Column("amount", label="Amount", kind="money", total=True)]
>>> write_ledger(target, head, columns, [("=1+1", 100.0), ("North", 50.0)])
2
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

#: Kinds of columns and their default width in characters.
KINDS = {
    "text": 20,
    "integer": 10,
    "number": 12,
    "money": 15,
    "percent": 10,
    "date": 12,
    "datetime": 18,
    "boolean": 8,
}
NUMERIC_KINDS = ("integer", "number", "money", "percent")

#: An Excel sheet has 1 048 576 rows; the rest is left to the head and the totals.
MAX_ROWS = 1_048_000
#: Longest text that an Excel cell holds.
MAX_TEXT = 32_767
#: Excel shows 15 significant digits; a longer whole number is written as text.
MAX_INTEGER = 10**15

#: Day zero of Excel's calendar as a Python ordinal (1899-12-30) and the first day
#: from which that calendar is right (it knows a 29 February 1900).
_EPOCH = date(1899, 12, 30).toordinal()
_FIRST_DAY = date(1900, 3, 1).toordinal()
#: A text that starts with one of these would be taken for a formula when the cell
#: is edited or when the sheet is saved as CSV.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

#: What cannot stand in a cell as it is: markup, and control characters together with
#: texts that look like Excel's own escape of one.
_NOT_PLAIN = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_")

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass(frozen=True)
class Column:
    """One column of a ledger.

    :param name: field path on the ledger's model (``partner_id.ref``), or any key
        when ``method`` is given
    :param label: heading; the field's own label when empty
    :param kind: a key of :data:`KINDS`; taken from the field when empty
    :param width: in characters; by kind when 0
    :param total: whether the column is added up below the last row
    :param method: name of a method of the ledger that gets a batch of records and
        returns ``{record id: value}``, instead of reading a field; when several columns
        name the same method it is asked once and returns such a dict for each of
        them, ``{name of the column: {record id: value}}``
    :param currency: path of the currency of a money column whose rows may differ;
        empty for the company's currency
    :param digits: decimals of number, money and percent columns
    :param groups: comma separated groups that may see the column
    :param wrap: whether long texts wrap inside the cell
    """

    name: str
    label: str = ""
    kind: str = ""
    width: int = 0
    total: bool = False
    method: str = ""
    currency: str = ""
    digits: int = 2
    groups: str = ""
    wrap: bool = False


#: words of the workbook itself, where a ledger gives none in the language of its reader
WORDS = {"total": "Total", "yes": "Yes", "no": "No", "line": "%(label)s: %(value)s"}


@dataclass(frozen=True)
class Head:
    """The block above the table.

    :param title: in the words of the form
    :param lines: pairs (label, value), printed one below the other
    :param labels: words of the workbook itself: ``total``, ``yes``, ``no``, and ``line``: how a line is written
    """

    title: str
    lines: list = field(default_factory=list)
    labels: dict = field(default_factory=dict)

    def word(self, key):
        return self.labels.get(key) or WORDS[key]


class StreamingWorksheet(Worksheet):
    """Worksheet that takes whole rows as XML.

    XlsxWriter keeps, sorts out and escapes each cell by itself, which takes longer
    than reading the records. The columns of a ledger all have one type, so the XML
    of a cell is known but for its value; it goes straight into the temporary file
    that XlsxWriter keeps for the rows in constant memory.
    """

    def stream_rows(self, row, cells, rows, last_row, width):
        """Write rows one below the other.

        :param row: first free row, counted from 0
        :param cells: a function (row number, value) -> XML for each column
        :param rows: iterable of sequences of values
        :param last_row: first row that may not be written any more
        :param width: number of columns
        :return: next free row
        :raises ValueError: when the sheet is full
        """
        self._write_single_row(row)  # what is still pending above
        write = self.fh.write
        for values in rows:
            if row >= last_row:
                raise ValueError("An Excel sheet holds no more rows.")
            row += 1  # rows of a sheet are counted from 1
            # 0 is a figure; None, False and "" are empty cells
            xml = "".join(
                cell(row, value)
                for cell, value in zip(cells, values, strict=True)
                if value is not None and value is not False and value != ""
            )
            write(f'<row r="{row}">{xml}</row>')
        if row:
            self._check_dimensions(row - 1, width - 1)
        self.previous_row = row
        return row


class LedgerWriter:
    """Workbook under construction: head first, then rows, then totals and notes.

    A money value of a column with a currency is a tuple ``(amount, code)``; every
    currency then has a total line of its own, since adding them would be wrong.
    """

    def __init__(self, target, head, columns):
        """
        :param target: path or binary file to write to; a path keeps memory flat
        :param Head head: title block
        :param columns: the :class:`Column` list; kinds and labels must be set
        """
        self.head = head
        self.columns = list(columns)
        if not self.columns:
            raise ValueError("A ledger needs at least one column.")
        unknown = {column.kind for column in self.columns} - {*KINDS, ""}
        if unknown:
            raise ValueError(f"Unknown kinds of columns: {sorted(unknown)}")
        self.count = 0
        self._book = xlsxwriter.Workbook(target, dict(OPTIONS))
        self._sheet = self._book.add_worksheet(
            _sheet_name(head.title), StreamingWorksheet
        )
        self._formats = {}
        self._sums = [{} for _column in self.columns]
        self._row = 0
        self._set_page()
        self._write_head()
        self._cells = [
            self._get_cell(index, column) for index, column in enumerate(self.columns)
        ]

    # --- Page and head ---

    def _format(self, **properties):
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

    def _set_page(self):
        sheet = self._sheet
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4)
        sheet.set_footer("&C&P / &N")
        for index, column in enumerate(self.columns):
            width = column.width or KINDS[column.kind or "text"]
            sheet.set_column(
                index, index, width, self._format(**_cell_properties(column))
            )

    def _write_head(self):
        sheet = self._sheet
        sheet.set_row(0, 26)
        sheet.write_string(
            0, 0, _clean(self.head.title), self._format(bold=True, font_size=16)
        )
        label_format = self._format(font_color="#666666", num_format="@")
        plain_format = self._format(num_format="@")
        row = 1
        for label, value in self.head.lines:
            text = self.head.word("line") % {"label": label, "value": value}
            text = _clean(text if label else value)
            sheet.write_string(row, 0, text, label_format if label else plain_format)
            row += 1
        row += 1
        heading = self._format(
            bold=True,
            bg_color="#D9E1F2",
            border=1,
            text_wrap=True,
            valign="vcenter",
            align="center",
        )
        for index, column in enumerate(self.columns):
            sheet.write_string(row, index, _clean(column.label or column.name), heading)
        sheet.freeze_panes(row + 1, 0)
        sheet.repeat_rows(row)
        self._first_row = self._row = row + 1

    # --- Rows ---

    def write_rows(self, rows):
        """Append rows.

        :param rows: iterable of sequences, one value for each column
        :raises ValueError: when the sheet is full
        """
        first = self._row
        last = self._first_row + MAX_ROWS
        self._row = self._sheet.stream_rows(
            first, self._cells, rows, last, len(self.columns)
        )
        self.count += self._row - first

    def _get_cell(self, index, column):
        """Function that turns (number of the row, value) into the XML of a cell of the column."""
        kind = column.kind or "text"
        name = xl_col_to_name(index)
        style = self._style(column)
        total = self._sums[index] if column.total else None
        if kind == "boolean":
            return _boolean_cell(name, style, self.head.word("yes"))
        if kind in ("date", "datetime"):
            return _date_cell(name, style)
        if kind in NUMERIC_KINDS and column.currency:
            return self._get_money_cell(name, column, total)
        if kind in NUMERIC_KINDS:
            return _number_cell(name, style, total)
        return _text_cell(name, style, self._style(column, quote_prefix=True))

    def _style(self, column, code="", **properties):
        return self._format(
            **_cell_properties(column, code), **properties
        )._get_xf_index()

    def _get_money_cell(self, name, column, total):
        cells = {}

        def cell(row, value):
            amount, code = value
            if code not in cells:
                cells[code] = _number_cell(name, self._style(column, code), total, code)
            return cells[code](row, amount)

        return cell

    # --- Totals ---

    def close(self, notes=()):
        """Write totals and notes and finish the file.

        :param notes: sentences printed below the table
        :return: number of rows written
        """
        last_row = self._row - 1
        sheet = self._sheet
        if self.count:
            sheet.autofilter(self._first_row - 1, 0, last_row, len(self.columns) - 1)
            if any(column.total for column in self.columns):
                self._write_totals(last_row)
        for note in notes:
            self._row += 1
            sheet.write_string(
                self._row, 0, _clean(note), self._format(italic=True, num_format="@")
            )
        self._book.close()
        return self.count

    def _write_totals(self, last_row):
        totals = [index for index, column in enumerate(self.columns) if column.total]
        codes = sorted({code for index in totals for code in self._sums[index] if code})
        for position, code in enumerate(codes or [""]):
            self._write_total_line(
                totals, code, last_row, first=position == 0, single=len(codes) <= 1
            )
            self._row += 1

    def _write_total_line(self, totals, code, last_row, first, single):
        """One line of totals.

        :param totals: indexes of the columns that are added up
        :param code: currency of the line, "" when no column has its own
        :param last_row: last data row
        :param first: whether columns without a currency are added up on this line
        :param single: whether one formula can stand for the whole column
        """
        sheet = self._sheet
        word = self.head.word("total")
        label_index = next(
            (index for index in range(len(self.columns)) if index not in totals), None
        )
        for index, column in enumerate(self.columns):
            own_code = code if column.currency else ""
            cell_format = self._format(
                **_cell_properties(column, own_code), bold=True, top=1
            )
            if index == label_index:
                text = word if single or not code else f"{word} {code}"
                sheet.write_string(
                    self._row, index, text, self._format(bold=True, top=1)
                )
            elif index not in totals or not (first or column.currency):
                sheet.write_blank(
                    self._row, index, None, self._format(bold=True, top=1)
                )
            else:
                value = self._sums[index].get(own_code, 0)
                if column.kind != "integer":
                    value = round(value, max(column.digits, 2))
                if single or not column.currency:
                    # follows the filter that a reader sets in Excel
                    cells = xl_range(self._first_row, index, last_row, index)
                    sheet.write_formula(
                        self._row, index, f"=SUBTOTAL(109,{cells})", cell_format, value
                    )
                else:
                    sheet.write_number(self._row, index, value, cell_format)


def write_ledger(target, head, columns, rows, notes=()):
    """Write a whole ledger.

    :param target: path or binary file
    :param Head head: title block
    :param columns: list of :class:`Column`
    :param rows: iterable of sequences, one value for each column
    :param notes: sentences printed below the table
    :return: number of rows written
    """
    writer = LedgerWriter(target, head, columns)
    writer.write_rows(rows)
    return writer.close(notes)


def _cell_properties(column, code=""):
    """Cell format of a column as XlsxWriter properties.

    :param Column column: the column
    :param str code: currency that is printed before an amount
    """
    decimals = "." + "0" * column.digits if column.digits else ""
    currency = f"[${code}] " if code else ""
    properties = {"valign": "top"}
    number_format = {
        "integer": "#,##0",
        "number": f"#,##0{decimals}",
        "money": f"{currency}#,##0{decimals};[Red]{currency}-#,##0{decimals}",
        "percent": f"0{decimals}%",
        "date": "yyyy-mm-dd",
        "datetime": "yyyy-mm-dd hh:mm",
    }.get(column.kind)
    if number_format:
        properties["num_format"] = number_format
    if column.wrap:
        properties["text_wrap"] = True
    return properties


def _text_cell(name, style, quoted_style):
    plain = f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
    quoted = f'" s="{quoted_style}" t="inlineStr"><is><t xml:space="preserve">'

    def cell(row, value):
        text = value if isinstance(value, str) else str(value)
        start = quoted if text.startswith(_FORMULA_STARTS) else plain
        return f'<c r="{name}{row}{start}{_escape(text)}</t></is></c>'

    return cell


def _boolean_cell(name, style, word):
    rest = f'" s="{style}" t="inlineStr"><is><t>{_escape(word)}</t></is></c>'
    return lambda row, value: f'<c r="{name}{row}{rest}'


def _date_cell(name, style):
    rest = f'" s="{style}"><v>'
    text_cell = _text_cell(name, style, style)

    def cell(row, value):
        days = value.toordinal()
        is_instant = isinstance(value, datetime)
        if days < _FIRST_DAY:  # before Excel's calendar: the day as text
            return text_cell(
                row, value.isoformat(" ") if is_instant else value.isoformat()
            )
        serial = days - _EPOCH
        if is_instant:
            serial += (value.hour * 3600 + value.minute * 60 + value.second) / 86400
        return f'<c r="{name}{row}{rest}{serial:.16G}</v></c>'

    return cell


def _number_cell(name, style, total=None, code=""):
    """
    :param total: dict of sums that the value is added to under ``code``, or None
    """
    rest = f'" s="{style}"><v>'
    text_cell = _text_cell(name, style, style)

    def cell(row, value):
        if not isfinite(value):
            return ""
        if total is not None:
            total[code] = total.get(code, 0) + value
        if not -MAX_INTEGER < value < MAX_INTEGER:
            return text_cell(row, value)
        return f'<c r="{name}{row}{rest}{value:.16G}</v></c>'

    return cell


def _escape(text):
    """Make a text fit for the XML of a cell, as Excel escapes it."""
    if len(text) > MAX_TEXT // 2:
        text = _cut(text)
    if not _NOT_PLAIN.search(text):
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Worksheet._escape_control_characters(text)


def _cut(text):
    """Cut a text to what a cell holds, counted in UTF-16, with an ellipsis."""
    encoded = text.encode("utf-16-le")
    if len(encoded) // 2 <= MAX_TEXT:
        return text
    return encoded[: 2 * (MAX_TEXT - 1)].decode("utf-16-le", "ignore") + "…"


def _clean(text):
    """Make a text safe for XlsxWriter's own cells (head, notes).

    It writes a text of the form ``<r>…</r>`` as raw XML in constant memory; a
    trailing blank stops that.
    """
    text = _cut(str(text))
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "
    return text


def _sheet_name(title):
    """Name of the sheet: at most 31 characters, none of ``[]:*?/\\``, no quotes at the ends."""
    name = "".join(" " if character in "[]:*?/\\" else character for character in title)
    return name.strip(" '")[:31].strip(" '") or "Ledger"
