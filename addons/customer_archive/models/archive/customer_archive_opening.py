from collections import defaultdict

from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import mute_logger

CLOCK = "archive_opening"


class CustomerArchive(models.Model):
    """Opening an archive within a week of the first contact (CA-02)."""

    _inherit = "customer.archive"

    date_first_contact = fields.Date(
        string="First Contact",
        index=True,
        copy=False,
        tracking=True,
        help="Earliest opportunity, quotation or meeting; the keeper may correct it.",
    )
    date_opening_deadline = fields.Date(
        string="Opening Deadline",
        compute="_compute_date_opening_deadline",
        store=True,
        readonly=True,
        help="Last day on which the archive may be submitted.",
    )
    opened_automatically = fields.Boolean(
        readonly=True,
        copy=False,
    )

    # --- Computes ---

    @api.depends("clock_ids.deadline", "clock_ids.code")
    def _compute_date_opening_deadline(self):
        for archive in self:
            clocks = archive.clock_ids.filtered(lambda clock: clock.code == CLOCK)
            deadline = clocks[-1:].deadline
            archive.date_opening_deadline = (
                deadline and archive.company_id._record_control_today(at=deadline)
            )

    # --- Constraints ---

    @api.constrains("date_first_contact")
    def _check_date_first_contact(self):
        early = self.filtered(
            lambda archive: archive.date_first_contact
            and archive.date_first_contact > archive.company_id._record_control_today()
        )
        if early:
            raise ValidationError(
                self.env._(
                    "The first contact lies in the future: %(archives)s.",
                    archives=", ".join(early.mapped("display_name")),
                )
            )

    # --- Opening ---

    @api.model
    @api.private
    def _open_for_contacts(self, contacts):
        """Open the archives of customers that had their first contact; other applications call it for their contacts.

        Customers who have an archive keep it; a further team that deals with them is added to it. Own companies and
        own people are no customers. The number of queries does not depend on the number of contacts.

        :param list contacts: tuples (company, partner, user, team); user and team may be empty
        :return: the new archives
        :rtype: customer.archive
        """
        opened = self.browse()
        by_company = defaultdict(list)
        for company, partner, user, team in contacts:
            if company and partner:
                by_company[company].append(
                    (partner.sudo().commercial_partner_id, user, team)
                )
        for company, rows in by_company.items():
            if not company.sudo().ca_auto_open:
                continue
            known_sudo = (
                self.env["res.partner"]
                .browse([row[0].id for row in rows])
                ._get_ca_archives_sudo(company)
            )
            self._add_further_teams(known_sudo, rows)
            known_ids = set(known_sudo.partner_id.ids)
            new_rows = {}
            for row in rows:
                if row[0].id not in known_ids:
                    new_rows.setdefault(row[0], row)
            for own in self._get_own_partners(new_rows):
                new_rows.pop(own, None)
            if new_rows:
                opened |= self._open_new(company, list(new_rows.values()))
        return opened

    @api.model
    def _get_own_partners(self, partners):
        """Return those of the partners that are our own companies or people."""
        ids = [partner.id for partner in partners]
        if not ids:
            return self.env["res.partner"]
        env_sudo = self.sudo().with_context(active_test=False).env
        users = env_sudo["res.users"].search(
            [("partner_id", "in", ids), ("share", "=", False)]
        )
        companies = env_sudo["res.company"].search([("partner_id", "in", ids)])
        return (users.partner_id | companies.partner_id).sudo(self.env.su)

    @api.model
    def _add_further_teams(self, archives_sudo, rows):
        """List on the archives the further teams that trade with their customers."""
        teams = defaultdict(set)
        for partner, _user, team in rows:
            if team:
                teams[partner.id].add(team.id)
        for archive_sudo in archives_sudo if teams else ():
            further = (
                teams[archive_sudo.partner_id.id]
                - {archive_sudo.team_id.id}
                - set(archive_sudo.further_team_ids.ids)
            )
            if further:
                archive_sudo.further_team_ids = [
                    fields.Command.link(team_id) for team_id in further
                ]

    @api.model
    def _open_new(self, company, rows):
        """Create draft archives; another transaction may have been faster for some of them."""
        categories = self._get_default_categories()
        vals_list = [
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "user_id": self._find_person_in_charge(
                    company, partner.user_id, user, team and team.user_id
                ).id,
                "team_id": team.id if team else False,
                "category_id": categories[partner.is_company].id,
                "opened_automatically": True,
            }
            for partner, user, team in rows
        ]
        # Whoever makes the first contact need not have rights on archives; the archive is the company's.
        model_sudo = self.sudo().with_context(
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            tracking_disable=True,
            mail_activity_quick_update=True,
        )
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                return model_sudo.create(vals_list).with_env(self.env)
        except errors.UniqueViolation:
            # The first contact of two transactions at once: the other one opens the archive.
            if len(rows) == 1:
                return self.browse()
            opened = self.browse()
            for row in rows:
                opened |= self._open_new(company, [row])
            return opened

    @api.model
    def _find_person_in_charge(self, company, *users):
        """Return the first of the users who works in the company; contacts are shared, their salespeople are not.

        A customer keeps the name of a salesperson who has left: somebody else opens the archive.

        :rtype: res.users
        """
        for user in filter(None, users):
            # sudo: who works where is no secret
            user_sudo = user.sudo()
            if (
                user_sudo.active
                and not user_sudo.share
                and company in user_sudo.company_ids
            ):
                return user
        return self.env["res.users"]

    @api.model
    def _get_default_categories(self):
        """Return the categories proposed for companies and for persons.

        :return: whether the customer is a company -> category, empty when it was deleted
        :rtype: dict
        """
        empty = self.env["customer.archive.category"]
        return {
            is_company: self.env.ref(
                f"customer_archive.customer_archive_category_{code}",
                raise_if_not_found=False,
            )
            or empty
            for is_company, code in ((True, "customer"), (False, "person"))
        }

    @api.model
    def _fill_opening_vals(self, vals_list):
        """Fill in first contact, category and team of archives to be created."""
        by_company = defaultdict(list)
        categories = self._get_default_categories()
        for vals in vals_list:
            company_id = vals.get("company_id") or self.default_get(["company_id"]).get(
                "company_id"
            )
            if vals.get("partner_id"):
                by_company[company_id].append(vals)
        for company_id, batch in by_company.items():
            company = self.env["res.company"].browse(company_id)
            partners_sudo = (
                self.env["res.partner"]
                .sudo()
                .browse([vals["partner_id"] for vals in batch])
            )
            # of a customer whose archive was destroyed nothing is known any more: the day of the return counts
            returning_sudo = partners_sudo._search_ca_archives_sudo(
                Domain("company_id", "=", company.id)
                & Domain("state", "=", "destroyed")
            ).partner_id
            dates = self._get_first_contact_dates(
                partners_sudo - returning_sudo, company
            )
            for vals, partner_sudo in zip(batch, partners_sudo, strict=True):
                if not vals.get("date_first_contact"):
                    vals["date_first_contact"] = (
                        dates.get(partner_sudo.id) or company._record_control_today()
                    )
                owner = self._find_person_in_charge(company, partner_sudo.user_id)
                if "user_id" not in vals and owner:
                    vals["user_id"] = owner.id
                if not vals.get("team_id"):
                    user = (
                        self.env["res.users"]
                        .sudo()
                        .browse(vals.get("user_id") or self.env.uid)
                    )
                    team = user.sale_team_id
                    if not team.company_id or team.company_id == company:
                        vals["team_id"] = team.id
                if "category_id" not in vals:
                    vals["category_id"] = categories[partner_sudo.is_company].id
            self._number_customers(partners_sudo, company)

    @api.model
    def _get_first_contact_dates(self, partners, company):
        """Return the day of the first opportunity, quotation or meeting of each customer.

        :param res.partner partners: customers, in superuser mode
        :param res.company company: opportunities and quotations of this company count
        :return: id of the customer -> day in the time zone of the company
        :rtype: dict
        """
        reach = partners._get_ca_reach()
        own = Domain("company_id", "in", (company.id, False))
        env_sudo = self.sudo().with_context(active_test=False).env
        instants = defaultdict(list)
        sources = (
            ("crm.lead", reach & own, "partner_id", "create_date:min"),
            (
                "sale.order",
                reach & Domain("company_id", "=", company.id),
                "partner_id",
                "date_order:min",
            ),
            (
                "calendar.event",
                partners._get_ca_reach("partner_ids")
                & Domain("start", "<=", fields.Datetime.now()),
                "partner_ids",
                "start:min",
            ),
        )
        for model, domain, group, aggregate in sources:
            for partner, instant in env_sudo[model]._read_group(
                domain, [group], [aggregate]
            ):
                if instant:
                    instants[partner.commercial_partner_id.id].append(instant)
        return {
            partner_id: company._record_control_today(at=min(found))
            for partner_id, found in instants.items()
        }

    @api.model
    def _number_customers(self, partners_sudo, company):
        """Give customers without a reference the next customer number (CA-01)."""
        unnumbered = partners_sudo.filtered(lambda partner: not partner.ref)
        numbers = company._take_ca_customer_numbers(len(unnumbered))
        for partner, number in zip(unnumbered, numbers, strict=False):
            partner.ref = number

    # --- Deadline ---

    def _start_opening(self):
        """Start the week of drafts and ask the persons in charge to fill in the archives."""
        drafts = self.filtered(lambda archive: archive.state == "draft")
        drafts._start_opening_clock()
        drafts._schedule_opening_activities()

    def _start_opening_clock(self):
        """Start the week of these drafts on the day :meth:`_get_opening_start` says."""
        for (start, reason), archives in self.grouped(
            lambda archive: archive._get_opening_start()
        ).items():
            archives._clock_start(CLOCK, start=start, reason=reason)

    def _get_opening_start(self):
        """Return from when the week of this archive counts.

        From the first contact (CA-01), at the earliest from when the company opens archives.

        :return: day and, unless it is the first contact, the sentence that says why
        :rtype: tuple[date, str | None]
        """
        self.ensure_one()
        since = self.company_id.sudo().ca_opening_since
        if since and since > self.date_first_contact:
            reason = self.env._(
                "The customer was contacted before the rule was in force."
            )
            return since, reason
        return self.date_first_contact, None

    def _schedule_opening_activities(self):
        """Ask each person in charge to fill in and submit the archive."""
        activity_type = "customer_archive.mail_activity_type_open_archive"
        if not self.env.ref(activity_type, raise_if_not_found=False):
            return
        self._create_activities(
            {
                archive: {
                    "user_id": archive.user_id.id,
                    "date_deadline": archive.date_opening_deadline
                    or archive.company_id._record_control_today(),
                    "summary": self.env._("Fill in and submit the archive"),
                }
                for archive in self
            },
            activity_type,
        )

    def _finish_opening(self):
        """The archive is submitted: the week is over, the activity done."""
        self._clock_stop(CLOCK)
        # The step itself is in the chatter; a message for each activity would say it twice.
        self.sudo().activity_unlink(
            ["customer_archive.mail_activity_type_open_archive"]
        )

    def _get_clock_recipients(self, role):
        users = super()._get_clock_recipients(role)
        if role == "responsible":
            return users | self.user_id
        if role == "supervisor":
            return users | (self.supervisor_id or self.team_id.user_id)
        if role == "keeper":
            return users | self._get_access_keepers()
        return users

    def write(self, vals):
        result = super().write(vals)
        if vals.get("date_first_contact"):
            self._restart_opening_clock()
        return result

    def _restart_opening_clock(self):
        """The keeper has corrected the first contact: the week of drafts counts from there."""
        drafts = self.filtered(lambda archive: archive.state == "draft")
        drafts._clock_cancel(
            CLOCK, self.env._("The date of the first contact was corrected.")
        )
        drafts._start_opening_clock()
