from odoo import fields, models

from ..policy.sample_policy import ROLES


class SampleIssueClass(models.Model):
    """Class of problem points and exceptions: who answers, within how many days (SC-51)."""

    _name = "sample.issue.class"
    _description = "Class of Problem Points"
    _inherit = ["company.boundary.mixin"]
    _order = "sequence, id"
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index=True,
        help="Empty: in all companies. What a company sets up holds in its branches, too.",
    )
    role = fields.Selection(
        selection=ROLES,
        string="Answered By",
        help="The role that answers and rectifies.",
    )
    due_days = fields.Integer(
        string="Days",
        help="Days to rectify, proposed for new points. 0: no proposal.",
    )
    suspends_sample = fields.Boolean(
        help="A point found after sealing stops the use of the sample at once.",
    )

    _check_due_days = models.Constraint(
        "CHECK (due_days >= 0)", "The days to rectify cannot be negative."
    )
