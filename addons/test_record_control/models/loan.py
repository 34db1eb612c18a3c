from odoo import fields, models


class TestThing(models.Model):
    """A thing on a shelf."""

    _name = "test.thing"
    _description = "Test Thing"
    _inherit = ["loan.thing.mixin"]
    _loan_code_field = "code"
    _loan_keeper_fields = ("keeper_id",)

    name = fields.Char(required=True)
    code = fields.Char()
    is_valid = fields.Boolean(default=True)
    director_only = fields.Boolean()
    keeper_id = fields.Many2one("res.users")
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    handed_out = fields.Integer()
    came_back = fields.Char()

    def _get_loan_reasons(self, borrower):
        reasons = super()._get_loan_reasons(borrower)
        if not self.is_valid:
            reasons.append(self.env._("%(thing)s has expired.", thing=self.name))
        return reasons

    def _get_loan_approval_reasons(self, loan, user):
        reasons = super()._get_loan_approval_reasons(loan, user)
        director = self.env.ref("test_record_control.group_test_director")
        if self.director_only and director not in user.all_group_ids:
            reasons.append(
                self.env._("%(thing)s is approved by the director.", thing=self.name)
            )
        return reasons

    def _get_loan_keepers(self):
        return self.keeper_id

    def _on_loan_handed_out(self, line):
        self.handed_out += 1

    def _on_loan_returned(self, line):
        self.came_back = line.condition


class TestSecret(models.Model):
    """A dossier that is lent by reading it."""

    _name = "test.secret"
    _inherit = ["test.secret", "loan.thing.mixin"]

    def _get_loan_keepers(self):
        return self.user_id
