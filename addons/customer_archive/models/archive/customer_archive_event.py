from odoo import fields, models


class CustomerArchiveEvent(models.Model):
    """One entry of the timeline of a customer (CA-08)."""

    _name = "customer.archive.event"
    _description = "Customer archive event"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "subject"

    archive_id = fields.Many2one(
        comodel_name="customer.archive",
        required=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        related="archive_id.partner_id",
        store=True,
        index=True,
    )
    company_id = fields.Many2one(
        related="archive_id.company_id",
        store=True,
        index=True,
    )
    date = fields.Date(
        required=True,
        index=True,
        default=fields.Date.context_today,
    )
    type_id = fields.Many2one(
        comodel_name="customer.archive.event.type",
        required=True,
        index=True,
        ondelete="restrict",
    )
    subject = fields.Char(
        required=True,
    )
    description = fields.Text()
    reporter_id = fields.Many2one(
        comodel_name="res.users",
        default=lambda self: self.env.user,
    )
    confidential = fields.Boolean(
        help="Confidential business: shown only to the reporter, managers, directors and the persons in charge.",
    )
    res_model = fields.Char(
        string="Source Model",
    )
    res_id = fields.Many2oneReference(
        string="Source Document",
        model_field="res_model",
    )
