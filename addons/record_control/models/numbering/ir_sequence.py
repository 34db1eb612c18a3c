import calendar
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    restart_period = fields.Selection(
        selection=[
            ("never", "Never"),
            ("year", "Every year"),
            ("month", "Every month"),
        ],
        string="Restart Numbering",
        required=True,
        default="never",
        help="Counting starts again at 1 with each calendar year or month of the company. The period must be "
        "visible in the prefix, for example %(range_year)s%(range_month)s. A change takes effect when the "
        "period that is running now has ended.",
    )
    template_sequence_id = fields.Many2one(
        comodel_name="ir.sequence",
        string="Copied From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The sequence without company from which this one was made for its company.",
    )

    is_record_numbering = fields.Boolean(
        string="Numbers Records",
        compute="_compute_is_record_numbering",
        search="_search_is_record_numbering",
        help="The sequence gives numbers that nobody can type or change.",
    )
    numbered_name = fields.Char(
        string="Numbers Of",
        compute="_compute_numbered_name",
        help="What gets the numbers.",
    )

    _company_copy_unique = models.UniqueIndex(
        "(template_sequence_id, company_id) WHERE template_sequence_id IS NOT NULL",
        "A company has only one copy of a number sequence.",
    )

    # --- Computes ---

    @api.depends("code")
    def _compute_is_record_numbering(self):
        codes = tuple(self._get_record_numbering_codes())
        for sequence in self:
            sequence.is_record_numbering = bool(codes) and (
                sequence.code or ""
            ).startswith(codes)

    @api.depends("code", "name")
    @api.depends_context("lang")
    def _compute_numbered_name(self):
        names = self._get_numbered_names()
        for sequence in self:
            code = sequence.code or ""
            known = max(filter(code.startswith, names), key=len, default=None)
            if known is None:
                sequence.numbered_name = sequence.name
            else:
                kind = code.removeprefix(known).strip(".")
                sequence.numbered_name = " ".join(filter(None, [names[known], kind]))

    @api.model
    def _get_numbered_names(self):
        """Return what is numbered, by the code of its sequence or how that begins; extend with super().

        :rtype: dict
        """
        return {
            code: self.env["ir.model"]._get(model._name).name
            for model in self.env.registry.values()
            if (code := getattr(model, "_numbering_code", None))
        }

    @api.model
    def _search_is_record_numbering(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.OR(
            Domain("code", "=like", f"{code}%")
            for code in self._get_record_numbering_codes()
        )
        return domain if True in value else ~domain

    @api.model
    def _get_record_numbering_codes(self):
        """Return the codes, or how they begin, of all models that adopt numbering.mixin."""
        return {
            code
            for model in self.env.registry.values()
            if (code := getattr(model, "_numbering_code", None))
        }

    # --- Constraints ---

    @api.constrains("restart_period", "prefix", "suffix")
    def _check_restart_period(self):
        """A number that restarts must show its period, or it would come twice."""
        for sequence in self:
            if sequence.restart_period == "never":
                continue
            text = f"{sequence.prefix or ''}{sequence.suffix or ''}"
            year = any(
                f"%({name})s" in text for name in ("range_year", "range_y", "year", "y")
            )
            month = any(f"%({name})s" in text for name in ("range_month", "month"))
            if not year or (sequence.restart_period == "month" and not month):
                raise ValidationError(
                    self.env._(
                        "Sequence “%(sequence)s” restarts with each period, but its prefix does not show the period, so "
                        "numbers would repeat. Use %%(range_year)s, and %%(range_month)s when it restarts every month.",
                        sequence=sequence.name,
                    )
                )

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._prepare_restart_vals(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._prepare_restart_vals(vals))

    @api.model
    def _prepare_restart_vals(self, vals):
        """A restarting sequence counts in date ranges."""
        if vals.get("restart_period", "never") != "never":
            return {**vals, "use_date_range": True}
        return vals

    # --- Business ---

    def _next(self, sequence_date=None):
        """Give no number away but to a record: what a caller takes by RPC would be a gap among the records."""
        if self.is_record_numbering and not self.env.su:
            raise AccessError(
                self.env._(
                    "“%(sequence)s” gives its numbers to records alone.",
                    sequence=self.sudo().name,
                )
            )
        return super()._next(sequence_date=sequence_date)

    @api.model
    def _get_for_company(self, code, company):
        """Return the sequence that numbers records of a company.

        A sequence of the company wins. Else the one without company serves as template: the company
        gets its own copy, counting from 1, the first time it needs a number.

        :param str code: code of the sequence
        :param company: one ``res.company``
        :return: one sequence, in sudo
        :raises UserError: when no sequence has the code
        """
        candidates_sudo = self.sudo().search(
            [("code", "=", code), ("company_id", "in", [company.id, False])],
            order="company_id, id",
        )
        own_sudo = candidates_sudo.filtered("company_id")[:1]
        if own_sudo:
            return own_sudo
        template_sudo = candidates_sudo[:1]
        if not template_sudo:
            raise UserError(
                self.env._(
                    "There is no number sequence with code “%(code)s” for %(company)s. Create one under Settings > "
                    "Record Control > Number Sequences.",
                    code=code,
                    company=company.display_name,
                )
            )
        return template_sudo._create_company_copy(company)

    def _create_company_copy(self, company):
        """Make this template's sequence for one company (called in sudo)."""
        self._lock_counter()
        archived = self.with_context(active_test=False).search(
            [("template_sequence_id", "=", self.id), ("company_id", "=", company.id)],
            limit=1,
        )
        if archived:
            raise UserError(
                self.env._(
                    "The number sequence “%(sequence)s” of %(company)s is archived. Restore it, then try again.",
                    sequence=archived.name,
                    company=company.display_name,
                )
            )
        return self.copy(
            {
                "company_id": company.id,
                "template_sequence_id": self.id,
                "name": self.name,
                "number_next": 1,
                "date_range_ids": [],
            }
        )

    def _lock_counter(self):
        """Let one transaction at a time add a period or a company to this sequence.

        The row is updated with its own value: a second transaction waits and is then sent back by
        PostgreSQL with a serialization failure, which Odoo answers by running the request again. It
        then sees the new row instead of breaking the unique index.
        """
        self.env.cr.execute(
            SQL("UPDATE ir_sequence SET write_date = write_date WHERE id = %s", self.id)
        )

    def _create_date_range_seq(self, date):
        """Open the calendar period of ``date`` that :attr:`restart_period` asks for."""
        day = fields.Date.to_date(date)
        self._lock_counter()
        if self.restart_period != "month":
            return super()._create_date_range_seq(day)
        date_from, date_to = self._get_month_bounds(day)
        # a range made by hand may cover a part of the month: fill what is free around the day
        neighbours = self.date_range_ids
        before = [r.date_to for r in neighbours if date_from <= r.date_to < day]
        after = [r.date_from for r in neighbours if day < r.date_from <= date_to]
        return (
            self.env["ir.sequence.date_range"]
            .sudo()
            .create(
                {
                    "sequence_id": self.id,
                    "date_from": max(before) + timedelta(days=1)
                    if before
                    else date_from,
                    "date_to": min(after) - timedelta(days=1) if after else date_to,
                }
            )
        )

    @api.model
    def _get_month_bounds(self, day):
        """Return the first and the last day of the month of ``day``."""
        last = calendar.monthrange(day.year, day.month)[1]
        return date(day.year, day.month, 1), date(day.year, day.month, last)

    def _next_numbers(self, count, day):
        """Take ``count`` numbers at once.

        ``standard``: one query whatever the count; a number taken by a transaction that fails is
        lost (a gap), nobody waits for anybody. ``no_gap``: two queries; the counter is locked until
        the transaction ends, so that a failed transaction gives its numbers back; others are sent
        back and tried again by Odoo.

        :param int count: how many
        :param date day: the day in the company's time zone that chooses the period
        :return: list of formatted numbers, in order
        """
        self.ensure_one()
        counter = self._get_current_sequence(sequence_date=day)
        formatter = self.with_context(
            ir_sequence_date=str(day), ir_sequence_date_range=str(day)
        )
        if counter != self:
            formatter = formatter.with_context(
                ir_sequence_date_range=str(counter.date_from)
            )
        return [
            formatter.get_next_char(number)
            for number in self._take_from(counter, count)
        ]

    def _take_from(self, counter, count):
        """Take ``count`` integers from this sequence or one of its date ranges."""
        if self.implementation == "standard":
            ids = (self.id,) if counter == self else (self.id, counter.id)
            name = "_".join(["ir_sequence", *(f"{number:03d}" for number in ids)])
            rows = self.env.execute_query(
                SQL("SELECT nextval(%s) FROM generate_series(1, %s)", name, count)
            )
            return [row[0] for row in rows]
        counter.flush_recordset(["number_next"])
        table = SQL.identifier(counter._table)
        [(first,)] = self.env.execute_query(
            SQL(
                "SELECT number_next FROM %s WHERE id = %s FOR UPDATE NOWAIT",
                table,
                counter.id,
            )
        )
        step = self.number_increment
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET number_next = number_next + %s WHERE id = %s",
                table,
                step * count,
                counter.id,
            )
        )
        counter.invalidate_recordset(["number_next"])
        return [first + step * index for index in range(count)]
