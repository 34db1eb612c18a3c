from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """A customer's new name is written into its timeline (CA-08), by whatever road it came."""

    _inherit = "res.partner"

    def write(self, vals):
        former = {partner: partner.name for partner in self} if vals.get("name") else {}
        result = super().write(vals)
        self._note_ca_changes(
            [
                (
                    partner,
                    "rename",
                    self.env._(
                        "%(former)s is now called %(name)s",
                        former=name,
                        name=partner.name,
                    ),
                )
                for partner, name in former.items()
                if name and name != partner.name
            ]
        )
        return result

    @api.model
    def _note_ca_changes(self, rows):
        """Write changes of customers into the timelines of their archives, in all companies that have one.

        :param list rows: tuples of customer, code of the event type, and subject
        """
        if not rows:
            return
        customers = self.union(*(customer for customer, __, __ in rows))
        # the change is noted whoever makes it; companies keep archives of their own
        archives_sudo = customers._search_ca_archives_sudo(
            Domain("state", "!=", "destroyed")
        )
        by_customer = archives_sudo.grouped(lambda archive: archive.partner_id.id)
        archives_sudo._add_archive_events(
            [
                {
                    "partner": customer,
                    "type": event_type,
                    "subject": subject,
                    "source": customer,
                    "company_id": archive.company_id.id,
                }
                for customer, event_type, subject in rows
                for archive in by_customer.get(customer.id, ())
            ]
        )
