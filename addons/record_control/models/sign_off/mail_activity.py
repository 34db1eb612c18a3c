from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    sign_off_step_id = fields.Many2one(
        comodel_name="sign.off.request.step",
        string="Sign-off Step",
        index="btree_not_null",
        readonly=True,
        ondelete="cascade",
        copy=False,
    )
