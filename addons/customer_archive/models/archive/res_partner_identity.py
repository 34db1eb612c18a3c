from collections import defaultdict

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.modules.db import FunctionStatus

from odoo.addons.record_control.tools.exact_values import exact_values

from ...tools.company_name import name_key
from ...tools.credit_code import clean_code, code_fault
from ...tools.pinyin import pinyin_text

# Numbers that a company has once in its country
CODE_FIELDS = ("company_registry", "vat")


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
        namesakes = self._get_ca_namesakes()
        self._check_ca_no_second_start(namesakes)
        policy = self.env.company.ca_duplicate_policy
        if policy == "off":
            # what other companies decided is not undone from here
            return
        checked = (
            self
            if policy == "stop"
            else self.filtered(lambda partner: not partner.ca_duplicate_reason)
        )
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
            for partner, duplicates in checked._get_ca_duplicates(namesakes).items()
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

    def _check_ca_no_second_start(self, namesakes):
        """No customer whose trade has ended begins anew under a second contact, whatever it is called (CA-16).

        Neither a reason helps, nor that it is entered as a person, beside the old one below the same company, or after
        the old one was moved to another company of ours.

        :param dict namesakes: what :meth:`_get_ca_namesakes` returned
        """
        # constraints run as superuser; the user is who asks
        if not namesakes or self.env.uid == SUPERUSER_ID:
            return
        guarding_sudo = (
            self.env["res.company"]
            .sudo()
            .search([("ca_duplicate_policy", "!=", "off")])
        )
        sentences = [
            self.env._(
                "The trade with %(duplicates)s has ended in %(companies)s: only a manager of that company enters "
                "%(customer)s once more.",
                duplicates=", ".join(ended_sudo.partner_id.mapped("display_name")),
                companies=", ".join(ended_sudo.company_id.mapped("name")),
                customer=partner.name,
            )
            for partner, same in namesakes.items()
            if (
                ended_sudo := partner._get_ca_former_archives_sudo(same).filtered(
                    lambda archive, partner=partner: archive.company_id in guarding_sudo
                    and partner.sudo()._is_ca_within_reach(archive.company_id)
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

    def _get_ca_former_archives_sudo(self, namesakes):
        """Return the archives of an ended trade that this contact would leave behind.

        :param res.partner namesakes: contacts of the same name or number
        :return: archives in superuser mode; those of companies above this contact hold it anyway
        :rtype: customer.archive
        """
        self.ensure_one()
        own = (self._origin or self)._get_ca_ancestors()
        families = self.browse().union(
            *(namesake._get_ca_ancestors() for namesake in namesakes - own)
        )
        return (families - own)._search_ca_withheld_archives_sudo()

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
        """Refuse values that only the system sets and write the company's numbers in their normal form."""
        if not self.env.su:
            vals.pop("ca_duplicate_user_id", None)
            vals.pop("ca_duplicate_at", None)
        for fname in CODE_FIELDS:
            code = vals.get(fname)
            if (
                code
                and code != (cleaned := clean_code(code))
                and not code_fault(cleaned)
            ):
                vals[fname] = cleaned

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

    def _get_ca_duplicates(self, namesakes=None):
        """Return the contacts that are the same company as each partner.

        Branches and parents of one company are not duplicates of each other.

        :param dict namesakes: what :meth:`_get_ca_namesakes` returned, when it was asked before
        :return: partner -> duplicates, only partners that have any
        :rtype: dict
        """
        if namesakes is None:
            namesakes = self._get_ca_namesakes()
        return {
            partner: duplicates.sudo(self.env.su)
            for partner in self
            if (
                duplicates := namesakes.get(partner, self.browse()).filtered(
                    partner._is_ca_duplicate
                )
            )
        }

    def _get_ca_namesakes(self):
        """Return the contacts that have a name or a number in common with each partner.

        Compared are the name (see :func:`name_key`) with those of companies, and company ID and tax number, archived
        contacts too; people and addresses of a company have its numbers and are not asked.

        :return: partner -> contacts in superuser mode, only partners that have any
        :rtype: dict
        """
        keys = {
            partner: partner._get_ca_identity_keys()
            for partner in self
            if partner.is_company or not partner.parent_id
        }
        names = {
            value for found in keys.values() for kind, value in found if kind == "name"
        }
        codes = {
            value for found in keys.values() for kind, value in found if kind == "code"
        }
        if not names and not codes:
            return {}
        # Whether a company is known already does not depend on who asks.
        found_sudo = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                (Domain("is_company", "=", True) | Domain("parent_id", "=", False))
                & exact_values(
                    {"ca_name_key": names, **dict.fromkeys(CODE_FIELDS, codes)}
                )
            )
        )
        by_key = defaultdict(self.browse().sudo)
        for candidate in found_sudo:
            for key in candidate._get_ca_identity_keys(persons=False):
                by_key[key] |= candidate
        result = {}
        for partner, own_keys in keys.items():
            same = (
                self.browse()
                .sudo()
                .union(*(by_key[key] for key in own_keys if key in by_key))
            )
            same -= partner._origin or partner
            if same:
                result[partner] = same
        return result

    def _get_ca_identity_keys(self, persons=True):
        """Return the name and the numbers by which this contact is compared with others.

        In China the tax number is the company ID: a number is the same in whichever of the two fields it stands.

        :param bool persons: whether the name of a person is compared with names of companies
        :return: pairs of ``name`` or ``code`` and the value
        :rtype: set
        """
        self.ensure_one()
        keys = {
            ("code", code)
            for fname in CODE_FIELDS
            # a single character says that there is no number
            for code in (self[fname], clean_code(self[fname]))
            if code and len(code) > 1
        }
        name = self.ca_name_key or (persons and name_key(self.name))
        return keys | {("name", name)} if name else keys

    def _is_ca_duplicate(self, candidate):
        """Return whether ``candidate``, which has a value in common, is the same company and in the same reach."""
        self.ensure_one()
        own = self._origin or self
        if candidate == own:
            return False
        if not self.is_company and not (
            # persons may be called as they like
            {key for key in self._get_ca_identity_keys() if key[0] == "code"}
            & candidate._get_ca_identity_keys()
        ):
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
