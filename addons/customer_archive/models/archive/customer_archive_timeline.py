from odoo import api, fields, models

# (from, to) -> code of the event type; any source when it is None
TRANSITION_EVENTS = {
    ("draft", "review"): "submitted",
    ("review", "active"): "filed",
    ("approval", "active"): "filed",
    ("active", "stopped"): "stopped",
    ("stopped", "active"): "resumed",
    ("active", "cancelled"): "deregistered",
    ("stopped", "cancelled"): "deregistered",
    ("cancelled", "active"): "restored",
    ("cancelled", "destroyed"): "destroyed",
}


class CustomerArchive(models.Model):
    """Timeline of the customer (CA-08)."""

    _inherit = "customer.archive"

    event_ids = fields.One2many(
        comodel_name="customer.archive.event",
        inverse_name="archive_id",
        string="Timeline",
        copy=False,
    )
    event_count = fields.Integer(
        compute="_compute_event_count",
    )

    @api.depends("event_ids")
    def _compute_event_count(self):
        counts = dict(
            self.env["customer.archive.event"]._read_group(
                [("archive_id", "in", self.ids)], ["archive_id"], ["__count"]
            )
        )
        for archive in self:
            archive.event_count = counts.get(archive._origin, 0)

    # --- Print ---

    def _get_printed_events(self):
        """Return what the reader may see of the timeline of this archive, the oldest first (P-51)."""
        self.ensure_one()
        events = self.env["customer.archive.event"]
        return events.search([("archive_id", "=", self.id)], order="date, id")

    @api.model
    @api.private
    def _add_archive_event(
        self, partner, event_type, subject, description=None, source=None, **values
    ):
        """Add an event to the timeline of a customer; the call for all other applications.

        The event is written whoever acts: knowledge about a customer must not stay with one person. A customer
        without archive gets one, for the event is a contact.

        :param res.partner partner: the customer or one of its contacts
        :param str event_type: code of a ``customer.archive.event.type``
        :param str subject: one line
        :param str description: longer text
        :param source: the record the event is about (any model)
        :param values: further values of ``customer.archive.event``: ``confidential``, ``date``, ``company_id``
        :return: the event, in superuser mode; empty when the partner is no customer (own people, own companies)
        :rtype: customer.archive.event
        """
        return self._add_archive_events(
            [
                {
                    "partner": partner,
                    "type": event_type,
                    "subject": subject,
                    "description": description,
                    "source": source,
                    **values,
                }
            ]
        )

    @api.model
    @api.private
    def _add_archive_events(self, rows):
        """Add many events at once, see :meth:`_add_archive_event`.

        :param list rows: dicts with ``partner``, ``type``, ``subject`` and further values of the event
        :return: the events, in superuser mode
        :rtype: customer.archive.event
        """
        Company = self.env["res.company"]
        prepared = []
        for row in rows:
            row = dict(row)
            company = Company.browse(row.pop("company_id", None) or self.env.company.id)
            prepared.append(
                (company, row.pop("partner").sudo().commercial_partner_id, row)
            )
        self._open_for_contacts(
            [(company, partner, None, None) for company, partner, _row in prepared]
        )
        archives_sudo = {}
        for company in {company for company, _partner, _row in prepared}:
            partners = self.env["res.partner"].browse(
                [p.id for c, p, _row in prepared if c == company]
            )
            for archive_sudo in partners._get_ca_archives_sudo(company):
                archives_sudo[company, archive_sudo.partner_id.id] = archive_sudo
        types = self.env["customer.archive.event.type"]._get_ids_by_code()
        vals_list = []
        for company, partner, row in prepared:
            archive_sudo = archives_sudo.get((company, partner.id))
            if not archive_sudo:
                continue
            source = row.pop("source", None)
            if source:
                row.update(res_model=source._name, res_id=source.id)
            code = row.pop("type")
            vals_list.append(
                {**row, "archive_id": archive_sudo.id, "type_id": types[code]}
            )
        return self.env["customer.archive.event"].sudo().create(vals_list)

    def _add_transition_events(self, source, target):
        """Record a step of the archive in its timeline."""
        code = TRANSITION_EVENTS.get((source, target))
        if not code or not self:
            return
        event_type = self.env["customer.archive.event.type"].browse(
            self.env["customer.archive.event.type"]._get_ids_by_code()[code]
        )
        reasons = {
            "stopped": "stop_reason",
            "resumed": "restoration_reason",
            "deregistered": "deregistration_reason",
            "restored": "restoration_reason",
        }
        # The timeline is written whoever takes the step.
        self.env["customer.archive.event"].sudo().create(
            [
                {
                    "archive_id": archive.id,
                    "type_id": event_type.id,
                    "subject": event_type.name,
                    "description": archive[reasons[code]] if code in reasons else False,
                }
                for archive in self
            ]
        )
