import base64
import binascii

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.record_control.tools.exact_values import exact_values

from ...tools.count_sheet import SheetError, read_count_sheet


class SampleStocktake(models.Model):
    """Counts that come in a sheet instead of by scanning (X13, SC-56.3)."""

    _inherit = "sample.stocktake"

    @api.model
    def _read_counts(self, file_data):
        """Return the rows of a filled-in sheet.

        :param bytes file_data: the workbook in base64
        :return: list of ``tools.count_sheet.CountRow``
        :raises UserError: when the file as a whole cannot be used
        """
        try:
            return read_count_sheet(base64.b64decode(file_data or b""))
        except binascii.Error:
            reason = "broken"
        except SheetError as error:
            reason = error.reason
        sentences = {
            "broken": self.env._("The file is no Excel workbook (.xlsx)."),
            "headings": self.env._(
                "No sheet has the headings of the stock-take sheet: the number of the sample, and whether or where it was found."
            ),
            "rows": self.env._("The file has too many rows; split it."),
        }
        raise UserError(sentences[reason])

    def _check_counts(self, rows):
        """Find out what each row of a sheet says, and everything that is wrong with it.

        :param rows: list of ``tools.count_sheet.CountRow``
        :return: (list of entries for :meth:`_enter_counts`, list of issues: dicts with sheet, row,
            letter, value and reason)
        """
        self.ensure_one()
        facts = self._collect_count_facts(rows)
        entries, issues, seen = [], [], {}
        for row in rows:
            wrong = [
                *self._get_row_issues(row, facts),
                *self._get_twice(row, facts, seen),
            ]
            if wrong:
                issues += [
                    self._prepare_issue(row, column, text) for column, text in wrong
                ]
            elif row.found:
                entries.append(self._prepare_entry(row, facts))
        return entries, issues

    def _collect_count_facts(self, rows):
        """Look up all numbers and places of the rows, in a fixed number of queries."""
        codes = {row.get("code") for row in rows} - {""}
        samples = self.env["sample.sample"].search(
            exact_values({"name": codes})
            & Domain("company_id", "=", self.company_id.id)
        )
        places = self.env["sample.location"].search(
            [("id", "child_of", self.location_id.id)]
        )
        by_name = {}
        for place in places:
            by_name.setdefault(place.code, place)
            by_name.setdefault(place.complete_name, place)
        lines = self._get_all_lines()
        return {
            "samples": {sample.name: sample for sample in samples},
            "places": by_name,
            "lines": {line.code: line for line in lines},
            "renamed": {line.sample_id.name: line for line in lines if line.sample_id},
        }

    def _get_listed_line(self, code, facts):
        """Return the line of a number (system environment): the piece is the same under a new number.

        Sheets that were printed before name it as the round began, labels printed since as it is now.
        """
        nothing = self.env["sample.stocktake.line"].sudo()
        return facts["renamed"].get(code) or facts["lines"].get(code, nothing)

    def _is_ambiguous(self, code, facts):
        """Tell whether a number meant one piece when the round began and means another one now."""
        line_sudo = facts["lines"].get(code)
        now = facts["renamed"].get(code, line_sudo)
        sample = facts["samples"].get(code)
        return bool(
            line_sudo
            and line_sudo.sample_id
            and (now != line_sudo or (sample and sample != line_sudo.sample_id))
        )

    def _get_row_issues(self, row, facts):
        """Say what is wrong with one row: list of pairs (column, sentence)."""
        code, place = row.get("code"), row.get("place")
        issues = []
        if not code:
            issues.append(("code", self.env._("The number of the sample is missing.")))
        if row.get("round") not in ("", self.name):
            issues.append(
                ("round", self.env._("The row belongs to another stock-take."))
            )
        if row.found is None:
            issues.append(
                (
                    "found",
                    self.env._("Not understood: enter yes or no (是 or 否)."),
                )
            )
        elif not row.found and place:
            issues.append(
                ("place", self.env._("It was not found, but a place is entered."))
            )
        if row.found and place and place not in facts["places"]:
            issues.append(("place", self.env._("This place is not part of the round.")))
        if self._is_ambiguous(code, facts):
            issues.append(
                (
                    "code",
                    self.env._(
                        "Samples were given new numbers since the round began, and this one belongs to another piece now. Scan the piece."
                    ),
                )
            )
        known = code in facts["samples"] or self._get_listed_line(code, facts)
        if row.found and code and not known and not row.get("reason"):
            issues.append(
                (
                    "code",
                    self.env._(
                        "There is no sample with this number. Correct it, or enter the reason when the piece really is there."
                    ),
                )
            )
        return issues

    def _get_twice(self, row, facts, seen):
        """Say that a number, or the piece under another number, stood in a former row already.

        :param dict seen: line or number -> row in which it stood; this row is added
        """
        code = row.get("code")
        line_sudo = self._get_listed_line(code, facts)
        first = seen.setdefault(line_sudo or code, row)
        if not code or first is row:
            return []
        if first.get("code") != code:
            text = self.env._(
                "It is the piece of %(sheet)s, row %(row)s, under another number.",
                sheet=first.sheet,
                row=first.row,
            )
            return [("code", text)]
        return [
            (
                "code",
                self.env._(
                    "The number stands in %(sheet)s, row %(row)s already.",
                    sheet=first.sheet,
                    row=first.row,
                ),
            )
        ]

    def _prepare_issue(self, row, column, reason):
        return {
            "sheet": row.sheet,
            "row": row.row,
            "letter": row.letters.get(column, ""),
            "value": row.get(column),
            "reason": reason,
        }

    def _prepare_entry(self, row, facts):
        """Return what one good row says: where a piece was found; without a place, where the books have it."""
        code = row.get("code")
        line_sudo = self._get_listed_line(code, facts)
        place = facts["places"].get(row.get("place"))
        if not place and line_sudo and line_sudo.is_expected:
            place = line_sudo.location_id.sudo(False)
        return {
            "code": code,
            "sample": facts["samples"].get(code, self.env["sample.sample"]),
            "line": line_sudo,
            "place": place or self.location_id,
            "reason": row.get("reason"),
            "note": row.get("note"),
        }

    def _enter_counts(self, entries):
        """Enter what was counted, as scanning piece by piece does.

        :param entries: as :meth:`_check_counts` returns them
        :return: number of pieces that were not entered so before
        :raises UserError: when the round is not being counted, or the user does not count here
        """
        self.ensure_one()
        self.check_access("write")
        self._check_counting()
        self._count_alone()
        new = [entry for entry in entries if not entry["line"]]
        moved = [
            entry
            for entry in entries
            if entry["line"]
            and not (
                entry["line"].is_found
                and entry["line"].found_location_id == entry["place"]
            )
        ]
        self._enter_found_lines(moved)
        self._enter_new_lines(new)
        self._enter_reasons([entry for entry in entries if entry["line"]])
        return len(new) + len(moved)

    def _enter_found_lines(self, entries):
        """Note that listed pieces were found: one write for each place."""
        lines = self.env["sample.stocktake.line"]
        by_place = {}
        for entry in entries:
            by_place.setdefault(entry["place"], []).append(entry["line"].id)
        for place, ids in by_place.items():
            # sudo: pieces that the counter may not see are counted all the same
            lines.sudo().browse(ids)._write_protected(self._prepare_found_vals(place))

    def _enter_new_lines(self, entries):
        """List what was found besides what the books expect here."""
        # sudo: what the books say is entered by the system; who found it is in the line
        self.env["sample.stocktake.line"].sudo().create(
            [
                {
                    **self._prepare_found_vals(entry["place"]),
                    **self._prepare_new_line_vals(entry["sample"], entry["code"]),
                    "reason": entry["reason"] or False,
                    "note": entry["note"] or False,
                }
                for entry in entries
            ]
        )

    def _enter_reasons(self, entries):
        """Write the reasons and remarks of listed pieces: one write for each text."""
        lines = self.env["sample.stocktake.line"]
        by_vals = {}
        for entry in entries:
            texts = tuple((key, entry[key]) for key in ("reason", "note") if entry[key])
            if texts:
                by_vals.setdefault(texts, []).append(entry["line"].id)
        for texts, ids in by_vals.items():
            # sudo: as above
            lines.sudo().browse(ids).write(dict(texts))

    def action_import_counts(self):
        """Open the dialog that takes a filled-in sheet.

        :return: action
        """
        self.ensure_one()
        self._check_counting()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Counts"),
            "res_model": "sample.stocktake.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_stocktake_id": self.id},
        }

    def action_counting_sheet(self):
        """Download the sheet of this round, to be filled in on paper or in Excel.

        :return: action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/sample_control/stocktake/{self.id}/sheet",
            "target": "download",
        }
