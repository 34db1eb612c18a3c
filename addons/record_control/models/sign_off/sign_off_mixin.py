from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

STATES = [
    ("none", "Not signed"),
    ("open", "Being signed"),
    ("sealed", "Sealed"),
    ("refused", "Refused"),
    ("void", "Void"),
]
SYSTEM_FIELDS = frozenset({"sign_off_request_id", "sign_off_state"})


class SignOffMixin(models.AbstractModel):
    """Records that are signed, and whose signed values are sealed.

    ::

        class CreditRequest(models.Model):
            _name = "credit.request"
            _inherit = ["sign.off.mixin"]
            _sealed_fields = ("partner_id", "amount", "line_ids.product_id", "line_ids.quantity")
            _sign_off_form_code = "F25"           # optional: routes may ask for a form
            _sign_off_amount_field = "amount"     # optional: steps may ask for an amount

            def _get_sign_off_reasons(self):      # what is missing before it may be submitted
                reasons = super()._get_sign_off_reasons()
                if not self.line_ids:
                    reasons.append(self.env._("%(record)s has no line.", record=self.display_name))
                return reasons

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

    ``_get_seal_reasons`` computes the digest of the sealed values anew each time: the seal is broken by any
    change, on whatever road it came. ``_sealed_fields`` may go through relations (``line_ids.tax_ids``);
    archiving a line of a one2many counts as a change.
    """

    _name = "sign.off.mixin"
    _description = "Signed Record"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    _sealed_fields = ()
    _sign_off_form_code = None
    _sign_off_amount_field = None

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
    sign_off_cells = fields.Json(string="Sign-off Cells", compute="_compute_sign_off_cells")
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
            state = record.sign_off_request_id.state
            record.sign_off_state = "none" if not state or state == "withdrawn" else state

    def _compute_sign_off_cells(self):
        self.sign_off_cells = []

    @api.depends("sign_off_request_id.waiting_user_ids")
    @api.depends_context("uid")
    def _compute_sign_off_waiting(self):
        for record in self:
            # sudo: who is to sign is shown to whoever may read the record
            record.sign_off_waiting_user_ids = record.sudo().sign_off_request_id.waiting_user_ids
            record.can_sign_off = self.env.user in record.sign_off_waiting_user_ids

    def _search_sign_off_waiting_user_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("sign_off_request_id.waiting_user_ids", "in", value)

    @api.depends("sign_off_state")
    @api.depends_context("uid")
    def _compute_can_request_sign_off(self):
        for record in self:
            record.can_request_sign_off = record.sign_off_state in ("none", "refused", "void")
            record.can_withdraw_sign_off = record.sign_off_state == "open"

    # --- Guards ---

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_sign_off_system_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_sign_off_system_fields(vals)
        result = super().write(vals)
        if vals.keys() - SYSTEM_FIELDS:
            self._sign_off_detect_changes()
        return result

    def _check_sign_off_system_fields(self, vals):
        """A seal is never typed: its state follows from the signatures, for the superuser as well."""
        if "sign_off_state" in vals or ("sign_off_request_id" in vals and not self.env.su):
            raise UserError(
                self.env._(
                    "%(model)s: whether a record is signed follows from the signatures and cannot be entered.",
                    model=self._description,
                )
            )

    # --- Actions ---

    def action_request_sign_off(self):
        """Ask for the signatures of these records.

        :raises UserError: with all reasons of all records why they may not be submitted yet
        """
        raise NotImplementedError

    def action_sign_off(self):
        """Open the signing window."""
        return self.sign_off_request_id.action_sign_off()

    def action_refuse_sign_off(self):
        """Open the refusal window."""
        return self.sign_off_request_id.action_refuse_sign_off()

    def action_withdraw_sign_off(self):
        """Take back what was asked for and is not yet sealed."""
        raise NotImplementedError

    # --- Business ---

    def _sign_off(self, decision="approve", opinion="", signature=None):
        """Sign or refuse these records as the current user.

        :param str decision: ``approve`` or ``refuse``
        :param str opinion: the signer's opinion, required for a refusal
        :param signature: base64 image of the drawn signature
        :return: sign.off.signature recordset
        :raises UserError: with all reasons of all records
        """
        return self.sign_off_request_id._decide(decision, opinion, signature)

    def _check_sealed(self, purpose):
        """Refuse to go on with records that are not sealed.

        :param str purpose: what was to be done, as a sentence part of the user's language: "print", "confirm"
        :raises UserError: with all reasons of all records
        """
        if reasons := [reason for record in self for reason in record._get_seal_reasons()]:
            raise UserError(
                "\n".join([self.env._("Not possible without a valid sign-off: %(purpose)s", purpose=purpose), *reasons])
            )

    def _sign_off_detect_changes(self):
        """Compare records with what was put up for signature; record changes and void rounds."""

    def _sign_off_neutral(self):
        """These records, read as the system: same values for everybody."""
        return self.sudo()

    # --- Hooks ---

    def _get_sign_off_reasons(self):
        """Say why this record may not be submitted for signature yet.

        :return: list of sentences, empty when it may
        """
        self.ensure_one()
        return []

    def _get_seal_reasons(self):
        """Say why no valid seal stands on this record; the digest is computed anew.

        :return: list of sentences, empty when all have signed and nothing signed has changed
        """
        self.ensure_one()
        return []

    def _get_sign_off_users(self, role):
        """Resolve a role of the route from this record.

        :param str role: a key of ``sign.off.route.step._selection_role``
        :return: res.users, empty when nobody holds the role
        """
        self.ensure_one()
        return self.env["res.users"]

    def _get_sign_off_company(self):
        """The company whose routes apply."""
        self.ensure_one()
        return ("company_id" in self._fields and self.company_id) or self.env.company

    def _get_sign_off_form_code(self):
        """The controlled form as which this record prints."""
        self.ensure_one()
        return self._sign_off_form_code

    def _get_sign_off_amount(self, date=None):
        """The amount that steps depend on, in the currency of the record's company.

        :param date date: day of the exchange rate; today when empty
        :return: float
        """
        self.ensure_one()
        return self[self._sign_off_amount_field] if self._sign_off_amount_field else 0.0

    def _on_sign_off_sealed(self):
        """Called as the system after the last signature; the current user is the last signer."""

    def _on_sign_off_refused(self, opinion):
        """Called as the system after a refusal.

        :param str opinion: the reason given
        """

    def _on_seal_broken(self, changes):
        """Called as the system when a sealed or open round has become void.

        :param changes: sign.off.change recordset, may be empty when a step is newly required
        """
