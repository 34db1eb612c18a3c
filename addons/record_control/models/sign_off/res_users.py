from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if {"active", "group_ids", "company_ids"} & vals.keys():
            # a signer who leaves must not leave rounds behind that wait for nobody
            self.env["sign.off.request.step"]._refresh_signers_of(self)
        return result

    @api.constrains("partner_id", "active", "share")
    def _check_one_person(self):
        """Whoever has two users has four eyes: an active internal user is a person of his own."""
        internal = self.filtered(lambda user: user.active and not user.share)
        domain = Domain("partner_id", "in", internal.partner_id.ids)
        # sudo: users of other companies count as well
        same = self.sudo().search(domain & Domain("share", "=", False))
        for partner, users in same.grouped("partner_id").items():
            if len(users) > 1:
                raise ValidationError(
                    self.env._(
                        "%(person)s has several users (%(users)s); nobody approves his own work under another one.",
                        person=partner.name,
                        users=", ".join(users.mapped("login")),
                    )
                )

    def _get_sign_off_deputies(self, at, company):
        """Return the appointed deputies of these users.

        :param datetime at: naive UTC
        :param res.company company: the company in which they stand in
        :return: {user: res.users (sudo)}; users without deputy are left out
        """
        deputies = {}
        for deputy in self.env["sign.off.deputy"]._get_deputies(
            self, company._record_control_today(at)
        ):
            if not deputy.company_id or deputy.company_id in company.sudo().parent_ids:
                user = self.browse(deputy.user_id.id)
                deputies[user] = (
                    deputies.get(user, deputy.deputy_id.browse()) | deputy.deputy_id
                )
        return deputies

    def _get_stand_in_candidates(self, at, company):
        """Deputies go before the superior."""
        candidates = super()._get_stand_in_candidates(at, company)
        for user, deputies in self._get_sign_off_deputies(at, company).items():
            appointed = [
                (self.browse(deputy.id), self.env._("deputy")) for deputy in deputies
            ]
            candidates[user] = appointed + [
                pair for pair in candidates.get(user, []) if pair[0] not in deputies
            ]
        return candidates
