from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedOne2many,
)

from ..policy.people import get_group_users

LINE_STATES = [
    ("open", "To Be Brought Back"),
    ("returned", "Returned"),
    ("destroyed", "Destroyed"),
    ("written_off", "Written Off"),
]


class SampleRecall(models.Model):
    """A new sample supersedes an old one: every copy of the old one is called back.

    The copies end with the old sample and are refused from then on; the recall is closed when each
    is returned, destroyed with a disposal sheet, or written off by name.
    """

    _name = "sample.recall"
    _description = "Recall of Copies"
    _inherit = [
        "sample.secret.mixin",
        "guarded.state.mixin",
        "numbering.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _numbering_code = "sample.recall"
    _guarded_transitions = {"open": ("closed",), "closed": ()}
    _guarded_initial_states = ("open",)
    _guarded_protected_fields = ("sample_id", "successor_id", "closed_at")
    _guarded_readiness_depends = ("line_ids.state",)

    name = fields.Char(
        string="Recall No.", readonly=True, required=True, copy=False, index="trigram"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    state = fields.Selection(
        selection=[("open", "Open"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        string="Superseded",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    successor_id = fields.Many2one(
        comodel_name="sample.sample",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    line_ids = RestrictedOne2many(
        comodel_name="sample.recall.line", inverse_name="recall_id", string="Copies"
    )
    open_count = fields.Integer(string="Still Out", compute="_compute_open_count")
    closed_at = fields.Datetime(string="Closed On", readonly=True, copy=False)

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The number is already taken."
    )

    @api.depends("line_ids.state")
    def _compute_open_count(self):
        for record in self:
            record.open_count = len(
                record.line_ids.filtered(lambda line: line.state == "open")
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(
                self.env._("Copies are recalled when their successor becomes valid.")
            )
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(self.env._("Recalls are closed, not deleted."))

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        # sudo: every copy counts, whoever closes
        still_out = self.sudo().line_ids.filtered(lambda line: line.state == "open")
        if target == "closed" and still_out:
            reasons.append(
                self.env._(
                    "Still out: %(copies)s.",
                    copies=still_out.sample_id._get_names_for_user(),
                )
            )
        return reasons

    def _get_transition_label(self, target):
        if target == "closed":
            return self.env._("Close")
        return super()._get_transition_label(target)

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        if target == "closed":
            vals["closed_at"] = fields.Datetime.now()
        return vals

    def action_close(self):
        """Close when nothing is out any more.

        :return: True
        """
        return self._transition("closed")


class SampleRecallLine(models.Model):
    """One copy that is called back from whoever has it."""

    _name = "sample.recall.line"
    _description = "Recalled Copy"
    _inherit = [
        "sample.secret.mixin",
        "protected.fields.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id"
    _check_company_auto = True
    _protected_fields = (
        "recall_id",
        "sample_id",
        "holder_id",
        "location_id",
        "state",
        "resolved_at",
        "resolved_by_id",
        "disposal_id",
    )

    recall_id = fields.Many2one(
        comodel_name="sample.recall",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="recall_id.company_id", store=True, index=True)
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        string="Copy",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    copy_no = fields.Integer(related="sample_id.copy_no", related_sudo=False)
    holder_id = fields.Many2one(
        comodel_name="res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Who had it when it was recalled.",
    )
    location_id = fields.Many2one(
        comodel_name="sample.location",
        string="Place",
        readonly=True,
        ondelete="restrict",
    )
    state = fields.Selection(
        selection=LINE_STATES, required=True, readonly=True, default="open", index=True
    )
    resolved_at = fields.Datetime(string="On", readonly=True)
    resolved_by_id = fields.Many2one(
        comodel_name="res.users", string="By", readonly=True
    )
    disposal_id = fields.Many2one(
        comodel_name="sample.disposal",
        string="Disposal Sheet",
        readonly=True,
        help="The proof that the copy was destroyed.",
    )
    note = fields.Char(
        string="Reason of the Write-off", help="Needed to write a copy off."
    )

    _copy_once = models.UniqueIndex(
        "(recall_id, sample_id)", "Each copy stands once on a recall."
    )

    @api.depends("sample_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.sample_id.display_name or ""

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(
                self.env._("Copies are recalled when their successor becomes valid.")
            )
        return super().create(vals_list)

    def write(self, vals):
        """Why a copy was written off is said before, not told otherwise afterwards."""
        changed = self._filter_changed(["note"], vals)
        if told := changed.filtered(lambda line: line.state != "open"):
            raise UserError(
                self.env._(
                    "%(copies)s: what became of them is on record.",
                    copies=", ".join(told.mapped("display_name")),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(self.env._("Recalls are closed, not deleted."))

    def _ask_holder(self):
        """Give the holder the task to bring the copy back."""
        self.ensure_one()
        user = self._get_asked_user()
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.company_id._record_control_today(),
                summary=self.env._(
                    "Bring back %(sample)s: superseded", sample=self.sample_id.name
                ),
                user_id=user.id,
            )

    def _get_asked_user(self):
        """Return who is asked for this one copy: who has it, else who answers for its place or for the copy.

        Who has left is passed over for the one who stands in; when nobody is left, a manager is asked.
        """
        self.ensure_one()
        holder = self.holder_id.user_ids.filtered(lambda user: not user.share)[:1]
        people = (holder, self.location_id.manager_id, self.sample_id.custodian_id)
        for user in filter(None, people):
            if not user.active:
                user, __ = user._get_present_stand_in(company=self.company_id)
            if user:
                return user
        return get_group_users(self.company_id, "manager")[:1]

    @api.model
    def _ask_again(self):
        """Ask for the copies that wait for nobody, or for somebody who has left."""
        lines = self.search(
            [
                ("state", "=", "open"),
                "|",
                ("activity_ids", "=", False),
                ("activity_ids.user_id.active", "=", False),
            ]
        )
        lines.activity_unlink(["mail.mail_activity_data_todo"])
        for line in lines:
            line._ask_holder()

    def _resolve(self, state, disposal=None):
        """Note what became of copies, and close recalls that are complete.

        :param str state: returned, destroyed or written_off
        :param disposal: the sheet that proves the destruction, if any
        """
        open_lines = self.filtered(lambda line: line.state == "open")
        # sudo: the checks were made by who calls
        open_sudo = open_lines.sudo()
        open_sudo.write(
            {
                "state": state,
                "resolved_at": fields.Datetime.now(),
                "resolved_by_id": self.env.uid,
                "disposal_id": disposal.id if disposal else False,
            }
        )
        open_sudo.activity_unlink(["mail.mail_activity_data_todo"])
        complete = open_sudo.recall_id.filtered(
            lambda record: record.state == "open" and not record.open_count
        )
        if complete:
            complete._transition("closed")

    def action_returned(self):
        """Take copies back: they go to the isolation area until they are disposed of.

        :return: True
        :raises UserError: for others than custodians
        """
        self.check_access("read")
        if not self.env.user.has_group("sample_control.group_sample_keeper"):
            raise UserError(self.env._("A custodian takes copies back."))
        for line in self.filtered(lambda line: line.state == "open"):
            # sudo: the copy is taken out of use whoever takes it back
            sample_sudo = line.sudo().sample_id
            if sample_sudo.is_on_loan:
                raise UserError(
                    self.env._(
                        "%(sample)s is on loan: take back the loan first.",
                        sample=sample_sudo.name,
                    )
                )
            if sample_sudo.state not in ("lost", "disposed"):
                sample_sudo._isolate(line.recall_id.name, origin=line.recall_id)
        self._resolve("returned")
        return True

    def action_write_off(self):
        """Write copies off by name, as the manager, each with a reason.

        :return: True
        :raises UserError: for others than managers, or without a reason
        """
        self.check_access("write")
        if not self.env.user.has_group("sample_control.group_sample_manager"):
            raise UserError(self.env._("The sample manager writes copies off."))
        silent = self.filtered(lambda line: not (line.note or "").strip())
        if silent:
            raise UserError(
                self.env._(
                    "Say why they are written off: %(copies)s.",
                    copies=", ".join(silent.sample_id.mapped("name")),
                )
            )
        self._resolve("written_off")
        return True
