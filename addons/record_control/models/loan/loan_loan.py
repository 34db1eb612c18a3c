from odoo import fields, models

STATES = [
    ("draft", "Draft"),
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("out", "Out"),
    ("returned", "Returned"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]


class LoanLoan(models.Model):
    """One borrowing: request, approval, hand-out, return."""

    _name = "loan.loan"
    _description = "Loan"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False)
    state = fields.Selection(
        selection=STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    borrower_id = fields.Many2one(
        comodel_name="hr.employee",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self.env.user.employee_id,
    )
    purpose = fields.Char()
    date_start = fields.Datetime(string="From")
    date_due = fields.Datetime(string="Due")
    line_ids = fields.One2many(
        comodel_name="loan.loan.line",
        inverse_name="loan_id",
        string="Things",
        copy=True,
    )

    def action_submit(self):
        """Ask for approval; a class without approval goes on at once."""

    def action_approve(self):
        """Approve. Never by the borrower or the requester."""

    def action_refuse(self, reason=None):
        """Refuse with a reason.

        :param str reason: why
        """

    def action_hand_out(self):
        """Hand the things over to the borrower."""

    def action_return(self):
        """Open the wizard that takes the things back, with their condition."""

    def action_extend(self):
        """Open the wizard that asks for a later due date."""


class LoanLoanLine(models.Model):
    """One thing of a loan."""

    _name = "loan.loan.line"
    _description = "Loan Line"
    _order = "loan_id desc, id"

    loan_id = fields.Many2one(
        comodel_name="loan.loan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    res_model = fields.Char(string="Kind", required=True)
    res_id = fields.Many2oneReference(
        string="Thing", model_field="res_model", required=True
    )
