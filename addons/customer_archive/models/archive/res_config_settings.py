from odoo import api, fields, models
from odoo.tools.misc import split_every

from ...tools.pinyin import has_pinyin_library

PINYIN_BATCH = 5000  # partners in memory at once


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ca_auto_open = fields.Boolean(related="company_id.ca_auto_open", readonly=False)
    ca_open_on_meeting = fields.Boolean(
        related="company_id.ca_open_on_meeting", readonly=False
    )
    ca_opening_since = fields.Date(
        related="company_id.ca_opening_since", readonly=False
    )
    ca_fill_customer_no = fields.Boolean(
        related="company_id.ca_fill_customer_no", readonly=False
    )
    ca_approval_rule = fields.Selection(
        related="company_id.ca_approval_rule", readonly=False
    )
    ca_second_contact_months = fields.Integer(
        related="company_id.ca_second_contact_months", readonly=False
    )
    ca_require_consultation = fields.Boolean(
        related="company_id.ca_require_consultation", readonly=False
    )
    ca_credit_analysis_months = fields.Integer(
        related="company_id.ca_credit_analysis_months",
        readonly=False,
    )
    ca_duplicate_policy = fields.Selection(
        related="company_id.ca_duplicate_policy", readonly=False
    )
    ca_check_credit_code = fields.Boolean(
        related="company_id.ca_check_credit_code", readonly=False
    )
    ca_has_pinyin = fields.Boolean(
        string="Pinyin Library Installed",
        compute="_compute_ca_has_pinyin",
    )

    @api.depends("company_id")
    def _compute_ca_has_pinyin(self):
        self.ca_has_pinyin = has_pinyin_library()

    def action_ca_rebuild_pinyin(self):
        """Compute the pinyin of all names again, for example after the library was installed."""
        # sudo: the pinyin of a name is no more secret than the name
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        ids = partners_sudo._search([("name", "!=", False)]).get_result_ids()
        for batch in split_every(PINYIN_BATCH, ids):
            partners = partners_sudo.browse(batch)
            self.env.add_to_compute(partners._fields["ca_pinyin"], partners)
            partners.flush_recordset(["ca_pinyin"])
            partners.invalidate_recordset()
        return True
