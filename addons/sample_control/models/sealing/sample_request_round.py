from odoo import fields, models


class SampleRequestRound(models.Model):
    """Append-only: how each attempt of a request ended (SC-16.2, SC-17.2)."""

    _name = "sample.request.round"
    _description = "Round of a Sample Request"
    _inherit = ["append.only.mixin"]
    _order = "request_id, number"

    request_id = fields.Many2one(
        comodel_name="sample.request",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    number = fields.Integer(string="Round", required=True)
    ended_at = fields.Datetime(string="Ended", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Decided By", required=True
    )
    result = fields.Selection(
        selection=[("passed", "Passed"), ("failed", "Failed")],
        required=True,
    )
    reason = fields.Text()
    date_made = fields.Date(string="Made On")
    date_sent = fields.Date(string="Sent On")
    date_received = fields.Date(string="Received On")
    trial_end_at = fields.Datetime(string="Trial Fit Ended")
    is_trial_late = fields.Boolean(string="Trial Fit Late")

    _number_unique = models.UniqueIndex(
        "(request_id, number)", "Each round of a request ends once."
    )
