from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedOne2many,
)

from ...tools.company_name import name_key
from ...tools.credit_code import clean_code
from .customer_archive import OTHERS_GROUPS

MANAGER = "customer_archive.group_customer_archive_manager"
FINANCE = "customer_archive.group_customer_archive_finance"
# state of an archive with whose customer no order is contracted -> what to call it
ENDED_STATES = {
    "stopped": "stopped",
    "cancelled": "deregistered",
    "destroyed": "destroyed",
}
# field -> groups that may set it; no group: only the system, by the process that owns the field
MANAGED_FIELDS = {
    "ca_grade_id": (MANAGER, FINANCE),
    "ca_is_key": (MANAGER,),
    "ca_is_vip": (MANAGER,),
    "ca_credit_status": (MANAGER, FINANCE),
    "ca_trading_stopped": (),
    # figured out, but Odoo takes a value over RPC as well: by these a customer is known again (CA-02, CA-16)
    "ca_name_key": (),
    "ca_pinyin": (),
    "commercial_partner_id": (),
}
# what a customer is known by -> how two values of it are compared
IDENTITY_FIELDS = {
    "name": name_key,
    "company_registry": clean_code,
    "vat": clean_code,
}


class ResPartner(models.Model):
    """What everybody may see of a customer's standing; what is restricted lives on the archive.

    All fields are kept per company, like the archive.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "fixed.defaults.mixin"]

    ca_archive_ids = RestrictedOne2many(
        comodel_name="customer.archive",
        inverse_name="partner_id",
        string="Customer Archives",
        groups="base.group_user",
    )
    ca_grade_id = fields.Many2one(
        comodel_name="customer.grade",
        string="Customer Grade",
        company_dependent=True,
        copy=False,
        ondelete="restrict",
        help="Grade of the customer in this company. Set by managers and finance.",
        groups="base.group_user",
    )
    ca_is_key = fields.Boolean(
        string="Key Customer",
        company_dependent=True,
        copy=False,
        help="Important customer: needs a second contact, and its archive is approved by a director. Set by managers.",
        groups="base.group_user",
    )
    ca_is_vip = fields.Boolean(
        string="VIP Customer",
        company_dependent=True,
        copy=False,
        help="Is received at VIP level. Set by managers.",
        groups="base.group_user",
    )
    ca_trading_stopped = fields.Boolean(
        string="Trading Stopped",
        company_dependent=True,
        copy=False,
        help="Orders of this customer cannot be confirmed. Set by stopping the trade on the customer's archive.",
        groups="base.group_user",
    )
    ca_credit_status = fields.Selection(
        selection=[
            ("high", "High"),
            ("normal", "Normal"),
            ("low", "Low"),
            ("very_low", "Very Low"),
        ],
        string="Credit Status",
        company_dependent=True,
        copy=False,
        help="Credit standing of the customer in this company. Set by finance and managers.",
        groups="base.group_user",
    )
    ca_archive_access = fields.Selection(
        selection=[
            ("none", "No archive"),
            ("request", "Access on request"),
            ("open", "May be opened"),
        ],
        string="Archive Access",
        compute="_compute_ca_archive_access",
        groups="base.group_user",
    )
    ca_vip_reception = fields.Boolean(
        string="VIP Reception",
        compute="_compute_ca_vip_reception",
        help="Important customers are received at VIP level.",
        groups="base.group_user",
    )
    ca_can_grade = fields.Boolean(
        compute="_compute_ca_can_grade",
        groups="base.group_user",
    )
    ca_can_rate_credit = fields.Boolean(
        compute="_compute_ca_can_grade",
        groups="base.group_user",
    )

    # --- Computes ---

    @api.depends("commercial_partner_id.ca_archive_ids")
    @api.depends_context("uid", "company")
    def _compute_ca_archive_access(self):
        commercial = self.commercial_partner_id
        archives_sudo = commercial._get_ca_archives_sudo(self.env.company)
        readable = (
            archives_sudo.sudo(self.env.su)._filtered_access("read").sudo().partner_id
        )
        for partner in self:
            customer = partner.commercial_partner_id
            if customer not in archives_sudo.partner_id:
                partner.ca_archive_access = "none"
            else:
                partner.ca_archive_access = (
                    "open" if customer in readable else "request"
                )

    @api.depends("commercial_partner_id.ca_is_key", "commercial_partner_id.ca_is_vip")
    @api.depends_context("company")
    def _compute_ca_vip_reception(self):
        for partner in self:
            customer = partner.commercial_partner_id
            partner.ca_vip_reception = customer.ca_is_key or customer.ca_is_vip

    @api.depends_context("uid")
    def _compute_ca_can_grade(self):
        self.ca_can_grade = self.env.user.has_group(MANAGER)
        self.ca_can_rate_credit = any(
            self.env.user.has_group(group) for group in (MANAGER, FINANCE)
        )

    # --- CRUD ---

    @api.model
    def _get_fixed_default_fields(self):
        return super()._get_fixed_default_fields() | MANAGED_FIELDS.keys()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_ca_managed_vals(
                {fname: value for fname, value in vals.items() if value}
            )
        partners = super().create(vals_list)
        partners._open_ca_archives_of_customers()
        return partners

    def write(self, vals):
        self._check_ca_managed_vals(vals)
        if {"parent_id", "is_company"} & vals.keys():
            self._check_ca_family_kept(vals)
        if not IDENTITY_FIELDS.keys().isdisjoint(vals):
            self._check_ca_identity_of_ended_kept(vals)
        if vals.get("company_id"):
            self._check_ca_company_of_archives(vals["company_id"])
        if "user_id" in vals:
            self._check_ca_salesperson_kept(vals["user_id"])
        if "active" in vals and not vals["active"]:
            self._check_ca_partner_archivable()
        becoming = (
            self.filtered(lambda partner: not partner.customer_rank)
            if vals.get("customer_rank")
            else self.browse()
        )
        # asked beforehand: core takes is_company out of the values
        moving = bool({"parent_id", "is_company"} & vals.keys())
        consulted_sudo = self._get_ca_consulted_orders_sudo() if moving else {}
        customers = {p: p.commercial_partner_id for p in self.sudo()} if moving else {}
        result = super().write(vals)
        becoming._open_ca_archives_of_customers()
        for customer_sudo, orders_sudo in consulted_sudo.items():
            # of another customer nobody has consulted the archive
            orders_sudo.filtered(
                lambda order,
                former=customer_sudo: order.partner_id.commercial_partner_id != former
            ).ca_archive_checked = False
        if moving:
            self._check_ca_trade_kept(customers)
            self._follow_ca_company()
        if {"ca_is_key", "ca_is_vip", "ca_grade_id"} & vals.keys():
            # What the mark asks of the archive is asked whoever sets it.
            archives_sudo = self._get_ca_archives_sudo(self.env.company)
            archives_sudo._refresh_approval_required()
            archives_sudo._remind_second_contact()
        return result

    # --- Actions ---

    def action_open_ca_archive(self):
        """Open the archive of the customer, or ask for access to it."""
        self.ensure_one()
        archive_sudo = self.commercial_partner_id._get_ca_archives_sudo(
            self.env.company
        )
        archive = archive_sudo.sudo(False)
        if not archive:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Customer Archive"),
                "res_model": "customer.archive",
                "view_mode": "form",
                "context": {"default_partner_id": self.commercial_partner_id.id},
            }
        if archive.has_access("read"):
            return archive._get_records_action(name=self.env._("Customer Archive"))
        return archive._get_access_request_action()

    # --- Business ---

    def _get_ca_archives_sudo(self, company):
        """Return the archives of these customers in one company, whoever asks.

        :param res.company company: the company of the archives
        :return: archives in superuser mode: check access before showing anything of them
        :rtype: customer.archive
        """
        return self._search_ca_archives_sudo(
            Domain("company_id", "=", company.id) & Domain("state", "!=", "destroyed")
        )

    def _search_ca_archives_sudo(self, domain):
        """Search among the archives of these customers, whoever asks. Hook: some archives stand for no customer.

        :param Domain domain: further condition
        :return: archives in superuser mode
        :rtype: customer.archive
        """
        archives_sudo = self.env["customer.archive"].sudo()
        if not self.ids:
            return archives_sudo
        return archives_sudo.with_context(active_test=False).search(
            Domain("partner_id", "in", self.ids) & domain
        )

    def _search_ca_ended_archives_sudo(self, domain=Domain.TRUE):
        """Search for the archives with whose customers, of these, the trade has ended, whoever asks (CA-16, CA-81).

        A destroyed archive counts until its customer has come back: until a new archive is on file.

        :param Domain domain: further condition
        :return: archives in superuser mode
        :rtype: customer.archive
        """
        ended_sudo = self._search_ca_archives_sudo(
            domain & Domain("state", "in", tuple(ENDED_STATES))
        )
        destroyed_sudo = ended_sudo.filtered(lambda a: a.state == "destroyed")
        if not destroyed_sudo:
            return ended_sudo
        anew_sudo = destroyed_sudo.partner_id._search_ca_archives_sudo(
            Domain("company_id", "in", destroyed_sudo.company_id.ids)
            & Domain("state", "!=", "destroyed")
            & Domain("date_filed", "!=", False)
        )
        back = {(a.partner_id.id, a.company_id.id) for a in anew_sudo}
        return ended_sudo - destroyed_sudo.filtered(
            lambda a: (a.partner_id.id, a.company_id.id) in back
        )

    def _get_ca_ended(self, company):
        """Say with which of these partners no order may be contracted (CA-16, CA-81).

        What was decided in a company holds in its branches, too.

        :param res.company company: the company that would contract
        :return: partner -> ``stopped``, ``deregistered`` or ``destroyed``, in superuser mode
        :rtype: dict
        """
        companies_sudo = (company or self.env.company).sudo().parent_ids
        ended = {
            partner: "stopped"
            for partner in self.sudo()
            if any(
                partner.with_company(house).ca_trading_stopped
                for house in companies_sudo
            )
        }
        archives_sudo = self._search_ca_ended_archives_sudo(
            Domain("company_id", "in", companies_sudo.ids)
        )
        for archive_sudo in archives_sudo:
            ended[archive_sudo.partner_id] = ENDED_STATES[archive_sudo.state]
        return ended

    def _check_ca_managed_vals(self, vals):
        """Refuse values of the customer's standing from people who may not set them."""
        if self.env.su:
            return
        refused = [
            self._fields[fname]._description_string(self.env)
            for fname, groups in MANAGED_FIELDS.items()
            if fname in vals
            and not any(self.env.user.has_group(group) for group in groups)
        ]
        if refused:
            raise AccessError(
                self.env._(
                    "You may not set %(fields)s. Managers set the grade, key and VIP marks, finance sets the credit "
                    "status, and trading is stopped on the customer's archive.",
                    fields=", ".join(refused),
                )
            )

    def _check_ca_family_kept(self, vals):
        """Keep customers without trade, and their people, where they are: elsewhere they would trade again (CA-16).

        Contacts are shared: what one company decided is not undone from another one. Within the family of the customer
        they move freely.
        """
        if self.env.su:
            return
        # sudo: the decision holds, whoever may read the archive
        moving_sudo = self.filtered(
            lambda partner: vals.get("parent_id", partner.parent_id.id)
            != partner.parent_id.id
            or vals.get("is_company", partner.is_company) != partner.is_company
        ).sudo()
        families = {partner: partner._get_ca_ancestors() for partner in moving_sudo}
        archives_sudo = moving_sudo.union(
            *families.values()
        )._search_ca_withheld_archives_sudo()
        kept = [
            (partner, archives)
            for partner, family in families.items()
            if (archives := partner._get_ca_deserted(vals, family, archives_sudo))
        ]
        if kept:
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(contact)s: the trade with %(customers)s has ended in %(companies)s, and only a manager of that "
                        "company changes to which company the contact belongs.",
                        contact=partner.display_name,
                        customers=", ".join(archives.partner_id.mapped("display_name")),
                        companies=", ".join(archives.company_id.mapped("name")),
                    )
                    for partner, archives in kept
                )
            )

    def _check_ca_identity_of_ended_kept(self, vals):
        """Let customers whose trade has ended be known as what they were: they would be entered anew (CA-16).

        Another spelling of the same name, and a number that was missing, are welcome.
        """
        if self.env.su:
            return
        changing = self.filtered(
            lambda partner: any(
                partner[fname] and same(partner[fname]) != same(vals[fname])
                for fname, same in IDENTITY_FIELDS.items()
                if fname in vals
            )
        )
        # sudo: the decision holds, whoever may read the archive
        archives_sudo = changing.sudo()._search_ca_withheld_archives_sudo()
        if archives_sudo:
            raise UserError(
                self.env._(
                    "The trade with %(customers)s has ended in %(companies)s: only a manager of that company changes name, "
                    "company ID or tax number.",
                    customers=", ".join(
                        archives_sudo.partner_id.mapped("display_name")
                    ),
                    companies=", ".join(archives_sudo.company_id.mapped("name")),
                )
            )

    def _check_ca_company_of_archives(self, company_id):
        """Keep customers where the companies that have an archive of them may use them (CA-01).

        :param int company_id: the only company that would use these contacts
        """
        company_sudo = self.env["res.company"].sudo().browse(company_id)
        moving = self.filtered(lambda partner: partner.company_id != company_sudo)
        archives_sudo = moving._search_ca_archives_sudo(
            Domain("state", "!=", "destroyed")
        ).filtered(
            lambda archive: company_sudo not in archive.company_id.parent_ids
            and archive.company_id not in company_sudo.parent_ids
        )
        if archives_sudo:
            raise UserError(
                self.env._(
                    "%(companies)s has archives of %(customers)s: these customers stay with it, or are shared by all "
                    "companies.",
                    companies=", ".join(archives_sudo.company_id.mapped("name")),
                    customers=", ".join(
                        archives_sudo.partner_id.mapped("display_name")
                    ),
                )
            )

    def _get_ca_deserted(self, vals, family, archives):
        """Return which of these archives would lose their hold on this contact by the values.

        :param dict vals: the values to be written
        :param res.partner family: the contact and what is above it
        :param customer.archive archives: archives of customers whose trade has ended
        """
        self.ensure_one()
        own = archives.filtered(lambda archive: archive.partner_id in family)
        if (
            self in own.partner_id
            or vals.get("is_company", self.is_company) != self.is_company
        ):
            return own
        above = self.browse(vals["parent_id"])._get_ca_ancestors()
        return own.filtered(lambda archive: archive.partner_id not in above)

    def _check_ca_trade_kept(self, customers):
        """Leave their trade to the customers of others: it would be shown with the customer who gets the contact (CA-11).

        :param dict customers: contact -> the customer whose contact it was, in superuser mode
        :raises UserError: naming those whose trade would go elsewhere
        """
        if self.env.su:
            return
        foreign = [
            customer.display_name
            for contact, customer in customers.items()
            if contact.commercial_partner_id != customer
            and any(
                not customer.sudo(False)._is_ca_trade_known(company)
                for company in contact._get_ca_trading_companies()
            )
        ]
        if foreign:
            raise UserError(
                self.env._(
                    "%(customers)s are customers of somebody else: the person in charge, a supervisor or an archive "
                    "keeper takes out who has traded for them.",
                    customers=", ".join(dict.fromkeys(foreign)),
                )
            )

    def _get_ca_trading_companies(self):
        """Return those companies of the user with which these contacts, and those below, have traded."""
        family = Domain("partner_id", "child_of", self.ids)
        family &= Domain("company_id", "in", self.env.user.company_ids.ids)
        # sudo: what was traded does not depend on who asks
        orders_sudo = self.env["sale.order"].sudo()
        moves_sudo = self.env["account.move"].sudo()
        posted = Domain("state", "=", "posted") & Domain(
            "move_type", "in", ("out_invoice", "out_refund")
        )
        groups = (
            *orders_sudo._read_group(
                family & Domain("state", "=", "sale"), ["company_id"]
            ),
            *moves_sudo._read_group(family & posted, ["company_id"]),
        )
        return self.env["res.company"].union(*(company for (company,) in groups))

    def _is_ca_trade_known(self, company):
        """Tell whether the user may know the trade of this customer in a company where he works (CA-11).

        :param res.company company: the selling company
        """
        archives_sudo = self._get_ca_archives_sudo(company)
        if archives_sudo:
            return archives_sudo._is_seen_by(self.env.user)
        # sudo: whose customer it is is no secret
        others = self.sudo().user_id - self.env.user.sudo()
        return not others or self.env["customer.archive"]._has_one_of(OTHERS_GROUPS)

    def _follow_ca_company(self):
        """The archive is that of the company (CA-01): drafts of its people go there, others are merged by a keeper."""
        # sudo: whoever enters where somebody works may not see the archive
        archives_sudo = self._search_ca_archives_sudo(
            Domain("state", "not in", ("cancelled", "destroyed"))
        ).filtered(
            lambda archive: archive.partner_id.commercial_partner_id
            != archive.partner_id
        )
        drafts_sudo = archives_sudo.filtered(
            lambda archive: archive.state == "draft" and not archive.date_filed
        )
        if kept_sudo := archives_sudo - drafts_sudo:
            raise UserError(
                self.env._(
                    "%(customers)s have archives of their own and stay customers of their own: deregister them first, or "
                    "have an archive keeper merge the contacts.",
                    customers=", ".join(kept_sudo.partner_id.mapped("display_name")),
                )
            )
        for draft_sudo in drafts_sudo:
            company_sudo = draft_sudo.partner_id.commercial_partner_id
            known_sudo = company_sudo._get_ca_archives_sudo(draft_sudo.company_id)
            if known_sudo:
                if not self.env.su:
                    draft_sudo._check_kept_from_others(known_sudo)
                draft_sudo._merge_into(known_sudo)
                draft_sudo._merge_persons_into(known_sudo)
                continue
            categories = draft_sudo._get_default_categories()
            draft_sudo.partner_id = company_sudo
            if draft_sudo.category_id == categories[False]:
                draft_sudo.category_id = categories[company_sudo.is_company]

    def _get_ca_consulted_orders_sudo(self):
        """Return the quotations for these contacts, and those below, for which the archive was consulted (CA-18).

        :return: customer -> quotations, in superuser mode
        :rtype: dict
        """
        # sudo: the tick belongs to the archive, whoever sells to whom
        orders_sudo = self.env["sale.order"].sudo()
        if not self.ids:
            return {}
        return orders_sudo.search(
            Domain("partner_id", "child_of", self.ids)
            & Domain("state", "in", ("draft", "sent"))
            & Domain("ca_archive_checked", "=", True)
        ).grouped(lambda order: order.partner_id.commercial_partner_id)

    def _search_ca_withheld_archives_sudo(self):
        """Search for the archives with whose customers the trade has ended, for the user to respect.

        Managers decide for the companies in which they work.
        """
        archives_sudo = self._search_ca_ended_archives_sudo()
        if not self.env.user.has_group(MANAGER):
            return archives_sudo
        return archives_sudo.filtered(
            lambda archive: archive.company_id not in self.env.user.company_ids
        )

    def _check_ca_salesperson_kept(self, user_id):
        """Leave the customers of others to them: who sees an archive without a grant says whose customer it is."""
        if self.env.su:
            return
        moving = self.filtered(lambda partner: partner.user_id.id != user_id)
        moving._check_ca_unfiled_trade_kept()
        # contacts are shared: in whichever of the companies the user works now
        archives_sudo = moving._search_ca_archives_sudo(
            Domain("company_id", "in", self.env.user.company_ids.ids)
            & Domain("state", "!=", "destroyed")
        )
        archives = archives_sudo.sudo(False)
        # nobody in charge: the salesperson decides, or whoever takes on a customer without one
        foreign_sudo = (
            (archives - archives._filter_own())
            .sudo()
            .filtered(
                lambda archive: archive.user_id
                or archive.second_user_id
                or archive.partner_id.user_id - self.env.user
            )
        )
        foreign_sudo.partner_id._refuse_ca_salesperson()

    def _check_ca_unfiled_trade_kept(self):
        """Leave customers of others who have no archive yet, but trade: whoever takes one over opens its archive (CA-11).

        :raises UserError: naming the customers
        """
        if self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            # sees all orders anyway
            return
        foreign = self.filtered("user_id").filtered(
            lambda partner: any(
                not partner._is_ca_trade_known(company)
                for company in partner._get_ca_trading_companies()
                if not partner._get_ca_archives_sudo(company)
            )
        )
        foreign._refuse_ca_salesperson()

    def _refuse_ca_salesperson(self):
        """Refuse to change whose customers these are; nothing happens when there are none.

        :raises UserError: naming the customers
        """
        if self:
            raise UserError(
                self.env._(
                    "%(customers)s are customers of somebody else: the person in charge, a supervisor or an archive "
                    "keeper changes the salesperson.",
                    customers=", ".join(self.mapped("display_name")),
                )
            )

    def _check_ca_partner_archivable(self):
        """Keep customers with open orders or receivables active (CA-16)."""
        # Only customers with an archive: everybody else follows the standard.
        customers_sudo = self.sudo().filtered("ca_archive_ids")
        reasons = customers_sudo._get_ca_open_business_reasons()
        if reasons:
            raise UserError("\n".join(reasons))

    def _get_ca_open_business_reasons(self):
        """Say which open orders and receivables keep these customers active.

        :return: one sentence for each customer that has any
        :rtype: list[str]
        """
        if not self.ids:
            return []
        self_sudo = self.sudo()
        orders = self_sudo.env["sale.order"]._read_group(
            Domain("partner_id", "child_of", self.ids)
            & Domain("state", "=", "sale")
            & Domain("invoice_status", "in", ("to invoice", "no")),
            ["partner_id"],
            ["id:recordset"],
        )
        receivables = self_sudo.env["account.move"]._read_group(
            Domain("commercial_partner_id", "in", self.ids)
            & Domain("move_type", "in", ("out_invoice", "out_receipt"))
            & Domain("state", "=", "posted")
            & Domain("payment_state", "in", ("not_paid", "partial", "in_payment")),
            ["commercial_partner_id"],
            ["__count"],
        )
        order_names, invoice_counts = {}, dict(receivables)
        for partner, partner_orders in orders:
            for customer in self_sudo.filtered(
                lambda c, p=partner: p == c or p.commercial_partner_id == c
            ):
                order_names.setdefault(customer, []).extend(
                    partner_orders.mapped("name")
                )
        return [
            self.env._(
                "%(customer)s stays active: %(orders)s orders (%(names)s) and %(invoices)s invoices are open.",
                customer=customer.display_name,
                orders=len(order_names.get(customer, ())),
                names=", ".join(order_names.get(customer, ())[:5]) or "-",
                invoices=invoice_counts.get(customer, 0),
            )
            for customer in self_sudo
            if order_names.get(customer) or invoice_counts.get(customer)
        ]

    def _get_ca_reach(self, field="partner_id"):
        """Return the domain of what belongs to these customers: their own and that of their people and addresses.

        One join, where ``child_of`` asks for the family level by level before each search; like the figures
        that are grouped by commercial partner, it leaves branches that are companies of their own to themselves.

        :param str field: the field to a partner, of the model that is searched
        """
        # any!: which partners are a customer's own does not depend on who asks
        return Domain(field, "any!", Domain("commercial_partner_id", "in", self.ids))

    def _get_ca_overdue_amounts(self, company):
        """Return the overdue receivables of these customers in one company.

        :param res.company company: the company that has the claims
        :return: id of the customer -> amount in company currency
        :rtype: dict
        """
        if not self.ids:
            return {}
        # Salespeople see whether a customer pays, without access to accounting.
        lines_sudo = self.sudo().env["account.move.line"]
        return {
            customer.id: amount
            for customer, amount in lines_sudo._read_group(
                self._get_ca_reach()
                & Domain("company_id", "=", company.id)
                & Domain("account_id.account_type", "=", "asset_receivable")
                & Domain("parent_state", "=", "posted")
                & Domain("reconciled", "=", False)
                & Domain("date_maturity", "<", company._record_control_today()),
                ["partner_id.commercial_partner_id"],
                ["amount_residual:sum"],
            )
        }

    def _open_ca_archives_of_customers(self):
        """Open the archives of partners that have become customers."""
        customers = self.filtered(lambda partner: partner.customer_rank > 0)
        if customers:
            self.env["customer.archive"]._open_for_contacts(
                [
                    (
                        partner.company_id or self.env.company,
                        partner,
                        partner.user_id,
                        None,
                    )
                    for partner in customers
                ]
            )
