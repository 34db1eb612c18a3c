from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

STAMPED_KINDS = ("print", "copy", "external")


class CustomerArchive(models.Model):
    """Paper beside the archive is stamped 受控文件 with its request and its period of use (CA-12 rule 3)."""

    _inherit = "customer.archive"

    def _get_print_release(self):
        """Return the approved request by which the user prints these archives now, in superuser mode.

        :rtype: customer.archive.release
        """
        company = self.company_id
        # sudo: the request decides what is stamped, whoever else may read it
        releases_sudo = self.env["customer.archive.release"].sudo()
        if len(company) != 1:
            return releases_sudo
        candidates_sudo = releases_sudo.search(
            Domain("kind", "in", STAMPED_KINDS)
            & Domain("company_id", "=", company.id)
            & Domain("user_id", "=", self.env.uid)
            & Domain("state", "in", ("approved", "received"))
            & Domain("date_until", ">=", company._record_control_today())
            & Domain("archive_ids", "in", self[:1].ids)
        )
        return candidates_sudo.filtered(
            lambda release: self.ids
            and set(self.ids) <= set(release.archive_ids.ids)
            and not release._get_seal_reasons()
        )[:1]

    def _get_print_stamp(self):
        """Return what is stamped on a print of these archives; nothing when no request covers it.

        :return: ``title``, ``number`` and ``lines``, pairs of label and value
        :rtype: dict
        """
        release_sudo = self._get_print_release()
        if not release_sudo:
            return {}
        recipient = ", ".join(
            filter(None, (release_sudo.recipient_name, release_sudo.recipient_company))
        )
        return {
            "title": self.env._("Controlled Document"),
            "number": release_sudo.name,
            "lines": [
                (self.env._("Request no."), release_sudo.name),
                (
                    self.env._("Period of use until"),
                    format_date(self.env, release_sudo.date_until),
                ),
                (self.env._("Recipient"), recipient),
            ],
        }


class CustomerNewReport(models.Model):
    """The report of a new customer (E01) is paper beside the archive, too (CA-12 rule 3, CA-30)."""

    _inherit = "customer.new.report"

    def _get_print_stamp(self):
        """Return what is stamped on the print: the request for the customer's archive, if one covers it.

        :return: as for archives
        :rtype: dict
        """
        self.ensure_one()
        archives = self.env["customer.archive"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "!=", "destroyed"),
            ]
        )
        return archives._get_print_stamp()

    def _card_is_secret(self):
        """Return whether the customer's archive is secret: its report carries the watermark (CA-12)."""
        self.ensure_one()
        # sudo: the print is marked also for somebody who does not see the archive
        archives_sudo = self.partner_id._get_ca_archives_sudo(self.company_id)
        return archives_sudo._card_is_secret()
