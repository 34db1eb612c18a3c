from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedMany2many,
    RestrictedOne2many,
)


class TestSecret(models.Model):
    """A dossier: seen by its owner, his team and the director."""

    _name = "test.secret"
    _description = "Test Dossier"
    _inherit = ["mail.thread", "mail.activity.mixin", "restricted.record.mixin"]
    _check_company_auto = True
    _restricted_open_fields = ("id", "display_name", "state")

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    state = fields.Selection([("open", "Open"), ("closed", "Closed")], default="open")
    user_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, index=True
    )
    team_user_ids = fields.Many2many("res.users")
    partner_id = fields.Many2one("res.partner", index=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    content = fields.Text()
    amount = fields.Integer(aggregator="sum")
    slogan = fields.Char(translate=True)
    portrait = fields.Image()
    contract = fields.Binary(attachment=True)
    note = fields.Binary(attachment=False)
    line_ids = fields.One2many("test.secret.line", "secret_id", copy=True)

    def _compute_display_name(self):
        # does not call super: the guard of the toolkit must hold all the same
        for record in self:
            record.display_name = f"Dossier {record.name}"

    def _get_need_to_know_bases(self):
        director = self.env.user.has_group("test_record_control.group_test_director")
        return {
            "owner": Domain("user_id", "=", self.env.uid),
            "team": Domain("team_user_ids", "in", self.env.uid),
            "director": Domain(director),
        }

    def _get_grant_approvers(self):
        return (
            self.env.ref("test_record_control.group_test_director").sudo().all_user_ids
        )

    def _get_access_keepers(self):
        return self._get_grant_approvers()


class TestSecretLine(models.Model):
    _name = "test.secret.line"
    _description = "Test Dossier Line"
    _inherit = ["restricted.line.mixin"]
    _restricted_parent_field = "secret_id"

    secret_id = fields.Many2one(
        "test.secret", required=True, ondelete="cascade", index=True
    )
    name = fields.Char()
    sum = fields.Integer()


class TestSecretLink(models.Model):
    """What everybody sees and what points at dossiers."""

    _name = "test.secret.link"
    _description = "Test Link to a Dossier"

    name = fields.Char()
    secret_id = fields.Many2one("test.secret", index=True)
    secret_ids = RestrictedMany2many("test.secret", string="Dossiers")
    reference = fields.Reference([("test.secret", "Dossier")])
    leaking_amount = fields.Integer(compute="_compute_leaking_amount", store=True)
    safe_amount = fields.Integer(compute="_compute_safe_amount")
    leaking_content = fields.Text(related="secret_id.content", string="Leak")
    safe_content = fields.Text(
        related="secret_id.content", related_sudo=False, string="No Leak"
    )
    safe_state = fields.Selection(related="secret_id.state")

    @api.depends("secret_ids.amount")
    def _compute_leaking_amount(self):
        for link in self:
            link.leaking_amount = sum(link.secret_ids.mapped("amount"))

    @api.depends("secret_ids.amount")
    def _compute_safe_amount(self):
        for link in self:
            link.safe_amount = sum(link.secret_ids.mapped("amount"))


class ResPartner(models.Model):
    _inherit = "res.partner"

    test_secret_ids = RestrictedOne2many("test.secret", "partner_id")
