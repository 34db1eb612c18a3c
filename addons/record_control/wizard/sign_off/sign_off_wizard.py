from odoo import fields, models

from ...models.sign_off.sign_off_signature import DECISIONS


class SignOffWizard(models.TransientModel):
    """Sign or refuse one or many rounds, with an opinion and, if wanted, a drawn signature."""

    _name = "sign.off.wizard"
    _description = "Sign"
    _inherit = ["own.wizard.mixin"]

    request_ids = fields.Many2many(
        comodel_name="sign.off.request", string="Records", required=True
    )
    decision = fields.Selection(selection=DECISIONS, required=True, default="approve")
    opinion = fields.Text(
        help="Printed on the form beside the signature. A refusal needs a reason."
    )
    signer_name = fields.Char(string="Signer", default=lambda self: self.env.user.name)
    signature = fields.Binary(
        help="Optional: drawn signature, printed in the sign-off cell."
    )

    def action_confirm(self):
        """Decide as the current user; tell which records could not be signed."""
        self.ensure_one()
        requests = self.request_ids
        signatures = requests._decide(self.decision, self.opinion or "", self.signature)
        return (requests - signatures.request_id)._tell_changed()
