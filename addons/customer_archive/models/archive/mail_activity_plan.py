from odoo import fields, models


class MailActivityPlan(models.Model):
    """Plans are delivered with the addon, so their names speak the reader's language."""

    _inherit = "mail.activity.plan"

    name = fields.Char(translate=True)


class MailActivityPlanTemplate(models.Model):
    _inherit = "mail.activity.plan.template"

    summary = fields.Char(translate=True)
