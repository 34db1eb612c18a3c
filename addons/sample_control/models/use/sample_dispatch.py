from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.record_control.models.numbering.res_company import DAY_END

from ...tools.month import YEARS

STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("sent", "Sent"),
    ("received", "Received"),
    ("feedback", "Feedback Given"),
    ("returned", "Returned"),
    ("cancelled", "Cancelled"),
]
FEEDBACK_CLOCK = "sample_dispatch_feedback"
RETURN_CLOCK = "sample_dispatch_return"
SENDER_GROUP = "sample_control.group_sample_sales_assistant"


class SampleDispatch(models.Model):
    """Samples and literature sent to a customer: asked for by sales, sent by the sales assistant alone (SC-19)."""

    _name = "sample.dispatch"
    _description = "Sample Dispatch"
    _inherit = [
        "sample.frozen.mixin",
        "sample.origin.mixin",
        "sign.off.author.mixin",
        "numbering.mixin",
        "controlled.form.mixin",
        "sample.deadline.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _numbering_code = "sample.dispatch"
    _controlled_form_code = "SC-F20"
    _guarded_transitions = {
        "draft": ("submitted", "cancelled"),
        "submitted": ("sent", "draft", "cancelled"),
        "sent": ("received",),
        "received": ("feedback",),
        "feedback": ("returned",),
        "returned": (),
        "cancelled": ("draft",),
    }
    _guarded_side_states = ("draft", "cancelled")
    _guarded_protected_fields = (
        "sender_id",
        "sent_at",
        "sent_to",
        "returned_at",
        "returned_by_id",
    )
    _guarded_readiness_depends = (
        "partner_id",
        "purpose",
        "return_required",
        "date_return_due",
        "feedback_result",
        "date_received",
        "line_ids.product_id",
        "line_ids.sample_id",
    )
    _frozen_fields = {
        ("draft",): (
            "company_id",
            "partner_id",
            "purpose",
            "requester_id",
            "date_requested",
            "line_ids",
            "with_literature",
            "literature",
            "return_required",
            "res_model",
            "res_id",
        ),
        ("draft", "submitted", "sent"): ("carrier", "tracking_ref"),
        ("draft", "submitted", "sent", "received", "feedback"): (
            "date_received",
            "date_return_due",
            "feedback_result",
            "feedback_note",
        ),
    }
    _authored_fields = (
        "company_id",
        "partner_id",
        "purpose",
        "requester_id",
        "date_requested",
        "line_ids",
        "with_literature",
        "literature",
    )

    name = fields.Char(
        string="Number", readonly=True, required=True, copy=False, index="trigram"
    )
    author_ids = fields.Many2many(relation="sample_dispatch_author_rel")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        selection=STATES,
        group_expand="_group_expand_states",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recipient",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
        help="The contact or delivery address of the customer.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer",
        store=True,
        index=True,
    )
    address = fields.Text(
        compute="_compute_address",
        help="The address of the recipient; what it was at sending once sent.",
    )
    sent_to = fields.Text(string="Address at Sending", readonly=True, copy=False)
    purpose = fields.Selection(
        selection=[
            ("development", "Customer under development"),
            ("customer_check", "The customer's check of the sample"),
            ("confirmation", "Confirmation by the customer"),
            ("other", "Other"),
        ],
        required=True,
        default="development",
        index=True,
        tracking=True,
    )
    requester_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked For By",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        help="The salesperson.",
    )
    date_requested = fields.Date(
        string="Asked For On",
        required=True,
        default=lambda self: self.env.company._record_control_today(),
    )
    line_ids = fields.One2many(
        comodel_name="sample.dispatch.line",
        inverse_name="dispatch_id",
        string="Contents",
        copy=True,
    )
    with_literature = fields.Boolean()
    literature = fields.Char(help="Which catalogues or data sheets go along.")
    # Sending
    sender_id = fields.Many2one(
        comodel_name="res.users",
        string="Sent By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    sent_at = fields.Datetime(
        string="Sent On", readonly=True, copy=False, index="btree_not_null"
    )
    carrier = fields.Char(copy=False)
    tracking_ref = fields.Char(
        string="Tracking No.", copy=False, index="btree_not_null"
    )
    date_received = fields.Date(string="Received On", copy=False)
    # Answer
    feedback_result = fields.Selection(
        selection=[
            ("accepted", "Accepted"),
            ("conditional", "Accepted with remarks"),
            ("rejected", "Rejected"),
        ],
        string="Feedback",
        copy=False,
        tracking=True,
    )
    feedback_note = fields.Text(string="Opinion of the Customer", copy=False)
    # Return
    return_required = fields.Boolean(
        string="To Be Returned",
        compute="_compute_return_required",
        store=True,
        readonly=False,
        tracking=True,
        help="Always, when a sample goes to the customer for his check.",
    )
    date_return_due = fields.Date(
        string="Back By", copy=False, index="btree_not_null", tracking=True
    )
    returned_at = fields.Datetime(string="Returned On", readonly=True, copy=False)
    returned_by_id = fields.Many2one(
        comodel_name="res.users", string="Return Received By", readonly=True, copy=False
    )
    is_return_overdue = fields.Boolean(
        compute="_compute_is_return_overdue", search="_search_is_return_overdue"
    )
    can_send = fields.Boolean(compute="_compute_can_send")

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The number is already taken."
    )

    # --- Computes ---

    @api.depends("partner_id.contact_address", "partner_id.phone", "sent_to")
    def _compute_address(self):
        for dispatch in self:
            dispatch.address = dispatch.sent_to or dispatch._get_address()

    def _get_address(self):
        """Return the address and the phone of the recipient, as they are now (SC-19.2)."""
        self.ensure_one()
        partner = self.partner_id
        if not partner:
            return False
        lines = [*partner._display_address().splitlines(), partner.phone]
        return "\n".join(line.strip() for line in lines if line and line.strip())

    @api.depends("purpose", "line_ids.sample_id")
    def _compute_return_required(self):
        for dispatch in self:
            dispatch.return_required = (
                dispatch.return_required or dispatch._must_return()
            )

    def _must_return(self):
        """Tell whether the return is mandatory: a sample goes to the customer's check (SC-19.3)."""
        self.ensure_one()
        return self.purpose == "customer_check" and bool(self.line_ids.sample_id)

    @api.depends("state", "date_return_due", "return_required")
    def _compute_is_return_overdue(self):
        for dispatch in self:
            today = (dispatch.company_id or self.env.company)._record_control_today()
            dispatch.is_return_overdue = bool(
                dispatch.state in ("sent", "received", "feedback")
                and dispatch.return_required
                and dispatch.date_return_due
                and dispatch.date_return_due < today
            )

    @api.model
    def _search_is_return_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "in", ("sent", "received", "feedback"))
        domain &= Domain("return_required", "=", True)
        domain &= self.env.companies._record_control_today_domain(
            lambda today: Domain("date_return_due", "<", today)
        )
        return Domain.OR(
            domain if wanted else ~domain for wanted in set(map(bool, value))
        )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_send(self):
        assistant = self.env.user.has_group(SENDER_GROUP)
        for dispatch in self:
            dispatch.can_send = assistant and dispatch.state == "submitted"

    # --- Constraints ---

    @api.constrains("purpose", "line_ids", "return_required")
    def _check_return_required(self):
        for dispatch in self:
            if dispatch._must_return() and not dispatch.return_required:
                raise ValidationError(
                    self.env._(
                        "%(name)s: a sample that goes to the customer's check comes back.",
                        name=dispatch.name,
                    )
                )

    @api.constrains("date_return_due")
    def _check_date_return_due(self):
        """The clock counts back from this day."""
        for dispatch in self:
            if dispatch.date_return_due and dispatch.date_return_due.year not in YEARS:
                raise ValidationError(
                    self.env._(
                        "%(name)s: enter the day of the return in a year between %(first)s and %(last)s.",
                        name=dispatch.name,
                        first=YEARS[0],
                        last=YEARS[-1],
                    )
                )

    # --- Gates ---

    def _get_transition_label(self, target):
        if target == "submitted":
            return self.env._("Submit")
        return super()._get_transition_label(target)

    def _get_submitted_gate_reasons(self):
        reasons = []
        if not self.line_ids and not self.with_literature:
            reasons.append(self.env._("Enter what is sent."))
        if self.partner_id and not (self.address or "").strip():
            reasons.append(self.env._("The recipient has no address."))
        if self.return_required and not self.date_return_due:
            reasons.append(self.env._("Enter the day by which it comes back."))
        return reasons + self._get_content_reasons()

    def _get_sent_gate_reasons(self):
        reasons = self._get_submitted_gate_reasons()
        if not self.env.user.has_group(SENDER_GROUP):
            reasons.insert(
                0,
                self.env._("Only the sales assistant sends samples (SC-19.1)."),
            )
        return reasons

    def _get_received_gate_reasons(self):
        if self.date_received:
            return []
        return [self.env._("Enter the day on which it was received.")]

    def _get_feedback_gate_reasons(self):
        reasons = []
        if not self.feedback_result:
            reasons.append(self.env._("Enter the feedback of the customer."))
        if (
            self.feedback_result in ("conditional", "rejected")
            and not (self.feedback_note or "").strip()
        ):
            reasons.append(self.env._("Enter the opinion of the customer."))
        return reasons

    def _get_returned_gate_reasons(self):
        user = self.env.user
        if not self.return_required:
            return [self.env._("Nothing comes back of this dispatch.")]
        if user.has_group("sample_control.group_sample_keeper") or user.has_group(
            SENDER_GROUP
        ):
            return []
        return [self.env._("A custodian or the sales assistant takes the return.")]

    def _get_content_reasons(self):
        """Say why the samples of this dispatch cannot be sent."""
        # sudo: where a piece is does not depend on who asks
        samples_sudo = self.sudo().line_ids.sample_id
        if not self._get_whereabouts_reasons(samples_sudo):
            return []
        seen = samples_sudo.sudo(False)._filtered_access("read")
        reasons = self._get_whereabouts_reasons(seen.sudo())
        if self._get_whereabouts_reasons(samples_sudo - seen.sudo()):
            reasons.append(
                self.env._("Something of it that you may not see cannot be sent now.")
            )
        return reasons

    def _get_whereabouts_reasons(self, samples):
        """Say which of some samples, read as the system, have ended or are not at hand.

        :param samples: sample.sample
        :return: list of sentences
        """
        labels = dict(samples._fields["custody_state"]._description_selection(self.env))
        reasons = []
        for sample in samples:
            if sample.state not in ("draft", "to_sign", "active", "suspended"):
                reasons += sample._get_state_sentence()
            if sample.current_loan_line_id:
                reasons.append(
                    self.env._(
                        "%(sample)s is out with %(borrower)s.",
                        sample=sample.name,
                        borrower=sample.loan_holder_id.name,
                    )
                )
            elif sample.custody_state != "stored":
                reasons.append(
                    self.env._(
                        "%(sample)s is not at hand: %(where)s.",
                        sample=sample.name,
                        where=labels[sample.custody_state],
                    )
                )
        return reasons

    # --- Transitions ---

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        now = fields.Datetime.now()
        if target == "sent":
            vals.update(
                sender_id=self.env.uid, sent_at=now, sent_to=self._get_address()
            )
        elif target == "returned":
            vals.update(returned_at=now, returned_by_id=self.env.uid)
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "sent":
            self._clock_start(FEEDBACK_CLOCK)
            for dispatch in self:
                dispatch._start_return_clock()
                dispatch._hand_over()
        elif target == "feedback":
            self._clock_stop(FEEDBACK_CLOCK)
            for dispatch in self:
                dispatch._tell_feedback()
        elif target == "returned":
            self._clock_stop(RETURN_CLOCK)
            for dispatch in self:
                dispatch._take_back()

    def _tell_feedback(self):
        """Tell whoever asked for the samples what the customer said (SC-58)."""
        self.ensure_one()
        labels = dict(self._fields["feedback_result"]._description_selection(self.env))
        self._tell_origin(
            self.env._(
                "%(dispatch)s, feedback of the customer: %(feedback)s. %(note)s",
                dispatch=self.name,
                feedback=labels[self.feedback_result],
                note=self.feedback_note or "",
            )
        )

    def _start_return_clock(self):
        if self.return_required:
            self._start_deadline(RETURN_CLOCK, self._get_return_instant())

    def _get_return_instant(self):
        """Return the end of the last day of the loan to the customer, naive UTC."""
        self.ensure_one()
        if not self.date_return_due:
            return False
        return self.company_id._record_control_instant(self.date_return_due, DAY_END)

    def _hand_over(self):
        """The samples are with the customer now (custody state of SC-19.3)."""
        self.ensure_one()
        # sudo: who sends need not be a custodian
        self.sudo().line_ids.sample_id._move(
            holder=self.partner_id,
            custody_state="at_customer",
            reason=self.env._("Sent: %(name)s", name=self.name),
            origin=self,
        )

    def _take_back(self):
        """The samples are back in their places."""
        self.ensure_one()
        # sudo: who takes the return need not be able to write samples
        samples_sudo = self.sudo().line_ids.sample_id
        samples_sudo.filtered(
            lambda sample: sample.custody_state == "at_customer"
        )._return_home(self.env._("Back from the customer."), origin=self)

    def write(self, vals):
        result = super().write(vals)
        if "date_return_due" in vals:
            for dispatch in self:
                if dispatch.state in ("sent", "received", "feedback"):
                    dispatch._restart_deadline(
                        RETURN_CLOCK,
                        dispatch._get_return_instant(),
                        self.env._("The day of the return was moved."),
                    )
        return result

    def _get_clock_recipients(self, role):
        """Tell the salesperson and who sent it (C16)."""
        self.ensure_one()
        if role == "responsible":
            return self.requester_id | self.sender_id
        return super()._get_clock_recipients(role)

    # --- Dispatch note F20 ---

    def _get_note_cells(self):
        """Return the signature cells of the note: asked for, sent, received by the customer, taken back.

        Who wrote it in the name of the salesperson is named beside him.
        """
        self.ensure_one()
        asked = self.state not in ("draft", "cancelled")
        others = self.author_ids - self.requester_id
        drawn_up = {
            "title": self.env._("Drawn up by"),
            "user": ", ".join(others.mapped("name")),
        }
        cells = [
            {
                "title": self.env._("Salesperson"),
                "user": asked and self.requester_id.name,
                "date_signed": asked and self.date_requested,
            },
            *([drawn_up] if others else []),
            {
                "title": self.env._("Sales assistant"),
                "user": self.sender_id.name,
                "signed_at": self.sent_at,
            },
            {
                "title": self.env._("Received by the customer"),
                "date_signed": self.date_received,
            },
        ]
        if self.return_required:
            cells.append(
                {
                    "title": self.env._("Return received"),
                    "user": self.returned_by_id.name,
                    "signed_at": self.returned_at,
                }
            )
        return cells

    # --- Actions ---

    def action_submit(self):
        """Hand the request to the sales assistant.

        :return: True
        """
        return self._transition("submitted")

    def action_send(self):
        """Send; for the sales assistant alone.

        :return: True
        """
        return self._transition("sent")

    def action_receive(self):
        """The customer has received it.

        :return: True
        """
        return self._transition("received")

    def action_feedback(self):
        """The customer has answered.

        :return: True
        """
        return self._transition("feedback")

    def action_return(self):
        """Everything is back.

        :return: True
        """
        return self._transition("returned")

    def action_cancel(self):
        """Cancel before it is sent.

        :return: True
        """
        return self._transition("cancelled")

    def action_draft(self):
        """Take it back to the draft.

        :return: True
        """
        return self._transition("draft")


