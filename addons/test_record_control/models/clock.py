from odoo import fields, models


class TestRecordControlClock(models.Model):
    _name = "test_record_control.clock"
    _description = "Test Record with Clocks"
    _inherit = ["clock.mixin", "mail.thread", "mail.activity.mixin"]

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        comodel_name="res.company", default=lambda self: self.env.company
    )
    user_id = fields.Many2one(comodel_name="res.users")
    partner_id = fields.Many2one(comodel_name="res.partner")
    severity = fields.Selection(
        selection=[("general", "General"), ("severe", "Severe")], default="general"
    )

    def _get_clock_recipients(self, role):
        if role == "broken" and self.name == "bad":
            raise ValueError("this record cannot say who is responsible")
        return super()._get_clock_recipients(role)


class TestRecordControlClockPlain(models.Model):
    _name = "test_record_control.clock.plain"
    _description = "Test Record with Clocks and Nothing Else"
    _inherit = ["clock.mixin"]

    name = fields.Char()
