import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import seal
from .sign_off_request_step import PENDING_STATES
from .sign_off_signature import DECISIONS

_logger = logging.getLogger(__name__)

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
MUTABLE_FIELDS = {
    "form_revision_id",
    "state",
    "closed_at",
    "reason",
    "current_payload",
    "verified_at",
    "touched_at",
}
VERIFY_BATCH = 500  # records read and digested at once by the check of the seals


class SignOffRequest(models.Model):
    """One round of signatures over one record: what was to be signed, by whom, and what came of it.

    A new request is a new round; old rounds stay. Nobody writes or deletes rounds: the methods of
    ``sign.off.mixin`` do the former, nothing does the latter.
    """

    _name = "sign.off.request"
    _description = "Sign-off Round"
    _inherit = ["sign.off.trail.mixin", "guarded.name.mixin"]
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
    res_model = fields.Char(
        related="res_model_id.model", store=True, precompute=True, index=True
    )
    res_id = fields.Many2oneReference(
        model_field="res_model",
        string="Record ID",
        required=True,
        readonly=True,
        index=True,
    )
    round = fields.Integer(required=True, readonly=True, default=1, aggregator=None)
    route_id = fields.Many2one(
        comodel_name="sign.off.route", readonly=True, index="btree_not_null"
    )
    form_revision_id = fields.Many2one(
        comodel_name="controlled.form.revision",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The revision of the controlled form when the record was sealed; its prints keep it.",
    )
    route_name = fields.Char(readonly=True, translate=True)
    route_domain = fields.Char(readonly=True, default="[]")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
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
    author_ids = fields.Many2many(
        comodel_name="res.users",
        relation="sign_off_request_author_rel",
        column1="request_id",
        column2="user_id",
        string="Drawn Up By",
        readonly=True,
        help="Whom the record named as its authors when the round began: with four eyes they approve nothing, "
        "whoever asked for the round.",
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
    reason = fields.Text(
        readonly=True, help="Why the round was refused, withdrawn or has become void."
    )
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
        string="Waiting For",
        compute="_compute_waiting_texts",
        search="_search_waiting_user_ids",
    )
    date_deadline = fields.Date(
        string="Deadline", compute="_compute_date_deadline", store=True, index=True
    )
    waiting_titles = fields.Char(string="Step", compute="_compute_waiting_texts")
    waiting_note = fields.Char(
        string="Who Signs Instead",
        compute="_compute_waiting_texts",
        help="Why somebody else than foreseen is asked to sign.",
    )
    can_sign = fields.Boolean(compute="_compute_waiting_texts")
    waits_for_contact = fields.Boolean(compute="_compute_waits_for_contact")
    digest = fields.Char(
        readonly=True, help="Digest of the values put up for signature."
    )
    payload = fields.Json(groups=fields.NO_ACCESS)
    current_payload = fields.Json(groups=fields.NO_ACCESS)
    verified_at = fields.Datetime(
        readonly=True, help="When the seal was last compared with the record."
    )
    touched_at = fields.Datetime(groups=fields.NO_ACCESS)

    _record_open_uniq = models.UniqueIndex(
        "(res_model, res_id) WHERE state = 'open'",
        "A sign-off of this record is under way already.",
    )
    _record_index = models.Index("(res_model, res_id)")
    _verify_index = models.Index("(verified_at, id) WHERE state IN ('open', 'sealed')")

    # --- Computes ---

    @api.depends("step_ids.state", "step_ids.date_deadline")
    def _compute_date_deadline(self):
        for request in self:
            dates = request.step_ids.filtered(lambda step: step.state == "open").mapped(
                "date_deadline"
            )
            request.date_deadline = min(filter(None, dates), default=False)

    @api.depends("step_ids.state", "step_ids.note", "step_ids.user_ids")
    @api.depends_context("uid")
    def _compute_waiting_texts(self):
        # read for all at once: filtered() below narrows what is read ahead
        self.sudo().step_ids.mapped("user_ids")
        for request in self:
            # sudo: whoever sees the round sees whom it waits for
            steps = request.sudo().step_ids.filtered(lambda step: step.state == "open")
            mine = steps.filtered(lambda step: self.env.user in step.user_ids)
            request.can_sign = bool(mine)
            request.waiting_user_ids = steps.user_ids
            request.waiting_titles = ", ".join((mine or steps).mapped("name"))
            request.waiting_note = " ".join(
                filter(None, (mine or steps).mapped("note"))
            )

    @api.depends("step_ids.state", "step_ids.signer_type")
    def _compute_waits_for_contact(self):
        for request in self:
            request.waits_for_contact = bool(request.sudo()._get_contact_steps())

    def _get_contact_steps(self):
        """The steps that wait for a contact of the customer or supplier."""
        return self.step_ids.filtered(
            lambda step: step.state == "open" and step.signer_type == "contact"
        )

    def _search_waiting_user_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain(
            "step_ids", "any", [("state", "=", "open"), ("user_ids", "in", value)]
        )

    # --- Guards ---

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_unless_system()
        for vals in vals_list:
            if vals.get("state", "open") != "open":
                raise UserError(self.env._("A round of signatures starts open."))
        requests = super().create(vals_list)
        requests._keep_titles()
        return requests

    def _keep_titles(self):
        """Keep the words of the routes in every language, for whoever reads or prints the round in another one."""
        for code, __ in self.env["res.lang"].get_installed():
            if code == (self.env.lang or "en_US"):
                continue
            requests = self.with_context(lang=code)
            for route, same in requests.grouped("route_id").items():
                # past the refusal of `write` below: the same title in another language
                # pylint: disable-next=super-method-mismatch
                super(SignOffRequest, same).write({"route_name": route.name})
            for route_step, steps in requests.step_ids.grouped("route_step_id").items():
                steps.write({"name": route_step.name})
        # writing in another language forgets the words in this one: read them again all at once
        self.step_ids.fetch(["name"])

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
            unsigned = request.step_ids.filtered(
                lambda step: step.state in ("waiting", "open")
            )
            if target not in TRANSITIONS[request.state] or (
                target == "sealed" and unsigned
            ):
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

    def action_sign_off_contact(self):
        """Open the window for the signature of a contact."""
        self.ensure_one()
        wizard = self.env["sign.off.contact.wizard"]._create_for(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contact's Signature"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _action_decide(self, decision):
        wizard = self.env["sign.off.wizard"].create(
            {"request_ids": self.ids, "decision": decision}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sign")
            if decision == "approve"
            else self.env._("Refuse"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _tell_changed(self):
        """Action that closes the signing window, and names those of these rounds that were not signed."""
        if not self:
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Not signed"),
                "message": self.env._(
                    "The values of %(records)s were changed after the sign-off was asked for. "
                    "These rounds are void; a new round must be asked for.",
                    records=", ".join(self.mapped("name")),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
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
                self._get_waiting_domain(),
                ["res_model_id"],
                ["__count", "date_deadline:min"],
            )
        ]
        return {"count": sum(group["count"] for group in groups), "groups": groups}

    # --- Business ---

    def _get_record(self):
        """The signed record, read as the system."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)._sign_off_neutral()

    def _get_records_by_model(self):
        """The signed records in the environment of these rounds, one recordset per model."""
        ids = defaultdict(list)
        for request in self:
            ids[request.res_model].append(request.res_id)
        return [self.env[model].browse(res_ids) for model, res_ids in ids.items()]

    def _lock(self):
        """Wait for whoever decides on the same rounds right now, and see what they did.

        Each decision also writes ``touched_at``: a transaction that began before it cannot go on with old
        values but is repeated by the server.
        """
        self.env.flush_all()
        if self.ids:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM sign_off_request WHERE id IN %s ORDER BY id FOR UPDATE",
                    tuple(self.ids),
                )
            )
        self.invalidate_recordset()
        self.env["sign.off.request.step"].invalidate_model()
        self.env["sign.off.signature"].invalidate_model()

    def _decide(self, decision, opinion="", signature=None):
        """Sign or refuse the steps that wait for the current user.

        :param str decision: ``approve`` or ``refuse``
        :param str opinion: required for a refusal
        :param signature: base64 image drawn by the signer, optional
        :return: sign.off.signature recordset; rounds whose values changed meanwhile become void and give none
        :raises UserError: with all reasons of all rounds why the user may not decide
        """
        if decision not in dict(DECISIONS):
            raise ValueError(f"unknown decision {decision!r}")
        for records in self.sudo(False)._get_records_by_model():
            # nobody signs what they may not read
            records.check_access("read")
        # sudo: signatures are written by the system alone, after the checks below
        requests_sudo = self.sudo()
        requests_sudo._lock()
        steps = requests_sudo._get_my_steps(decision, opinion)
        changed = requests_sudo._void_changed()
        requests_sudo -= changed
        signatures = requests_sudo._add_signatures(
            {
                step: basis
                for step, basis in steps.items()
                if step.request_id in requests_sudo
            },
            decision,
            opinion,
            signature,
        )
        requests_sudo._conclude(decision, opinion)
        return signatures.sudo(self.env.su)

    def _conclude(self, decision, opinion):
        """Go on after a signature: end the rounds that were refused, open the next steps of the others."""
        if decision == "refuse":
            self._refuse(opinion)
            return
        self._advance()
        advanced = self.filtered(lambda request: request.state == "open")
        for records in advanced._get_records_by_model():
            records._on_sign_off_advanced()

    def _get_my_steps(self, decision, opinion):
        """The steps that the current user signs now, and why this user may.

        :return: {step: Basis}
        """
        open_steps = self.step_ids.filtered(
            lambda step: step.state == "open" and step.request_id.state == "open"
        )
        signers = open_steps._find_signers()
        mine, reasons = {}, []
        if decision == "refuse" and not (opinion or "").strip():
            reasons.append(self.env._("Give the reason for the refusal."))
        for request in self:
            found = {
                step: basis
                for step in request.step_ids
                if step in signers
                for basis in signers[step].bases
                if basis.user == self.env.user
            }
            if not found:
                reasons.append(request._explain_cannot_sign())
            elif request.four_eyes or decision == "refuse":
                step = next(iter(found))
                found = {step: found[step]}
            mine.update(found)
        if reasons:
            raise UserError("\n".join(reasons))
        return mine

    def _explain_cannot_sign(self):
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        if self.state != "open":
            return self.env._(
                "%(record)s: this round is “%(state)s”, there is nothing to sign.",
                record=self.name,
                state=labels[self.state],
            )
        if self.four_eyes and self.env.user == self.requester_id:
            return self.env._(
                "%(record)s: you asked for this sign-off; somebody else has to sign it.",
                record=self.name,
            )
        if self.four_eyes and self.env.user in self.author_ids:
            return self.env._(
                "%(record)s: you drew this up yourself; somebody else has to sign it.",
                record=self.name,
            )
        if self.four_eyes and self.env.user in self.signature_ids.user_id:
            return self.env._(
                "%(record)s: you have signed a step of this round already.",
                record=self.name,
            )
        return self.env._(
            "%(record)s is not waiting for your signature but for that of %(users)s.",
            record=self.name,
            users=self._get_waiting_names(),
        )

    def _get_waiting_names(self):
        """Whom the round waits for: people of ours and contacts."""
        # the users are read for many rounds at once; sudo: whoever sees the round sees whom it waits for
        contacts = self.sudo()._get_contact_steps().partner_id
        names = self.waiting_user_ids.mapped("name") + contacts.mapped("name")
        return ", ".join(names) or self.env._("nobody")

    def _add_signatures(self, steps, decision, opinion="", signature=None):
        """Write the signatures of the current user.

        :param dict steps: {step: Basis}
        """
        return self._record_signatures(
            {
                step: {
                    "user_id": self.env.uid,
                    "on_behalf_of_id": basis.on_behalf_of.id,
                    "note": self._describe_basis(basis),
                    "signature": signature,
                }
                for step, basis in steps.items()
            },
            decision,
            opinion,
        )

    def _record_signatures(self, vals_by_step, decision, opinion):
        """Add one signature for each step, and close the steps.

        :param dict vals_by_step: {step: values that say who signed and how}
        """
        now = fields.Datetime.now()
        signatures = self.env["sign.off.signature"].create(
            [
                {
                    "request_id": step.request_id.id,
                    "step_id": step.id,
                    "title": step.name,
                    "decision": decision,
                    "opinion": opinion,
                    "signed_at": now,
                    "digest": step.request_id.digest,
                    **vals,
                }
                for step, vals in vals_by_step.items()
            ]
        )
        self.write({"touched_at": now})
        signed = signatures.step_id
        signed._finish_activities(opinion)
        signed._close("signed" if decision == "approve" else "refused")
        self._log({sign.request_id: sign._describe() for sign in signatures})
        return signatures

    def _describe_basis(self, basis):
        values = {"person": basis.on_behalf_of.name or ""}
        if basis.kind == "deputy":
            return self.env._("Deputy of %(person)s", **values)
        if basis.kind == "superior":
            return self.env._("Superior of %(person)s", **values)
        if basis.kind == "fallback" and basis.on_behalf_of:
            return self.env._("In place of %(person)s", **values)
        if basis.kind == "fallback":
            return self.env._("In place of the signer foreseen")
        return False

    def _advance(self):
        """Open the next steps of rounds, or seal those that have none left."""
        self._skip_doubles()
        to_open, to_seal = self.env["sign.off.request.step"], self.browse()
        for request in self:
            pending = request.step_ids.filtered(
                lambda step: step.state in PENDING_STATES
            )
            if not pending:
                to_seal |= request
                continue
            first = min(pending.mapped("sequence"))
            to_open |= pending.filtered(
                lambda step, first=first: step.sequence == first
                and step.state == "waiting"
            )
        if to_open:
            to_open._open()
        if to_seal:
            to_seal._seal()

    def _skip_doubles(self):
        """With four eyes, a person who is foreseen for two steps signs once, at the later one."""
        for request in self.filtered("four_eyes"):
            waiting = request.step_ids.filtered(
                lambda step: step.state == "waiting"
                and step.signer_type != "group"
                and not step._is_own_signature()
            )
            seen = {}
            for step in (
                waiting.sorted("sequence", reverse=True) if len(waiting) > 1 else ()
            ):
                users = step._get_foreseen_users()
                later = seen.setdefault(users, step) if len(users) == 1 else step
                if later != step and later.sequence > step.sequence:
                    step.write(
                        {
                            "state": "merged",
                            "note": self.env._(
                                "%(person)s signs once, as %(title)s.",
                                person=users.name,
                                title=later.name,
                            ),
                        }
                    )

    def _seal(self):
        """All have signed: the seal stands."""
        self.write({"state": "sealed", "closed_at": fields.Datetime.now()})
        self._keep_form_revisions()
        self._log(
            dict.fromkeys(
                self, self.env._("Sign-off complete: the signed values are sealed.")
            )
        )
        self.env.user._bus_send("record_control.sign_off/updated", {})
        for records in self._get_records_by_model():
            records._on_sign_off_sealed()

    def _keep_form_revisions(self):
        vals = {}
        for records in self._get_records_by_model():
            for record in records:
                revision = record._get_form_revision_to_keep()
                if revision:
                    vals[record.sign_off_request_id] = {"form_revision_id": revision.id}
        self._write_grouped(vals)

    def _is_intact(self):
        """Whether all needed steps are approved, over exactly what was put up for signature."""
        self.ensure_one()
        signatures = self.signature_ids
        approved = signatures.filtered(
            lambda sign: sign.decision == "approve" and sign.digest == self.digest
        )
        needed = self.step_ids.filtered(
            lambda step: step.state not in ("not_needed", "merged")
        )
        return (
            bool(needed)
            and approved == signatures
            and approved.step_id == needed
            and seal.digest(self.payload) == self.digest
            and self.payload["model"] == self.res_model
            and self.payload["id"] == self.res_id
        )

    def _withdraw(self):
        self._end(
            "withdrawn",
            dict.fromkeys(
                self, self.env._("Withdrawn by %(user)s.", user=self.env.user.name)
            ),
        )
        self._log({request: request.reason for request in self})

    def _refuse(self, opinion):
        self._end("refused", dict.fromkeys(self, opinion))
        for records in self._get_records_by_model():
            records._on_sign_off_refused(opinion)

    def _end(self, state, reasons):
        """Close rounds with the reasons given.

        :param str state: the final state
        :param dict reasons: {round: sentence}
        """
        now = fields.Datetime.now()
        for request in self:
            request.write(
                {"state": state, "closed_at": now, "reason": reasons[request]}
            )
        self.step_ids.filtered(lambda step: step.state in PENDING_STATES)._close(
            "cancelled"
        )

    def _void_changed(self):
        """Make those of these rounds void whose record has changed; return them."""
        for records in self._get_records_by_model():
            records._sign_off_detect_changes(fresh=True, behind=True)
        return self.filtered(lambda request: request.state == "void")

    def _make_void(self, reasons):
        """Mark rounds void and tell those concerned: who asked, who has signed, who was asked to sign.

        :param dict reasons: {round: sentence}
        """
        partners = {
            request: (
                request.requester_id
                | request.signature_ids.user_id
                | request.step_ids.user_ids
            )
            .filtered("active")
            .partner_id
            for request in self
        }
        self._end("void", reasons)
        for request in self:
            self.env[request.res_model].browse(request.res_id).message_post(
                body=self.env._(
                    "The sign-off is void: %(reason)s", reason=reasons[request]
                ),
                partner_ids=(partners[request] - self.env.user.partner_id).ids,
                subtype_xmlid="mail.mt_note",
            )

    def _log(self, bodies):
        """Log a sentence in the chatter of the records.

        :param dict bodies: {round: sentence}
        """
        by_model = defaultdict(dict)
        for request, body in bodies.items():
            by_model[request.res_model][request.res_id] = body
        for model, texts in by_model.items():
            self.env[model].browse(texts)._message_log_batch(bodies=texts)

    # --- Crons ---

    @api.model
    def _cron_verify_seals(self):
        """Compare all open and sealed rounds with their records; void what was changed behind our back.

        Each round is looked at once a day, the longest unseen first. Restartable, and safe when two workers run.
        """
        started = fields.Datetime.now()
        domain = Domain("state", "in", ("open", "sealed"))
        domain &= Domain("verified_at", "=", False) | Domain(
            "verified_at", "<", started - timedelta(hours=20)
        )
        cron = self.env["ir.cron"]
        requests_sudo = self.sudo()
        remaining = requests_sudo.search_count(domain)
        cron._commit_progress(remaining=remaining)
        while batch := requests_sudo._claim(domain):
            try:
                with self.env.cr.savepoint():
                    batch._verify()
            except Exception:
                # one record that cannot be read must not keep the others from being looked at
                _logger.exception("Seals of rounds %s could not be verified", batch.ids)
            batch.write({"verified_at": started})
            if not cron._commit_progress(len(batch)):
                break

    def _claim(self, domain):
        """The next rounds to verify, locked; those that another worker holds are left to it."""
        query = self._search(
            domain, order="verified_at NULLS FIRST, id", limit=VERIFY_BATCH
        )
        rows = self.env.execute_query(
            SQL("%s FOR NO KEY UPDATE SKIP LOCKED", query.select())
        )
        return self.browse([row[0] for row in rows])

    def _verify(self):
        """Void those of these rounds whose record changed; nobody is named as having changed it."""
        for records in self._get_records_by_model():
            records.exists()._sign_off_detect_changes(fresh=True, behind=True)
