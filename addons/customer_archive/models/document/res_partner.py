from odoo import models
from odoo.fields import Domain

# The description of the credit standing in the checklist of an archive
CREDIT_DOCUMENT_CODES = ("D06",)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        # asked beforehand: core takes it out of the values
        kind = "is_company" in vals
        result = super().write(vals)
        if kind:
            # Companies and persons have different checklists. Everybody who may edit the contact keeps them right.
            archives_sudo = self.sudo().ca_archive_ids
            self.env["customer.archive.document"].sudo()._sync_checklist(archives_sudo)
        return result

    def _get_ca_credit_analysis_days(self, company):
        """Return when the credit of these customers was investigated last. Hook of the other chapters.

        :param res.company company: the company of the archives
        :return: id of the customer -> date; customers without a valid analysis are left out
        :rtype: dict
        """
        if not self.ids:
            return {}
        today = company._record_control_today()
        # sudo: that an analysis exists is no secret, its content is
        documents_sudo = self.env["customer.archive.document"].sudo()
        valid = Domain("date_valid_until", "=", False) | Domain(
            "date_valid_until", ">=", today
        )
        return {
            customer.id: day
            for customer, day in documents_sudo._read_group(
                valid
                & Domain("archive_id.partner_id", "in", self.ids)
                & Domain("company_id", "=", company.id)
                & Domain("type_id.code", "in", CREDIT_DOCUMENT_CODES)
                & Domain("date_received", "!=", False)
                & Domain("is_not_applicable", "=", False)
                & Domain("date_destroyed", "=", False),
                ["partner_id"],
                ["date_received:max"],
            )
        }
