import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from odoo.addons.record_control.tools.masking import mask_phone

#: who sees phone numbers of customers in full, besides the people in charge (CA-13)
PHONE_GROUPS = (
    "customer_archive.group_customer_archive_keeper",
    "customer_archive.group_customer_archive_manager",
)
WAN = 10_000  # the forms count in 万元


class CustomerArchive(models.Model):
    """What the printed cards ask of an archive. Empty values print as empty cells to be filled in by hand."""

    _inherit = "customer.archive"

    phone = fields.Char(
        compute="_compute_phone",
        help="Phone of the customer. Who is neither in charge nor keeper nor manager sees it without the middle digits.",
    )

    @api.depends("partner_id.phone", "user_id", "second_user_id")
    @api.depends_context("uid")
    def _compute_phone(self):
        phones = self._get_shown_phones()
        for archive in self:
            archive.phone = phones[archive.id]

    def _get_shown_phones(self):
        """Return the phones of these customers as the user may see them.

        :return: id of the archive -> phone
        :rtype: dict
        """
        clear = self._has_one_of(PHONE_GROUPS)
        user = self.env.user
        customers = self.partner_id
        customers.fetch(["phone"])
        return {
            archive.id: phone
            if clear or not phone or user in archive.user_id | archive.second_user_id
            else mask_phone(phone)
            for archive in self
            for phone in (archive.partner_id.phone,)
        }

    def _may_see_phones(self):
        """Return whether the user sees the phone numbers of this customer in full."""
        self.ensure_one()
        return self.env.user in (
            self.user_id | self.second_user_id
        ) or self._has_one_of(PHONE_GROUPS)

    # --- Values ---

    def _card_money(self, amount):
        """Print an amount in company currency, an empty cell when there is none."""
        return self._card_money_in(amount, self.currency_id)

    @api.model
    def _card_money_in(self, amount, currency):
        return formatLang(self.env, amount, currency_obj=currency) if amount else ""

    def _card_wan(self, amount):
        """Print an amount in units of ten thousand (万元)."""
        return self._card_number(amount / WAN, 2)

    @api.model
    def _card_quantity(self, value):
        """Print a quantity with as many decimals as it has, four at most."""
        digits = len(f"{value:.4f}".rstrip("0").partition(".")[2])
        return formatLang(self.env, value, digits=digits)

    def _card_phone(self, phone):
        """Print a phone number of the customer's people, masked like the customer's own."""
        return phone if self._may_see_phones() else mask_phone(phone)

    def _card_is_secret(self):
        """Return whether a print of these archives carries the watermark of a controlled document (CA-12)."""
        return any(archive.confidentiality != "internal" for archive in self)

    def _card_number(self, value, digits=0):
        return formatLang(self.env, value, digits=digits) if value else ""

    def _card_percent(self, share, digits=2):
        """Print a share given in percent; whole percents without decimals."""
        return f"{self._card_quantity(round(share, digits))} %" if share else ""

    def _card_date(self, day):
        return format_date(self.env, day) if day else ""

    def _card_options(self, fname):
        """Return the options of a selection as the form prints them, the chosen one marked.

        :rtype: list of (bool, str)
        """
        self.ensure_one()
        value = self[fname]
        return [
            (key == value, label)
            for key, label in self._fields[fname]._description_selection(self.env)
        ]

    def _card_late_payment_options(self):
        """Return the two options of F19 about late payments, the one that applies marked."""
        late = bool(self.has_paid_late)
        return [
            (late, self.env._("Has paid late")),
            (not late, self.env._("Never paid late")),
        ]

    @api.model
    def _card_rows(self, records, count):
        """Return the records and as many empty rows as fill the grid of the form.

        :param records: recordset or list
        :param int count: rows that the form has at least
        :return: list of records, None for an empty row
        """
        rows = list(records)
        return rows + [None] * (count - len(rows))

    # --- People and places ---

    def _card_contact(self, *codes):
        """Return the first contact of the customer with one of the roles."""
        return self.partner_id._get_ca_contacts_by_role(*codes)[:1]

    def _card_names(self, *codes):
        """Return the names of the contacts with one of the roles."""
        return ", ".join(
            contact.name or ""
            for contact in self.partner_id._get_ca_contacts_by_role(*codes)
        )

    def _card_phones(self, *codes):
        return ", ".join(
            filter(
                None, self.partner_id._get_ca_contacts_by_role(*codes).mapped("phone")
            )
        )

    def _card_persons(self):
        """Return the persons in the order of their roles, the most important first."""
        order = {code: rank for rank, code in enumerate(self._get_person_roles())}

        def rank(person):
            return min(
                (
                    order.get(code, len(order))
                    for code in person.role_ids.mapped("code")
                ),
                default=len(order) + 1,
            )

        return self.person_ids.sorted(
            lambda person: (rank(person), person.sequence, person.id)
        )

    def _card_person(self, *codes):
        """Return what the archive knows of the contact with one of the roles."""
        contact = self._card_contact(*codes)
        return self.person_ids.filtered(lambda person: person.partner_id == contact)[:1]

    def _card_birth_date(self, person):
        """Print a date of birth where the company prints private data and the reader may see it (A-22)."""
        if not person or not person._may_print_private_data():
            return ""
        return self._card_date(person.birth_date)

    def _card_own_person(self):
        """Return what the archive knows of a private customer itself."""
        return self.person_ids.filtered(
            lambda person: person.partner_id == self.partner_id
        )[:1]

    def _card_decision_makers(self):
        """Return the names of those who decide and of those in charge at the customer."""
        return self._card_names(
            "legal_representative",
            "chairman",
            "general_manager",
            "owner",
            "operator",
            "responsible",
            "purchasing_manager",
        )

    def _get_emergency_contacts(self):
        """Return the people of the customer to be called in an emergency (CA-06 Q02): here by their role."""
        self.ensure_one()
        return self.partner_id._get_ca_contacts_by_role("emergency")

    def _card_address(self):
        return self._card_one_line(self.partner_id)

    @api.model
    def _card_one_line(self, partner):
        """Return the address of a contact on one line."""
        address = partner._display_address(without_company=True) if partner else ""
        # a part that is empty leaves its comma in the address format of the country
        parts = re.split(r"[,\n]", address)
        return ", ".join(filter(None, (part.strip() for part in parts)))

    def _card_banks(self):
        return ", ".join(
            filter(
                None,
                [
                    f"{bank.bank_id.name or ''} {bank.acc_number or ''}".strip()
                    for bank in self.partner_id.bank_ids
                ],
            )
        )

    def _card_payment_terms(self):
        return (
            self.partner_id.with_company(self.company_id).property_payment_term_id.name
            or ""
        )

    # --- Figures ---

    def _card_season(self):
        """Return the twelve calendar months with their share of the last twelve full months, January first."""
        shares = {row["month"][-2:]: row["share"] for row in self.trade_months or []}
        return [(number, shares.get(f"{number:02}", 0.0)) for number in range(1, 13)]

    def _card_years(self, count):
        """Return the latest years with trade, the latest last, padded in front.

        :param int count: number of columns of the form
        """
        latest = list(reversed((self.trade_years or [])[:count]))
        return latest + [None] * (count - len(latest))

    def _card_turnovers(self, count):
        """Return the customer's own turnover of the latest years, the latest last."""
        return self._card_rows(
            list(reversed(self.turnover_ids.sorted("year", reverse=True)[:count])),
            count,
        )

    def _card_estate(self, kind, place, tenure=None):
        """Return the area of the customer's land or buildings."""
        return sum(
            self.estate_ids.filtered(
                lambda line: line.kind == kind
                and line.place == place
                and tenure in (None, line.tenure)
            ).mapped("area")
        )

    def _card_data_items(self):
        """Return the numbered items of F16: 19 for a company, 14 for a person or family.

        :rtype: list of (label, value)
        """
        self.ensure_one()
        env = self.env
        started = self._card_date(self.date_first_order)
        record = ", ".join(
            f"{row['year']}: {self._card_money(row['amount'])}"
            for row in (self.trade_years or [])[:3]
        )
        credit = dict(self._fields["credit_status"]._description_selection(env)).get(
            self.credit_status, ""
        )
        if self.is_company:
            return [
                (env._("Company name"), self.partner_id.name),
                (env._("Company address"), self._card_address()),
                (env._("Contact phone"), self.phone),
                (env._("Line of industry"), self.industry_id.name),
                (env._("Number of employees"), self._card_number(self.staff_total)),
                (
                    env._("Amount of registered capital"),
                    self._card_money(self.registered_capital),
                ),
                (
                    env._("Person responsible"),
                    self._card_names("responsible", "legal_representative", "owner"),
                ),
                (env._("Reputation in the trade"), self.trade_reputation),
                (env._("Market position (share)"), self.market_position),
                (env._("Purchasing manager"), self._card_names("purchasing_manager")),
                (
                    env._("Purchasing assistants"),
                    self._card_names("purchasing_assistant"),
                ),
                (env._("Company founded on"), self._card_date(self.date_founded)),
                (env._("Trade with us since"), started),
                (env._("Record of trade"), record),
                (env._("Credit rating"), credit),
                (env._("Bank of deposit"), self._card_banks()),
                (env._("Way of payment"), self.payment_method),
                (env._("Payment day"), self.payment_day),
                (env._("Terms of payment"), self._card_payment_terms()),
            ]
        person = self._card_own_person()
        age = (
            person.age
            if person and person._may_print_private_data() and person.birth_date
            else ""
        )
        return [
            (env._("Full name"), self.partner_id.name),
            (env._("Age"), age),
            (env._("Home address"), self._card_address()),
            (env._("Contact phone"), self.phone),
            (env._("Occupation"), person.occupation),
            (env._("Position held"), self.partner_id.function),
            (env._("Interests"), person.hobby),
            (env._("Favourite sports"), person.sport),
            (env._("First transaction with us"), started),
            (env._("Record of trade"), record),
            (env._("Credit status"), credit),
            (env._("Bank"), self._card_banks()),
            (env._("Terms of payment"), self._card_payment_terms()),
            (env._("Payment day"), self.payment_day),
        ]

    def _card_by_region(self):
        """Return the archives region by region, those without a region last."""
        return self.sorted(
            lambda archive: (not archive.state_id, archive.state_id.name or "")
        )

    # --- Groups of F15 ---

    def _card_groups(self):
        """Split archives into present, past and future customers (CA-20, CA-36).

        Future customers are archives without trade, and the prospects of the same salespeople that
        have no archive yet.

        :rtype: dict
        """
        return {
            "present": self.filtered(lambda archive: archive.trade_class == "trading"),
            "past": self.filtered(lambda archive: archive.trade_class == "past"),
            "future": self.filtered(
                lambda archive: archive.trade_class in ("soon", "none")
            ),
            "prospects": self._card_prospects(),
        }

    def _card_prospects(self):
        """Return the open leads of the salespeople of these archives whose company has no archive.

        :rtype: recordset of crm.lead, one for each prospect
        """
        leads = self.env["crm.lead"]
        if not leads.has_access("read"):
            return leads
        open_leads = leads.search(
            Domain("user_id", "in", (self.user_id | self.second_user_id).ids)
            & Domain("company_id", "in", [*self.company_id.ids, False])
            & Domain("won_status", "=", "pending")
        )
        # sudo: whether there is an archive; nothing of it is shown
        filed = self.sudo().search(
            [
                (
                    "partner_id",
                    "in",
                    [self._card_lead_customer(lead).id for lead in open_leads],
                ),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        prospects = open_leads.filtered(
            lambda lead: self._card_lead_customer(lead) not in filed.partner_id
        )
        first = {self._card_lead_name(lead): lead for lead in reversed(prospects)}
        return leads.concat(*reversed(first.values()))

    @api.model
    def _card_lead_customer(self, lead):
        """Return the company behind a lead: its contact's, or the one Odoo found by its name."""
        return lead.partner_id.commercial_partner_id or lead.commercial_partner_id

    @api.model
    def _card_lead_name(self, lead):
        return (
            self._card_lead_customer(lead).name
            or lead.partner_name
            or lead.contact_name
            or lead.name
        )

    @api.model
    def _card_lead_address(self, lead):
        """Return the address of a prospect on one line, from the lead when it has no contact."""
        if lead.partner_id:
            return self._card_one_line(lead.partner_id)
        parts = (lead.country_id.name, lead.state_id.name, lead.city, lead.street)
        return ", ".join(filter(None, parts))

    @api.model
    def _card_lead_phone(self, lead):
        """Print the phone of a prospect, masked for whoever is neither in charge nor keeper nor manager."""
        shown = lead.user_id == self.env.user or self._has_one_of(PHONE_GROUPS)
        return lead.phone if shown else mask_phone(lead.phone)

    # --- Sign-off ---

    def _card_sign_off_cells(self, code):
        """Return the sign-off cells of a card, in the form's own words.

        The cells are the steps of the sign-off route of the form; they are filled from the signatures of the review
        of the archive, step by step: whoever submitted it made the card, the supervisor reviewed it. A step that the
        review does not have stays blank, to be signed by hand.

        :param str code: key of the controlled form
        :return: cells for ``record_control.print_sheet_sign_off``
        :rtype: list
        """
        self.ensure_one()
        # sudo: whoever prints the card sees who has signed it
        archive_sudo = self.sudo()
        company_sudo = archive_sudo.company_id
        routes_sudo = company_sudo._find_setup(
            archive_sudo.env["sign.off.route"],
            [("model", "=", self._name), ("form_id.key", "=", code)],
        )
        steps_sudo = routes_sudo[:1].step_ids
        cells = [{"title": step.name} for step in steps_sudo]
        if self.sign_off_state != "sealed" or self._get_seal_reasons():
            return list(reversed(cells))
        request_sudo = archive_sudo.sign_off_request_id
        free = list(
            request_sudo.signature_ids.filtered(
                lambda signature: signature.decision == "approve"
            )
        )
        for cell, step in zip(cells, steps_sudo, strict=True):
            if step.signer_type == "requester":
                cell.update(
                    user=request_sudo.requester_id.name,
                    signed_at=request_sudo.requested_at,
                )
                continue
            for signature in free:
                signed = signature.step_id
                if (signed.signer_type, signed.role, signed.group_id) == (
                    step.signer_type,
                    step.role,
                    step.group_id,
                ):
                    cell.update(
                        user=signature.user_id.name,
                        signed_at=signature.signed_at,
                        opinion=signature.opinion,
                        note=signature.note,
                    )
                    free.remove(signature)
                    break
        return list(reversed(cells))
