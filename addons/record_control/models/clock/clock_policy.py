import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from ...tools import working_time

UNITS = [
    ("minute", "Working minutes"),
    ("hour", "Working hours"),
    ("working_day", "Working days"),
    ("calendar_hour", "Hours around the clock"),
    ("calendar_day", "Calendar days"),
    ("calendar_month", "Calendar months"),
]
# fields whose change moves deadlines or steps of running clocks
COUNTING_FIELDS = {"amount", "unit", "calendar_id", "in_working_hours", "step_ids"}
# fields whose change may give a running clock another policy
CHOOSING_FIELDS = {"active", "company_id", "domain", "sequence"}


class ClockRole(models.Model):
    _name = "clock.role"
    _description = "Role Told by a Clock"
    _order = "sequence, id"

    code = fields.Char(
        required=True,
        help="Key that the record understands, for example responsible or supervisor.",
    )
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)

    _code_uniq = models.UniqueIndex("(code)", "A role with this code exists already.")


class ClockPolicy(models.Model):
    """How long something may take, counted by which calendar, and who is told when.

    The clock of a record is started by ``record._clock_start(code)``. Several policies may
    share a code: the first whose company and domain fit the record is used; policies of the
    record's company come before those of companies above it, and these before those without a company.
    """

    _name = "clock.policy"
    _description = "Clock Policy"
    _inherit = ["company.boundary.mixin"]
    _order = "model, code, company_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        index=True,
        help="Key by which records start this clock. Policies with the same code are alternatives.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10,
        help="Among policies of one code the first that fits the record is used.",
    )
    model_id = fields.Many2one(
        comodel_name="ir.model",
        string="Applies To",
        required=True,
        ondelete="cascade",
        domain="[('transient', '=', False), ('field_id.name', '=', 'clock_summary')]",
        help="Kind of record the clock runs on.",
    )
    model = fields.Char(
        related="model_id.model",
        string="Model Name",
        store=True,
        index=True,
        precompute=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index=True,
        help="Empty: for every company that has no policy of its own. What a company sets up holds in its branches, too.",
    )
    domain = fields.Char(
        string="Only For",
        default="[]",
        help="Records this policy is meant for. Chosen again whenever the record changes.",
    )
    start_description = fields.Text(
        string="Starts", translate=True, help="What starts the clock, in words."
    )
    stop_description = fields.Text(
        string="Stops", translate=True, help="What stops the clock, in words."
    )
    amount = fields.Integer(
        string="Allowed Time",
        required=True,
        default=1,
        help="How many units the record may take.",
    )
    unit = fields.Selection(
        selection=UNITS,
        required=True,
        default="working_day",
        help="Working days: the day of the start is not counted, the deadline is the end of the "
        "working hours of the last day.\n"
        "Working minutes and hours: only time inside working hours counts.\n"
        "Calendar days and months: until the end of the last day, holidays included (that the whole "
        "last day counts is our default; regulations usually do not say).\n"
        "Hours around the clock: day and night, holidays included.",
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Hours",
        ondelete="restrict",
        check_company=True,
        help="Empty: the working hours of the record's company.",
    )
    in_working_hours = fields.Boolean(
        string="Tell in Working Hours Only",
        default=True,
        help="Nobody is told at night or on a holiday: steps wait for the next working moment, and "
        "warnings before the deadline come in the last working hours before it. Our default.",
    )
    step_ids = fields.One2many(
        comodel_name="clock.policy.step",
        inverse_name="policy_id",
        string="Steps",
        copy=True,
    )
    running_count = fields.Integer(
        string="Running Clocks", compute="_compute_running_count"
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "The time a policy allows must be more than zero."
    )

    @api.depends_context("uid")
    def _compute_running_count(self):
        counts = dict(
            self.env["clock.clock"]
            .sudo()
            ._read_group(
                [("policy_id", "in", self.ids), ("stopped_at", "=", False)],
                ["policy_id"],
                ["__count"],
            )
        )
        for policy in self:
            policy.running_count = counts.get(policy, 0)

    @api.model
    def _get_unit_label(self, unit):
        """Return the unit in the reader's language."""
        return dict(self._fields["unit"]._description_selection(self.env)).get(
            unit, unit
        )

    @api.constrains("domain", "model_id")
    def _check_domain(self):
        for policy in self:
            try:
                domain = Domain(ast.literal_eval(policy.domain or "[]"))
                domain.validate(self.env[policy.model])
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s: the condition %(domain)s cannot be used on %(model)s: %(error)s",
                        policy=policy.name,
                        domain=policy.domain,
                        model=policy.model_id.name,
                        error=error,
                    )
                ) from error

    @api.constrains("model_id")
    def _check_model(self):
        for policy in self:
            if "clock_ids" not in self.env[policy.model]._fields:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s: %(model)s has no clocks. Choose a kind of record with clocks.",
                        policy=policy.name,
                        model=policy.model_id.name,
                    )
                )

    # --- CRUD: running clocks follow ---

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        policies._choose_running_clocks_again()
        return policies

    def write(self, vals):
        self._check_identity(vals)
        touched = (
            self._get_alternatives() if CHOOSING_FIELDS & vals.keys() else self.browse()
        )
        result = super().write(vals)
        if CHOOSING_FIELDS & vals.keys():
            self.env.registry.clear_cache()
            touched._choose_running_clocks_again()
        if COUNTING_FIELDS & vals.keys():
            self._replay_clocks()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = (
            self.env["clock.clock"]
            .sudo()
            ._read_group([("policy_id", "in", self.ids)], ["policy_id"])
        )
        if used:
            raise UserError(
                self.env._(
                    "%(policies)s: clocks have run by this policy. Archive it instead.",
                    policies=", ".join(policy.name for (policy,) in used),
                )
            )

    def _check_identity(self, vals):
        """Refuse to turn a policy that clocks run by into a policy for something else."""
        changed = self.filtered(
            lambda p: ("code" in vals and vals["code"] != p.code)
            or ("model_id" in vals and vals["model_id"] != p.model_id.id)
        )
        if not changed:
            return
        used = (
            self.env["clock.clock"]
            .sudo()
            .search([("policy_id", "in", changed.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "%(policy)s: clocks have run by this policy, so its code and kind of record stay. "
                    "Archive it and make a new one.",
                    policy=used.policy_id.name,
                )
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        return [
            dict(vals, name=self.env._("%(name)s (copy)", name=policy.name))
            for policy, vals in zip(self, vals_list, strict=True)
        ]

    # --- Business ---

    @api.model
    @ormcache("model")
    def _get_choosing_fields(self, model):
        """Return which fields of a model decide which policy fits a record.

        :return: field names, or None when any change may decide: a condition looks at a computed
            field or past the record itself
        """
        names = set()
        for policy in (
            self.sudo().with_context(active_test=True).search([("model", "=", model)])
        ):
            for condition in Domain(
                ast.literal_eval(policy.domain or "[]")
            ).iter_conditions():
                field = self.env[model]._fields.get(condition.field_expr)
                if not field or field.compute or field.related:
                    return None
                names.add(condition.field_expr)
        if names and "company_id" in self.env[model]._fields:
            names.add("company_id")
        return frozenset(names)

    def _get_alternatives(self):
        """Return all policies, archived ones too, that share code and model with these."""
        return self.with_context(active_test=False).search(
            Domain.OR(
                Domain("model", "=", policy.model) & Domain("code", "=", policy.code)
                for policy in self
            )
        )

    def _replay_clocks(self):
        self.env["clock.clock"].sudo()._request_replay([("policy_id", "in", self.ids)])

    def _choose_running_clocks_again(self):
        """Let the open clocks of these codes follow a change of the policies."""
        alternatives = {(policy.model, policy.code) for policy in self}
        domain = Domain.OR(
            Domain("res_model", "=", model) & Domain("code", "=", code)
            for model, code in alternatives
        )
        self.env["clock.clock"].sudo()._request_replay(domain, choose=True)

    @api.model
    def _choose(self, records, code):
        """Return the policy that fits each record.

        :param records: records of one model
        :param str code: code of the policies to choose from
        :return: ``{record: policy}``; records that none fits are left out
        """
        # sudo: a user need not be allowed to read what a condition looks at
        policies = (
            self.sudo()
            .with_context(active_test=True)
            .search([("model", "=", records._name), ("code", "=", code)])
        )
        policies = policies.sorted(
            lambda p: (-len(p.company_id.parent_ids), p.sequence, p.id)
        )
        left, chosen = records.sudo(), {}
        has_company = "company_id" in records._fields
        for policy in policies:
            fitting = left
            if policy.company_id:
                fitting = left.filtered(
                    lambda r, company=policy.company_id: company
                    in (has_company and r.company_id or r.env.company).parent_ids
                )
            fitting = fitting.filtered_domain(ast.literal_eval(policy.domain or "[]"))
            chosen.update(dict.fromkeys(fitting.with_env(records.env), policy))
            left -= fitting
        return chosen

    def action_view_clocks(self):
        """Open the clocks that ran by this policy."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "record_control.clock_clock_action"
        )
        action["domain"] = [("policy_id", "=", self.id)]
        return action


class ClockPolicyStep(models.Model):
    """Who is told, how, and how long before or after the deadline."""

    _name = "clock.policy.step"
    _description = "Clock Policy Step"
    _inherit = ["fixed.parent.mixin"]
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        comodel_name="clock.policy", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True, help="Subject of the message.")
    offset = fields.Float(
        string="When",
        required=True,
        default=0,
        help="Negative: before the deadline. 0: at the deadline. Positive: after it.",
    )
    offset_unit = fields.Selection(
        string="Counted In",
        selection=[
            ("percent", "% of the allowed time"),
            ("hour", "hours"),
            ("working_hour", "working hours"),
        ],
        required=True,
        default="percent",
        help="-50 % of the allowed time: half of the time has passed. -24 hours: a day before the "
        "deadline, day and night counted.",
    )
    role_ids = fields.Many2many(
        comodel_name="clock.role",
        string="Tell",
        help="Whoever is archived or on leave is passed over to the person who stands in. When "
        "nobody fills the role, the administrators of record control are told (our default).",
    )
    user_ids = fields.Many2many(comodel_name="res.users", string="And These Persons")
    by_activity = fields.Boolean(string="Activity", default=True)
    by_mail = fields.Boolean(string="E-mail")
    by_sms = fields.Boolean(
        string="SMS",
        help="Sent when text messages are installed and the person has a phone number.",
    )
    note = fields.Text(string="Text", translate=True, help="Text of the message.")

    _told = models.Constraint(
        "CHECK (by_activity IS TRUE OR by_mail IS TRUE OR by_sms IS TRUE)",
        "A step tells by activity, e-mail or SMS: choose at least one.",
    )
    _percent_range = models.Constraint(
        "CHECK (offset_unit != 'percent' OR \"offset\" >= -100)",
        "A step cannot come earlier than the start: -100 % at most.",
    )

    @api.model
    def _get_fixed_parent_fields(self):
        return super()._get_fixed_parent_fields() | {"policy_id"}

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.policy_id._replay_clocks()
        return steps

    def write(self, vals):
        result = super().write(vals)
        if {"offset", "offset_unit"} & vals.keys():
            self.policy_id._replay_clocks()
        return result

    def unlink(self):
        policies = self.policy_id
        result = super().unlink()
        policies.exists()._replay_clocks()
        return result

    def _get_instant(self, clock_vals, calendar, pauses):
        """Return when this step is to happen for a clock.

        :param dict clock_vals: aware ``started_at`` and ``deadline``
        :param working_time.WorkCalendar calendar: working hours of the clock
        :param pauses: :class:`working_time.Pause` entries
        :return: aware UTC instant
        """
        self.ensure_one()
        return working_time.step_instant(
            clock_vals["started_at"],
            clock_vals["deadline"],
            self.offset,
            self.offset_unit,
            calendar,
            pauses,
            around_the_clock=self.policy_id.unit not in working_time.WORKING_UNITS,
            in_working_hours=self.policy_id.in_working_hours,
        )
