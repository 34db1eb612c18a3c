"""Keep the rows of a print sheet whole at the end of a page.

An engine without patched Qt does not know that a row of a table stays together: it cuts
through the row, even through a line of text. A table as a whole it moves to the next page when
told so. Here each row becomes a table of its own; neighbouring tables of a sheet share their
border, so nothing is seen of it.

Plain Python on lxml, without an Odoo environment.
"""

from copy import deepcopy

import lxml.html
from lxml import etree

KEEP = "o_sheet_keep"
#: tables that stay as they are
WHOLE = {KEEP, "o_sheet_sign_off"}


def split_rows(body):
    """Take the tables of a print sheet apart, row by row.

    Column headings and section rows go with the row below them, rows that share a cell go with
    each other; a row that may go on on the next page (``o_sheet_long``) is not held together.

    :param str body: one document in HTML
    :return: the same document, ready for an engine that cuts rows
    :rtype: str
    """
    root = lxml.html.fromstring(body)
    for table in root.xpath("//table"):
        if _is_grid(table) and not _is_whole(table):
            _split_table(table)
    return lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")


def _get_classes(node):
    return set((node.get("class") or "").split())


def _is_grid(table):
    return "o_sheet_grid" in _get_classes(table)


def _is_whole(table):
    """Whether a table stays one: it is short, or stands in another."""
    return bool(
        WHOLE & _get_classes(table)
        or table.xpath(".//table")
        or table.xpath("ancestor::table")
    )


def _split_table(table):
    blocks = _get_blocks(table.xpath("./thead/tr"), table.xpath("./tr | ./tbody/tr"))
    if len(blocks) < 2:
        return
    columns = _get_columns(table)
    parts = [_make_part(table, columns, *block) for block in blocks]
    for part in parts:
        table.addprevious(part)
    # what stands behind the table stays behind it
    if table.tail:
        parts[-1].tail = table.tail
    table.getparent().remove(table)


def _get_blocks(heads, rows):
    """Return what stays together: list of (rows of the head, rows).

    :param heads: column headings
    :param rows: the rows of the table
    """
    blocks, waiting, reach = [], [], 0
    for number, row in enumerate(rows, 1):
        waiting.append(row)
        reach = max(reach, number - 1 + _get_height(row))
        if row is not rows[-1] and (_is_section(row) or number < reach):
            continue
        blocks.append((heads if not blocks else [], waiting))
        waiting = []
    return blocks


def _get_height(row):
    """Return how many rows the tallest cell of a row covers."""
    return max((int(span) for span in row.xpath("./*/@rowspan")), default=1)


def _is_section(row):
    cells = row.xpath("./th | ./td")
    return len(cells) == 1 and "o_sheet_section" in _get_classes(cells[0])


def _get_columns(table):
    """Return the widths of the columns as a colgroup, read from the first row where there is none."""
    [colgroup] = table.xpath("./colgroup")[:1] or [None]
    if colgroup is not None:
        return colgroup
    [first] = table.xpath("./thead/tr | ./tr | ./tbody/tr")[:1]
    colgroup = etree.Element("colgroup")
    for cell in first.xpath("./th | ./td"):
        for _number in range(int(cell.get("colspan") or 1)):
            column = etree.SubElement(colgroup, "col")
            if cell.get("style") and not cell.get("colspan"):
                column.set("style", cell.get("style"))
    return colgroup


def _make_part(table, columns, heads, rows):
    """Return a table with some rows and the look and columns of the one they come from."""
    part = etree.Element("table", dict(table.attrib))
    if not any("o_sheet_long" in _get_classes(row) for row in rows):
        part.set("class", f"{table.get('class')} {KEEP}")
    part.append(deepcopy(columns))
    if heads:
        head = etree.SubElement(part, "thead")
        head.extend(heads)
    content = etree.SubElement(part, "tbody")
    content.extend(rows)
    return part
