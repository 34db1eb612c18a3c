from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class SignOffDeputy(models.Model):
    """Who signs on behalf of whom, from when to when."""

    _name = "sign.off.deputy"
    _description = "Sign-off Deputy"
    _inherit = ["company.boundary.mixin"]
    _order = "date_from desc, id desc"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Stands In For",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="cascade",
        help="The person who is away.",
    )
    deputy_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        index=True,
        domain=[("share", "=", False)],
        ondelete="cascade",
        help="Signs on behalf of this person. The printed form names both.",
    )
    date_from = fields.Date(
        required=True,
        default=lambda self: self.env.company._record_control_today(),
        help="First day on which the deputy may sign.",
    )
    date_to = fields.Date(
        help="Last day on which the deputy may sign. Empty: until further notice.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index=True,
        help="Empty: in all companies.",
    )
    note = fields.Char(help="For example: on a business trip.")
    active = fields.Boolean(default=True)

    _check_other_person = models.Constraint(
        "CHECK (user_id != deputy_id)",
        "Nobody can be their own deputy.",
    )
    _check_dates = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A deputy's last day cannot be before the first day.",
    )

    @api.depends("user_id", "deputy_id")
    def _compute_display_name(self):
        for deputy in self:
            deputy.display_name = (
                f"{deputy.user_id.name or ''} → {deputy.deputy_id.name or ''}"
            )

    @api.constrains("deputy_id", "user_id")
    def _check_internal(self):
        if outsiders := (self.deputy_id | self.user_id).filtered("share"):
            raise ValidationError(
                self.env._(
                    "Only internal users can sign: %(users)s.",
                    users=", ".join(outsiders.mapped("name")),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        deputies = super().create(vals_list)
        deputies._refresh_open_steps()
        return deputies

    def write(self, vals):
        before = self.user_id
        result = super().write(vals)
        # rules are asked before a write: ask again, or one could hand one's own deputy to somebody else
        self.check_access("write")
        self._refresh_open_steps(before)
        return result

    def unlink(self):
        users = self.user_id
        result = super().unlink()
        self.env["sign.off.request.step"]._refresh_signers_of(users)
        return result

    def _refresh_open_steps(self, users=None):
        users = self.user_id | users if users else self.user_id
        self.env["sign.off.request.step"]._refresh_signers_of(users)

    @api.model
    def _get_deputies(self, users, today):
        """Deputies in force.

        :param users: res.users who may be stood in for
        :param date today: the day asked for
        :return: sign.off.deputy recordset (sudo), of any company
        """
        domain = Domain("user_id", "in", users.ids) & Domain("date_from", "<=", today)
        domain &= Domain("date_to", "=", False) | Domain("date_to", ">=", today)
        # sudo: who stands in for whom is needed to tell who may sign, whoever asks
        return self.sudo().search(domain, order="date_from, id")
