from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import policy_match, validity

ROLES = [
    ("administrator", "Sample administrator"),
    ("technical", "Technical"),
    ("quality", "Quality"),
    ("custodian", "Custodian"),
    ("inspector", "Inspector"),
    ("using_department", "Using department"),
    ("workshop", "Workshop"),
    ("purchasing", "Purchasing"),
    ("supplier", "Supplier"),
    ("customer", "Customer"),
    ("sales_assistant", "Sales assistant"),
]
ORIGINS = [
    ("self_made", "Self-made"),
    ("outsourced", "Outsourced"),
    ("purchased", "Purchased"),
    ("customer", "Provided by the customer"),
    ("benchmark", "Competitor or benchmark"),
    ("in_process", "In-process piece"),
]
UNITS = [("day", "Days"), ("week", "Weeks"), ("month", "Months"), ("year", "Years")]
USE_MODES = [("ignore", "Ignore"), ("warn", "Warn"), ("block", "Block")]
#: parameter groups in the order of the form, with their labels
GROUPS = [
    ("validity", "Validity"),
    ("checks", "Checks"),
    ("sealing", "Sealing"),
    ("sign_off", "Sign-off"),
    ("use", "Use"),
    ("keeping", "Keeping"),
    ("end", "Failure and End of Life"),
]


