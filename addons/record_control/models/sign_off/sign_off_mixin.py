from ast import literal_eval
from collections import Counter, defaultdict
from contextlib import contextmanager
from functools import lru_cache

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, format_datetime

from ...tools import seal
from ..state.guarded_state_mixin import GateFacts
from .sign_off_signers import CROWD, REQUESTER_KEY, Basis, RoundRequester

STATES = [
    ("none", "Not signed"),
    ("open", "Being signed"),
    ("sealed", "Sealed"),
    ("refused", "Refused"),
    ("void", "Void"),
]
SYSTEM_FIELDS = frozenset({"sign_off_request_id", "sign_off_state"})
WATCHED_STATES = (
    "open",
    "sealed",
    "void",
)  # of a void round, later changes are still recorded
NAMED_FIELDS = 5  # of the changed fields, this many are named in a sentence


@lru_cache(maxsize=1024)
def read_domain(text):
    """Read a filter that was checked when it was stored."""
    return Domain(literal_eval(text or "[]"))


class SignOffMixin(models.AbstractModel):
    """Records that are signed, and whose signed values are sealed.

    ::

        class CreditRequest(models.Model):
            _name = "credit.request"
            _inherit = ["sign.off.mixin"]
            _sealed_fields = ("partner_id", "amount", "line_ids.product_id", "line_ids.quantity")
            _sign_off_form_code = "F25"           # optional: key of the controlled form
            _sign_off_amount_field = "amount"     # optional: steps may ask for an amount

            def _get_sign_off_reasons(self):      # what is missing before it may be submitted
                reasons = super()._get_sign_off_reasons()
                if not self.line_ids:
                    reasons.append(self.env._("%(record)s has no line.", record=self.display_name))
                return reasons

            def _get_sign_off_authors(self):      # who drew it up approves nothing, whoever asks
                return super()._get_sign_off_authors() | self.prepared_by_id

            def _on_sign_off_sealed(self):        # runs as the system; env.user is the last signer
                self._transition("approved")

            def _get_transition_reasons(self, target):
                reasons = super()._get_transition_reasons(target)
                if target == "sent":
                    reasons += self._get_seal_reasons()
                return reasons

        class CreditRequestLine(models.Model):
            _name = "credit.request.line"
            _inherit = ["sealed.line.mixin"]
            _sealed_parent_field = "request_id"

    and in the form::

        <button name="action_request_sign_off" type="object" string="Ask for Sign-off"
                invisible="not can_request_sign_off"/>
        <button name="action_sign_off" type="object" string="Sign" invisible="not can_sign_off"/>
        <button name="action_refuse_sign_off" type="object" string="Refuse" invisible="not can_sign_off"/>
        <button name="action_withdraw_sign_off" type="object" string="Withdraw Sign-off"
                invisible="not can_withdraw_sign_off"/>
        <field name="sign_off_cells" widget="sign_off_cells" nolabel="1"/>

    Steps of the route may also be signed by a contact of the customer or supplier, by link, on a device of
    ours or on paper: see ``sign_off_contact_mixin.py``.

    List the mixins of this toolkit before ``mail.thread`` and ``mail.activity.mixin`` (which come with this one):
    Python finds no method resolution order for classes that disagree about it.

    ``_get_seal_reasons`` computes the digest of the sealed values anew each time: the seal is broken by any
    change, on whatever road it came. ``_sealed_fields`` may go through relations (``line_ids.tax_ids``);
    archiving a line of a one2many counts as a change. Do not seal what the hooks below write.
    """

    _name = "sign.off.mixin"
    _description = "Signed Record"
    _inherit = ["protected.fields.mixin", "mail.thread", "mail.activity.mixin"]

    #: names and dotted paths of what is signed
    _sealed_fields = ()
    #: key of the controlled form, for routes that ask for one
    _sign_off_form_code = None
    #: name of the field that steps with a minimum amount look at
    _sign_off_amount_field = None
    #: roles whose step is the own signature of who holds them, no approval: it is theirs whatever else they sign
    _sign_off_own_roles = ()

    sign_off_request_id = fields.Many2one(
        comodel_name="sign.off.request",
        string="Sign-off Round",
        readonly=True,
        copy=False,
        index="btree_not_null",
        bypass_search_access=True,
        ondelete="set null",
    )
    sign_off_request_ids = fields.One2many(
        comodel_name="sign.off.request",
        inverse_name="res_id",
        string="Sign-off Rounds",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        copy=False,
        bypass_search_access=True,
    )
    sign_off_state = fields.Selection(
        selection=STATES,
        string="Sign-off",
        compute="_compute_sign_off_state",
        store=True,
        index=True,
        copy=False,
        help="Void: a signed value was changed after it was signed; ask for a new round.",
    )
    sign_off_cells = fields.Json(
        string="Sign-off Cells",
        compute="_compute_sign_off_cells",
        help="The sign-off cells of the form: title, signer, time, opinion; blank until signed.",
    )
    sign_off_waiting_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Waiting for the Signature Of",
        compute="_compute_sign_off_waiting",
        search="_search_sign_off_waiting_user_ids",
    )
    can_sign_off = fields.Boolean(compute="_compute_sign_off_waiting")
    can_request_sign_off = fields.Boolean(compute="_compute_can_request_sign_off")
    can_withdraw_sign_off = fields.Boolean(compute="_compute_can_request_sign_off")

    # --- Computes ---

    @api.depends("sign_off_request_id.state")
    def _compute_sign_off_state(self):
        for record in self:
            state = record._get_sign_off_request().state
            record.sign_off_state = (
                "none" if not state or state == "withdrawn" else state
            )

    @api.depends(
        "sign_off_request_id.step_ids.state", "sign_off_request_id.step_ids.user_ids"
    )
    @api.depends_context("lang", "tz", "uid")
    def _compute_sign_off_cells(self):
        routes = None
        for record in self:
            # sudo: whoever reads the record sees who has signed it
            request = record.sudo()._get_sign_off_request()
            if request.state in ("open", "sealed", "refused"):
                record.sign_off_cells = record._prepare_cells_of_round(request)
                continue
            if routes is None:
                routes = self.env["sign.off.route"]._match(self._origin)
            record.sign_off_cells = record._prepare_blank_cells(
                routes.get(record._origin.id)
            )

    @api.depends("sign_off_request_id.step_ids.user_ids")
    @api.depends_context("uid")
    def _compute_sign_off_waiting(self):
        for record in self:
            # sudo: who is to sign is shown to whoever may read the record
            record.sign_off_waiting_user_ids = (
                record.sudo()._get_sign_off_request().waiting_user_ids
            )
            record.can_sign_off = self.env.user in record.sign_off_waiting_user_ids

    def _search_sign_off_waiting_user_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting = [("state", "=", "open"), ("user_ids", "in", value)]
        return Domain("sign_off_request_id.step_ids", "any", waiting)

    @api.depends("sign_off_state")
    @api.depends_context("uid")
    def _compute_can_request_sign_off(self):
        for record in self:
            record.can_request_sign_off = record.sign_off_state in (
                False,
                "none",
                "refused",
                "void",
            )
            record.can_withdraw_sign_off = (
                record.sign_off_state == "open" and record._may_withdraw_sign_off()
            )

    # --- Guards ---

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | SYSTEM_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("sign_off_state", "none") not in (False, "none"):
                self._refuse_sign_off_state()
        return super().create(vals_list)

    def write(self, vals):
        if "sign_off_state" in vals:
            # for the superuser as well: a seal is never typed, it follows from the signatures
            if any(record.sign_off_state != vals["sign_off_state"] for record in self):
                self._refuse_sign_off_state()
            vals = {
                name: value for name, value in vals.items() if name != "sign_off_state"
            }
        if not vals.keys() - SYSTEM_FIELDS:
            return super().write(vals)
        with self._sign_off_writing():
            result = super().write(vals)
        self._sign_off_detect_changes()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        domain = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        # sudo: rounds that the user may not see count as well
        if requests := self.env["sign.off.request"].sudo().search(domain):
            raise UserError(
                self.env._(
                    "%(records)s cannot be deleted: the signatures stay on record. Archive or cancel instead.",
                    records=", ".join(requests.mapped("name")),
                )
            )

    def _refuse_sign_off_state(self):
        raise UserError(
            self.env._(
                "%(model)s: whether a record is signed follows from the signatures and cannot be entered.",
                model=self.env["ir.model"]._get(self._name).name,
            )
        )

    @contextmanager
    def _sign_off_writing(self):
        """While a record is written, its lines leave the comparison to it: once for all lines.

        Kept with the transaction, not in the context, which a caller could choose.
        """
        busy = self._sign_off_busy()
        keys = [(self._name, record_id) for record_id in self.ids]
        busy.update(keys)
        try:
            yield
        finally:
            busy.subtract(keys)

    def _sign_off_busy(self):
        return self.env.cr.precommit.data.setdefault(
            "record_control.sign_off_writing", Counter()
        )

    # --- Actions ---

    def action_request_sign_off(self):
        """Ask for the signatures of these records: begin a new round for each.

        :raises UserError: with all reasons of all records why they may not be submitted yet
        """
        self.check_access("write")
        self._sign_off_detect_changes(fresh=True, behind=True)
        if reasons := [
            reason for record in self for reason in record._get_sign_off_reasons()
        ]:
            raise UserError("\n".join(reasons))
        self._begin_sign_off()
        return True

    def action_sign_off(self):
        """Open the signing window."""
        return self._get_open_rounds().action_sign_off()

    def action_refuse_sign_off(self):
        """Open the refusal window."""
        return self._get_open_rounds().action_refuse_sign_off()

    def action_withdraw_sign_off(self):
        """Take back what was asked for and is not yet sealed: whoever asked, or an administrator."""
        self.check_access("write")
        # sudo: rounds are written by the system alone, after these checks
        requests_sudo = self.sudo().sign_off_request_id
        requests_sudo._lock()
        reasons = [
            self.env._(
                "%(record)s: only %(user)s, who asked for the open sign-off, can withdraw it.",
                **names,
            )
            for record in self
            if not record._may_withdraw_sign_off()
            or record.sudo().sign_off_request_id.state != "open"
            for names in [
                {
                    "record": record.display_name,
                    "user": record.sudo().sign_off_request_id.requester_id.name
                    or self.env._("nobody"),
                }
            ]
        ]
        if reasons:
            raise UserError("\n".join(reasons))
        requests_sudo._withdraw()
        return True

    def _may_withdraw_sign_off(self):
        self.ensure_one()
        requester = self.sudo().sign_off_request_id.requester_id
        return self.env.user == requester or self.env.user.has_group(
            "record_control.group_record_control_manager"
        )

    # --- Business ---

    def _sign_off(self, decision="approve", opinion="", signature=None):
        """Sign or refuse these records as the current user.

        :param str decision: ``approve`` or ``refuse``
        :param str opinion: the signer's opinion, required for a refusal
        :param signature: base64 image of the drawn signature
        :return: sign.off.signature recordset; a record whose values changed after the sign-off was asked for
            is not signed, its round becomes void
        :raises UserError: with all reasons of all records
        """
        return self._get_open_rounds()._decide(decision, opinion, signature)

    def _check_sealed(self, purpose):
        """Refuse to go on with records that are not sealed.

        :param str purpose: what was to be done, translated: "print", "send", "confirm"
        :raises UserError: with all reasons of all records
        """
        reasons = [
            reason
            for texts in self._get_seal_reasons_by_record().values()
            for reason in texts
        ]
        if reasons:
            first = self.env._(
                "Not possible without a valid sign-off: %(purpose)s.", purpose=purpose
            )
            raise UserError("\n".join([first, *reasons]))

    def _get_seal_reasons_by_record(self):
        """:meth:`_get_seal_reasons` of many records, with a fixed number of queries.

        :return: {record id: list of sentences}
        """
        result = {}
        for records in self._sign_off_neutral_groups():
            sealed = records.filtered(
                lambda record: record._get_sign_off_request().state == "sealed"
            )
            payloads = sealed._get_seal_payloads(fresh=True)
            for record in records:
                # names and conditions are read for all records at once
                own = self.browse(record.id).with_prefetch(self._ids)
                result[record.id] = own._explain_seal(record, payloads.get(record.id))
        return result

    def _get_sign_off_request(self):
        """The current round, provided that it is a round of this record."""
        self.ensure_one()
        request = self.sign_off_request_id
        return (
            request
            if request.res_id == self._origin.id and request.res_model == self._name
            else request.browse()
        )

    def _get_open_rounds(self):
        self.check_access("read")
        if reasons := [
            self.env._("%(record)s is not being signed.", record=record.display_name)
            for record in self
            if record.sudo()._get_sign_off_request().state != "open"
        ]:
            raise UserError("\n".join(reasons))
        return self.sign_off_request_id

    # --- Hooks ---

    def _get_sign_off_reasons(self):
        """Say why this record may not be submitted for signature yet; extend with super().

        :return: list of sentences, empty when it may
        """
        self.ensure_one()
        if self.sign_off_state == "open":
            return [
                self.env._(
                    "%(record)s is being signed already.", record=self.display_name
                )
            ]
        if self.sign_off_state == "sealed":
            return [
                self.env._("%(record)s is sealed already.", record=self.display_name)
            ]
        route = self.env["sign.off.route"]._match(self).get(self.id)
        if not route:
            return [
                self.env._(
                    "No sign-off route fits %(record)s; an administrator sets one up under "
                    "Settings › Record Control › Sign-off.",
                    record=self.display_name
                    or self.env["ir.model"]._get(self._name).name,
                )
            ]
        steps = self._get_needed_steps(route)
        if route.four_eyes:
            steps = steps.filtered(
                lambda step: step.signer_type != "requester"
                and not self._is_sign_off_own(step)
            )
        if not steps:
            return [
                self.env._(
                    "%(record)s: no step of the route “%(route)s” asks anybody else to approve it.",
                    record=self.display_name,
                    route=route.name,
                )
            ]
        return []

    def _get_seal_reasons(self):
        """Say why no valid seal stands on this record; the digest is computed anew.

        :return: list of sentences, empty when all have signed and nothing signed has changed
        """
        self.ensure_one()
        if not self._origin:
            return [
                self.env._(
                    "%(record)s has not been signed.",
                    record=self.display_name
                    or self.env["ir.model"]._get(self._name).name,
                )
            ]
        return list(
            GateFacts.of(
                self._origin,
                "seal",
                lambda records: records._get_seal_reasons_by_record(),
            )
        )

    def _get_sign_off_users(self, role):
        """Resolve a role of the route from this record (called as the system); extend with super().

        :param str role: a key of ``sign.off.route.step._selection_role``
        :return: res.users, empty when nobody holds the role
        """
        self.ensure_one()
        requester = self._get_sign_off_requester()
        responsible = self.user_id if "user_id" in self._fields else requester
        company = self._get_sign_off_company()
        if role == "responsible":
            return responsible
        if role == "requester_supervisor":
            return self._get_sign_off_employee(requester, company).parent_id.user_id
        employee = self._get_sign_off_employee(responsible, company)
        if role == "supervisor":
            return employee.parent_id.user_id
        if role == "department_manager":
            department = (
                self.department_id
                if "department_id" in self._fields
                else employee.department_id
            )
            return department.manager_id.user_id
        return self.env["res.users"]

    @api.model
    def _is_sign_off_own(self, step):
        """Return whether a step of a route or round is an own signature, see ``_sign_off_own_roles``."""
        return step.signer_type == "role" and step.role in self._sign_off_own_roles

    def _get_sign_off_authors(self):
        """Name who drew up this record (called as the system); extend where the record says so.

        With four eyes they approve nothing of it, also when somebody else asks for the round, and
        neither does a deputy on their behalf. A step of the route for the person responsible is the
        author's own signature, not an approval, and stays open to them; no other author signs it in
        the place of that person.

        :return: res.users; by default those whom the record remembers (``sign.off.author.mixin``), else
            nobody: only who asks is kept from approving
        """
        self.ensure_one()
        if isinstance(self, self.env.registry["sign.off.author.mixin"]):
            return self.author_ids
        return self.env["res.users"]

    @api.model
    def _get_sign_off_employee(self, user, company):
        """The employee of a user: that of the company, else any one (read with the user, for all records at once)."""
        employees = user.sudo().with_context(active_test=False).employee_ids
        return employees.sorted(
            lambda employee: (employee.active, employee.company_id == company),
            reverse=True,
        )[:1]

    def _get_sign_off_requester(self):
        """Who asked for the current round (during a preview: who looks)."""
        self.ensure_one()
        token = self.env.context.get(REQUESTER_KEY)
        if isinstance(token, RoundRequester):
            return self.env["res.users"].browse(token.user_id)
        return self.sign_off_request_id.requester_id

    def _get_sign_off_company(self):
        """The company whose routes, employees and deputies count."""
        self.ensure_one()
        return ("company_id" in self._fields and self.company_id) or self.env.company

    def _get_sign_off_form_code(self):
        """Key of the controlled form as which this record prints."""
        self.ensure_one()
        return self._sign_off_form_code or getattr(self, "_controlled_form_code", None)

    def _get_sign_off_amount(self, date=None):
        """The amount that steps depend on, in the currency of the record's company.

        :param date date: day of the exchange rate; today when empty
        :return: float
        """
        self.ensure_one()
        name = self._sign_off_amount_field
        if not name:
            return 0.0
        field, amount = self._fields[name], self[name]
        if field.type != "monetary":
            return amount
        company = self._get_sign_off_company()
        currency = self[field.get_currency_field(self)] or company.currency_id
        return currency._convert(
            amount,
            company.currency_id,
            company,
            date or company._record_control_today(),
        )

    def _on_sign_off_sealed(self):
        """Called as the system after the last signature.

        The current user is the last signer, or who entered the signature of a contact; after a signature by
        link it is OdooBot.
        """

    def _on_sign_off_advanced(self):
        """Called as the system after a signature, when further steps are still waited for."""

    def _on_sign_off_refused(self, opinion):
        """Called as the system after a refusal.

        :param str opinion: the reason given
        """

    def _on_seal_broken(self, changes):
        """Called as the system when a sealed or open round has become void.

        :param changes: sign.off.change recordset; empty when a step is newly required
        """

    # --- Rounds ---

    def _begin_sign_off(self):
        """Begin a round for each record; what is missing was checked before."""
        routes = self.env["sign.off.route"]._match(self)
        payloads = {}
        for records in self._sign_off_neutral_groups():
            payloads.update(
                records._get_seal_payloads(
                    dict.fromkeys(records.ids, self._sealed_fields)
                )
            )
        numbers = dict(
            self.env["sign.off.request"]
            .sudo()
            ._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["round:max"],
            )
        )
        # the end of the former round has to reach the database before the next one begins
        self.sudo().sign_off_request_id.flush_recordset(["state"])
        # sudo: rounds are written by the system alone
        requests_sudo = (
            self.env["sign.off.request"]
            .sudo()
            .create(
                [
                    record._prepare_round_vals(
                        routes[record.id],
                        payloads[record.id],
                        numbers.get(record.id, 0) + 1,
                    )
                    for record in self
                ]
            )
        )
        for record, request in zip(self.sudo(), requests_sudo, strict=True):
            record.sign_off_request_id = request
        requests_sudo._log(
            {
                request: self.env._(
                    "Sign-off asked for: %(titles)s.",
                    titles=" → ".join(
                        request.step_ids.filtered(
                            lambda step: step.state != "not_needed"
                        ).mapped("name")
                    ),
                )
                for request in requests_sudo
            }
        )
        own_steps = requests_sudo.step_ids.filtered(lambda step: step.state == "open")
        if own_steps:
            nobody = self.env["res.users"]
            requests_sudo._add_signatures(
                {step: Basis(self.env.user, nobody, "direct") for step in own_steps},
                "approve",
            )
        requests_sudo._advance()

    def _prepare_round_vals(self, route, payload, number):
        self.ensure_one()
        needed = self._get_needed_steps(route)
        return {
            "name": self.display_name,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "round": number,
            "route_id": route.id,
            "route_name": route.name,
            "route_domain": route.domain,
            "company_id": self.sudo()._get_sign_off_company().id,
            "four_eyes": route.four_eyes,
            "fallback_group_id": route.fallback_group_id.id,
            "requester_id": self.env.uid,
            # sudo: who drew it up counts, whatever the person who asks may read
            "author_ids": [Command.set(self.sudo()._get_sign_off_authors().ids)],
            "requested_at": fields.Datetime.now(),
            "payload": payload,
            "current_payload": payload,
            "digest": seal.digest(payload),
            "step_ids": [
                Command.create(
                    {
                        **step._prepare_request_step_vals(),
                        "state": self._get_first_step_state(step, needed),
                    }
                )
                for step in route.step_ids
            ],
        }

    def _get_first_step_state(self, step, needed):
        if step not in needed:
            return "not_needed"
        return "open" if step.signer_type == "requester" else "waiting"

    def _get_needed_steps(self, route):
        """The steps of the route that this record needs as it is now."""
        self.ensure_one()
        record = self._sign_off_neutral()
        day = record._get_rate_day(route.step_ids)
        return route.step_ids.filtered(lambda step: record._needs_step(step, day))

    def _get_rate_day(self, steps, at=None):
        """Return the day of the exchange rate: that of the request in the company, where a step asks for an amount.

        :param steps: steps of a route or a round
        :param datetime at: when it was asked for, naive UTC; now by default
        :return: date, None when no amount is asked for
        """
        if not any(steps.mapped("min_amount")):
            return None
        return self._get_sign_off_company()._record_control_today(at)

    def _needs_step(self, step, date):
        """Whether a step of a route or round is needed for this record (read as the system).

        :param step: sign.off.route.step or sign.off.request.step
        :param date date: day of the exchange rate: that of the request, so that a seal does not depend on rates
        """
        if step.min_amount and self._get_sign_off_amount(date) < step.min_amount:
            return False
        domain = read_domain(step.condition_domain)
        return domain.is_true() or bool(self.filtered_domain(domain))

    # --- Seal ---

    def _sign_off_neutral(self):
        """These records as the system reads them: same values whoever asks, in whatever language and company."""
        companies = self.sudo().mapped(lambda record: record._get_sign_off_company().id)
        return self._sign_off_neutral_in(
            companies[0] if companies else self.env.company.id
        )

    def _sign_off_neutral_in(self, company_id):
        context = {
            "active_test": False,
            "allowed_company_ids": [company_id],
            "bin_size": False,
        }
        return self.with_env(self.env(user=SUPERUSER_ID, su=True, context=context))

    def _sign_off_neutral_groups(self):
        """:meth:`_sign_off_neutral`, one recordset for each company."""
        groups = self.sudo().grouped(lambda record: record._get_sign_off_company().id)
        return [
            records._sign_off_neutral_in(company_id)
            for company_id, records in groups.items()
        ]

    def _get_seal_payloads(self, paths_by_id=None, fresh=False):
        """What a seal on these records (read as the system) covers.

        :param dict paths_by_id: {record id: paths}; by default those that the current round was asked for with
        :param bool fresh: read from the database, also what this transaction has read before
        :return: {record id: payload}, see ``tools/seal.py``
        """
        by_paths = defaultdict(self.browse)
        for record in self:
            paths = (
                paths_by_id[record.id]
                if paths_by_id
                else record._get_sign_off_request().payload["paths"]
            )
            by_paths[tuple(sorted(paths))] |= record
        payloads = {}
        for paths, records in by_paths.items():
            if fresh:
                self._forget_sealed(records, paths)
            nodes = self._read_seal_nodes(records, paths)
            for record_id, node in nodes.items():
                head = {
                    "tag": seal.TAG,
                    "model": self._name,
                    "id": record_id,
                    "paths": list(paths),
                }
                payloads[record_id] = {**head, **node}
        return payloads

    @api.model
    def _get_seal_digest(self, payload):
        """Digest of a payload, see ``tools/seal.py``."""
        return seal.digest(payload)

    @api.model
    def _forget_sealed(self, records, paths):
        """Forget what was read of these paths, so that the database is asked again."""
        leaves, branches = seal.tree(paths)
        names = [name for name in {*leaves, *branches} if name in records._fields]
        records.invalidate_recordset(names)
        for name, below in branches.items():
            if name in records._fields:
                self._forget_sealed(records[name], below)

    @api.model
    def _read_seal_nodes(self, records, paths, with_active=False):
        """Read one level of the sealed values for all records at once.

        :return: {record id: {"values": …, "lines": …}}
        """
        leaves, branches = seal.tree(paths)
        if with_active and records._active_name:
            leaves = sorted({*leaves, records._active_name})
        nodes = {record_id: {"values": {}, "lines": {}} for record_id in records.ids}
        for name in leaves:
            if name in records._fields:
                for record_id, value in self._read_seal_values(
                    records, records._fields[name]
                ).items():
                    nodes[record_id]["values"][name] = value
        for name, below in branches.items():
            if name not in records._fields:
                continue
            lines = self._read_seal_nodes(
                records[name], below, records._fields[name].type == "one2many"
            )
            for record in records:
                nodes[record.id]["lines"][name] = {
                    str(line_id): lines[line_id] for line_id in record[name].ids
                }
        return nodes

    @api.model
    def _read_seal_values(self, records, field):
        """Canonical values of one field.

        :return: {record id: value}
        """
        if field.translate and field.store:
            return self._read_seal_translations(records, field)
        values = {}
        for record in records:
            value, decimals = record[field.name], None
            if field.type == "float":
                digits = field.get_digits(record.env)
                decimals = digits and digits[1]
            elif field.type == "monetary":
                currency = record[field.get_currency_field(record)]
                decimals = currency.decimal_places if currency else None
            elif field.type == "reference":
                value = value and f"{value._name},{value.id}"
            elif field.type == "many2one":
                value = value.id
            elif field.relational:
                value = tuple(value.ids)
            elif field.type == "binary" and isinstance(value, str):
                value = value.encode()
            elif value is False and field.type != "boolean":
                value = None
            values[record.id] = (
                None
                if value is False and field.relational
                else seal.normalise(value, decimals)
            )
        return values

    @api.model
    def _read_seal_translations(self, records, field):
        """All translations of a field: the text in any language is part of what was signed."""
        records.flush_recordset([field.name])
        rows = records.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id IN %s",
                SQL.identifier(field.name),
                SQL.identifier(records._table),
                tuple(records.ids) or (0,),
            )
        )
        return {record_id: seal.normalise(texts) for record_id, texts in rows}

    # --- Changes ---

    def _sign_off_detect_changes(self, fresh=False, behind=False):
        """Compare records with what was put up for signature; record changes, void rounds, ask new steps.

        :param bool fresh: read from the database, also what this transaction has read before
        :param bool behind: the change was not made by the current user but found
        """
        busy = self._sign_off_busy()
        # sudo: the seal is watched whoever writes
        watched_sudo = self.sudo().filtered(
            lambda record: not busy[self._name, record.id]
            and record._get_sign_off_request().state in WATCHED_STATES
        )
        if not watched_sudo:
            return
        payloads = {}
        for records in watched_sudo._sign_off_neutral_groups():
            payloads.update(records._get_seal_payloads(fresh=fresh))
        diffs = {}
        for record in watched_sudo:
            if found := seal.diff(
                record.sign_off_request_id.current_payload, payloads[record.id]
            ):
                diffs[record] = found
        changed_sudo = watched_sudo.browse([record.id for record in diffs])
        if changed_sudo:
            changed_sudo._record_sign_off_changes(diffs, payloads, behind)
        (watched_sudo - changed_sudo)._reconsider_route()

    def _record_sign_off_changes(self, diffs, payloads, behind):
        """Write down what changed, make open and sealed rounds void, and tell.

        :param dict diffs: {record: list of seal.Change}
        :param dict payloads: {record id: payload as it is now}
        :param bool behind: nobody is named as having changed it
        """
        now = fields.Datetime.now()
        changes = self.env["sign.off.change"].create(
            [
                {**vals, "changed_at": now, "user_id": not behind and self.env.uid}
                for record in self
                for vals in record._prepare_change_vals(diffs[record])
            ]
        )
        by_request = changes.grouped("request_id")
        broken = self.browse()
        reasons = {}
        for record in self:
            request = record.sign_off_request_id
            request.write({"current_payload": payloads[record.id]})
            if request.state != "void":
                broken |= record
                reasons[request] = record._explain_changes(by_request[request], behind)
        if not broken:
            return
        broken.sign_off_request_id._make_void(reasons)
        for record in broken:
            record._on_seal_broken(by_request[record.sign_off_request_id])

    def _reconsider_route(self):
        """Ask again whether the route and its conditions still hold; values that are not sealed may decide."""
        for record in self:
            request = record.sign_off_request_id
            if request.state not in ("open", "sealed"):
                continue
            reason, missing = record._get_route_reason(request)
            if not reason:
                continue
            if missing and request.state == "open":
                missing.write({"state": "waiting"})
                request._log({request: reason})
                request._advance()
            else:
                request._make_void({request: reason})
                record._on_seal_broken(self.env["sign.off.change"])

    def _get_route_reason(self, request):
        """Say whether signatures are missing because of what the record is now.

        :param request: the current round (sudo)
        :return: (sentence or "", steps that are newly needed)
        """
        self.ensure_one()
        steps = request.step_ids.filtered(lambda step: step.state == "not_needed")
        domain = read_domain(request.route_domain)
        if not steps and domain.is_true():
            return "", steps
        record = self._sign_off_neutral()
        if not (domain.is_true() or record.filtered_domain(domain)):
            return (
                self.env._(
                    "%(record)s no longer falls under the route “%(route)s”.",
                    record=self.display_name,
                    route=request.route_name,
                ),
                steps.browse(),
            )
        date = record._get_rate_day(steps, request.requested_at)
        missing = steps.filtered(lambda step: record._needs_step(step, date))
        if not missing:
            return "", missing
        return (
            self.env._(
                "%(record)s now needs a further signature: %(titles)s.",
                record=self.display_name,
                titles=", ".join(missing.mapped("name")),
            ),
            missing,
        )

    def _prepare_change_vals(self, diffs):
        self.ensure_one()
        vals_list = []
        for change in diffs:
            model, labels = self, []
            names = change.path.split(".")
            for name in names[: len(change.keys)]:
                labels.append(model._fields[name]._description_string(self.env))
                model = self.env[model._fields[name].comodel_name]
            vals = {
                "request_id": self.sign_off_request_id.id,
                "kind": change.kind,
                "field_path": change.path,
                "line_model": change.keys and model._name,
                "line_id": change.keys and int(change.keys[-1]),
            }
            if change.kind == "changed":
                field = model._fields[names[-1]]
                labels.append(field._description_string(self.env))
                vals["old_value"] = self._describe_seal_value(model, field, change.old)
                vals["new_value"] = self._describe_seal_value(model, field, change.new)
            else:
                vals["old_value"] = change.old and self._describe_seal_node(
                    model, change.old
                )
                vals["new_value"] = change.new and self._describe_seal_node(
                    model, change.new
                )
            vals["field_label"] = " › ".join(labels)
            vals_list.append(vals)
        return vals_list

    @api.model
    def _describe_seal_node(self, model, node):
        """A whole line in words."""
        return "; ".join(
            f"{model._fields[name]._description_string(self.env)}: {self._describe_seal_value(model, field, value)}"
            for name, value in node["values"].items()
            if (field := model._fields.get(name)) and value is not None
        )

    @api.model
    def _describe_seal_value(self, model, field, value):
        """A canonical value in the words of the user interface."""
        if value is None:
            return ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type in ("many2one", "one2many", "many2many"):
            records = (
                self.env[field.comodel_name]
                .sudo()
                .browse([value] if isinstance(value, int) else value)
            )
            names = {record.id: record.display_name for record in records.exists()}
            return ", ".join(
                names.get(record_id, f"#{record_id}") for record_id in records.ids
            )
        if isinstance(value, dict):
            return (
                value.get(self.env.lang) or value.get("en_US") or seal.canonical(value)
            )
        return value if isinstance(value, str) else seal.canonical(value)

    def _explain_changes(self, changes, behind):
        """One sentence; values are left to the list of changes, which asks who may read the field."""
        self.ensure_one()
        labels = list(dict.fromkeys(changes.sorted("id").mapped("field_label")))
        more = len(labels) - NAMED_FIELDS
        names = ", ".join(labels[:NAMED_FIELDS]) + (
            self.env._(" and %(number)s more", number=more) if more > 0 else ""
        )
        if behind:
            return self.env._(
                "%(record)s was changed after it was put up for signature: %(fields)s.",
                record=self.display_name,
                fields=names,
            )
        return self.env._(
            "%(user)s changed %(record)s after it was put up for signature: %(fields)s.",
            user=self.env.user.name,
            record=self.display_name,
            fields=names,
        )

    def _explain_seal(self, record, payload):
        """Why no valid seal stands on this record.

        :param record: the record, read as the system
        :param dict payload: what a seal on it covers now; None unless the round is sealed
        :return: list of sentences
        """
        request = record._get_sign_off_request()
        names = {"record": self.sudo().display_name}
        if not request or request.state == "withdrawn":
            return [self.env._("%(record)s has not been signed.", **names)]
        if request.state == "open":
            return [
                self.env._(
                    "%(record)s still waits for the signature of %(users)s.",
                    users=request._get_waiting_names(),
                    **names,
                )
            ]
        if request.state == "refused":
            return [
                self.env._(
                    "%(record)s was refused: %(reason)s",
                    reason=request.reason or "",
                    **names,
                )
            ]
        if request.state == "void":
            return [
                self.env._(
                    "The sign-off of %(record)s is void: %(reason)s",
                    reason=request.reason or "",
                    **names,
                )
            ]
        if not request._is_intact():
            return [
                self.env._(
                    "The signatures of %(record)s do not belong to what was put up for signature.",
                    **names,
                )
            ]
        if diffs := seal.diff(request.payload, payload):
            labels = dict.fromkeys(
                vals["field_label"] for vals in record._prepare_change_vals(diffs)
            )
            return [
                self.env._(
                    "The sign-off of %(record)s is void, signed values have changed: %(fields)s.",
                    fields=", ".join(list(labels)[:NAMED_FIELDS]),
                    **names,
                )
            ]
        reason, __ = self.sudo()._get_route_reason(request)
        return [reason] if reason else []

    # --- Cells and forms ---

    def _prepare_cells_of_round(self, request):
        """The cells of a round: what was signed, and blanks for what is still to be signed."""
        signatures = {
            signature.step_id: signature for signature in request.signature_ids
        }
        return [
            self._prepare_cell(step, signatures.get(step))
            for step in request.step_ids
            if step.state != "not_needed"
        ]

    def _prepare_blank_cells(self, route):
        if not route:
            return []
        return [
            self._prepare_cell(step) for step in self._origin._get_needed_steps(route)
        ]

    def _preview_cells(self, route):
        """The cells with the people who would be asked if the current user asked now.

        :param route: sign.off.route (sudo)
        """
        self.ensure_one()
        # a round that is never written; what it finds out is thrown away with it
        vals = self._prepare_round_vals(route, {}, 0)
        request = self.env["sign.off.request"].sudo().new(vals)
        steps = request.step_ids.filtered(lambda step: step.state != "not_needed")
        cells = []
        for step, found in steps._find_signers().items():
            cell = self._prepare_cell(step)
            cell.update(
                state="waiting",
                waiting=(found.contact or found.users).mapped("name")[:CROWD],
                note=found.note or False,
            )
            cells.append(cell)
        return cells

    @api.model
    def _prepare_cell(self, step, signature=None):
        """One sign-off cell, for the form and the printed sheet."""
        is_round = step._name == "sign.off.request.step"
        cell = {
            "title": step.name,
            "state": step.state if is_round else "waiting",
            "user": False,
            "signed_at": False,
            "signed_at_text": False,
            "decision": False,
            "opinion": False,
            "note": (is_round and step.note) or False,
            "signature_id": False,
            "waiting": step._get_waiting_names()[:CROWD] if is_round else [],
            "method": False,
            "date_signed": False,
        }
        if signature:
            cell.update(
                user=signature.signed_by,
                method=signature.method,
                date_signed=fields.Date.to_string(signature.date_signed),
                signed_at=fields.Datetime.to_string(signature.signed_at),
                signed_at_text=format_datetime(
                    self.env, signature.signed_at, dt_format="short"
                ),
                decision=signature.decision,
                opinion=signature.opinion or False,
                note=signature.note or False,
                signature_id=signature.id if signature.signature else False,
            )
        return cell

    def _get_form_revision_to_keep(self):
        """The revision of the controlled form that a seal made now keeps (called as the system)."""
        self.ensure_one()
        key = self._get_sign_off_form_code()
        company = self._get_sign_off_company()
        form = self.env["controlled.form"]
        form = form._get_by_key(key, company) if key else form
        return (
            form._get_revision_in_force(company)
            if form
            else self.env["controlled.form.revision"]
        )

    def _get_sealed_form_revision(self, form):
        """The revision that was in force when the record was sealed; asked by ``controlled.form.mixin``.

        :param form: controlled.form
        :return: controlled.form.revision, empty unless a seal stands
        """
        self.ensure_one()
        request = self.sudo()._get_sign_off_request()
        revision = (
            request.form_revision_id
            if request.state == "sealed"
            else request.form_revision_id.browse()
        )
        return revision.filtered(lambda revision: revision.form_id == form)
