from odoo import api, fields, models


class SampleReason(models.Model):
    """Why a sample must be created: the closed list T01 to T18 (SC-14)."""

    _name = "sample.reason"
    _description = "Reason for a Sample"
    _inherit = ["sample.delivered.mixin", "company.boundary.mixin"]
    _order = "sequence, code, id"
    _rec_names_search = ["code", "name"]
    _check_company_domain = models.check_company_domain_parent_of

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    effect_on_old = fields.Selection(
        selection=[
            ("none", "Stays in use"),
            ("contested", "Marked as contested"),
            ("suspend", "Stopped at once"),
        ],
        string="Old Sample",
        required=True,
        default="none",
        help="What happens to the sample in use when a new one is asked for with this reason.",
    )
    needs_document = fields.Boolean(
        string="Stands in for a Document",
        help="The sample rules until a document takes effect: its name and the expected day are asked for.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index=True,
        help="Empty: in all companies. What a company sets up holds in its branches, too.",
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "There is a reason with this code already.",
    )

    @api.depends("code", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for reason in self:
            reason.display_name = f"{reason.code or ''} {reason.name or ''}".strip()
