import base64
import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.record_control.tools.exact_values import exact_values

from ...tools.company_name import name_key
from ...tools.customer_row import MAX_TEXT, Finding, interpret_row
from ...tools.customer_workbook import WorkbookColumn, WorkbookError, read_workbook

# Findings that cost a cell, not the row
WARNINGS = ("unknown_state", "unknown_industry")
# Targets that may stand in at most one row of the list
UNIQUE_IN_FILE = (
    ("company_registry", "duplicate_code"),
    ("ref", "duplicate_ref"),
    ("name_key", "duplicate_name"),
)


@dataclass
class CheckedRow:
    """One customer row while it is being checked."""

    sheet: str
    number: int
    columns: dict  # target -> WorkbookColumn
    values: dict  # target -> clean text
    findings: list
    ids: dict = field(default_factory=dict)  # resolved records by target
    existing_id: int = 0

    @property
    def place(self):
        """Sheet and row, as a user finds it in Excel."""
        return f"{self.sheet}!{self.number}"


class CustomerImportBatch(models.Model):
    """The check of a customer list: read, judge, keep what was found."""

    _inherit = "customer.import.batch"

    def _run_check(self):
        """Read the file and judge every row; replaces an earlier check."""
        self.ensure_one()
        data = base64.b64decode(self.with_context(bin_size=False).file_data)
        sheets = self._read_sheets(data)
        columns = self._sync_columns(sheets)
        rows = self._interpret_sheets(sheets, columns)
        self._judge_rows(rows)
        self._store_rows(rows)
        # sudo: checksum and note are system-set
        self.sudo().write(
            {
                "checksum": hashlib.sha256(data).hexdigest(),
                "footer_note": self._describe_left_out(sheets),
                "job": False,
            }
        )
        if self.state == "uploaded":
            self._transition("checked")

    def _judge_rows(self, rows):
        """Add to each row what only the other rows or the database can tell."""
        self._find_duplicates_in_file(rows)
        self._resolve_references(rows)
        self._find_existing(rows)

    # --- Reading ---

    def _read_sheets(self, data):
        try:
            sheets = read_workbook(data, self.file_name or "")
        except WorkbookError as error:
            raise UserError(self._workbook_error(error.code)) from error
        if not any(sheet.header_row for sheet in sheets):
            raise UserError(
                self.env._(
                    "%(file)s has no header row: one of the first twenty rows must "
                    "name the columns, among them 客户名称. Download the template to "
                    "see the headings.",
                    file=self.file_name,
                )
            )
        return sheets

    def _workbook_error(self, code):
        env, file = self.env, self.file_name
        sentences = {
            "empty": lambda: env._("%(file)s is empty.", file=file),
            "protected": lambda: env._(
                "%(file)s is protected by a password, or in the old format .xls. Save it as an Excel workbook (.xlsx) "
                "without a password.",
                file=file,
            ),
            "too_large": lambda: env._(
                "%(file)s is too large to be read. Delete what is no list, such as coloured empty rows, or divide the "
                "list into several files.",
                file=file,
            ),
            "merged": lambda: env._(
                "%(file)s has merged cells that reach over whole columns or the whole sheet. Unmerge them.",
                file=file,
            ),
            "formulas": lambda: env._(
                "%(file)s has formulas whose results are not saved in the file. Open it in Excel, save it and upload "
                "it again.",
                file=file,
            ),
            "unreadable": lambda: env._(
                "%(file)s cannot be read. Save it as an Excel workbook (.xlsx) or as CSV.",
                file=file,
            ),
        }
        return sentences[code]()

    def _sync_columns(self, sheets):
        """Keep the user's corrections of the columns; create what is new.

        :return: ``{sheet name: [WorkbookColumn]}`` as corrected
        """
        known = {(c.sheet, c.column_index, c.header): c for c in self.column_ids}
        vals_list, result, kept = [], {}, self.column_ids.browse()
        for sheet in sheets:
            result[sheet.name] = columns = []
            for column in sheet.columns:
                record = known.get((sheet.name, column.index, column.header))
                if record:
                    kept |= record
                    column = WorkbookColumn(
                        column.index, column.header, record.target or None
                    )
                else:
                    vals_list.append(self._prepare_column_vals(sheet, column))
                columns.append(column)
        (self.column_ids - kept).unlink()
        self.column_ids.create(vals_list)
        return result

    def _prepare_column_vals(self, sheet, column):
        return {
            "batch_id": self.id,
            "sequence": column.index,
            "sheet": sheet.name,
            "column_index": column.index,
            "letter": column.letter,
            "header": column.header,
            "target": column.target,
        }

    def _interpret_sheets(self, sheets, columns):
        today = self.env.company._record_control_today()
        rows = []
        for sheet in sheets:
            by_target = {c.target: c for c in columns[sheet.name] if c.target}
            for row in sheet.rows:
                values, findings = interpret_row(row, columns[sheet.name], today)
                rows.append(
                    CheckedRow(sheet.name, row.number, by_target, values, findings)
                )
        return rows

    def _describe_left_out(self, sheets):
        """Say which sheets and rows are no customers, so that nothing is lost unseen."""
        notes = [
            self.env._("Sheet %(sheet)s: hidden, not read.", sheet=sheet.name)
            if sheet.hidden
            else self.env._("Sheet %(sheet)s: no header, not read.", sheet=sheet.name)
            for sheet in sheets
            if not sheet.header_row
        ]
        notes += [
            self.env._(
                "Sheet %(sheet)s: rows %(rows)s are totals or signatures.",
                sheet=sheet.name,
                rows=", ".join(map(str, sheet.footers)),
            )
            for sheet in sheets
            if sheet.footers
        ]
        return " ".join(notes)

    # --- Judging ---

    def _find_duplicates_in_file(self, rows):
        """Report every row that repeats an earlier one by code, number or name."""
        first = {}
        for row in rows:
            keys = dict(row.values, name_key=name_key(row.values.get("name", "")))
            for key, code in UNIQUE_IN_FILE:
                if not keys.get(key):
                    continue
                place = first.setdefault((key, keys[key]), row.place)
                if place != row.place:
                    target = "name" if key == "name_key" else key
                    row.findings.append(Finding(target, code, place))
                    break

    def _resolve_references(self, rows):
        """Find the salespersons, provinces and industries that rows name."""
        resolvers = {
            "salesperson": (self._search_salespersons, "unknown_salesperson"),
            "state": (self._search_states, "unknown_state"),
            "industry": (self._search_industries, "unknown_industry"),
        }
        for target, (search, code) in resolvers.items():
            texts = {row.values[target] for row in rows if target in row.values}
            found = search(texts) if texts else {}
            for row in rows:
                text = row.values.get(target)
                if text in found:
                    row.ids[target] = found[text]
                elif text:
                    row.findings.append(Finding(target, code, text))

    def _search_salespersons(self, texts):
        users = self.env["res.users"].search(
            [
                "|",
                ("name", "in", list(texts)),
                ("login", "in", list(texts)),
                ("share", "=", False),
                ("company_ids", "in", self.company_id.ids),
            ]
        )
        by_name = users.grouped("name")
        found = {user.login: user.id for user in users}
        # two people of one name: the list does not say which, so it is unknown
        found |= {name: same.id for name, same in by_name.items() if len(same) == 1}
        return found

    def _search_states(self, texts):
        """Chinese provinces by name, with or without 省, 市, 自治区."""
        china = self.env.ref("base.cn")
        states = self.env["res.country.state"].with_context(lang="zh_CN")
        by_stem = {
            _province_stem(state.name): state.id
            for state in states.search([("country_id", "=", china.id)])
        }
        found = {text: by_stem.get(_province_stem(text)) for text in texts}
        return {text: state for text, state in found.items() if state}

    def _search_industries(self, texts):
        industries = self.env["res.partner.industry"].search(
            Domain("name", "in", list(texts)) | Domain("full_name", "in", list(texts))
        )
        return {i.name: i.id for i in industries} | {
            i.full_name: i.id for i in industries if i.full_name
        }

    def _find_existing(self, rows):
        """Compare with the customers of the database: by code, number, name, phone."""
        known = self._search_known_customers(rows)
        for row in rows:
            for target, key in self._row_keys(row):
                partner = known[target].get(key)
                if not partner:
                    continue
                row.existing_id = partner.id
                if self.on_duplicate == "bad":
                    row.findings.append(
                        Finding(
                            "name" if target == "name_key" else target,
                            "exists",
                            partner.display_name,
                        )
                    )
                break

    def _row_keys(self, row):
        """Return the ``(key field, value)`` pairs by which a row is recognised."""
        keys = {
            "company_registry": row.values.get("company_registry"),
            "ref": row.values.get("ref"),
            "name_key": name_key(row.values.get("name", "")),
            "phone": row.values.get("phone"),
        }
        return [(target, key) for target, key in keys.items() if key]

    def _search_known_customers(self, rows):
        """Return ``{key field: {value: partner}}`` of the existing companies.

        One query per key field, whatever the number of rows.
        """
        wanted = defaultdict(set)
        for row in rows:
            for target, key in self._row_keys(row):
                wanted[target].add(key)
        names = {"name_key": "ca_name_key"}
        known = defaultdict(dict)
        # sudo: a duplicate is a duplicate also where the user may not see the customer
        partners_sudo = self.env["res.partner"].sudo()
        scope = Domain("parent_id", "=", False) & self.company_id._get_setup_domain()
        for target, keys in wanted.items():
            name = names.get(target, target)
            for partner in partners_sudo.search_fetch(
                scope & exact_values({name: keys}), [name, "display_name"]
            ):
                known[target].setdefault(partner[name], partner)
        return known

    # --- Storing ---

    def _store_rows(self, rows):
        """Replace the lines and issues of the batch by those of this check."""
        # sudo: lines and issues are the system's findings, nobody may edit them
        batch_sudo = self.sudo()
        batch_sudo.line_ids.unlink()
        batch_sudo.issue_ids.unlink()
        lines = batch_sudo.line_ids.create(
            [self._prepare_line_vals(row) for row in rows]
        )
        batch_sudo.issue_ids.create(
            [
                self._prepare_issue_vals(line, row, finding)
                for line, row in zip(lines, rows, strict=True)
                for finding in row.findings
            ]
        )

    def _prepare_line_vals(self, row):
        errors = [f for f in row.findings if f.code not in WARNINGS]
        state = "bad" if errors else "update" if row.existing_id else "good"
        values = row.values
        return {
            "batch_id": self.id,
            "company_id": self.company_id.id,
            "sheet": row.sheet,
            "row": row.number,
            "name": values.get("name"),
            "company_registry": values.get("company_registry"),
            "contact": values.get("contact"),
            "phone": values.get("phone") or values.get("mobile"),
            "city": values.get("city"),
            "date_first_contact": values.get("date_first_contact"),
            "row_values": values | {f"{key}_id": id_ for key, id_ in row.ids.items()},
            "user_id": row.ids.get("salesperson") or self.user_id.id,
            "existing_partner_id": row.existing_id,
            "state": state,
            "problem": "; ".join(map(self._describe_finding, errors)),
        }

    def _prepare_issue_vals(self, line, row, finding):
        column = row.columns.get(finding.target)
        return {
            "batch_id": self.id,
            "line_id": line.id,
            "company_id": self.company_id.id,
            "sheet": row.sheet,
            "row": row.number,
            "letter": column.letter if column else "",
            "header": column.header if column else "",
            "cell_value": row.values.get(finding.target) or finding.value,
            "reason": self._describe_finding(finding),
            "is_warning": finding.code in WARNINGS,
        }

    def _describe_finding(self, finding):
        """Return a finding as a sentence: what is wrong and what to do."""
        return self._finding_sentences()[finding.code](finding.value)

    def _finding_sentences(self):
        """Return ``{code: function(cell or place) -> sentence}``."""
        env = self.env
        return {
            "missing_name": lambda v: env._("The customer name is missing."),
            "missing_contact": lambda v: env._(
                "Neither a contact nor a phone is given."
            ),
            "bad_code": lambda v: env._(
                "%s is no unified social credit code (18 places).", v
            ),
            "bad_code_checksum": lambda v: env._(
                "The check digit of code %s is wrong: a place was mistyped.", v
            ),
            "bad_phone": lambda v: env._("%s is no phone number.", v),
            "bad_email": lambda v: env._("%s is no e-mail address.", v),
            "error_cell": lambda v: env._(
                "%s is the error of a formula: correct it in Excel.", v
            ),
            "bad_date": lambda v: env._("%s is no date; write it like 2025-03-05.", v),
            "future_date": lambda v: env._("%s lies in the future.", v),
            "duplicate_code": lambda v: env._("The same code stands already in %s.", v),
            "duplicate_ref": lambda v: env._(
                "The same number stands already in %s.", v
            ),
            "duplicate_name": lambda v: env._(
                "The same company stands already in %s.", v
            ),
            "too_long": lambda v: env._(
                "%(text)s… is longer than %(count)s characters.",
                text=v[:20],
                count=MAX_TEXT,
            ),
            "unknown_salesperson": lambda v: env._("No single user is called %s.", v),
            "unknown_state": lambda v: env._("Province %s is unknown; left out.", v),
            "unknown_industry": lambda v: env._("Industry %s is unknown; left out.", v),
            "exists": lambda v: env._("The customer exists already: %s.", v),
        }


def _province_stem(name):
    """Return a province without its kind: 浙江省 and 浙江 are the same.

    >>> _province_stem("广西壮族自治区"), _province_stem("浙江省"), _province_stem("上海市")
    ('广西', '浙江', '上海')
    """
    for ending in (
        "壮族自治区",
        "回族自治区",
        "维吾尔自治区",
        "自治区",
        "特别行政区",
        "省",
        "市",
    ):
        if name.endswith(ending):
            return name[: -len(ending)]
    return name
