from datetime import datetime, time, timedelta

import pytz

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ...tools.one_by_one import act_on_each

STATES = [
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("refused", "Refused"),
    ("revoked", "Revoked"),
    ("expired", "Expired"),
]
RIGHTS = ("read", "print", "export", "download", "borrow")
#: what the approver decides on; fixed from the moment of asking
CONTENT_FIELDS = (
    "user_id",
    "company_id",
    "res_model",
    "res_id",
    "line_ids",
    "subject",
    "date_from",
    "date_to",
    "purpose",
    "reason",
    *(f"right_{right}" for right in RIGHTS),
)


class AccessGrant(models.Model):
    """Permission for one person to see named records until the end of a day.

    What was asked for is fixed when it is asked: an approver approves what he
    reads. To change a request, withdraw it and ask anew. The grant counts from
    the start of its first to the end of its last day in the company's time
    zone, whether or not any job runs.
    """

    _name = "access.grant"
    _description = "Access Grant"
    _inherit = [
        "mail.thread",
        "guarded.state.mixin",
        "numbering.mixin",
        "model.in.words.mixin",
    ]
    _order = "id desc"
    _guarded_initial_states = ("requested",)
    _guarded_transitions = {
        "requested": ("approved", "refused", "revoked"),
        "approved": ("revoked", "expired"),
        "refused": (),
        "revoked": (),
        "expired": (),
    }
    _guarded_side_states = ("refused", "revoked", "expired")
    _guarded_protected_fields = (
        "requester_id",
        "approver_ids",
        "approver_id",
        "decided_at",
        "refusal_reason",
        "authority_model",
        "authority_id",
    )
    _numbering_code = "access.grant"

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
    )
    state = fields.Selection(
        selection=STATES,
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    # who
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="For",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    requester_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested by",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    # what
    res_model = fields.Char(
        string="Record Type (technical)",
        required=True,
        index=True,
    )
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="res_model",
        compute="_compute_res_id",
        inverse="_inverse_res_id",
        help="The record, when the grant covers just one.",
    )
    line_ids = fields.One2many(
        comodel_name="access.grant.line",
        inverse_name="grant_id",
        string="Records",
        copy=True,
    )
    record_names = fields.Char(
        string="Named Records",
        compute="_compute_record_names",
        help="The names of the records, for those who may see them.",
    )
    subject = fields.Char(
        help="In the requester's words, because he may not see the name of the record.",
    )
    right_read = fields.Boolean(
        string="Read",
        default=True,
        readonly=True,
    )
    right_print = fields.Boolean(string="Print")
    right_export = fields.Boolean(string="Export")
    right_download = fields.Boolean(string="Download")
    right_borrow = fields.Boolean(string="Borrow")
    # when and why
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._record_control_today(),
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        help="The grant ends by itself at the end of this day, in the company's time zone.",
    )
    valid_from = fields.Datetime(
        compute="_compute_validity",
        store=True,
        help="Start of the first day, as an instant.",
    )
    valid_until = fields.Datetime(
        compute="_compute_validity",
        store=True,
        index=True,
        help="End of the last day, as an instant; at this instant the grant is over.",
    )
    is_valid = fields.Boolean(
        string="In Force",
        compute="_compute_is_valid",
        search="_search_is_valid",
    )
    purpose = fields.Char(required=True)
    reason = fields.Text(required=True)
    # decision
    approver_ids = fields.Many2many(
        comodel_name="res.users",
        relation="access_grant_approver_rel",
        string="Approvers",
        readonly=True,
        copy=False,
        help="Those who could approve when the request was made. The rule is asked "
        "again when somebody approves.",
    )
    approver_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    decided_at = fields.Datetime(
        string="Decided on",
        readonly=True,
        copy=False,
    )
    refusal_reason = fields.Text(
        readonly=True,
        copy=False,
    )
    authority_model = fields.Char(
        string="Backed by (type)",
        readonly=True,
        copy=False,
    )
    authority_id = fields.Many2oneReference(
        string="Backed by",
        model_field="authority_model",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The approved loan or release that this grant carries out.",
    )
    can_approve = fields.Boolean(compute="_compute_can_approve")

    _dates_in_order = models.Constraint(
        "CHECK (date_to >= date_from)",
        "A grant cannot end before it starts.",
    )
    _valid_for_user = models.Index(
        "(user_id, res_model, valid_until) WHERE state = 'approved'"
    )

    # --- Computes ---

    @api.depends("line_ids.res_id")
    def _compute_res_id(self):
        for grant in self:
            grant.res_id = grant.line_ids.res_id if len(grant.line_ids) == 1 else False

    def _inverse_res_id(self):
        # taken out of the values in create; nothing may change it afterwards
        return

    @api.depends("line_ids.res_name")
    @api.depends_context("uid", "lang")
    def _compute_record_names(self):
        for grant in self:
            grant.record_names = ", ".join(
                filter(None, grant.line_ids.mapped("res_name"))
            )

    @api.depends("date_from", "date_to", "company_id")
    def _compute_validity(self):
        for grant in self:
            zone = pytz.timezone(
                grant.company_id.sudo()._record_control_tz()
                if grant.company_id
                else "UTC"
            )
            first, last = grant.date_from, grant.date_to
            grant.valid_from = first and grant._midnight(first, zone)
            grant.valid_until = last and grant._midnight(last + timedelta(days=1), zone)

    @api.depends("state", "valid_from", "valid_until")
    def _compute_is_valid(self):
        now = fields.Datetime.now()
        for grant in self:
            grant.is_valid = (
                grant.state == "approved"
                and bool(grant.valid_from and grant.valid_until)
                and grant.valid_from <= now < grant.valid_until
            )

    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._get_valid_domain()
        domains = [domain if wanted else ~domain for wanted in set(map(bool, value))]
        return Domain.OR(domains)

    @api.depends("state", "user_id", "requester_id")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        for grant in self:
            grant.can_approve = grant._can_transition("approved")

    # --- Hooks ---

    def _get_approvers(self):
        """Return who may decide on this grant now: the record's rule, minus the parties.

        :return: res.users
        """
        self.ensure_one()
        parties = self.user_id | self.requester_id
        return self._get_records_sudo()._get_grant_approvers() - parties

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if reasons:
            return reasons
        if target in ("approved", "refused"):
            reasons += self._get_decision_reasons()
        if (
            target == "approved"
            and self.valid_until
            and self.valid_until <= fields.Datetime.now()
        ):
            reasons.append(
                self.env._(
                    "%(grant)s: its last day is over; ask for a later one.",
                    grant=self._get_spoken_name(),
                )
            )
        if target == "revoked":
            reasons += self._get_revocation_reasons()
        if target == "expired" and self.valid_until > fields.Datetime.now():
            reasons.append(
                self.env._(
                    "%(grant)s: its last day is not over.", grant=self.display_name
                )
            )
        return reasons

    def _get_spoken_name(self):
        """Return the number, or what this is while it has none."""
        return self.display_name or self.env["ir.model"]._get(self._name).name

    def _get_decision_reasons(self):
        """Say why the user may not decide: four eyes, and the rule of the records."""
        if authority := self._get_authority():
            return authority._get_grant_authority_reasons(self)
        user = self.env.user
        if user in (self.user_id, self.requester_id):
            return [
                self.env._(
                    "%(grant)s: nobody decides on access for himself or on his own request.",
                    grant=self._get_spoken_name(),
                )
            ]
        if user not in self._get_approvers():
            return [
                self.env._(
                    "%(grant)s is decided by %(approvers)s.",
                    grant=self._get_spoken_name(),
                    approvers=", ".join(self.sudo()._get_approvers().mapped("name"))
                    or self.env._("nobody: no approver is set up"),
                )
            ]
        return []

    def _get_authority(self):
        """Return the record whose approval backs this grant, as superuser, or None.

        Such a record (a loan line, a release) was approved by its own rule, with
        its own four eyes. It has a method ``_get_grant_authority_reasons(grant)``
        that says why it does not back the grant, for example because its seal is
        broken. Only the system names an authority.
        """
        model = self.env.get(self.authority_model or "")
        return (
            model.sudo().browse(self.authority_id)
            if model is not None and self.authority_id
            else None
        )

    def _get_revocation_reasons(self):
        """Say why the user may not end the grant: parties and approvers may.

        A grant ends with the approval that backs it, whoever ended that.
        """
        user = self.env.user
        authority = self._get_authority()
        if self.env.uid == SUPERUSER_ID or (
            authority and authority._get_grant_authority_reasons(self)
        ):
            return []
        if user in (self.user_id, self.requester_id) or user in self._get_approvers():
            return []
        return [
            self.env._("%(grant)s: you are not part of it.", grant=self.display_name)
        ]

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        if target in ("approved", "refused"):
            vals.update(approver_id=self.env.uid, decided_at=fields.Datetime.now())
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        self.env["restricted.content.mixin"]._forget_who_sees()
        if target not in ("approved", "refused"):
            return
        for grant in self:
            if target == "approved":
                body = self.env._(
                    "Access approved until the end of %(date)s.",
                    date=fields.Date.to_string(grant.date_to),
                )
            else:
                body = self.env._(
                    "Access refused: %(reason)s", reason=grant.refusal_reason or ""
                )
            grant._notify_people(grant.user_id | grant.requester_id, body)

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {
            name: self.env.context[f"default_{name}"]
            for name in ("line_ids", "res_id")
            if self.env.context.get(f"default_{name}")
        }
        self = self.with_context(default_line_ids=None, default_res_id=None)  # noqa: PLW0642
        vals_list = [{**defaults, **vals} for vals in vals_list]
        ids_list = [self._pop_record_ids(vals) for vals in vals_list]
        for vals, ids in zip(vals_list, ids_list, strict=False):
            self._prepare_company(vals, ids)
        grants = super().create(vals_list)
        # lines are the system's to write: nobody adds a record to a request later
        self.env["access.grant.line"].sudo().create(
            [
                {"grant_id": grant.id, "res_id": res_id}
                for grant, ids in zip(grants, ids_list, strict=False)
                for res_id in ids
            ]
        )
        for grant in grants:
            grant._check_records()
            grant.sudo().approver_ids = [Command.set(grant._get_approvers().ids)]
            if not grant.authority_id:
                grant._notify_people(
                    grant.sudo().approver_ids,
                    self.env._(
                        "%(user)s asks for access: %(purpose)s",
                        user=grant.requester_id.name,
                        purpose=grant.purpose,
                    ),
                )
        return grants

    def write(self, vals):
        if fixed := [name for name in CONTENT_FIELDS if name in vals]:
            if changed := self._filter_changed(fixed, vals):
                raise UserError(
                    self.env._(
                        "What was asked for cannot be changed (%(grants)s). Withdraw the request and make a new one.",
                        grants=", ".join(changed.mapped("display_name")),
                    )
                )
            vals = {name: value for name, value in vals.items() if name not in fixed}
            if not vals:
                return True
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for grant, vals in zip(self, vals_list, strict=False):
            vals["line_ids"] = [
                Command.create({"res_id": line.res_id}) for line in grant.line_ids
            ]
            vals.pop("res_id", None)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(
            self.env._(
                "Access grants are evidence and are not deleted. Withdraw or revoke the grant instead."
            )
        )

    @api.model
    def _pop_record_ids(self, vals):
        """Take the records out of the values of a new grant.

        :param dict vals: changed in place
        :return: list of ids
        """
        ids = [vals.pop("res_id", False)]
        for command in vals.pop("line_ids", None) or []:
            if command[0] == Command.CREATE:
                ids.append(command[2].get("res_id"))
            else:
                raise UserError(
                    self.env._("The records of a grant are named when it is requested.")
                )
        return list(dict.fromkeys(filter(None, ids)))

    @api.model
    def _prepare_company(self, vals, ids):
        """Let the company of the records decide on the time zone of the last day."""
        model = self.env.get(vals.get("res_model"))
        if model is not None and "company_id" in model._fields and ids:
            company = model.sudo().browse(ids).exists().company_id[:1]
            if company:
                vals["company_id"] = company.id

    def _check_records(self):
        """Refuse a request that names no record, or records that are not restricted.

        :raises ValidationError: when there is nothing to grant
        """
        self.ensure_one()
        if self.res_model not in self.env[
            "ir.rule"
        ]._get_restricted_models() or not hasattr(
            self.env[self.res_model], "_get_grant_approvers"
        ):
            raise ValidationError(
                self.env._(
                    "%(model)s: access to these records is not granted here.",
                    model=self.res_model,
                )
            )
        ids = set(self.sudo().line_ids.mapped("res_id"))
        if not ids or len(self._get_records_sudo()) != len(ids):
            raise ValidationError(self.env._("Name at least one record that exists."))
        if not self.user_id._is_internal():
            raise ValidationError(
                self.env._("Access is granted to internal users only.")
            )

    # --- Business ---

    @api.model
    def _midnight(self, day, zone):
        """Return the start of a local day as naive UTC."""
        local = zone.localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _get_valid_domain(self):
        """Return the grants in force at this instant. No job is needed to end one.

        :return: Domain
        """
        now = fields.Datetime.now()
        return (
            Domain("state", "=", "approved")
            & Domain("valid_from", "<=", now)
            & Domain("valid_until", ">", now)
        )

    def _get_records_sudo(self):
        """Return the covered records that still exist, as superuser."""
        ids = self.sudo().line_ids.mapped("res_id")
        return self.env[self.res_model].sudo().browse(ids).exists()

    def _notify_people(self, users, body):
        """Tell users in their inbox or by mail; the grant itself holds no secret."""
        if partners := users.partner_id:
            self.message_notify(
                partner_ids=partners.ids,
                body=body,
                subject=self.display_name,
                model_description=self.env._("Access Grant"),
            )

    @api.model
    def _get_request_action(self, records, subject=None):
        """Open a request for records that the user need not be able to see.

        :param records: recordset of a restricted model, may be superuser's
        :param str subject: what the user calls it, for example the partner's name
        :return: action
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request Access"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [
                (
                    self.env.ref("record_control.access_grant_view_form_request").id,
                    "form",
                )
            ],
            "target": "new",
            "context": {
                "default_res_model": records._name,
                "default_line_ids": [
                    Command.create({"res_id": res_id}) for res_id in records.ids
                ],
                "default_subject": subject or "",
            },
        }

    # --- Actions ---

    def action_approve(self):
        """Grant the access. Never by the requester or the grantee.

        :return: True
        """
        return self._transition("approved")

    def action_open_refuse(self):
        """Open the wizard that asks why the request is refused.

        :return: action
        """
        self._check_transition("refused")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": "access.grant.refuse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_grant_ids": self.ids},
        }

    def action_refuse(self, reason):
        """Refuse the request.

        :param str reason: why
        :return: True
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the request is refused."))
        return self._transition("refused", refusal_reason=reason)

    def action_revoke(self):
        """Withdraw a request, or end a grant before its last day.

        :return: True
        """
        return self._transition("revoked")

    @api.model
    def _cron_expire(self):
        """Mark grants whose last day is over. They ended without it.

        Restartable; each run takes what is over and not yet marked.
        """
        due = Domain("state", "=", "approved") & Domain(
            "valid_until", "<=", fields.Datetime.now()
        )
        while grants := self.search(due, limit=200):
            failed = act_on_each(grants, lambda some: some._transition("expired"))
            due &= Domain("id", "not in", failed.ids)
            remaining = self.search_count(due)
            if not self.env["ir.cron"]._commit_progress(
                len(grants), remaining=remaining
            ):
                break


