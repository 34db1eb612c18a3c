from odoo import api, fields, models
from odoo.exceptions import ValidationError

SIGNER_TYPES = [
    ("requester", "Whoever asks (signs when asking)"),
    ("user", "A named person"),
    ("group", "Any member of a group"),
    ("role", "A role of the record"),
    ("contact", "A contact of the customer or supplier"),
]


class SignOffRouteStep(models.Model):
    """One cell of the form: a title, who signs it, and when it is needed."""

    _name = "sign.off.route.step"
    _description = "Sign-off Route Step"
    _inherit = ["fixed.parent.mixin"]
    _order = "sequence, id"

    route_id = fields.Many2one(
        comodel_name="sign.off.route",
        required=True,
        index=True,
        ondelete="cascade",
    )
    model = fields.Char(related="route_id.model", string="Technical Name")
    company_id = fields.Many2one(related="route_id.company_id")
    sequence = fields.Integer(
        string="Order",
        default=10,
        help="Steps with the same number are signed side by side, in any order; a higher number waits for the lower.",
    )
    name = fields.Char(
        string="Title on the Form",
        required=True,
        translate=True,
        help="The words of the form's own sign-off cell, for example Prepared By, Supervisor, Manager or "
        "General Manager. Printed as written, in the language of the reader.",
    )
    signer_type = fields.Selection(
        selection=SIGNER_TYPES,
        string="Signed By",
        required=True,
        default="role",
        help="The preparer signs by asking for the sign-off; all others are asked in turn.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Person", domain=[("share", "=", False)]
    )
    group_id = fields.Many2one(comodel_name="res.groups")
    role = fields.Selection(
        selection="_selection_role",
        help="Found out from the record at the time when the step is reached.",
    )
    contact_role = fields.Selection(
        selection="_selection_contact_role",
        string="Contact",
        help="Found out from the record when the step is reached. The contact signs by a secret link, on a "
        "device of ours, or on paper that is scanned.",
    )
    link_days = fields.Integer(
        string="Link Valid For",
        default=14,
        help="Days for which the link that the contact receives can be used; it can be sent again.",
    )
    signer_name = fields.Char(string="Signer", compute="_compute_signer_name")
    condition_domain = fields.Char(
        string="Only When",
        default="[]",
        required=True,
        help="The step is needed only for records that match this filter, for example class A customers.",
    )
    min_amount = fields.Float(
        string="From Amount",
        help="The step is needed from this amount on, in the currency of the record's company. 0: whatever the amount.",
    )
    deadline_days = fields.Integer(
        string="Working Days",
        help="Working days to sign, counted from the day after the step is reached. "
        "0: no deadline.",
    )

    _check_deadline_days = models.Constraint(
        "CHECK (deadline_days >= 0)",
        "The days to sign cannot be negative.",
    )
    _check_min_amount = models.Constraint(
        "CHECK (min_amount >= 0)",
        "The amount from which a step is needed cannot be negative.",
    )
    _check_signer = models.Constraint(
        """CHECK (
            signer_type = 'requester'
            OR (signer_type = 'user' AND user_id IS NOT NULL)
            OR (signer_type = 'group' AND group_id IS NOT NULL)
            OR (signer_type = 'role' AND role IS NOT NULL)
            OR (signer_type = 'contact' AND contact_role IS NOT NULL)
        )""",
        "Say who signs each step: a person, a group, a role or a contact.",
    )
    _check_link_days = models.Constraint(
        "CHECK (link_days > 0)",
        "A link is valid for one day at least.",
    )

    @api.model
    def _selection_role(self):
        """Roles that a step may name; extend with super() and resolve in ``_get_sign_off_users(role)``."""
        return [
            ("responsible", self.env._("Responsible person")),
            ("supervisor", self.env._("Superior of the responsible person")),
            ("department_manager", self.env._("Manager of the department")),
            ("requester_supervisor", self.env._("Superior of whoever asks")),
        ]

    @api.model
    def _selection_contact_role(self):
        """Contacts that a step may name; extend with super() and resolve in ``_get_sign_off_contacts(role)``."""
        return [
            ("customer", self.env._("Contact of the customer")),
            ("supplier", self.env._("Contact of the supplier")),
        ]

    @api.depends("signer_type", "user_id", "group_id", "role", "contact_role")
    @api.depends_context("lang")
    def _compute_signer_name(self):
        roles = {
            **dict(self._fields["role"]._description_selection(self.env)),
            **dict(self._fields["contact_role"]._description_selection(self.env)),
        }
        for step in self:
            if step.signer_type == "requester":
                step.signer_name = self.env._("Whoever asks")
            elif step.signer_type == "user":
                step.signer_name = step.user_id.name
            elif step.signer_type == "group":
                step.signer_name = self.env._(
                    "Any member of %(group)s", group=step.group_id.display_name or ""
                )
            elif step.signer_type == "contact":
                step.signer_name = roles.get(step.contact_role)
            else:
                step.signer_name = roles.get(step.role)

    @api.constrains("condition_domain", "route_id")
    def _check_condition_domain(self):
        for step in self:
            step.route_id._parse_domain(
                step.condition_domain, step.route_id.model, step.name
            )

    @api.constrains("min_amount", "route_id")
    def _check_amount_known(self):
        for step in self.filtered("min_amount"):
            if not self.env[step.route_id.model]._sign_off_amount_field:
                raise ValidationError(
                    self.env._(
                        "%(step)s: %(model)s has no amount that a step could depend on.",
                        step=step.name,
                        model=step.route_id.model_id.name,
                    )
                )

    @api.model
    def _get_fixed_parent_fields(self):
        return super()._get_fixed_parent_fields() | {"route_id"}

    def _prepare_request_step_vals(self):
        """Copy the step into a round: later changes of the route do not touch rounds under way."""
        self.ensure_one()
        return {
            "route_step_id": self.id,
            "sequence": self.sequence,
            "name": self.name,
            "signer_type": self.signer_type,
            "user_id": self.user_id.id,
            "group_id": self.group_id.id,
            "role": self.role,
            "contact_role": self.contact_role,
            "link_days": self.link_days,
            "condition_domain": self.condition_domain,
            "min_amount": self.min_amount,
            "deadline_days": self.deadline_days,
        }
