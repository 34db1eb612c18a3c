from odoo import api, models

#: Shown of an account number: enough to tell two accounts apart
LAST_DIGITS = 4


class ResPartnerBank(models.Model):
    """Bank accounts that a customer opens, changes or closes are written into its timeline (CA-08)."""

    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        accounts._note_ca_accounts({})
        return accounts

    def write(self, vals):
        former = self._get_ca_accounts()
        result = super().write(vals)
        self._note_ca_accounts(former)
        return result

    def unlink(self):
        former = self._get_ca_accounts()
        result = super().unlink()
        # what is only archived has been noted as such
        gone = self - self.exists()
        self.browse()._note_ca_accounts(
            {account: former[account] for account in gone if account in former}
        )
        return result

    def _get_ca_accounts(self):
        """Return customer and description of each account that is in use.

        :return: account -> (customer, description)
        :rtype: dict
        """
        # sudo: who changes an account may not read the bank or a hidden account
        return {
            account: (
                account.partner_id.commercial_partner_id.sudo(self.env.su),
                account._get_ca_description(),
            )
            for account in self.sudo()
            if account.active
        }

    def _get_ca_description(self):
        """Describe an account without giving away its number."""
        self.ensure_one()
        number = (self.sanitized_acc_number or "")[-LAST_DIGITS:]
        names = (self.bank_id.name, self.acc_holder_name, f"*{number}")
        return " ".join(name for name in names if name)

    def _note_ca_accounts(self, former):
        """Write what has become of these accounts into the timelines of the customers.

        :param dict former: what :meth:`_get_ca_accounts` returned before
        """
        current = self._get_ca_accounts()
        rows = []
        for account in {**former, **current}:
            before, after = former.get(account), current.get(account)
            if before == after:
                continue
            if before and after and before[0] == after[0]:
                rows.append((before[0], "bank", self._get_ca_change(before, after)))
                continue
            if before:
                rows.append((before[0], "bank", self._get_ca_change(before, None)))
            if after:
                rows.append((after[0], "bank", self._get_ca_change(None, after)))
        self.env["res.partner"]._note_ca_changes(rows)

    @api.model
    def _get_ca_change(self, before, after):
        if before and after:
            return self.env._(
                "Bank account %(former)s changed to %(account)s",
                former=before[1],
                account=after[1],
            )
        if after:
            return self.env._("Bank account %(account)s added", account=after[1])
        return self.env._("Bank account %(account)s removed", account=before[1])
