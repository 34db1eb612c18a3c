from odoo import fields, models

STATES = [
    ("running", "Running"),
    ("paused", "Paused"),
    ("met", "Met"),
    ("missed", "Missed"),
    ("cancelled", "Cancelled"),
]


class ClockClock(models.Model):
    """One run of one clock on one record. Written by the system alone."""

    _name = "clock.clock"
    _description = "Clock"
    _order = "deadline, id"

    policy_id = fields.Many2one(
        comodel_name="clock.policy", required=True, readonly=True, ondelete="restrict", index=True
    )
    name = fields.Char(related="policy_id.name")
    code = fields.Char(required=True, readonly=True, index=True)
    run = fields.Integer(required=True, readonly=True, default=1)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Hours",
        readonly=True,
        index="btree_not_null",
    )
    res_model = fields.Char(string="Record Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    started_at = fields.Datetime(string="Start", required=True, readonly=True)
    deadline = fields.Datetime(readonly=True, help="Empty while the clock is paused.")
    stopped_at = fields.Datetime(string="Stop", readonly=True)
    state = fields.Selection(selection=STATES, required=True, readonly=True, default="running")
    pause_ids = fields.One2many(
        comodel_name="clock.pause", inverse_name="clock_id", string="Pauses", readonly=True
    )
    calculation = fields.Json(readonly=True)

    _record_idx = models.Index("(res_model, res_id)")
    _open_uniq = models.UniqueIndex(
        "(res_model, res_id, code) WHERE stopped_at IS NULL",
        "This clock is running already on the record.",
    )


class ClockPause(models.Model):
    """Time during which a clock stood still. Entries are never edited, only closed."""

    _name = "clock.pause"
    _description = "Clock Pause"
    _order = "clock_id, date_from, id"

    clock_id = fields.Many2one(
        comodel_name="clock.clock", required=True, readonly=True, ondelete="cascade", index=True
    )
    date_from = fields.Datetime(string="From", required=True, readonly=True)
    date_to = fields.Datetime(string="To", readonly=True)
    reason = fields.Char(required=True, readonly=True)
