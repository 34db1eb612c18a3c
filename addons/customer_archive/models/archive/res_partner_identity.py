from collections import defaultdict

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.modules.db import FunctionStatus

from ...tools.company_name import name_key
from ...tools.credit_code import clean_code, code_fault
from ...tools.pinyin import pinyin_text


def _trigram(column):
    """Return the definition of a trigram index on ``column``, as the ORM would write it.

    Core searches these columns with ``ilike`` in each name search; one column without an index makes PostgreSQL read
    the whole table.
    """

    def definition(registry):
        if not registry.has_trigram:
            return ""
        indexable = registry.has_unaccent == FunctionStatus.INDEXABLE
        return f"USING gin ({registry.unaccent(column) if indexable else column} gin_trgm_ops)"

    return definition


class ResPartner(models.Model):
    _inherit = "res.partner"

    ca_pinyin = fields.Char(
        string="Pinyin",
        compute="_compute_ca_pinyin",
        store=True,
        index="trigram",
        help="Name as pinyin without tones, and its initials.",
    )
    ca_name_key = fields.Char(
        string="Comparable Name",
        compute="_compute_ca_name_key",
        store=True,
        index="btree_not_null",
        help="Company name without differences of width, brackets, spaces and legal form.",
    )
    ca_duplicate_reason = fields.Char(
        string="Reason for a Second Contact",
        copy=False,
        tracking=True,
        help="Why this company is entered although a contact with the same name, credit code or tax number exists.",
        groups="base.group_user",
    )
    ca_duplicate_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Second Contact Allowed by",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )
    ca_duplicate_at = fields.Datetime(
        string="Second Contact Allowed on",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )
    ca_duplicate_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Same Company",
        compute="_compute_ca_duplicate_ids",
        groups="base.group_user",
    )

    _ca_complete_name_trigram = models.Index(_trigram("complete_name"))
    _ca_email_trigram = models.Index(_trigram("email"))
    _ca_ref_trigram = models.Index(_trigram("ref"))
    _ca_vat_trigram = models.Index(_trigram("vat"))
    _ca_company_registry_trigram = models.Index(_trigram("company_registry"))

    # --- Computes ---

    @api.depends("name")
    def _compute_ca_pinyin(self):
        for partner in self:
            partner.ca_pinyin = pinyin_text(partner.name) or False

    @api.depends("name", "is_company")
    def _compute_ca_name_key(self):
        for partner in self:
            partner.ca_name_key = partner.is_company and name_key(partner.name) or False

    @api.depends(
        "name", "is_company", "company_registry", "vat", "parent_id", "company_id"
    )
    def _compute_ca_duplicate_ids(self):
        duplicates = self._get_ca_duplicates()
        for partner in self:
            # The new record of a form has no row yet; its values are compared all the same.
            partner.ca_duplicate_ids = duplicates.get(partner, self.browse())

    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        # Pinyin is plain letters: other fragments need no further condition.
        if (
            operator in ("ilike", "like", "=ilike", "=like")
            and isinstance(value, str)
            and value.strip().isascii()
        ):
            fragment = "".join(value.split()).casefold()
            if len(fragment) > 1 and fragment.isalnum():
                return Domain(domain) | Domain("ca_pinyin", "ilike", fragment)
        return domain

    # --- Constraints ---

    @api.constrains("company_registry", "country_id", "is_company", "parent_id")
    def _check_ca_credit_code(self):
        faults = [
            partner._get_ca_credit_code_fault(fault)
            for partner in self
            if (
                fault := partner._is_ca_credit_code()
                and code_fault(partner.company_registry)
            )
        ]
        if faults:
            raise ValidationError("\n".join(faults))

    @api.constrains(
        "name",
        "company_registry",
        "vat",
        "is_company",
        "parent_id",
        "company_id",
        "ca_duplicate_reason",
    )
    def _check_ca_duplicate(self):
        policy = self.env.company.ca_duplicate_policy
        if policy == "off":
            # what other companies decided is not undone from here
            self._check_ca_no_second_start()
            return
        checked = (
            self
            if policy == "stop"
            else self.filtered(lambda partner: not partner.ca_duplicate_reason)
        )
        (self - checked)._check_ca_no_second_start()
        sentences = [
            self.env._(
                "%(customer)s is already entered as %(duplicates)s.",
                customer=partner.name,
                duplicates=", ".join(
                    duplicate.sudo().display_name
                    + (f" ({duplicate.ref})" if duplicate.ref else "")
                    for duplicate in duplicates
                ),
            )
            for partner, duplicates in checked._get_ca_duplicates().items()
        ]
        if not sentences:
            return
        if policy == "stop":
            sentences.append(self.env._("Use the contact that exists."))
        else:
            sentences.append(
                self.env._(
                    "Use the contact that exists, or fill in 'Reason for a Second Contact' to keep both."
                )
            )
        self._refuse_ca_identity(sentences)

    def _check_ca_no_second_start(self):
        """A reason does not let a customer whose trade has ended begin anew under a second contact (CA-16)."""
        # constraints run as superuser; the user is who asks
        if not self or self.env.uid == SUPERUSER_ID:
            return
        guarding_sudo = (
            self.env["res.company"]
            .sudo()
            .search([("ca_duplicate_policy", "!=", "off")])
        )
        if not guarding_sudo:
            return
        sentences = [
            self.env._(
                "The trade with %(duplicates)s has ended in %(companies)s: only a manager of that company enters "
                "%(customer)s once more.",
                duplicates=", ".join(ended_sudo.partner_id.mapped("display_name")),
                companies=", ".join(ended_sudo.company_id.mapped("name")),
                customer=partner.name,
            )
            for partner, duplicates in self._get_ca_duplicates().items()
            if (
                ended_sudo := duplicates._search_ca_withheld_archives_sudo().filtered(
                    lambda archive, partner=partner: archive.company_id in guarding_sudo
                    and partner._is_ca_within_reach(archive.company_id)
                )
            )
        ]
        if sentences:
            self._refuse_ca_identity(sentences)

    @api.model
    def _refuse_ca_identity(self, sentences):
        """Refuse contacts that are known already; who our customers are is not told to people outside the house.

        :raises ValidationError: with the sentences, to one of ours
        """
        if self.env.user.share:
            sentences = [
                self.env._(
                    "This company name or number cannot be used. Please contact us."
                )
            ]
        raise ValidationError("\n".join(sentences))

    def _is_ca_within_reach(self, company):
        """Return whether a company, one above it or a branch of it may contract with this contact."""
        self.ensure_one()
        own = self.company_id
        return (
            not own
            or not company
            or own in company.parent_ids
            or company in own.parent_ids
        )

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._clean_ca_identity_vals(vals)
        partners = super().create(vals_list)
        partners.filtered("ca_duplicate_reason")._stamp_ca_duplicate_reason()
        return partners

    def write(self, vals):
        self._clean_ca_identity_vals(vals)
        identity = {"name", "company_registry", "vat", "is_company"} & vals.keys()
        if identity and "ca_duplicate_reason" not in vals:
            # A reason was given for one company; another name or code needs its own.
            outdated = self.filtered(
                lambda partner: partner.ca_duplicate_reason
                and any(partner[fname] != vals[fname] for fname in identity)
            )
            if outdated:
                super(ResPartner, outdated).write(
                    {**vals, "ca_duplicate_reason": False}
                )
                others = self - outdated
                return super(ResPartner, others).write(vals) if others else True
        result = super().write(vals)
        if "ca_duplicate_reason" in vals:
            self._stamp_ca_duplicate_reason()
        return result

    # --- Business ---

    def _clean_ca_identity_vals(self, vals):
        """Refuse values that only the system sets and write the company ID in its normal form."""
        if not self.env.su:
            vals.pop("ca_duplicate_user_id", None)
            vals.pop("ca_duplicate_at", None)
        code = vals.get("company_registry")
        if code and code != (cleaned := clean_code(code)) and not code_fault(cleaned):
            vals["company_registry"] = cleaned

    def _get_company_registry_labels(self):
        return {
            **super()._get_company_registry_labels(),
            "CN": self.env._("Unified Social Credit Code"),
        }

    def _is_ca_credit_code(self):
        """Return whether the company ID of this partner is a unified social credit code."""
        self.ensure_one()
        if not self.company_registry or self != self.commercial_partner_id:
            return False
        country = self.country_id or (self.company_id or self.env.company).country_id
        return (
            self.is_company
            and country.code == "CN"
            and self.env.company.ca_check_credit_code
        )

    def _get_ca_credit_code_fault(self, fault):
        """Return the sentence for a fault of the unified social credit code."""
        self.ensure_one()
        values = {"customer": self.display_name, "code": self.company_registry}
        if fault == "length":
            return self.env._(
                "%(customer)s: the unified social credit code %(code)s must have 18 characters, it has %(length)s.",
                length=len(self.company_registry),
                **values,
            )
        if fault == "check_digit":
            return self.env._(
                "%(customer)s: the check digit of the unified social credit code %(code)s is wrong; "
                "compare it with the business licence.",
                **values,
            )
        return self.env._(
            "%(customer)s: the unified social credit code %(code)s contains a character that does not occur in such "
            "codes (for example I, O, S, V or Z).",
            **values,
        )

    def _get_ca_duplicates(self):
        """Return the contacts that are the same company as each partner.

        Compared are the name (see :func:`name_key`), the company ID and the tax number, of companies only, archived
        ones too. Branches and parents of one company are not duplicates of each other.

        :return: partner -> duplicates, only partners that have any
        :rtype: dict
        """
        companies = self.filtered(lambda partner: partner.is_company and partner.name)
        keys = {
            fname: set(companies.mapped(fname)) - {False}
            for fname in self._get_ca_identity_fields()
        }
        domain = Domain.OR(
            Domain(fname, "in", values) for fname, values in keys.items() if values
        )
        if domain.is_false():
            return {}
        # Whether a company is known already does not depend on who asks.
        found_sudo = (
            self.sudo()
            .with_context(active_test=False)
            .search(Domain("is_company", "=", True) & domain)
        )
        by_value = defaultdict(self.browse().sudo)
        for candidate in found_sudo:
            for fname in keys:
                if candidate[fname]:
                    by_value[fname, candidate[fname]] |= candidate
        result = {}
        for partner in companies:
            same = self.browse().sudo()
            for fname in keys:
                same |= (
                    by_value.get((fname, partner[fname]), same)
                    if partner[fname]
                    else same
                )
            same = same.filtered(partner._is_ca_duplicate)
            if same:
                result[partner] = same.sudo(self.env.su)
        return result

    @api.model
    def _get_ca_identity_fields(self):
        """Return the fields that say that two contacts are one company. Hook."""
        return ["ca_name_key", "company_registry", "vat"]

    def _is_ca_duplicate(self, candidate):
        """Return whether ``candidate``, which has a value in common, is the same company and in the same reach."""
        self.ensure_one()
        own = self._origin or self
        if candidate == own:
            return False
        # sudo: the companies above count, also where the user does not work
        if not self.sudo()._is_ca_within_reach(candidate.sudo().company_id):
            return False
        return not (own._get_ca_ancestors() & candidate._get_ca_ancestors())

    def _get_ca_ancestors(self):
        """Return this partner and everything above it."""
        ancestors = self.browse()
        partner_sudo = self.sudo()
        while partner_sudo and partner_sudo not in ancestors:
            ancestors |= partner_sudo
            partner_sudo = partner_sudo.parent_id
        return ancestors

    def _stamp_ca_duplicate_reason(self):
        """Record who gave the reason for a second contact, when, and for which contacts."""
        now = fields.Datetime.now()
        with_reason = self.filtered("ca_duplicate_reason")
        (self - with_reason).filtered("ca_duplicate_at").sudo().write(
            {"ca_duplicate_user_id": False, "ca_duplicate_at": False}
        )
        with_reason.sudo().write(
            {"ca_duplicate_user_id": self.env.uid, "ca_duplicate_at": now}
        )
        for partner, duplicates in with_reason._get_ca_duplicates().items():
            partner.sudo()._message_log(
                body=self.env._(
                    "Entered although it exists as %(duplicates)s. Reason: %(reason)s",
                    duplicates=", ".join(duplicates.sudo().mapped("display_name")),
                    reason=partner.ca_duplicate_reason,
                )
            )
