from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.loan.loan_line import CONDITIONS


class LoanReturn(models.TransientModel):
    """Take things back with their condition, or pass them on to the next borrower."""

    _name = "loan.return"
    _description = "Return of Lent Things"
    _inherit = ["own.wizard.mixin"]

    loan_ids = fields.Many2many(comodel_name="loan.loan", required=True)
    line_ids = fields.One2many(
        comodel_name="loan.return.line",
        inverse_name="wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    next_loan_id = fields.Many2one(
        comodel_name="loan.loan",
        string="Hand over to",
        domain="[('id', 'in', next_loan_ids)]",
        help="An approved loan of the same things: they go from person to person without the shelf.",
    )
    next_loan_ids = fields.Many2many(
        comodel_name="loan.loan",
        compute="_compute_next_loan_ids",
    )

    @api.depends("loan_ids")
    def _compute_line_ids(self):
        for wizard in self:
            out = wizard.loan_ids._origin.line_ids.filtered(
                lambda line: line.state == "out"
            )
            wizard.line_ids = [
                Command.clear(),
                *(Command.create({"loan_line_id": line.id}) for line in out),
            ]

    @api.depends("loan_ids")
    def _compute_next_loan_ids(self):
        for wizard in self:
            lines = wizard.loan_ids._origin.line_ids
            waiting = lines.browse()
            for others in (
                lines._get_other_lines(("approved",)).values() if lines else ()
            ):
                waiting |= others
            wizard.next_loan_ids = waiting.loan_id.ids

    def action_confirm(self):
        """Return the chosen things; hand them on when a next borrower is named.

        :return: action that closes the dialog
        """
        self.ensure_one()
        chosen = self.line_ids.filtered("is_returned")
        if not chosen:
            raise UserError(self.env._("Choose what came back."))
        conditions = {line.loan_line_id: (line.condition, line.note) for line in chosen}
        self.env["loan.loan"]._return_lines(chosen.loan_line_id, conditions)
        if self.next_loan_id:
            self.next_loan_id.action_hand_out()
        return {"type": "ir.actions.act_window_close"}


class LoanReturnLine(models.TransientModel):
    _name = "loan.return.line"
    _description = "Returned Thing"
    _inherit = ["own.wizard.mixin"]

    wizard_id = fields.Many2one(
        comodel_name="loan.return",
        required=True,
        ondelete="cascade",
        index=True,
    )
    loan_line_id = fields.Many2one(
        comodel_name="loan.loan.line",
        required=True,
        ondelete="cascade",
    )
    thing_name = fields.Char(related="loan_line_id.thing_name")
    is_returned = fields.Boolean(
        string="Returned",
        default=True,
    )
    condition = fields.Selection(selection=CONDITIONS)
    note = fields.Char()
