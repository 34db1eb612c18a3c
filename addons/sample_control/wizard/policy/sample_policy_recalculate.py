from odoo import api, fields, models
from odoo.exceptions import UserError


class SamplePolicyRecalculate(models.TransientModel):
    """Look up the rules of chosen records again; nothing else changes existing samples (SC-39.6)."""

    _name = "sample.policy.recalculate"
    _description = "Recalculate Sample Rules"
    _inherit = ["own.wizard.mixin"]

    reason = fields.Text(required=True)
    preview = fields.Text(
        compute="_compute_preview",
        help="What would change, record by record.",
    )
    changed_count = fields.Integer(
        string="Records That Change", compute="_compute_preview"
    )

    def _get_records(self):
        """Return the chosen records of a model that sample rules govern.

        :raises UserError: when nothing fitting was chosen
        """
        model = self.env.get(self.env.context.get("active_model") or "")
        if model is None or not hasattr(model, "_recalculate_policies"):
            raise UserError(self.env._("Choose the records in their list first."))
        return model.browse(self.env.context.get("active_ids") or ()).exists()

    @api.depends("reason")
    def _compute_preview(self):
        records = self._get_records()
        blocks = []
        for record, snapshot in records._find_policies().items():
            old = record.policy_snapshot or {}
            if old != snapshot:
                lines = record._describe_policy_changes(old, snapshot)
                blocks.append("\n".join([record.display_name, *lines]))
        for wizard in self:
            wizard.preview = "\n\n".join(blocks)
            wizard.changed_count = len(blocks)

    def action_apply(self):
        """Recalculate, log, and close."""
        self.ensure_one()
        if not self.env.user.has_groups(
            "sample_control.group_sample_administrator,sample_control.group_sample_quality"
        ):
            raise UserError(
                self.env._(
                    "Rules are recalculated by the sample administrator or quality."
                )
            )
        if not (self.reason or "").strip():
            raise UserError(self.env._("Enter the reason of the recalculation."))
        self._get_records()._recalculate_policies(self.reason)
        return {"type": "ir.actions.act_window_close"}
