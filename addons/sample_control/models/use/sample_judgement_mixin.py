from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

#: fields that decide which sample is used for what; an override holds for one choice
CHOOSING_FIELDS = ("product_id", "sample_id")
OVERRIDE_FIELDS = ("override_reason", "override_by_id", "override_at")


class SampleJudgementMixin(models.AbstractModel):
    """A record that judges products by a sample: first article, comparison.

    The use gate of the sample is asked for :meth:`_get_use_purpose`. What its rule only warns of is
    kept with the record; what its rule blocks is lifted by the manager with a reason, which is kept
    with the record and the sample. The record has lines of ``sample.judgement.line.mixin``.
    """

    _name = "sample.judgement.mixin"
    _description = "Judgement by a Sample"
    _inherit = [
        "sample.frozen.mixin",
        "numbering.mixin",
        "controlled.form.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _guarded_protected_fields = ("use_warning", *OVERRIDE_FIELDS)

    #: states in which the sample is chosen and used; what it is changes before only
    _judging_states = ("draft", "comparing")
    #: whether a rule may say that nothing is even warned of
    _warning_optional = True

    name = fields.Char(
        string="Number", readonly=True, required=True, copy=False, index="trigram"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
    )
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        compute="_compute_sample_id",
        store=True,
        readonly=False,
        index=True,
        tracking=True,
        check_company=True,
        ondelete="restrict",
        help="The standard that the product is judged by.",
    )
    sample_state = fields.Selection(
        related="sample_id.state", string="State of the Sample"
    )
    sample_valid_until = fields.Date(
        related="sample_id.valid_until", string="Sample Valid Until"
    )
    sample_warning = fields.Text(
        string="About the Sample",
        compute="_compute_sample_warning",
        help="What speaks against using this sample now.",
    )
    use_warning = fields.Text(
        string="Warning at Use",
        readonly=True,
        copy=False,
        help="What spoke against the sample when it was used.",
    )
    override_reason = fields.Char(
        string="Override",
        readonly=True,
        copy=False,
        tracking=True,
        help="Why the manager allowed the sample although its rule blocks it.",
    )
    override_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Allowed By",
        readonly=True,
        copy=False,
    )
    override_at = fields.Datetime(string="Allowed On", readonly=True, copy=False)
    can_override = fields.Boolean(compute="_compute_sample_warning")
    product_image = fields.Image(
        string="Photo of the Product", max_width=1920, max_height=1920, copy=False
    )

    # --- Hooks ---

    def _get_use_purpose(self):
        """Return what the sample is used for. Hook, one record.

        :return: a purpose of ``sample.sample._get_use_reasons``
        """
        raise NotImplementedError

    def _find_sample(self):
        """Return the sample to propose for this one record. Hook.

        :return: sample.sample, empty when there is none
        """
        raise NotImplementedError

    # --- Computes ---

    @api.depends("product_id")
    def _compute_sample_id(self):
        for record in self:
            if record.state == "draft" and (
                not record.sample_id or record.sample_id.product_id != record.product_id
            ):
                record.sample_id = record._find_sample() if record.product_id else False
            else:
                record.sample_id = record.sample_id

    @api.depends("sample_id", "override_reason")
    @api.depends_context("uid", "lang")
    def _compute_sample_warning(self):
        manager = self.env.user.has_group("sample_control.group_sample_manager")
        for record in self:
            judging = record.sample_id and record.state in record._judging_states
            reasons = record._get_soft_reasons() if judging else []
            record.sample_warning = "\n".join(reasons) or False
            record.can_override = bool(
                manager
                and reasons
                and not record.override_reason
                and not record._get_hard_reasons()
                and record._get_sample_mode() == "block"
            )

    # --- Constraints ---

    @api.constrains("sample_id")
    def _check_benchmark(self):
        for record in self:
            if record.sample_id.sudo().type_id.is_benchmark:
                raise ValidationError(
                    self.env._(
                        "%(record)s: our products are not judged by benchmark samples.",
                        record=record.display_name,
                    )
                )

    # --- CRUD ---

    def write(self, vals):
        self._withdraw_override(vals)
        return super().write(vals)

    def _withdraw_override(self, vals):
        """Another choice is not covered by the override: take it away before the gates are asked."""
        moved = self._filter_changed(CHOOSING_FIELDS, vals)
        if moved := moved.filtered("override_reason"):
            moved._write_protected(dict.fromkeys(OVERRIDE_FIELDS, False))

    # --- Gates ---

    def _get_transition_label(self, target):
        if target == "comparing":
            return self.env._("Begin Comparison")
        return super()._get_transition_label(target)

    def _get_sample_mode(self):
        self.ensure_one()
        return self.sample_id._get_use_mode(self._get_use_purpose())

    def _get_hard_reasons(self):
        """Say what forbids the sample here whatever the rules say. Hook, one record."""
        self.ensure_one()
        reasons = self.sample_id._get_hard_use_reasons(self._get_use_purpose())
        if self.sample_id.product_id != self.product_id:
            reasons.append(
                self.env._(
                    "%(sample)s is a sample of another product.",
                    sample=self.sample_id.display_name,
                )
            )
        return reasons

    def _get_soft_reasons(self):
        """Say what speaks against the sample as far as its rule cares."""
        self.ensure_one()
        purpose = self._get_use_purpose()
        hard = self.sample_id._get_hard_use_reasons(purpose)
        ignored = self._get_sample_mode() == "ignore" and self._warning_optional
        if ignored:
            return []
        return [
            reason
            for reason in self.sample_id._get_use_reasons(purpose)
            if reason not in hard
        ]

    def _get_sample_reasons(self):
        """Say why the sample may not be used by this one record now."""
        self.ensure_one()
        if not self.sample_id:
            return [self.env._("Choose the sample that the product is judged by.")]
        hard = self._get_hard_reasons()
        if hard or self.override_reason or self._get_sample_mode() != "block":
            return hard
        return self._get_soft_reasons()

    def _get_line_reasons(self, passing=False):
        """Say what is missing of the comparison: nothing checked is not passed.

        :param bool passing: the product is to be found good
        """
        self.ensure_one()
        if not self.line_ids:
            return [self.env._("Enter at least one characteristic that was compared.")]
        reasons = []
        for line in self.line_ids:
            name = line.characteristic_id.name
            if not line.result:
                reasons.append(self.env._("%(name)s: enter the result.", name=name))
            elif passing and line.result == "fail":
                reasons.append(
                    self.env._("%(name)s does not equal the sample.", name=name)
                )
        return reasons

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        if self.state in self._judging_states and self.sample_id:
            kept = (self.use_warning or "").splitlines()
            kept += [text for text in self._get_soft_reasons() if text not in kept]
            vals["use_warning"] = "\n".join(kept) or False
        return vals

    # --- Business ---

    def _fill_lines(self):
        """List what the sample is the standard for, where nothing is listed yet."""
        for record in self.filtered(lambda record: not record.line_ids):
            record.write(
                {
                    "line_ids": [
                        Command.create(vals) for vals in record._prepare_line_vals()
                    ]
                }
            )

    def _prepare_line_vals(self):
        """Return the values of a line for each characteristic of the sample."""
        self.ensure_one()
        sample = self.sample_id
        vals_list = [
            {
                "characteristic_id": line.characteristic_id.id,
                "sample_value": line._get_card_value(),
            }
            for line in sample.line_ids
        ]
        rest = sample.characteristic_ids - sample.line_ids.characteristic_id
        return vals_list + [{"characteristic_id": item.id} for item in rest]

    def _override(self, reason):
        """Allow the sample although its rule blocks it; kept here and with the sample (SC-35.2).

        :param str reason: why
        :raises UserError: for others than managers, without a reason, or when nothing can be overridden
        """
        if not self.env.user.has_group("sample_control.group_sample_manager"):
            raise UserError(
                self.env._("Only the sample manager allows a sample that is blocked.")
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the sample is allowed."))
        for record in self:
            record._check_overridable()
            record.sample_id._log_override(
                record._get_use_purpose(), record._get_soft_reasons(), reason
            )
        self._write_protected(
            {
                "override_reason": reason,
                "override_by_id": self.env.uid,
                "override_at": fields.Datetime.now(),
            }
        )

    def _check_overridable(self):
        """Refuse to override what no rule blocks, or what no rule may allow."""
        self.ensure_one()
        if self.state not in self._judging_states or not self.sample_id:
            reasons = [self.env._("There is no use of a sample to be allowed.")]
        elif hard := self._get_hard_reasons():
            reasons = hard
        elif not self._get_soft_reasons() or self._get_sample_mode() != "block":
            reasons = [self.env._("Nothing blocks the sample.")]
        else:
            return
        raise UserError("\n".join(reasons))

    def action_override(self):
        """Open the dialog that asks the manager why the sample is allowed.

        :return: action
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allow the Sample"),
            "res_model": "sample.use.override",
            "view_mode": "form",
            "target": "new",
            "context": {"default_res_model": self._name, "default_res_ids": self.ids},
        }