class SamplePolicy(models.Model):
    """One rule of sample control (SC-40).

    A rule defines some *groups* of parameters for the samples that match its conditions. For each
    group the most specific matching rule wins (``tools/policy_match.py``); the company default
    defines all groups. What was found is kept on the sample or request, so that later changes of a
    rule rewrite no history.
    """

    _name = "sample.policy"
    _description = "Sample Rule"
    _order = "sequence, id"
    _inherit = ["protected.fields.mixin", "mail.thread"]
    _protected_fields = ("is_default",)

    #: the parameters of each group; what a snapshot keeps
    _policy_parameters = {
        "validity": (
            "no_expiry",
            "validity_value",
            "validity_unit",
            "reminder_days",
            "replacement_lead_days",
            "replacement_by",
        ),
        "checks": (
            "calibration_interval_months",
            "calibration_method",
            "customer_check_interval_months",
            "patrol_interval_days",
        ),
        "sealing": (
            "sealing_stage",
            "applicant_role",
            "notice_hours",
            "trial_fit_mode",
            "trial_fit_limit_value",
            "trial_fit_limit_unit",
            "min_continuous_qty",
            "min_pass_rate",
            "random_pick_required",
            "default_qty",
            "max_qty_without_reason",
            "piece_size_note",
            "document_ids",
        ),
        "sign_off": (
            "sign_off_first_route_id",
            "sign_off_replacement_route_id",
            "signatories_first",
            "signatories_replacement",
        ),
        "use": (
            "loan_mode",
            "loan_max_hours",
            "authorized_users_only",
            "first_article_mode",
            "first_article_inspector",
            "first_article_piece",
            "use_in_process",
            "use_final_acceptance",
            "use_first_article",
            "use_comparison",
            "use_dispute",
        ),
        "keeping": (
            "register_role",
            "custodian_role",
            "custodian_department_id",
            "protection_tag_ids",
            "packing_note",
        ),
        "end": (
            "failure_path",
            "notify_customer",
            "disposal_role",
            "disposal_hold_days",
        ),
    }

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(
        default=10,
        help="Between rules that are equally specific, the first one holds.",
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index=True,
        tracking=True,
        help="Empty: in all companies. What a company sets up holds in its branches, too.",
    )
    is_default = fields.Boolean(
        string="Company Default",
        readonly=True,
        copy=False,
        help="Holds where no other rule does; defines everything and cannot be deleted.",
    )
    note = fields.Text(
        string="Source",
        translate=True,
        help="The regulation and clause that ask for it.",
    )

    # --- Conditions: all that are filled in must hold ---

    type_ids = fields.Many2many(
        comodel_name="sample.type",
        string="Sample Types",
        ondelete="restrict",
        context={"active_test": False},
    )
    categ_ids = fields.Many2many(
        comodel_name="product.category",
        relation="sample_policy_product_category_rel",
        string="Product Categories",
        help="With all categories below.",
        ondelete="restrict",
    )
    product_tmpl_ids = fields.Many2many(
        comodel_name="product.template",
        relation="sample_policy_product_template_rel",
        string="Products",
        ondelete="restrict",
        context={"active_test": False},
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="sample_policy_res_partner_rel",
        string="Customers and Suppliers",
        ondelete="restrict",
        context={"active_test": False},
    )
    origin = fields.Selection(selection=ORIGINS, tracking=True)
    key_part_only = fields.Boolean(string="Key Parts Only", tracking=True)

    # --- Groups of parameters that this rule defines ---

    defines_validity = fields.Boolean(tracking=True)
    defines_checks = fields.Boolean(tracking=True)
    defines_sealing = fields.Boolean(tracking=True)
    defines_sign_off = fields.Boolean(tracking=True)
    defines_use = fields.Boolean(tracking=True)
    defines_keeping = fields.Boolean(tracking=True)
    defines_end = fields.Boolean(tracking=True)

    # G1 validity
    no_expiry = fields.Boolean(tracking=True)
    validity_value = fields.Integer(string="Validity", default=12, tracking=True)
    validity_unit = fields.Selection(
        selection=UNITS,
        required=True,
        default="month",
        tracking=True,
        help="Calendar months, clipped to the end of the month; usable through the last day.",
    )
    reminder_days = fields.Char(
        string="Reminders",
        default="30, 7, 0",
        tracking=True,
        help="Days before the end on which people are reminded, separated by commas.",
    )
    replacement_lead_days = fields.Integer(
        string="Replacement Lead",
        default=15,
        tracking=True,
        help="Days before the end on which the replacement is planned.",
    )
    replacement_by = fields.Selection(
        selection=[("us", "Us"), ("customer", "The customer")],
        required=True,
        default="us",
        tracking=True,
    )
    # G2 checks
    calibration_interval_months = fields.Integer(
        string="Calibration Every",
        tracking=True,
        help="Months. 0: none. A passed calibration does not extend the validity.",
    )
    calibration_method = fields.Text(translate=True, tracking=True)
    customer_check_interval_months = fields.Integer(
        string="Customer Check Every",
        tracking=True,
        help="Months from the last check. 0: none.",
    )
    patrol_interval_days = fields.Integer(
        string="Patrol Every",
        default=30,
        tracking=True,
        help="Days between looks at condition, place and label. 0: none. The source says "
        "“often”; 30 days are our default.",
    )
    # G3 sealing
    sealing_stage = fields.Selection(
        selection=[
            ("before_mass_production", "Before mass production"),
            ("after_first_batch", "After the first mass-produced batch"),
        ],
        string="Moment of Sealing",
        required=True,
        default="after_first_batch",
        tracking=True,
    )
    applicant_role = fields.Selection(
        selection=ROLES,
        string="Applicant",
        default="technical",
        tracking=True,
    )
    notice_hours = fields.Float(
        string="Notice",
        default=4.0,
        tracking=True,
        help="Working hours between notice and sealing; half a day is 4 hours.",
    )
    trial_fit_mode = fields.Selection(
        selection=[
            ("none", "None"),
            ("if_needed", "If needed"),
            ("always", "Always"),
        ],
        string="Trial Fit",
        required=True,
        default="if_needed",
        tracking=True,
    )
    trial_fit_limit_value = fields.Integer(
        string="Trial Fit Within", default=1, tracking=True
    )
    trial_fit_limit_unit = fields.Selection(
        selection=[
            ("minute", "Working minutes"),
            ("hour", "Working hours"),
            ("working_day", "Working days"),
        ],
        required=True,
        default="working_day",
        tracking=True,
    )
    min_continuous_qty = fields.Float(
        string="Continuous Production",
        tracking=True,
        help="Pieces made in a row before sealing. 0: not checked.",
    )
    min_pass_rate = fields.Float(
        string="Pass Rate",
        tracking=True,
        help="Percent of good parts before sealing. 0: not checked.",
    )
    random_pick_required = fields.Boolean(
        string="Random Pick",
        tracking=True,
        help="Quality and technical staff pick the piece together from mass production.",
    )
    default_qty = fields.Float(string="Quantity", default=1.0, tracking=True)
    max_qty_without_reason = fields.Float(
        string="No Reason up to",
        default=1.0,
        tracking=True,
        help="A larger quantity needs a reason.",
    )
    piece_size_note = fields.Char(string="Piece Size", translate=True, tracking=True)
    document_ids = fields.One2many(
        comodel_name="sample.policy.document",
        inverse_name="policy_id",
        string="Required Documents",
        copy=True,
    )
    # G4 sign-off
    sign_off_first_route_id = fields.Many2one(
        comodel_name="sign.off.route",
        string="First Sign-off",
        tracking=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Who signs a new sample. Empty: the first route that fits the record.",
    )
    sign_off_replacement_route_id = fields.Many2one(
        comodel_name="sign.off.route",
        string="Sign-off at Replacement",
        tracking=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Who signs the successor of a sample. Empty: as for a new sample.",
    )
    signatories_first = fields.Char(
        string="Signatories",
        translate=True,
        tracking=True,
        help="In words, for requests and cards.",
    )
    signatories_replacement = fields.Char(
        string="Signatories at Replacement", translate=True, tracking=True
    )
    # G5 use
    loan_mode = fields.Selection(
        selection=[
            ("room_only", "In the sample room only"),
            ("loan", "Borrowed and returned"),
            ("point_of_use", "At the place of use"),
        ],
        string="Lending",
        required=True,
        default="loan",
        tracking=True,
    )
    loan_max_hours = fields.Float(
        string="Longest Loan",
        tracking=True,
        help="Working hours. 0: until the end of the working day (our default).",
    )
    authorized_users_only = fields.Boolean(
        help="Only people on the list of the type or the sample may use it.",
        tracking=True,
    )
    first_article_mode = fields.Selection(
        selection=[
            ("none", "Not asked for"),
            ("per_batch", "Each production"),
            ("per_shift", "Each shift"),
        ],
        string="First Article Comparison",
        required=True,
        default="per_batch",
        tracking=True,
    )
    first_article_inspector = fields.Boolean(
        string="Inspector Required", default=True, tracking=True
    )
    first_article_piece = fields.Char(
        string="Piece Left on Site",
        translate=True,
        tracking=True,
        help="What of the first article stays at the line as the standard of this production.",
    )
    use_in_process = fields.Selection(
        selection=USE_MODES,
        string="In-process Check",
        required=True,
        default="warn",
        tracking=True,
        help="What happens when the sample is not valid.",
    )
    use_final_acceptance = fields.Selection(
        selection=USE_MODES,
        string="Final Acceptance",
        required=True,
        default="block",
        tracking=True,
        help="What happens when the sample is not valid. Blocking is our default; the manager "
        "overrides with a reason, which is logged.",
    )
    use_first_article = fields.Selection(
        selection=USE_MODES,
        string="First Article",
        required=True,
        default="block",
        tracking=True,
        help="What happens when the sample is not valid. Blocking is our default; the manager "
        "overrides with a reason, which is logged.",
    )
    use_comparison = fields.Selection(
        selection=USE_MODES,
        string="Comparison",
        required=True,
        default="warn",
        tracking=True,
        help="What happens when the sample is not valid.",
    )
    use_dispute = fields.Selection(
        selection=USE_MODES,
        string="Dispute",
        required=True,
        default="warn",
        tracking=True,
        help="What happens when the sample is not valid.",
    )
    # G6 keeping
    register_role = fields.Selection(
        selection=ROLES,
        string="Ledger Kept By",
        default="administrator",
        tracking=True,
    )
    custodian_role = fields.Selection(
        selection=ROLES,
        string="Kept By",
        default="using_department",
        tracking=True,
    )
    custodian_department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Keeping Department",
        tracking=True,
    )
    protection_tag_ids = fields.Many2many(
        comodel_name="sample.protection.tag",
        string="Protection",
        help="Empty: as the sample type says.",
    )
    packing_note = fields.Char(string="Mounting", translate=True, tracking=True)
    # G7 failure and end of life
    failure_path = fields.Selection(
        selection=[
            ("recalibrate_first", "Measure and correct first"),
            ("replace", "Replace at once"),
        ],
        string="On Failure",
        required=True,
        default="recalibrate_first",
        tracking=True,
    )
    notify_customer = fields.Selection(
        selection=[
            ("never", "Never"),
            ("if_owned", "If the sample is the customer's"),
            ("always", "Always"),
        ],
        required=True,
        default="if_owned",
        tracking=True,
    )
    disposal_role = fields.Selection(
        selection=ROLES,
        string="Disposed of By",
        default="technical",
        tracking=True,
    )
    disposal_hold_days = fields.Integer(
        string="Hold before Disposal",
        tracking=True,
        help="Days that an ended sample is still kept for late complaints. 0: none.",
    )

    _one_default = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE is_default",
        "A company has one default rule.",
    )
    _check_positive = models.Constraint(
        """CHECK (
            validity_value >= 0 AND replacement_lead_days >= 0
            AND calibration_interval_months >= 0 AND customer_check_interval_months >= 0
            AND patrol_interval_days >= 0 AND notice_hours >= 0
            AND trial_fit_limit_value >= 0 AND min_continuous_qty >= 0
            AND min_pass_rate BETWEEN 0 AND 100 AND default_qty > 0
            AND max_qty_without_reason >= 0 AND loan_max_hours >= 0
            AND disposal_hold_days >= 0
        )""",
        "Periods, limits and quantities cannot be negative; a pass rate is between 0 and 100.",
    )

    # --- Constraints ---

    @api.constrains("defines_validity", "no_expiry", "validity_value")
    def _check_validity(self):
        for policy in self:
            if (
                policy.defines_validity
                and not policy.no_expiry
                and not policy.validity_value
            ):
                raise ValidationError(
                    self.env._(
                        "%(rule)s: enter the validity or choose that there is no expiry.",
                        rule=policy.name,
                    )
                )

    @api.constrains("reminder_days")
    def _check_reminder_days(self):
        for policy in self:
            try:
                validity.parse_days(policy.reminder_days)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: write the reminder days as numbers with commas, for example 30, 7, 0.",
                        rule=policy.name,
                    )
                ) from error

    @api.constrains(
        lambda self: (
            "is_default",
            "active",
            "type_ids",
            "categ_ids",
            "product_tmpl_ids",
            "partner_ids",
            "origin",
            "key_part_only",
            *(f"defines_{group}" for group, __ in GROUPS),
        )
    )
    def _check_default(self):
        for policy in self.filtered("is_default"):
            narrowed = policy.type_ids or policy.categ_ids or policy.product_tmpl_ids
            narrowed = narrowed or policy.partner_ids or policy.origin
            complete = all(policy[f"defines_{group}"] for group, __ in GROUPS)
            if narrowed or policy.key_part_only or not complete or not policy.active:
                raise ValidationError(
                    self.env._(
                        "%(rule)s is the default: it stays active, holds for every sample and defines every group.",
                        rule=policy.name,
                    )
                )

    # --- CRUD ---

    def write(self, vals):
        """The default rule of all companies does not become that of one, which would leave the others without."""
        defaults = self.filtered("is_default")
        if not self.env.su and defaults._filter_changed(["company_id"], vals):
            raise UserError(
                self.env._(
                    "The default rule holds where no other does: it stays with its companies."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_default(self):
        if self.filtered("is_default"):
            raise UserError(
                self.env._(
                    "The default rule holds where no other does and cannot be deleted."
                )
            )

    # --- Resolution ---

    def _get_policy_groups(self):
        """Return the groups that this rule defines, as a list of keys."""
        self.ensure_one()
        return [group for group, __ in GROUPS if self[f"defines_{group}"]]

    @api.model
    def _get_rules(self, companies):
        """Read the rules of some companies for :mod:`policy_match`, in a fixed number of queries.

        :param companies: the ``res.company`` whose samples are resolved
        :return: list of :class:`~odoo.addons.sample_control.tools.policy_match.Rule`
        """
        # sudo: a rule holds for whoever handles the sample, also in the branches of its company
        policies_sudo = self.sudo().search(companies._get_setup_domain())
        return [policy._prepare_rule() for policy in policies_sudo]

    def _prepare_rule(self):
        """Return the conditions of this rule as plain values."""
        self.ensure_one()
        return policy_match.Rule(
            id=self.id,
            name=self.name,
            sequence=self.sequence,
            company_id=self.company_id.id or None,
            groups=frozenset(self._get_policy_groups()),
            type_ids=frozenset(self.type_ids.ids),
            product_ids=frozenset(self.product_tmpl_ids.ids),
            category_ids=frozenset(self.categ_ids.ids),
            partner_ids=frozenset(self.partner_ids.ids),
            origin=self.origin or None,
            key_part_only=self.key_part_only,
        )

    def _get_parameters(self, group):
        """Return the values of one group as plain data, to be kept in a snapshot.

        :param str group: a key of :data:`GROUPS`
        :return: dict parameter -> number, text, id, list of ids or (documents) list of dicts
        """
        self.ensure_one()
        values = {}
        for name in self._policy_parameters[group]:
            field, value = self._fields[name], self[name]
            if field.type == "one2many":
                value = [line._prepare_snapshot() for line in value]
            elif field.type == "many2many":
                value = value.ids
            elif field.type == "many2one":
                value = value.id
            values[name] = value
        return values

    # --- Words ---

    @api.model
    def _get_group_labels(self):
        """Return the translated labels of the groups, in order: list of pairs."""
        labels = {
            "validity": self.env._("Validity"),
            "checks": self.env._("Checks"),
            "sealing": self.env._("Sealing"),
            "sign_off": self.env._("Sign-off"),
            "use": self.env._("Use"),
            "keeping": self.env._("Keeping"),
            "end": self.env._("Failure and End of Life"),
        }
        return [(group, labels[group]) for group, __ in GROUPS]

    def _describe_parameters(self, group):
        """Return the parameters of one group in words, one a line; what is empty or 0 is left out.

        :param str group: a key of :data:`GROUPS`
        """
        self.ensure_one()
        return "\n".join(
            f"{self._fields[name]._description_string(self.env)}: "
            f"{self._format_parameter(self._fields[name], value)}"
            for name, value in self._get_parameters(group).items()
            if value not in (False, None, "", [], 0)
        )

    @api.model
    def _format_parameter(self, field, value):
        """Return one kept parameter in words.

        :param field: the field of the parameter
        :param value: as :meth:`_get_parameters` gives it
        """
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "–")
        if field.type in ("many2one", "many2many"):
            ids = [value] if isinstance(value, int) and value else value or []
            # sudo: the name of a department or route in a rule is no secret
            names = self.env[field.comodel_name].sudo().browse(ids).exists()
            return ", ".join(names.mapped("display_name")) or "–"
        if field.type == "one2many":
            return ", ".join(line["name"] for line in value or []) or "–"
        if field.type == "float":
            return f"{value:g}" if value is not None else "–"
        return str(value) if value not in (None, False, "") else "–"
