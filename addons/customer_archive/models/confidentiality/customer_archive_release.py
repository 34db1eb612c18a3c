from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedMany2many,
)

KINDS = [
    ("print", "Print"),
    ("copy", "Copy"),
    ("export", "Export"),
    ("external", "Give to outsiders"),
    ("mass_edit", "Mass change"),
]
TRANSITIONS = {
    "draft": ("approval", "cancelled"),
    "approval": ("approved", "draft", "cancelled"),
    "approved": ("received", "cancelled"),
    "received": ("destroyed",),
    "destroyed": (),
    "cancelled": (),
}
# Facts of a step that was taken: field -> states from which on it is history
FACTS = {
    "recipient_signature": ("received", "destroyed"),
    "date_destroyed": ("destroyed",),
    "destroyed_by_id": ("destroyed",),
    "witness_id": ("destroyed",),
}
# What the approved release lets the recipient do with the archives (access.grant)
RIGHTS = {
    "print": ("right_print",),
    "copy": ("right_print", "right_download"),
    "export": ("right_export",),
    "external": ("right_print", "right_export", "right_download"),
    "mass_edit": ("right_export",),
}


class CustomerArchiveRelease(models.Model):
    """Request to print, copy, export or give away customer information (CA-12, CA-99).

    The approved request is the only reason for paper beside the archive: it names the
    recipient and a period of use, the recipient signs, and the paper's destruction is
    witnessed. Its technical effect is an access grant that ends with the period.
    """

    _name = "customer.archive.release"
    _description = "Customer information release"
    _inherit = [
        "sign.off.mixin",
        "guarded.state.mixin",
        "numbering.mixin",
        "controlled.form.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    _numbering_code = "customer.archive.release"
    _controlled_form_code = "KH-RELEASE"
    _sign_off_form_code = "KH-RELEASE"
    _sealed_fields = (
        "kind",
        "archive_ids",
        "content",
        "purpose",
        "user_id",
        "recipient_name",
        "recipient_company",
        "copies",
        "date_until",
    )
    _guarded_transitions = TRANSITIONS
    _guarded_side_states = ("draft", "cancelled")
    # who applies is who is given the information: nobody applies in the name of somebody else
    _guarded_protected_fields = ("user_id", "date_received", "grant_ids")

    name = fields.Char(string="Request no.", readonly=True, copy=False)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("approval", "Being signed"),
            ("approved", "Approved"),
            ("received", "Handed over"),
            ("destroyed", "Destroyed"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    kind = fields.Selection(selection=KINDS, required=True, default="print")
    archive_ids = RestrictedMany2many(
        comodel_name="customer.archive",
        string="Archives",
        check_company=True,
    )
    content = fields.Text(
        string="Customer information",
        required=True,
        help="Which papers, cards or data of the archives are asked for.",
    )
    purpose = fields.Text(required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Applicant",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    recipient_name = fields.Char(string="Recipient", required=True)
    recipient_company = fields.Char(
        string="Recipient's company",
        help="Required when the information leaves the company; a director approves.",
    )
    copies = fields.Integer(default=1, required=True)
    date_until = fields.Date(
        string="Period of use until",
        required=True,
        index=True,
        help="Until the end of this day the papers may be used; then they are destroyed.",
    )
    is_overdue = fields.Boolean(
        string="Period of use is over",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
    )
    grant_ids = fields.One2many(
        comodel_name="access.grant",
        inverse_name="authority_id",
        string="Access grants",
        domain=[("authority_model", "=", _name)],
        readonly=True,
        copy=False,
    )

    # Receipt
    recipient_signature = fields.Image(max_width=1024, max_height=512, copy=False)
    date_received = fields.Datetime(string="Received at", readonly=True, copy=False)

    # Destruction
    date_destroyed = fields.Date(string="Destroyed on", copy=False)
    destroyed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Destroyed by",
        copy=False,
    )
    witness_id = fields.Many2one(
        comodel_name="res.users",
        copy=False,
    )

    _copies_positive = models.Constraint(
        "CHECK (copies > 0)",
        "Ask for at least one copy.",
    )
    _witness_differs = models.Constraint(
        "CHECK (destroyed_by_id IS NULL OR destroyed_by_id <> witness_id)",
        "Who destroys the papers cannot be his own witness.",
    )

    # --- Computes ---

    @api.depends("state", "date_until", "company_id")
    def _compute_is_overdue(self):
        for release in self:
            release.is_overdue = release.state in ("approved", "received") and bool(
                release.date_until
                and release.date_until < release.company_id._record_control_today()
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        over = self.env.companies._record_control_today_domain(
            lambda day: [("date_until", "<", day)]
        )
        domain = Domain("state", "in", ("approved", "received")) & over
        return domain if True in value else ~domain

    # --- CRUD ---

    def write(self, vals):
        self._check_facts_kept(vals)
        return super().write(vals)

    def _check_facts_kept(self, vals):
        """Keep who signed for the papers, and who destroyed them before which witness.

        :raises UserError: naming the requests and the fields
        """
        kept = [
            (release.name, self._fields[fname]._description_string(self.env))
            for fname in FACTS.keys() & vals.keys()
            for release in self
            if release.state in FACTS[fname] and release._is_changed(fname, vals[fname])
        ]
        if kept:
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(release)s: %(field)s is on record and stays as it is.",
                        release=name,
                        field=label,
                    )
                    for name, label in kept
                )
            )

    # --- Gates ---

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if not self.archive_ids and self.kind != "mass_edit":
            reasons.append(self.env._("Choose at least one archive."))
        if self.kind == "external" and not (self.recipient_company or "").strip():
            reasons.append(
                self.env._("Enter the company that receives the information.")
            )
        if self.kind != "external" and (self.recipient_company or "").strip():
            reasons.append(
                self.env._(
                    "What another company receives is given to outsiders: choose that kind, or take the company out."
                )
            )
        if (
            self.date_until
            and self.date_until < self.company_id._record_control_today()
        ):
            reasons.append(self.env._("The period of use lies in the past."))
        return reasons

    def _get_transition_label(self, target):
        if target == "approval":
            return self.env._("Request Approval")
        return super()._get_transition_label(target)

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target == "approval" and self.sign_off_state not in ("open", "sealed"):
            reasons.append(self.env._("Press Request Approval."))
            reasons += self._get_sign_off_reasons()
        if target in ("approved", "received"):
            reasons += self._get_seal_reasons()
        if target == "received" and not self.recipient_signature:
            reasons.append(self.env._("The recipient has not signed."))
        if target == "destroyed":
            reasons += self._get_destruction_reasons()
        return reasons

    def _get_destruction_reasons(self):
        if not (self.date_destroyed and self.destroyed_by_id and self.witness_id):
            return [
                self.env._(
                    "Enter who destroyed the papers, when, and who witnessed it."
                )
            ]
        company = self.company_id
        received = self.date_received and company._record_control_today(
            at=self.date_received
        )
        if self.date_destroyed > company._record_control_today() or (
            received and self.date_destroyed < received
        ):
            return [
                self.env._(
                    "The papers were destroyed between the day they were handed over and today."
                )
            ]
        return []

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        if target == "received":
            vals["date_received"] = fields.Datetime.now()
        return vals

    def _after_transition(self, source, target):
        result = super()._after_transition(source, target)
        if target in ("cancelled", "destroyed"):
            self._end_grants()
        return result

    # --- Sign-off ---

    def action_request_sign_off(self):
        """Submit the requests for approval."""
        result = super().action_request_sign_off()
        self.filtered(lambda release: release.state == "draft")._transition("approval")
        return result

    def _get_sign_off_authors(self):
        return super()._get_sign_off_authors() | self.user_id | self.create_uid

    def _on_sign_off_sealed(self):
        super()._on_sign_off_sealed()
        self._transition("approved")
        for release in self:
            release._create_grants()

    def _on_sign_off_refused(self, opinion):
        super()._on_sign_off_refused(opinion)
        self._transition("draft")

    def _on_seal_broken(self, changes):
        super()._on_seal_broken(changes)
        self._end_grants()

    def _is_signed_by_general_manager(self):
        """Tell whether a director has signed, himself or by his deputy, whatever route the company set up (CA-99)."""
        self.ensure_one()
        signatures = self.sign_off_request_id.signature_ids
        return any(
            (signature.on_behalf_of_id or signature.user_id).has_group(
                "customer_archive.group_customer_archive_director"
            )
            for signature in signatures
            if signature.decision == "approve"
        )

    # --- Actions ---

    def action_receive(self):
        """Record that the recipient has signed for the papers."""
        self._transition("received")

    def action_destroy(self):
        """Record the witnessed destruction of the papers."""
        self._transition("destroyed")

    def action_cancel(self):
        """Withdraw the request; its grant ends."""
        for release in self.filtered(lambda release: release.state == "approval"):
            release.action_withdraw_sign_off()
        self._transition("cancelled")

    # --- Business ---

    def _create_grants(self):
        """Grant the applicant what was approved, until the period of use ends."""
        if not self.archive_ids:
            return
        # sudo: the seal has decided, the grant only carries it out, see _get_grant_authority_reasons
        grant = self.env["access.grant"].sudo().create(self._prepare_grant_vals())
        grant.action_approve()

    def _prepare_grant_vals(self):
        return {
            "authority_model": self._name,
            "authority_id": self.id,
            "user_id": self.user_id.id,
            "requester_id": self.user_id.id,
            "company_id": self.company_id.id,
            "res_model": "customer.archive",
            "line_ids": [
                fields.Command.create({"res_id": archive_id})
                for archive_id in self.archive_ids.ids
            ],
            "date_from": self.company_id._record_control_today(),
            "date_to": self.date_until,
            "purpose": self.purpose,
            "reason": self.name,
            **dict.fromkeys(RIGHTS[self.kind], True),
        }

    def _get_grant_authority_reasons(self, grant):
        """Say why this release does not back an access grant.

        :param access.grant grant: a grant that names this release
        :return: list of sentences, empty when the signatures cover it
        """
        self.ensure_one()
        reasons = self._get_seal_reasons()
        if self.state not in ("approved", "received"):
            reasons.append(
                self.env._("%(release)s is not in force.", release=self.name)
            )
        allowed = {"right_read", *RIGHTS[self.kind]}
        excess = [
            name
            for name, field in grant._fields.items()
            if name.startswith("right_") and grant[name] and name not in allowed
        ]
        if (
            excess
            or grant.user_id != self.user_id
            or grant.date_to > self.date_until
            or not set(grant.line_ids.mapped("res_id")) <= set(self.archive_ids.ids)
        ):
            reasons.append(
                self.env._(
                    "%(release)s does not cover what %(grant)s gives.",
                    release=self.name,
                    grant=grant.display_name,
                )
            )
        return reasons

    def _end_grants(self):
        """End what the release gave; called when it is over or its seal is broken."""
        # sudo: the grant is the release's effect and ends with it
        self.sudo().grant_ids.filtered(
            lambda grant: grant.state == "approved"
        ).action_revoke()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        kept = self.filtered(lambda release: release.state != "draft")
        if kept:
            raise UserError(
                self.env._(
                    "%(releases)s have been submitted and stay on record. Cancel them "
                    "instead.",
                    releases=", ".join(kept.mapped("name")),
                )
            )
