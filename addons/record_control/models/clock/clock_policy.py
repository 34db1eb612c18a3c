from odoo import fields, models

UNITS = [
    ("minute", "Working minutes"),
    ("hour", "Working hours"),
    ("working_day", "Working days"),
    ("calendar_hour", "Hours around the clock"),
    ("calendar_day", "Calendar days"),
    ("calendar_month", "Calendar months"),
]


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
    record's company come before those without a company.
    """

    _name = "clock.policy"
    _description = "Clock Policy"
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
        default=10, help="Among policies of one code the first that fits the record is used."
    )
    model_id = fields.Many2one(
        comodel_name="ir.model",
        string="Applies To",
        required=True,
        ondelete="cascade",
        domain="[('transient', '=', False)]",
    )
    model = fields.Char(
        related="model_id.model", string="Model Name", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Empty: for every company that has no policy of its own.",
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
    amount = fields.Integer(required=True, default=1, help="How many units the record may take.")
    unit = fields.Selection(selection=UNITS, required=True, default="working_day")
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
        help="Steps that fall outside working hours wait for the next working moment.",
    )
    step_ids = fields.One2many(
        comodel_name="clock.policy.step", inverse_name="policy_id", string="Steps", copy=True
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "The time a policy allows must be more than zero."
    )


class ClockPolicyStep(models.Model):
    _name = "clock.policy.step"
    _description = "Clock Policy Step"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        comodel_name="clock.policy", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    offset = fields.Float(
        required=True, default=0, help="Negative: before the deadline. Positive: after it."
    )
    offset_unit = fields.Selection(
        selection=[
            ("percent", "% of the allowed time"),
            ("hour", "hours"),
            ("working_hour", "working hours"),
        ],
        required=True,
        default="percent",
    )
    role_ids = fields.Many2many(comodel_name="clock.role", string="Tell")
    user_ids = fields.Many2many(comodel_name="res.users", string="And These Persons")
    by_activity = fields.Boolean(string="Activity", default=True)
    by_mail = fields.Boolean(string="E-mail")
    by_sms = fields.Boolean(string="SMS")
    note = fields.Text(translate=True, help="Text of the message.")
