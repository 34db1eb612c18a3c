from odoo import fields, models

from odoo.addons.record_control.models.state.protected_fields_mixin import TRUSTED_KEY

STATES = [
    ("draft", "Draft"),
    ("open", "Open"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]


class TestRecordControlState(models.Model):
    _name = "test_record_control.state"
    _description = "Test: guarded state"
    _inherit = ["mail.thread", "guarded.state.mixin"]

    _guarded_transitions = {
        "draft": ("open", "cancelled"),
        "open": ("done", "cancelled"),
        "done": ("open",),
        "cancelled": ("draft",),
    }
    _guarded_side_states = ("cancelled",)
    _guarded_protected_fields = ("date_done", "done_by_id", "stamp", "tag_ids")
    _guarded_readiness_depends = ("text", "amount")

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    text = fields.Text()
    amount = fields.Float()
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, index=True, tracking=True
    )
    date_done = fields.Datetime(readonly=True)
    done_by_id = fields.Many2one("res.users", readonly=True)
    stamp = fields.Char(default="new", readonly=True)
    tag_ids = fields.Many2many("res.partner.category", readonly=True)
    history = fields.Char(readonly=True)
    line_ids = fields.One2many("test_record_control.state.line", "parent_id")

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target == "done":
            if not self.text:
                reasons.append(self.env._("Enter a text."))
            if self.amount <= 0:
                reasons.append(self.env._("Enter an amount above zero."))
        return reasons

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        done = target == "done"
        vals["date_done"] = done and fields.Datetime.now()
        vals["done_by_id"] = done and self.env.uid
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if TRUSTED_KEY in self.env.context:
            raise AssertionError("hooks run without the right to set protected fields")
        for record in self:
            record.history = f"{record.history or ''}{source}>{target};"

    def action_open(self):
        return self._transition("open")

    def action_done(self):
        return self._transition("done")


class TestRecordControlStateLine(models.Model):
    """Lines with a state of their own: reached through the parent's one2many commands."""

    _name = "test_record_control.state.line"
    _description = "Test: guarded state of a line"
    _inherit = ["guarded.state.mixin"]

    _guarded_transitions = {"new": ("checked",), "checked": ()}
    _guarded_initial_states = ("new",)
    _guarded_state_field = "line_state"

    parent_id = fields.Many2one(
        "test_record_control.state", required=True, ondelete="cascade", index=True
    )
    name = fields.Char()
    line_state = fields.Selection(
        [("new", "New"), ("checked", "Checked")], default="new", required=True
    )

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target == "checked" and not self.name:
            reasons.append(self.env._("Enter a name."))
        return reasons
