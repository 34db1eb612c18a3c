from odoo import api, fields, models


class LoanThingMixin(models.AbstractModel):
    """Things that can be lent: paper, files, samples, fixtures."""

    _name = "loan.thing.mixin"
    _description = "Thing that can be lent"

    loan_line_ids = fields.One2many(
        comodel_name="loan.loan.line",
        inverse_name="res_id",
        string="Loans",
        domain=lambda self: [("res_model", "=", self._name)],
    )
    current_loan_line_id = fields.Many2one(
        comodel_name="loan.loan.line",
        string="On Loan",
        compute="_compute_current_loan_line_id",
    )
    is_on_loan = fields.Boolean(
        compute="_compute_current_loan_line_id",
        search="_search_is_on_loan",
    )

    # --- Hooks ---

    def _get_loan_reasons(self, borrower):
        """Say why this thing may not be lent to the borrower now. Hook.

        :param borrower: hr.employee
        :return: list of sentences
        """
        self.ensure_one()
        return []

    def _get_loan_class(self):
        """Return the loan class that holds for this thing. Hook.

        :return: loan.class
        """
        self.ensure_one()
        return self.env["loan.class"].search(
            [("model_id.model", "in", (False, self._name))], limit=1
        )

    def _get_loan_keepers(self):
        """Return who hands out this thing and takes it back. Hook.

        :return: res.users
        """
        self.ensure_one()
        return (
            self.env.ref("record_control.group_record_control_manager")
            .sudo()
            .all_user_ids
        )

    def _get_loan_code(self):
        """Return the text of the code on the thing, which a scanner reads. Hook.

        :return: text
        """
        self.ensure_one()
        return f"{self._name}/{self.id}"

    @api.model
    def _find_by_loan_code(self, code):
        """Return the thing with this code. Hook.

        :param str code: what the scanner read
        :return: recordset, empty when nothing is found
        """
        return self.browse()

    def _on_loan_handed_out(self, line):
        """Act on the hand-out. Hook.

        :param line: loan.loan.line
        """

    def _on_loan_returned(self, line):
        """Act on the return. Hook.

        :param line: loan.loan.line, with condition
        """

    # --- Computes ---

    def _compute_current_loan_line_id(self):
        self.current_loan_line_id = False
        self.is_on_loan = False

    def _search_is_on_loan(self, operator, value):
        return NotImplemented
