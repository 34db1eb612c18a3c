import os
import tempfile

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...tools.xlsx_ledger import MAX_ROWS, Head, LedgerWriter
from .domain_in_words import domain_in_words
from .ledger_reader import LedgerReader

#: reasons given when nothing may be exported
REASONS_SHOWN = 10


class LedgerMixin(models.AbstractModel):
    """A ledger (台账): declared columns of one model, exported to Excel.

    A ledger is declared in a few lines and from then on is offered under
    "Export ledger" in the cog menu of the model's list views::

        class CustomerLedger(models.AbstractModel):
            _name = "report.customer_archive.ledger_customer"
            _description = "Customer list"
            _inherit = "ledger.mixin"
            _ledger_model = "customer.archive"
            _ledger_form_code = "L-01"

            def _ledger_columns(self):
                return [
                    Column("name"),
                    Column("partner_id.ref", label=self.env._("Customer no.")),
                    Column("amount_total", total=True),
                    Column("phone", label=self.env._("Phone"), method="_column_phone"),
                ]

            def _column_phone(self, records):
                return {record.id: mask_phone(record.phone) for record in records}

    The export runs as the user: records, fields and related records that the user
    may not read are not in it, and of restricted records only those are that the
    user may export; each of those exports is written to the access log.
    """

    _name = "ledger.mixin"
    _description = "Ledger"
    _inherit = "report.report_xlsx.abstract"

    #: Model whose records are the rows.
    _ledger_model = None
    #: Code of the controlled form that the ledger is; its title is the ledger's.
    _ledger_form_code = None
    #: Default order; the model's own when empty.
    _ledger_order = None
    #: Groups (comma separated) that may export the ledger.
    _ledger_groups = "base.group_allow_export"
    #: Sequence in the menu when a model has several ledgers.
    _ledger_sequence = 10

    # --- Declared by each ledger ---

    @api.model
    def _ledger_columns(self):
        """Declare the columns.

        :return: list of :class:`~odoo.addons.record_control.tools.xlsx_ledger.Column`
        """
        raise NotImplementedError

    @api.model
    def _ledger_domain(self):
        """Domain that always holds for the ledger, beside what the user searched."""
        return Domain.TRUE

    @api.model
    def _ledger_head_lines(self):
        """Lines of a ledger's own for the title block: list of (label, value)."""
        return []

    # --- Registry ---

    @api.model
    def _get_ledgers(self, model_name=None):
        """List the ledgers of a model, or all of them.

        :param model_name: name of the model, or None
        :return: list of ledger models (empty recordsets) in menu order
        """
        names = self.pool.descendants(["ledger.mixin"], "_inherit")
        ledgers = [self.env[name] for name in names if self.env[name]._ledger_model]
        if model_name:
            ledgers = [
                ledger for ledger in ledgers if ledger._ledger_model == model_name
            ]
        return sorted(
            ledgers, key=lambda ledger: (ledger._ledger_sequence, ledger._name)
        )

    @api.model
    def _get_ledger_models(self):
        """Names of the models that have a ledger which the user may export."""
        return sorted(
            {
                ledger._ledger_model
                for ledger in self._get_ledgers()
                if ledger._has_ledger_access()
            }
        )

    @api.model
    def _get_ledger(self, name):
        """Ledger by its model name.

        :raises UserError: when there is no such ledger
        """
        ledgers = {ledger._name: ledger for ledger in self._get_ledgers()}
        if name not in ledgers:
            raise UserError(
                self.env._(
                    "There is no ledger %(name)s. Reload the page and try again.",
                    name=name,
                )
            )
        return ledgers[name]

    # --- Access ---

    @api.model
    def _has_ledger_access(self):
        """Whether the user may export this ledger at all."""
        allowed = (
            self.env.su
            or not self._ledger_groups
            or self.env.user.has_groups(self._ledger_groups)
        )
        return allowed and self.env[self._ledger_model].has_access("read")

    @api.model
    def _check_ledger_access(self):
        """
        :raises AccessError: when the user may not export the ledger
        """
        if self._has_ledger_access():
            return
        groups = self.env["res.groups"]
        for xmlid in (self._ledger_groups or "").split(","):
            # sudo: group names are needed for the message only
            groups |= self.env.ref(xmlid.strip(), raise_if_not_found=False) or groups
        raise AccessError(
            self.env._(
                "You may not export the ledger %(ledger)s. Ask an administrator for one of these rights: %(groups)s.",
                ledger=self._get_ledger_title(),
                groups=", ".join(groups.sudo().mapped("full_name")) or "-",
            )
        )

    @api.model
    def _ledger_filter_exportable(self, records):
        """Keep the records that the user may take out of the system.

        Of restricted records (``restricted.record.mixin`` and its lines) those whose
        export is granted; of all others every record.
        """
        if not getattr(records, "_restricted_record", False):
            return records
        return records._filter_right_granted("export")

    @api.model
    def _ledger_log_batch(self, records):
        """Write the access log for a batch of restricted records that is exported."""
        if getattr(records, "_restricted_record", False):
            records._log_record_access("export", detail=self._get_ledger_title())

    # --- Title block ---

    @api.model
    def _get_ledger_form(self):
        """Controlled form that the ledger is; an empty recordset when it is none.

        sudo: title, code and revision of a form are no secret to who may export it.
        """
        form = self.env["controlled.form"]
        return (
            form._get_by_key(self._ledger_form_code).sudo()
            if self._ledger_form_code
            else form.sudo()
        )

    @api.model
    def _get_ledger_title(self):
        """Title of the ledger in the reader's language: that of its controlled form, else its `_description`.

        Override it when several ledgers are the same form.
        """
        title = self._get_ledger_form().name
        if title:
            return title
        # sudo: a user need not have access to the list of models to read its label
        return self.env["ir.model"].sudo()._get(self._name).name or self._description

    @api.model
    def _get_ledger_file_name(self):
        day = self.env.company._record_control_today()
        return f"{self._get_ledger_title()} {day}.xlsx"

    @api.model
    def _prepare_ledger_head(self, domain, selected=None):
        """Prepare the title block.

        :param domain: what the user searched
        :param selected: number of records picked by hand, or None
        :return: :class:`Head`
        """
        env = self.env
        if selected is not None:
            words = env._("%(count)s selected records", count=selected)
        else:
            words = domain_in_words(env[self._ledger_model], domain) or env._(
                "all records"
            )
        form_sudo = self._get_ledger_form()
        revision = form_sudo and form_sudo._get_revision_in_force(env.company).name
        lines = [
            (env._("Company"), ", ".join(env.companies.mapped("name"))),
            *([(env._("Form"), form_sudo.code)] if form_sudo else []),
            *([(env._("Revision"), revision)] if revision else []),
            *self._ledger_head_lines(),
            (
                env._("Printed by"),
                f"{env.user.name}, {format_datetime(env, fields.Datetime.now())}",
            ),
            (env._("Filter"), words),
        ]
        labels = {
            "total": env._("Total"),
            "yes": env._("Yes"),
            "no": env._("No"),
            "line": env._("%(label)s: %(value)s"),
        }
        return Head(self._get_ledger_title(), lines, labels)

    # --- Export ---

    @api.model
    def _export_ledger(self, target, domain=(), order=None, ids=None):
        """Write the workbook.

        :param target: path of the file to write
        :param domain: what the user searched
        :param order: order of the rows, as in :meth:`search`
        :param ids: records picked by hand; the domain is then not used
        :return: number of rows written
        :raises AccessError: when the user may not export the ledger
        :raises UserError: when domain or order are wrong or there are too many rows
        """
        self._check_ledger_access()
        # whatever cache or rights the caller came with: read as the user
        ledger = self.sudo(False)
        # the reader takes what lies in the database
        ledger.env.flush_all()
        record_ids = ledger._search_ledger_ids(domain, order, ids)
        reader = LedgerReader(ledger, ledger._ledger_columns())
        if not reader.columns:
            raise AccessError(
                ledger.env._(
                    "You may not read any column of the ledger %(ledger)s.",
                    ledger=ledger._get_ledger_title(),
                )
            )
        head = ledger._prepare_ledger_head(
            domain, selected=None if ids is None else len(ids)
        )
        writer = LedgerWriter(target, head, reader.columns)
        writer.write_rows(reader.rows(record_ids))
        left_out = len(record_ids) - writer.count
        if left_out and not writer.count:
            ledger._refuse_ledger(record_ids)
        ledger._register_ledger_print()
        notes = []
        if left_out:
            notes.append(
                ledger.env._(
                    "%(count)s records are left out, because you may not export them.",
                    count=left_out,
                )
            )
        return writer.close(notes)

    @api.model
    def _refuse_ledger(self, record_ids):
        """Say why none of the records may be exported.

        :raises AccessError: always
        """
        records = self.env[self._ledger_model].browse(record_ids[:REASONS_SHOWN])
        reasons = dict.fromkeys(
            reason
            for record in records
            for reason in record._get_right_reasons("export")
        )
        raise AccessError(
            "\n".join(
                [
                    self.env._(
                        "None of the %(count)s records of the ledger %(ledger)s may be exported.",
                        count=len(record_ids),
                        ledger=self._get_ledger_title(),
                    ),
                    *reasons,
                ]
            )
        )

    @api.model
    def _register_ledger_print(self):
        """Enter the export of a controlled form into the print register."""
        form_sudo = self._get_ledger_form()
        if form_sudo:
            # sudo: the register is written by the system alone
            self.env["controlled.form.print"].sudo().create(
                {
                    "form_id": form_sudo.id,
                    "revision_id": form_sudo._get_revision_in_force(
                        self.env.company
                    ).id,
                    "output": "xlsx",
                    "res_model": self._ledger_model,
                    "res_name": self._get_ledger_title(),
                    "user_id": self.env.user.id,
                    "printed_at": fields.Datetime.now(),
                    "company_id": self.env.company.id,
                }
            )

    @api.model
    def _search_ledger_ids(self, domain, order, ids):
        model = self.env[self._ledger_model]
        try:
            if ids is not None:
                wanted = Domain("id", "in", list(ids))
                model = model.with_context(active_test=False)
            else:
                wanted = Domain(domain or Domain.TRUE)
            records = model.search(
                wanted & Domain(self._ledger_domain()),
                order=order or self._ledger_order,
            )
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._(
                    "The ledger %(ledger)s cannot be exported with this filter or order: %(error)s",
                    ledger=self._get_ledger_title(),
                    error=error,
                )
            ) from error
        if len(records) > MAX_ROWS:
            raise UserError(
                self.env._(
                    "%(count)s records do not fit into one Excel sheet (%(limit)s at most). Narrow the search.",
                    count=len(records),
                    limit=MAX_ROWS,
                )
            )
        return records._ids

    @api.model
    def _open_ledger_file(self, domain=(), order=None, ids=None):
        """Write the workbook into an unnamed temporary file.

        :return: open file, positioned at its start; it vanishes when it is closed
        """
        handle, path = tempfile.mkstemp(suffix=".xlsx", prefix="ledger_")
        os.close(handle)
        try:
            self._export_ledger(path, domain, order, ids)
            return open(path, "rb")
        finally:
            os.unlink(path)

    def create_xlsx_report(self, docids, data):
        """Export the given records when the ledger is bound to the print menu as a report."""
        ids = list(docids) if docids else (data or {}).get("ids")
        domain = (data or {}).get("domain") or []
        with self._open_ledger_file(domain, ids=ids) as file:
            return file.read(), "xlsx"
