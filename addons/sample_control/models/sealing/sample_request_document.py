from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..policy.sample_policy import ROLES
from ..sample.sample_sample import PREFIX

STATES = [
    ("missing", "Missing"),
    ("received", "Received"),
    ("not_applicable", "Not applicable"),
    ("waived", "Waived"),
]
TRANSITIONS = {
    "missing": ("received", "waived", "not_applicable"),
    "received": ("missing", "not_applicable"),
    "not_applicable": ("missing",),
    "waived": ("missing", "not_applicable"),
}
#: codes of the delivered rules that the system itself knows something about
REVIEW_FORM = "review_form"
RANDOM_PICK = "random_pick"
#: states of a request from which on its documents stay as they were signed
FROZEN_STATES = ("signing", "approved", "done", "cancelled")


class SampleRequestDocument(models.Model):
    """A document or item that sealing needs: there, missing, or waived with a reason (SC-22)."""

    _name = "sample.request.document"
    _description = "Document of a Sample Request"
    _inherit = ["guarded.state.mixin"]
    _order = "request_id, sequence, id"
    _guarded_transitions = TRANSITIONS
    _guarded_initial_states = ("missing", "received", "not_applicable")
    _guarded_protected_fields = (
        "code",
        "required",
        "applies_to",
        "waived_by_id",
        "waived_at",
    )

    request_id = fields.Many2one(
        comodel_name="sample.request",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(readonly=True, help="Short name in the rule that asks for it.")
    name = fields.Char(required=True, translate=True)
    required = fields.Boolean(
        readonly=True,
        default=True,
        help="The review cannot be passed while it is missing.",
    )
    applies_to = fields.Selection(
        selection=[
            ("all", "All parts"),
            ("key_part", "Key parts"),
            ("electrical", "Electrical parts"),
        ],
        required=True,
        readonly=True,
        default="all",
    )
    provided_by = fields.Selection(selection=ROLES)
    department_id = fields.Many2one(comodel_name="hr.department")
    number = fields.Char(string="Document No.")
    date = fields.Date()
    result = fields.Selection(
        selection=[("pass", "Pass"), ("fail", "Fail")],
        string="Conclusion",
    )
    note = fields.Char()
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        string="Files",
        bypass_search_access=True,
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        default="missing",
        copy=False,
        index=True,
    )
    waive_reason = fields.Char(string="Reason of the Waiver", copy=False)
    waived_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    waived_at = fields.Datetime(readonly=True, copy=False)

    _code_unique = models.UniqueIndex(
        "(request_id, code) WHERE code IS NOT NULL",
        "Each document of the rules stands once on a request.",
    )

    # --- Constraints ---

    @api.constrains("state", "number", "note", "attachment_ids")
    def _check_evidence(self):
        for document in self:
            evidence = document.number or document.note or document.attachment_ids
            if document.state == "received" and not evidence:
                raise ValidationError(
                    self.env._(
                        "%(document)s: enter its number, attach it, or note what was received.",
                        document=document.name,
                    )
                )

    # --- CRUD: what was signed stays ---

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._check_open()
        return documents

    def write(self, vals):
        self._check_open()
        if "request_id" in vals and any(
            document.request_id.id != vals["request_id"] for document in self
        ):
            raise UserError(self.env._("A document stays with its request."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked_for(self):
        self._check_open()
        kept = self.filtered("code")
        if kept and not self.env.su:
            raise UserError(
                self.env._(
                    "%(documents)s: what the rules ask for is not deleted; it is received or waived.",
                    documents=", ".join(kept.mapped("name")),
                )
            )

    def _check_open(self):
        """Refuse changes once the request is being signed; the system alone completes it."""
        if self.env.su:
            return
        frozen = self.filtered(lambda line: line.request_id.state in FROZEN_STATES)
        if frozen:
            raise UserError(
                self.env._(
                    "%(documents)s: the documents stay as they were reviewed.",
                    documents=", ".join(frozen.mapped("name")),
                )
            )

    # --- Gates ---

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target == "waived":
            reasons += self._get_waiver_reasons()
        if target == "not_applicable" and not self.env.su:
            reasons.append(
                self.env._(
                    "%(document)s: whether it applies follows from the part; waive it instead.",
                    document=self.name,
                )
            )
        return reasons

    def _get_waiver_reasons(self):
        """Say why this document may not be waived by this user (SC-22.2, E14)."""
        reasons = []
        user = self.env.user
        if not user.has_group("sample_control.group_sample_manager"):
            reasons.append(
                self.env._(
                    "%(document)s: only a sample manager waives a document.",
                    document=self.name,
                )
            )
        if user in self.request_id._get_applicants():
            reasons.append(
                self.env._(
                    "%(document)s: the applicant does not waive a document.",
                    document=self.name,
                )
            )
        if not (self.waive_reason or "").strip():
            reasons.append(
                self.env._(
                    "%(document)s: enter the reason of the waiver.", document=self.name
                )
            )
        return reasons

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        waived = target == "waived"
        vals["waived_by_id"] = waived and self.env.uid
        vals["waived_at"] = waived and fields.Datetime.now()
        if not waived:
            vals["waive_reason"] = False
        if target == "received":
            vals["date"] = self.date or self.company_id._record_control_today()
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target != "waived":
            return
        for document in self:
            # sudo: the entry stands whatever the manager may write on the request
            document.request_id.sudo().message_post(
                body=self.env._(
                    "%(user)s waived %(document)s: %(reason)s",
                    user=self.env.user.name,
                    document=document.name,
                    reason=document.waive_reason,
                )
            )

    # --- Business ---

    def _get_missing_reasons(self):
        """Say what keeps the review from passing, for each required line of these."""
        reasons = []
        for document in self:
            if not document.required or document.code == REVIEW_FORM:
                continue
            if document.state == "missing":
                reasons.append(
                    self.env._("Missing: %(document)s.", document=document.name)
                )
            elif document.state == "received" and document.result == "fail":
                reasons.append(
                    self.env._("Failed: %(document)s.", document=document.name)
                )
        return reasons

    def action_received(self):
        """Note that the documents are there.

        :return: True
        """
        return self._transition("received")

    def action_waive(self):
        """Do without the documents, for the reason entered.

        :return: True
        """
        return self._transition("waived")

    def action_missing(self):
        """Take back that the documents are there or waived.

        :return: True
        """
        return self._transition("missing")


class SampleRequest(models.Model):
    """The checklist of a request follows its rules and its part (SC-22.1)."""

    _inherit = "sample.request"

    document_ids = fields.One2many(
        comodel_name="sample.request.document",
        inverse_name="request_id",
        string="Documents",
        copy=False,
    )
    missing_count = fields.Integer(
        string="Missing Documents", compute="_compute_missing_count"
    )

    @api.depends("document_ids.state", "document_ids.required")
    def _compute_missing_count(self):
        for request in self:
            request.missing_count = len(
                request.document_ids.filtered(
                    lambda line: line.required
                    and line.state == "missing"
                    and line.code != REVIEW_FORM
                )
            )

    def _resolve_policies(self):
        super()._resolve_policies()
        self._sync_documents()

    def _on_policies_recalculated(self):
        super()._on_policies_recalculated()
        self._sync_documents()

    def _sync_documents(self):
        """Bring the checklists in line with rules and parts; lines made by hand stay."""
        for request in self.filtered(lambda request: request._is_policy_open()):
            wanted = request._get_policy_values("sealing").get("document_ids") or []
            # sudo: the checklist follows the rules whoever changes the request
            lines_sudo = request.sudo().document_ids.filtered("code").grouped("code")
            codes = {line["code"] for line in wanted}
            for code in lines_sudo.keys() - codes:
                if lines_sudo[code].state in ("missing", "not_applicable"):
                    lines_sudo[code].unlink()
            for sequence, line in enumerate(wanted):
                request._sync_document(lines_sudo.get(line["code"]), line, sequence)

    def _sync_document(self, line_sudo, wanted, sequence):
        """Create one line of the checklist, or let it follow whether it applies.

        :param line_sudo: the line, or None
        :param dict wanted: the line of the rule
        :param int sequence: its place
        """
        self.ensure_one()
        applies = self._is_document_needed(wanted["applies_to"])
        if not line_sudo:
            line_sudo = self.env["sample.request.document"].sudo()
            line_sudo = line_sudo.create(
                {
                    "request_id": self.id,
                    "sequence": sequence,
                    "code": wanted["code"],
                    "name": wanted["name"],
                    "required": wanted["required"],
                    "applies_to": wanted["applies_to"],
                    "provided_by": wanted["provided_by"],
                    "state": "missing" if applies else "not_applicable",
                }
            )
            self._translate_document(line_sudo)
            return
        line_sudo.write(
            {
                "required": wanted["required"],
                "applies_to": wanted["applies_to"],
                "sequence": sequence,
            }
        )
        if not applies and line_sudo.state == "missing":
            line_sudo._transition("not_applicable")
        elif applies and line_sudo.state == "not_applicable":
            line_sudo._transition("missing")

    def _translate_document(self, line_sudo):
        """Let a line of the checklist speak every language that its rule speaks.

        :param line_sudo: the line
        """
        self.ensure_one()
        # sudo: the checklist follows the rules whoever changes the request
        asked_sudo = self.sudo()._get_policy("sealing").document_ids
        asked_sudo = asked_sudo.filtered(lambda d: d.code == line_sudo.code)[:1]
        if asked_sudo:
            texts = asked_sudo.get_field_translations("name")[0]
            line_sudo.update_field_translations(
                "name",
                {text["lang"]: text["value"] for text in texts if text["value"]},
            )

    def _is_document_needed(self, applies_to):
        """Tell whether a document asked for some parts is needed for this one."""
        self.ensure_one()
        if applies_to == "key_part":
            return self.product_id.is_key_part
        if applies_to == "electrical":
            return self.is_electrical
        return True

    def _get_document_reasons(self):
        """Say which documents are still missing. Hook, one record."""
        self.ensure_one()
        reasons = self.document_ids._get_missing_reasons()
        picked = self.document_ids.filtered(
            lambda line: line.code == RANDOM_PICK and line.state == "received"
        )
        if picked or self._get_policy_values("sealing").get("random_pick_required"):
            reasons += self._get_random_pick_reasons()
        return reasons

    def _get_random_pick_reasons(self):
        return super()._get_random_pick_reasons() + self._get_pair_reasons(
            self.sampler_quality_id,
            self.sampler_technical_id,
            self.env._("random pick"),
        )

    def _get_pair_reasons(self, quality, technical, task):
        """Say why two people do not stand for both sides.

        :param quality: res.users
        :param technical: res.users
        :param str task: what they do together, translated
        :return: list of sentences
        """
        if not quality or not technical or quality == technical:
            return [
                self.env._(
                    "%(task)s: enter two different people, one of quality and one of the technical side.",
                    task=task,
                )
            ]
        return [
            self.env._(
                "%(task)s: %(user)s does not stand for this side.",
                task=task,
                user=user.name,
            )
            for user, role in ((quality, "quality"), (technical, "technical"))
            if not user.has_group(f"{PREFIX}{role}")
        ]
