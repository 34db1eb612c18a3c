from odoo import fields, models

from .restricted_record import CONFIDENTIALITY_LEVELS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    access_log_level = fields.Selection(
        selection=CONFIDENTIALITY_LEVELS,
        string="Log From Level",
        default="secret",
        config_parameter="record_control.access_log_level",
    )
    access_log_bulk_threshold = fields.Integer(
        string="Records an Hour",
        default=200,
        config_parameter="record_control.access_log_bulk_threshold",
    )
    access_log_retention_months = fields.Integer(
        string="Keep for Months",
        config_parameter="record_control.access_log_retention_months",
    )
