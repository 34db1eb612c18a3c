from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain


class ClockLedger(models.AbstractModel):
    """Entries that belong to a clock: written by the system, readable with the clock, never edited."""

    _name = "clock.ledger"
    _description = "Clock Ledger Entry"

    clock_id = fields.Many2one(
        comodel_name="clock.clock",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._raise_append_only()
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._raise_append_only()
        self._check_change(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._raise_append_only()

    def _check_change(self, vals):
        """Refuse the change, under sudo as well. Hook."""
        self._raise_append_only()

    def _raise_append_only(self):
        raise AccessError(
            self.env._(
                "%(kind)s entries are kept by the system and never changed.",
                kind=self.env["ir.model"]._get(self._name).name,
            )
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or self.env.su:
            return result
        allowed = self - result[0] if result else self
        readable = allowed.sudo().clock_id.sudo(False)._filtered_access("read")
        if unreadable := allowed.filtered(
            lambda entry: entry.sudo().clock_id not in readable
        ):
            forbidden = (result[0] | unreadable) if result else unreadable
            rules = self.env["ir.rule"]
            return forbidden, lambda: rules._make_access_error(operation, forbidden)
        return result

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        """Leave out the entries of clocks that the user may not read."""
        if not (bypass_access or self.env.su):
            inner = super()._search(domain, **kwargs)
            rows = self.env.execute_query(
                inner.select(self._field_to_sql(self._table, "clock_id", inner))
            )
            clocks = self.env["clock.clock"].browse({id_ for (id_,) in rows})
            readable = clocks.exists()._filtered_access("read")
            domain = Domain(domain) & Domain("clock_id", "in", readable.ids)
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )


class ClockPause(models.Model):
    """Time during which a clock stood still. Entries are never edited, only closed."""

    _name = "clock.pause"
    _description = "Clock Pause"
    _inherit = "clock.ledger"
    _order = "clock_id, date_from, id"

    date_from = fields.Datetime(string="From", required=True, readonly=True)
    date_to = fields.Datetime(string="To", readonly=True)
    reason = fields.Char(required=True, readonly=True)

    _open_uniq = models.UniqueIndex(
        "(clock_id) WHERE date_to IS NULL", "The clock is paused already."
    )
    _in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A pause cannot end before it starts.",
    )

    @api.constrains("clock_id", "date_from", "date_to")
    def _check_overlap(self):
        for pauses in self.clock_id.pause_ids.grouped("clock_id").values():
            ordered = pauses.sorted("date_from")
            for before, after in zip(ordered, ordered[1:], strict=False):
                if not before.date_to or after.date_from < before.date_to:
                    raise ValidationError(
                        self.env._(
                            "%(clock)s: the pause from %(start)s overlaps another one.",
                            clock=after.clock_id.name,
                            start=after.date_from,
                        )
                    )

    def _check_change(self, vals):
        if vals.keys() != {"date_to"} or any(pause.date_to for pause in self):
            self._raise_append_only()
