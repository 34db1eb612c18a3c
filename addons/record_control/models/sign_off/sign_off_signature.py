from odoo import api, fields, models
from odoo.exceptions import UserError

DECISIONS = [("approve", "Approved"), ("refuse", "Refused")]


class SignOffSignature(models.Model):
    """One signature: append-only, also for the superuser."""

    _name = "sign.off.signature"
    _description = "Signature"
    _inherit = ["sign.off.trail.mixin"]
    _order = "signed_at, id"
    _rec_name = "title"

    request_id = fields.Many2one(
        comodel_name="sign.off.request",
        string="Round",
        required=True,
        readonly=True,
        index=True,
        bypass_search_access=True,
        ondelete="cascade",
    )
    step_id = fields.Many2one(
        comodel_name="sign.off.request.step",
        required=True,
        readonly=True,
        bypass_search_access=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Signed By",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    on_behalf_of_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        ondelete="restrict",
    )
    title = fields.Char(
        required=True,
        readonly=True,
        help="The title of the sign-off cell when it was signed.",
    )
    decision = fields.Selection(selection=DECISIONS, required=True, readonly=True)
    opinion = fields.Text(readonly=True)
    signed_at = fields.Datetime(required=True, readonly=True)
    note = fields.Char(
        readonly=True, help="Why this person signed in the place of somebody else."
    )
    digest = fields.Char(
        required=True, readonly=True, help="Digest of the values that were signed."
    )
    signature = fields.Binary(
        string="Signature Image",
        attachment=False,
        readonly=True,
    )

    # One signature per step, whatever two approvers do at the same instant
    _step_uniq = models.UniqueIndex(
        "(request_id, step_id)",
        "This step has been signed already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Add signatures; only the system does, and only to steps that wait for one."""
        self._refuse_unless_system()
        steps = self.env["sign.off.request.step"].browse(
            [vals["step_id"] for vals in vals_list]
        )
        for step, vals in zip(steps, vals_list, strict=True):
            if (
                step.request_id.id != vals["request_id"]
                or step.request_id.state != "open"
                or step.state != "open"
            ):
                raise UserError(
                    self.env._(
                        "%(record)s: the step %(step)s is not waiting for a signature.",
                        record=step.request_id.name,
                        step=step.name,
                    )
                )
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: a signature is never changed."""
        if not self:
            return True
        raise UserError(self.env._("A signature cannot be changed."))

    def _describe(self):
        """One sentence for the chatter."""
        self.ensure_one()
        values = {
            "title": self.title,
            "opinion": self.opinion or "",
            "note": self.note or "",
        }
        if self.decision == "approve":
            text = self.env._("%(title)s: approved.", **values)
        else:
            text = self.env._("%(title)s: refused.", **values)
        return " ".join(
            filter(None, [text, self.note and f"({self.note})", self.opinion])
        )