class AccessGrantLine(models.Model):
    """One record that a grant covers. Written by the system with the request."""

    _name = "access.grant.line"
    _description = "Access Grant Record"
    _inherit = ["append.only.mixin"]
    _order = "grant_id desc, id"

    grant_id = fields.Many2one(
        comodel_name="access.grant",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    res_model = fields.Char(
        related="grant_id.res_model",
        store=True,
        readonly=True,
    )
    res_id = fields.Many2oneReference(
        string="Record ID",
        model_field="res_model",
        required=True,
        readonly=True,
    )
    res_name = fields.Char(
        string="Record",
        compute="_compute_res_name",
        help="The name, for those who may see the record.",
    )

    _record_once = models.UniqueIndex(
        "(grant_id, res_id)", "A grant names each record once."
    )
    _by_record = models.Index("(res_model, res_id)")

    @api.depends_context("uid")
    def _compute_res_name(self):
        for model_name, lines in self.grouped("res_model").items():
            model = self.env.get(model_name)
            if model is None:
                lines.res_name = False
                continue
            records = {
                record.id: record
                for record in model.sudo().browse(lines.mapped("res_id")).exists()
            }
            for line in lines:
                record = records.get(line.res_id)
                line.res_name = (
                    record.display_name if record else self.env._("Deleted record")
                )

    @api.model
    def _explain_system_only(self):
        return self.env._("The records of a grant are named when it is requested.")

    @api.model
    def _get_valid_domain(self, res_model, user, right="read"):
        """Return the lines by which a user has a right now.

        :param str res_model: model of the records
        :param user: res.users
        :param str right: read, print, export, download or borrow
        :return: Domain
        """
        grants = (
            self.env["access.grant"]._get_valid_domain()
            & Domain("user_id", "=", user.id)
            & Domain("res_model", "=", res_model)
            & Domain(f"right_{right}", "=", True)
        )
        return Domain("res_model", "=", res_model) & Domain("grant_id", "any!", grants)
