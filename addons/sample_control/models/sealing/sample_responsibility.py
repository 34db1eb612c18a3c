from odoo import api, fields, models

from ..policy.sample_policy import ORIGINS, ROLES

PARTS = [
    ("organise", "Organises"),
    ("participate", "Co-operates"),
    ("keep", "Keeps and maintains"),
]


class SampleResponsibility(models.Model):
    """Who organises a request, who co-operates and who keeps the sample afterwards (SC-12).

    The first rule that fits reason and origin fills in a new request, where people change it.
    """

    _name = "sample.responsibility"
    _description = "Responsibility for Samples"
    _inherit = ["company.boundary.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first rule that fits is taken.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index=True,
        help="Empty: in all companies. What a company sets up holds in its branches, too.",
    )
    reason_ids = fields.Many2many(
        comodel_name="sample.reason",
        string="Reasons",
        help="Empty: every reason.",
        ondelete="restrict",
        context={"active_test": False},
    )
    origin = fields.Selection(selection=ORIGINS, help="Empty: every origin.")
    line_ids = fields.One2many(
        comodel_name="sample.responsibility.line",
        inverse_name="responsibility_id",
        string="Parties",
        copy=True,
    )

    def _find(self, reason, origin, company):
        """Return the first rule that fits.

        :param reason: sample.reason
        :param str origin: origin of the sample
        :param company: res.company
        """
        # sudo: who organises what does not depend on who looks
        rules = self.sudo().search(company._get_setup_domain())
        return rules.filtered(
            lambda rule: (not rule.reason_ids or reason in rule.reason_ids)
            and (not rule.origin or rule.origin == origin)
        )[:1]


class SampleResponsibilityLine(models.Model):
    """One party of a rule: its part, and which role or department plays it."""

    _name = "sample.responsibility.line"
    _description = "Party Responsible for Samples"
    _inherit = ["fixed.parent.mixin", "protected.fields.mixin"]
    _order = "responsibility_id, sequence, id"

    responsibility_id = fields.Many2one(
        comodel_name="sample.responsibility",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="responsibility_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    part = fields.Selection(selection=PARTS, required=True, default="participate")
    role = fields.Selection(selection=ROLES, required=True)
    department_id = fields.Many2one(
        comodel_name="hr.department",
        help="The department that plays this role in the company.",
    )

    @api.model
    def _get_fixed_parent_fields(self):
        return super()._get_fixed_parent_fields() | {"responsibility_id"}

    def _get_department(self, company):
        """Return the department that plays the role in a company; a common rule may name that of another one.

        :param company: res.company of the request
        """
        # sudo: whose department it is does not depend on who asks
        return self.department_id.filtered(
            lambda department: department.sudo().company_id
            in (company, company.browse())
        )

    def _prepare_party_vals(self, company):
        """Return the values of a party of a request.

        :param company: res.company of the request
        """
        self.ensure_one()
        return {
            "part": self.part,
            "role": self.role,
            "department_id": self._get_department(company).id,
        }
