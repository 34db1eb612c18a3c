from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import seal

STATES = [
    ("open", "Being signed"),
    ("sealed", "Sealed"),
    ("refused", "Refused"),
    ("void", "Void"),
    ("withdrawn", "Withdrawn"),
]
TRANSITIONS = {  # state -> states it may go to
    "open": {"sealed", "refused", "void", "withdrawn"},
    "sealed": {"void"},
    "refused": set(),
    "void": set(),
    "withdrawn": set(),
}
# What the system itself may change after a round was opened; everything else is final
MUTABLE_FIELDS = {"state", "closed_at", "reason", "current_payload", "verified_at", "touched_at"}
VERIFY_BATCH = 500  # records read and digested at once by the check of the seals


class SignOffRequest(models.Model):
    """One round of signatures over one record: what was to be signed, by whom, and what came of it.

    A new request is a new round; old rounds stay. Nobody writes or deletes rounds: the methods of
    ``sign.off.mixin`` do the former, nothing does the latter.
    """

    _name = "sign.off.request"
    _description = "Sign-off Round"
    _inherit = ["sign.off.trail.mixin"]
    _order = "requested_at desc, id desc"
    _trail_request_field = "id"

    name = fields.Char(string="Record", required=True, readonly=True)
    res_model_id = fields.Many2one(
        comodel_name="ir.model",
        string="Kind of Record",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    res_model = fields.Char(related="res_model_id.model", store=True, precompute=True, index=True)
    res_id = fields.Many2oneReference(model_field="res_model", string="Record ID", required=True, readonly=True)
    round = fields.Integer(required=True, readonly=True, default=1, aggregator=None)
    route_id = fields.Many2one(comodel_name="sign.off.route", readonly=True, index="btree_not_null")
    route_name = fields.Char(readonly=True)
    route_domain = fields.Char(readonly=True, default="[]")
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    four_eyes = fields.Boolean(readonly=True, default=True)
    fallback_group_id = fields.Many2one(comodel_name="res.groups", readonly=True)
    requester_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked By",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    requested_at = fields.Datetime(string="Asked On", required=True, readonly=True)
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="open",
        index=True,
        help="Sealed: all have signed, and the seal holds as long as no signed value changes.\n"
        "Void: a signed value was changed; ask for a new round.",
    )
    closed_at = fields.Datetime(string="Closed On", readonly=True)
    reason = fields.Text(readonly=True, help="Why the round was refused, withdrawn or has become void.")
    step_ids = fields.One2many(
        comodel_name="sign.off.request.step",
        inverse_name="request_id",
        string="Steps",
        bypass_search_access=True,
    )
    signature_ids = fields.One2many(
        comodel_name="sign.off.signature",
        inverse_name="request_id",
        string="Signatures",
        bypass_search_access=True,
        readonly=True,
    )
    change_ids = fields.One2many(
        comodel_name="sign.off.change",
        inverse_name="request_id",
        string="Changes",
        bypass_search_access=True,
        readonly=True,
    )
    waiting_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="sign_off_request_waiting_rel",
        column1="request_id",
        column2="user_id",
        string="Waiting For",
        compute="_compute_waiting",
        store=True,
    )
    date_deadline = fields.Date(string="Deadline", compute="_compute_waiting", store=True, index=True)
    waiting_titles = fields.Char(string="Step", compute="_compute_waiting_texts")
    waiting_note = fields.Char(
        string="Who Signs Instead",
        compute="_compute_waiting_texts",
        help="Why somebody else than foreseen is asked to sign.",
    )
    can_sign = fields.Boolean(compute="_compute_can_sign")
    digest = fields.Char(readonly=True, help="Digest of the values put up for signature.")
    payload = fields.Json(groups=fields.NO_ACCESS)
    current_payload = fields.Json(groups=fields.NO_ACCESS)
    verified_at = fields.Datetime(readonly=True, help="When the seal was last compared with the record.")
    touched_at = fields.Datetime(groups=fields.NO_ACCESS)

    _record_open_uniq = models.UniqueIndex(
        "(res_model, res_id) WHERE state = 'open'",
        "A sign-off of this record is under way already.",
    )
    _record_index = models.Index("(res_model, res_id)")
    _verify_index = models.Index("(verified_at, id) WHERE state IN ('open', 'sealed')")

    # --- Computes ---

    @api.depends("step_ids.state", "step_ids.user_ids", "step_ids.date_deadline", "state")
    def _compute_waiting(self):
        for request in self:
            steps = request.step_ids.filtered(lambda step: step.state == "open")
            if request.state != "open":
                steps = steps.browse()
            request.waiting_user_ids = steps.user_ids
            request.date_deadline = min(filter(None, steps.mapped("date_deadline")), default=False)

    @api.depends("step_ids.state", "step_ids.note")
    @api.depends_context("uid")
    def _compute_waiting_texts(self):
        for request in self:
            steps = request.step_ids.filtered(lambda step: step.state == "open")
            mine = steps.filtered(lambda step: self.env.user in step.user_ids)
            request.waiting_titles = ", ".join((mine or steps).mapped("name"))
            request.waiting_note = " ".join(filter(None, (mine or steps).mapped("note")))

    @api.depends("waiting_user_ids")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        for request in self:
            request.can_sign = self.env.user in request.waiting_user_ids

    # --- Guards ---

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_unless_system()
        for vals in vals_list:
            if vals.get("state", "open") != "open":
                raise UserError(self.env._("A round of signatures starts open."))
        return super().create(vals_list)

    def write(self, vals):
        """Let only the system write, only along the transition map, and never what was put up for signature."""
        self._refuse_unless_system()
        if frozen := vals.keys() - MUTABLE_FIELDS:
            raise UserError(
                self.env._(
                    "A round of signatures cannot be changed (%(fields)s).",
                    fields=", ".join(sorted(frozen)),
                )
            )
        if "state" in vals:
            self._check_state(vals["state"])
        return super().write(vals)

    def _check_state(self, target):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for request in self.filtered(lambda request: request.state != target):
            unsigned = request.step_ids.filtered(lambda step: step.state in ("waiting", "open"))
            if target not in TRANSITIONS[request.state] or (target == "sealed" and unsigned):
                raise UserError(
                    self.env._(
                        "%(record)s: the round is “%(state)s” and cannot become “%(target)s”.",
                        record=request.name,
                        state=labels[request.state],
                        target=labels.get(target, target),
                    )
                )

    # --- Actions ---

    def action_open_record(self):
        """Open the record that is signed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_sign_off(self):
        """Open the signing window for these rounds."""
        return self._action_decide("approve")

    def action_refuse_sign_off(self):
        """Open the refusal window for these rounds."""
        return self._action_decide("refuse")

    def _action_decide(self, decision):
        wizard = self.env["sign.off.wizard"].create({"request_ids": self.ids, "decision": decision})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sign") if decision == "approve" else self.env._("Refuse"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    # --- Inbox ---

    @api.model
    def _get_waiting_domain(self):
        return Domain("waiting_user_ids", "in", self.env.uid)

    @api.model
    @api.readonly
    def get_waiting_summary(self):
        """What waits for the signature of the current user.

        :return: {"count": int, "groups": [{"model", "name", "count", "overdue"}]}
        """
        today = fields.Date.context_today(self)
        groups = [
            {
                "model": model.sudo().model,  # sudo: the name of a model is no secret
                "name": model.sudo().name,
                "count": count,
                "overdue": bool(deadline and deadline < today),
            }
            for model, count, deadline in self._read_group(
                self._get_waiting_domain(), ["res_model_id"], ["__count", "date_deadline:min"]
            )
        ]
        return {"count": sum(group["count"] for group in groups), "groups": groups}

    # --- Business ---

    def _get_records(self):
        """The signed records, by model, as the current user."""
        ids = defaultdict(list)
        for request in self:
            ids[request.res_model].append(request.res_id)
        return [self.env[model].browse(res_ids) for model, res_ids in ids.items() if model in self.env]

    def _lock(self):
        """Wait for whoever decides on the same rounds right now, and see what they did.

        Each decision also writes ``touched_at``: a transaction that began before it cannot go on with old
        values but is repeated by the server.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL("SELECT id FROM sign_off_request WHERE id IN %s ORDER BY id FOR UPDATE", tuple(self.ids) or (0,))
        )
        self.invalidate_recordset()
        self.step_ids.invalidate_recordset()

    def _advance(self):
        """Open the next steps of rounds, or seal those that have none left."""
        raise NotImplementedError

    def _decide(self, decision, opinion="", signature=None):
        """Sign or refuse the steps that wait for the current user.

        :param str decision: ``approve`` or ``refuse``
        :param str opinion: required for a refusal
        :param signature: base64 image drawn by the signer, optional
        :return: sign.off.signature recordset; rounds whose values changed meanwhile become void and give none
        :raises UserError: with all reasons of all rounds why the user may not decide
        """
        raise NotImplementedError

    def _make_void(self, reasons):
        """Mark rounds void and tell those concerned.

        :param dict reasons: {round: sentence}
        """
        raise NotImplementedError

    # --- Crons ---

    @api.model
    def _cron_verify_seals(self):
        """Compare all open and sealed rounds with their records; void what was changed behind our back."""

    @api.model
    def _get_digest(self, payload):
        return seal.digest(payload)
