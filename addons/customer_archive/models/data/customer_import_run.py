from psycopg2 import DataError, IntegrityError
from psycopg2.errors import ProgramLimitExceeded

from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import plaintext2html
from odoo.tools.misc import split_every

from ...tools.customer_workbook import normalise_text

# Measured with 10,000 rows: larger chunks gain nothing, smaller ones cost queries
CHUNK_ROWS = 500
# What the data can be blamed for; a lost connection or a conflict with another
# transaction is not among it, the worker tries again
ROW_ERRORS = (
    UserError,
    ValidationError,
    IntegrityError,
    DataError,
    ProgramLimitExceeded,
)
COMPANY_FIELDS = (
    "name",
    "company_registry",
    "ref",
    "phone",
    "city",
    "street",
    "zip",
    "website",
)
CONTACT_FIELDS = {"function": "function", "mobile": "phone", "email": "email"}


class _RowsRefused(Exception):
    """Rows that passed the check were refused by the database: undo the others."""


class CustomerImportBatch(models.Model):
    """The import of a checked customer list: customers, contacts and draft archives."""

    _inherit = "customer.import.batch"

    def _run_import(self):
        """Import the next good rows; with ``on_bad_rows`` "none", all of them or
        nothing.

        In the mode "good" one chunk is imported a call, so that the worker commits in
        between and a long list survives a restart.
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.state in ("good", "update"))
        done = self.imported_count
        total = done + len(lines)
        if self.on_bad_rows == "good":
            lines = lines[:CHUNK_ROWS]
            self._record_refusals(self._import_chunk(lines))
            done += len(lines)
        else:
            refused = self._import_all_or_nothing(lines, total)
            if refused:
                self._record_refusals(refused)
                self.sudo().job = False  # sudo: system-set
                return
            done = total
        self.env["customer.import.progress"]._report(self.id, done, total)
        if done >= total:
            self._finish_import()

    def _import_all_or_nothing(self, lines, total):
        """Import all lines in one transaction, or none when a single one is refused.

        :return: ``{line: reason}`` of every refused row, empty when all are imported
        """
        refused = {}
        try:
            with self.env.cr.savepoint():
                for number, ids in enumerate(split_every(CHUNK_ROWS, lines.ids)):
                    self.env["customer.import.progress"]._report(
                        self.id, number * CHUNK_ROWS, total
                    )
                    refused |= self._import_chunk(lines.browse(ids))
                if refused:
                    raise _RowsRefused
        except _RowsRefused:
            self.env.invalidate_all()
        return refused

    def _import_chunk(self, lines):
        """Import a chunk at once; when it fails, by halves to find the culprits.

        :return: ``{line: reason}`` of the rows that were refused
        """
        try:
            with self.env.cr.savepoint():
                self._create_customers(lines)
            return {}
        except ROW_ERRORS as error:
            if len(lines) == 1:
                return {lines: str(error)}
        half = len(lines) // 2
        return self._import_chunk(lines[:half]) | self._import_chunk(lines[half:])

    def _create_customers(self, lines):
        """Create or complete the customers, contacts and archives of some lines."""
        new = lines.filtered(lambda line: line.state == "good")
        china = self.env.ref("base.cn")
        vals_list = [self._prepare_partner_vals(line, china) for line in new]
        self._number_customers(vals_list)
        partners = self._quiet("res.partner").create(vals_list)
        for line, partner in zip(new, partners, strict=True):
            # sudo: the lines are the system's record of the import
            line.sudo().partner_id = partner
        for line in lines - new:
            self._complete_partner(line, china)
        self._create_contacts(lines)
        self._create_archives(lines)
        lines.sudo().state = "imported"
        self.env.flush_all()  # a constraint must fail inside this savepoint

    def _quiet(self, model):
        """Return a model that sends no mail and tracks nothing while thousands of
        records are created; the import itself is the record of what happened.

        Core's copying of values between a company and its contacts, several queries a
        record, is left out: :meth:`_prepare_contact_vals` gives the same values."""
        return self.env[model].with_context(
            tracking_disable=True,
            mail_create_nosubscribe=True,
            mail_notrack=True,
            no_vat_validation=True,
            _partners_skip_fields_sync=True,
        )

    def _number_customers(self, vals_list):
        """Give new customers without a number the next one, all at once (CA-01)."""
        unnumbered = [vals for vals in vals_list if not vals.get("ref")]
        numbers = self.company_id._take_ca_customer_numbers(len(unnumbered))
        for vals, number in zip(unnumbered, numbers, strict=False):
            vals["ref"] = number

    def _prepare_partner_vals(self, line, china):
        values = line.row_values
        vals = {name: values[name] for name in COMPANY_FIELDS if name in values}
        return vals | {
            "is_company": True,
            "lang": "zh_CN",
            "country_id": china.id,
            "state_id": values.get("state_id"),
            "industry_id": values.get("industry_id"),
            "user_id": line.user_id.id,
            # a text of the list, in which <zhang@example.com> is no markup
            "comment": "comment" in values and plaintext2html(values["comment"]),
        }

    def _complete_partner(self, line, china):
        """Fill what is empty at the existing customer; never overwrite."""
        line.sudo().partner_id = line.existing_partner_id
        partner = line.existing_partner_id
        offered = self._prepare_partner_vals(line, china)
        missing = {
            name: value
            for name, value in offered.items()
            if value and name in partner and not partner[name]
        }
        if missing:
            partner.write(missing)

    def _create_contacts(self, lines):
        """Create the contact persons; an existing one of the same name is kept."""
        wanted = lines.filtered(lambda line: line.row_values.get("contact"))
        known = self.env["res.partner"]._read_group(
            [("parent_id", "in", wanted.partner_id.ids)],
            ["parent_id"],
            ["name:array_agg"],
        )
        names = {parent: set(existing) for parent, existing in known}
        self._quiet("res.partner").create(
            [
                self._prepare_contact_vals(line)
                for line in wanted
                if line.row_values["contact"] not in names.get(line.partner_id, ())
            ]
        )

    def _prepare_contact_vals(self, line):
        values, parent = line.row_values, line.partner_id
        vals = {
            field: values[target]
            for target, field in CONTACT_FIELDS.items()
            if target in values
        }
        return (
            self._get_shared_vals(parent)
            | vals
            | {
                "name": values["contact"],
                "parent_id": parent.id,
                "type": "contact",
                "lang": "zh_CN",
                "user_id": line.user_id.id,
            }
        )

    def _get_shared_vals(self, parent):
        """Return what a contact has in common with its company, as core copies it."""
        # sudo: as in core; some commercial fields are for accountants only
        parent_sudo = parent.sudo()
        names = [
            name
            for name in parent._commercial_fields() + parent._address_fields()
            if not parent._fields[name].company_dependent and parent_sudo[name]
        ]
        return parent_sudo._convert_fields_to_values(names)

    def _create_archives(self, lines):
        """Open draft archives for customers without one; their week begins today."""
        existing = (
            lines.partner_id._get_ca_archives_sudo(self.company_id)
            .sudo(self.env.su)
            .grouped("partner_id")
        )
        new = lines.filtered(lambda line: line.partner_id not in existing)
        created = (
            self._quiet("customer.archive")
            ._with_trusted_fields({"import_batch_id"})
            .create([self._prepare_archive_vals(line) for line in new])
        )
        for line, archive in zip(new, created, strict=True):
            line.sudo().archive_id = archive
        for line in lines - new:
            line.sudo().archive_id = existing[line.partner_id]

    def _prepare_archive_vals(self, line):
        # the customer of somebody else stays so, whatever the list says (CA-11)
        in_charge = self.env["customer.archive"]._find_person_in_charge(
            self.company_id, line.partner_id.user_id, line.user_id
        )
        return {
            "partner_id": line.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": in_charge.id,
            "date_first_contact": line.date_first_contact,
            "import_batch_id": self.id,
        }

    def _record_refusals(self, refused):
        """Turn rows that the database refused into bad rows with their reason.

        :param dict refused: ``{line: reason}``
        """
        # sudo: lines and issues are the system's findings, nobody may edit them
        for line, reason in refused.items():
            line.sudo().write({"state": "bad", "problem": normalise_text(reason)})
        self.sudo().issue_ids.create(
            [
                {
                    "batch_id": self.id,
                    "line_id": line.id,
                    "company_id": self.company_id.id,
                    "sheet": line.sheet,
                    "row": line.row,
                    "cell_value": line.name,
                    "reason": normalise_text(reason),
                }
                for line, reason in refused.items()
            ]
        )
        if refused:
            self.message_post(
                body=self.env._(
                    "%(count)s rows were refused while importing; see the problems.",
                    count=len(refused),
                )
            )

    def _finish_import(self):
        """Close the batch; closing destroys its source file (CA-13).

        A list whose rows were all refused stays open, with the reason of each.
        """
        # sudo: the job marker is system-set
        self.sudo().job = False
        if not self._get_row_reasons():
            self._transition("imported")
