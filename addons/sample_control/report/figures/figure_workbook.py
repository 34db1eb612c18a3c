import io

import xlsxwriter

from odoo import api, models
from odoo.exceptions import AccessError

from ...models.figures.sample_figure import FIGURES, GROUPS

MONTHS = range(1, 13)


class SampleFigure(models.Model):
    """X12 样件管理指标表: the kept figures of a year, one sheet for each group, twelve months beside each other."""

    _inherit = "sample.figure"

    @api.model
    def _export_workbook(self, company, year):
        """Write the figures of one company and year.

        :param company: res.company that the user works in
        :param int year: the year
        :return: content of the workbook
        :rtype: bytes
        :raises AccessError: for those who may not read figures
        """
        self.check_access("read")
        if company not in self.env.companies:
            raise AccessError(self.env._("You do not work in this company."))
        figures = self.search(
            [
                ("company_id", "=", company.id),
                ("month", ">=", f"{year}-01-01"),
                ("month", "<=", f"{year}-12-31"),
            ]
        )
        values = {(figure.code, figure.month.month): figure.value for figure in figures}
        stream = io.BytesIO()
        workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
        formats = self._get_workbook_formats(workbook)
        labels = dict(self._fields["group"]._description_selection(self.env))
        for group, __ in GROUPS:
            sheet = workbook.add_worksheet(labels[group][:31])
            self._write_group(sheet, formats, group, company, year, values)
        workbook.close()
        return stream.getvalue()

    @api.model
    def _get_workbook_title(self, year):
        """Return the title of the workbook, which is also the name of its file."""
        return self.env._("Sample management figures %(year)s", year=year)

    @api.model
    def _get_workbook_formats(self, workbook):
        """Return the looks of the cells."""
        cell = {"border": 1, "valign": "vcenter"}
        head = {**cell, "bold": True, "bg_color": "#D9E1F2", "align": "center"}
        return {
            "title": workbook.add_format({"bold": True, "font_size": 14}),
            "head": workbook.add_format(head),
            "text": workbook.add_format({**cell, "text_wrap": True}),
            "percent": workbook.add_format({**cell, "num_format": '0.0"%"'}),
            "count": workbook.add_format({**cell, "num_format": "0"}),
            "hours": workbook.add_format({**cell, "num_format": "0.0"}),
        }

    @api.model
    def _write_group(self, sheet, formats, group, company, year, values):
        """Write the sheet of one group; a month without a figure stays empty."""
        units = dict(self._fields["unit"]._description_selection(self.env))
        names = self._get_figure_labels()
        sheet.write(0, 0, self._get_workbook_title(year), formats["title"])
        sheet.write(1, 0, company.sudo().name)
        heads = [self.env._("No."), self.env._("Figure"), self.env._("Unit")]
        heads += [self.env._("Month %(month)s", month=month) for month in MONTHS]
        sheet.write_row(3, 0, heads, formats["head"])
        codes = [code for code, figure in FIGURES.items() if figure[0] == group]
        for row, code in enumerate(codes, start=4):
            unit = FIGURES[code][1]
            sheet.write_row(row, 0, [code, names[code], units[unit]], formats["text"])
            for month in MONTHS:
                value = values.get((code, month))
                if value is None:
                    sheet.write_blank(row, 2 + month, None, formats[unit])
                else:
                    sheet.write_number(row, 2 + month, value, formats[unit])
        self._set_up_sheet(sheet, 3 + len(codes))

    @api.model
    def _set_up_sheet(self, sheet, last_row):
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, 1, 36)
        sheet.set_column(2, 2, 12)
        sheet.set_column(3, 14, 9)
        sheet.freeze_panes(4, 3)
        sheet.autofilter(3, 0, last_row, 14)
        sheet.repeat_rows(3)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