class SampleDispatchLine(models.Model):
    """One thing that is sent: a product, or one of our samples."""

    _name = "sample.dispatch.line"
    _description = "Sample Dispatch Line"
    _inherit = ["sample.frozen.line.mixin"]
    _order = "sequence, id"
    _check_company_auto = True
    _frozen_parent_field = "dispatch_id"

    dispatch_id = fields.Many2one(
        comodel_name="sample.dispatch",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="dispatch_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="One of our numbered samples. Empty: pieces of the product.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    description = fields.Char()
    qty = fields.Float(string="Quantity", default=1.0, digits="Product Unit")
    uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        compute="_compute_uom_id",
        store=True,
        readonly=False,
    )

    _check_qty = models.Constraint("CHECK (qty > 0)", "What is sent is more than zero.")
    _sample_once = models.UniqueIndex(
        "(dispatch_id, sample_id) WHERE sample_id IS NOT NULL",
        "A sample is sent once in a dispatch.",
    )

    @api.depends("sample_id")
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.sample_id.product_id or line.product_id

    @api.depends("product_id")
    def _compute_uom_id(self):
        for line in self:
            line.uom_id = line.uom_id or line.product_id.uom_id

    @api.constrains("sample_id", "product_id", "description")
    def _check_content(self):
        for line in self:
            if not (line.sample_id or line.product_id or line.description):
                raise ValidationError(
                    self.env._("Say what is sent: a sample, a product or a text.")
                )
            # sudo: a benchmark sample is refused whoever may read it
            if line.sudo().sample_id.type_id.is_benchmark:
                raise ValidationError(
                    self.env._("Benchmark samples are not sent to customers.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_sample_seen()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "sample_id" in vals:
            self._check_sample_seen()
        return result

    def _check_sample_seen(self):
        """Refuse to have a piece sent that one may not see.

        :raises AccessError: as reading that piece does
        """
        self.sample_id.check_access("read")

    def _get_content_label(self):
        """Return in words what this line sends, with its quantity."""
        self.ensure_one()
        thing = self.sample_id or self.product_id
        parts = (thing.display_name, self.description, f"× {self.qty:g}")
        return " ".join(part for part in parts if part)
