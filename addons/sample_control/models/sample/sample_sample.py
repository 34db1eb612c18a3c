from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..policy.sample_policy import ORIGINS
from ..policy.sample_type import NATURES

STATES = [
    ("draft", "Draft"),
    ("to_sign", "To Be Signed"),
    ("active", "Valid"),
    ("suspended", "Suspended"),
    ("expired", "Expired"),
    ("replaced", "Replaced"),
    ("lost", "Lost"),
    ("obsolete", "Obsolete"),
    ("disposed", "Disposed"),
]
TRANSITIONS = {
    "draft": ("to_sign",),
    "to_sign": ("active", "draft"),
    "active": ("suspended", "expired", "replaced", "lost"),
    "suspended": ("active", "obsolete", "expired", "replaced", "lost"),
    "expired": ("disposed",),
    "replaced": ("disposed",),
    "obsolete": ("disposed",),
    "lost": ("suspended",),
    "disposed": (),
}
#: states in which the piece still belongs to the running stock of samples
LIVE_STATES = ("draft", "to_sign", "active", "suspended")
PREFIX = "sample_control.group_sample_"
#: who sets up samples; custodians only keep them
CARD_WRITERS = f"{PREFIX}administrator,{PREFIX}technical,{PREFIX}quality"
#: what a sample is, since when and by whose word; its keeping is not among it
CARD_FIELDS = frozenset(
    {
        "accuracy_class",
        "active",
        "authorized_user_ids",
        "calibrating_body",
        "certificate_no",
        "certificate_valid_until",
        "characteristic_ids",
        "company_id",
        "competitor",
        "concession_approver_id",
        "concession_note",
        "confidentiality",
        "confirm_date",
        "customer_confirmed_on",
        "customer_signatory_id",
        "date_sampled",
        "defect_note",
        "drawing_no",
        "drawing_rev",
        "first_batch_name",
        "function_note",
        "in_process_only",
        "is_electrical",
        "limit_direction",
        "lot_name",
        "measured_value",
        "measuring_method",
        "nature",
        "origin",
        "owner_id",
        "partner_id",
        "product_id",
        "qty",
        "qty_reason",
        "reason_id",
        "reference_use",
        "replaces_id",
        "sampler_quality_id",
        "sampler_technical_id",
        "sampling_method",
        "seal_deadline",
        "supplier_id",
        "title",
        "tooling_acceptance_date",
        "tooling_state",
        "type_id",
        "uom_id",
    }
)
#: whose piece it is and what its customer confirmed: told anew by the manager alone once it is submitted
KEPT_FIELDS = ("customer_confirmed_on", "customer_signatory_id", "origin", "owner_id")
#: products that a search by name may find before the samples are looked through one by one
PRODUCTS_FOUND = 5000
#: states in which a piece is no longer the standard
ENDED_STATES = ("expired", "replaced", "lost", "obsolete", "disposed")


class SampleSample(models.Model):
    """One physical piece that is kept to judge or guide production, inspection or development (SC-01).

    The model is spread over several files: what it is (here), the details of each kind
    (``sample_sample_kind``), its clocks (``sample_sample_validity``), its life
    (``sample_sample_lifecycle``), what it may be used for (``sample_sample_use``) and its copies
    (``sample_sample_copy``). Where it is kept belongs to the chapter *place*.
    """

    _name = "sample.sample"
    _description = "Sample"
    _inherit = [
        "restricted.record.mixin",
        "guarded.state.mixin",
        "numbering.mixin",
        "sign.off.mixin",
        "sample.piece.mixin",
        "loan.thing.mixin",
        "controlled.form.mixin",
        "portal.mixin",
        "image.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "name desc, id desc"
    _rec_names_search = ["name", "product_id.name", "product_id.default_code", "title"]
    _check_company_auto = True

    _numbering_code = "sample.sample"
    _controlled_form_code = "SC-F01"
    _loan_code_field = "name"
    _loan_keeper_fields = ("custodian_id",)
    # everybody sees samples; those of competitors are for the benchmark group
    _restricted_from_level = "secret"
    _guarded_transitions = TRANSITIONS
    # the ends come from plans, exceptions and clocks, not from a button of the sample
    _guarded_side_states = ("draft", "lost", "expired", "replaced", "obsolete")
    _sealed_fields = (
        "product_id",
        "title",
        "type_id",
        "partner_id",
        "origin",
        "qty",
        "uom_id",
        "drawing_no",
        "drawing_rev",
        "lot_name",
        "in_process_only",
        "concession_note",
        "concession_approver_id",
        "limit_direction",
        "defect_note",
        "characteristic_ids",
        "replaces_id",
        "line_ids.characteristic_id",
        "line_ids.text_value",
        "line_ids.nominal",
        "line_ids.tol_lower",
        "line_ids.tol_upper",
        "line_ids.uom_id",
        "line_ids.has_baseline",
        "line_ids.baseline_min",
        "line_ids.baseline_max",
    )

    name = fields.Char(
        string="Sample No.",
        readonly=True,
        required=True,
        copy=False,
        index="trigram",
    )
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )

    # What it is
    product_tmpl_id = fields.Many2one(
        related="product_id.product_tmpl_id",
        string="Product Template",
        store=True,
        index=True,
    )
    type_id = fields.Many2one(
        comodel_name="sample.type",
        string="Sample Type",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
    )
    type_code = fields.Char(related="type_id.code", string="Type Code")
    nature = fields.Selection(
        selection=NATURES,
        compute="_compute_nature",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    characteristic_ids = fields.Many2many(
        comodel_name="sample.characteristic",
        string="Judged By It",
        help="What the sample is the standard for: appearance, colour, dimension …",
        ondelete="restrict",
    )
    line_ids = fields.One2many(
        comodel_name="sample.sample.line",
        inverse_name="sample_id",
        string="Characteristics",
        copy=True,
    )
    origin = fields.Selection(
        selection=ORIGINS,
        required=True,
        default="self_made",
        tracking=True,
    )
    owner_id = fields.Many2one(
        comodel_name="res.partner",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        help="Whose property the piece is. Empty: our own.",
        ondelete="restrict",
    )
    in_process_only = fields.Boolean(
        string="In-process Only",
        compute="_compute_in_process_only",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="For checks between operations only, never for final acceptance or complaints.",
    )
    operation = fields.Char(
        help="The operation between which an in-process sample is used."
    )
    reason_id = fields.Many2one(
        comodel_name="sample.reason",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        help="Why the sample was created.",
        ondelete="restrict",
    )
    pending_effective_date = fields.Date(
        string="Expected to Take Effect",
        index="btree_not_null",
        help="When this day has passed somebody is asked whether the sample is still needed.",
    )

    # The piece
    lot_name = fields.Char(
        string="Sampled Batch",
        index="trigram",
        help="The production batch from which the piece was taken.",
    )
    qty = fields.Float(string="Quantity", default=1.0, digits="Product Unit")
    uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        ondelete="restrict",
    )
    qty_reason = fields.Char(
        string="Reason for More",
        help="In principle one piece is kept; say why there are more.",
    )
    handling_note = fields.Text(
        string="Handling",
        help="What to mind when using it; shown when the code is scanned.",
    )
    protection_tag_ids = fields.Many2many(
        comodel_name="sample.protection.tag",
        string="Protection",
        compute="_compute_protection_tag_ids",
        store=True,
        readonly=False,
    )
    packing_note = fields.Char(string="Mounting")
    date_protected = fields.Date(string="Protected On")

    # Who
    custodian_id = fields.Many2one(
        comodel_name="res.users",
        index=True,
        tracking=True,
        help="Who keeps the sample and answers for it.",
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Using Department",
        index="btree_not_null",
        tracking=True,
        check_company=True,
    )
    authorized_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="sample_sample_authorized_user_rel",
        string="Authorized Users",
        help="Who knows how to use it. Empty: as the sample type says.",
        context={"active_test": False},
    )

    # Succession
    replaces_id = fields.Many2one(
        comodel_name="sample.sample",
        index="btree_not_null",
        tracking=True,
        check_company=True,
    )
    replaced_by_id = fields.Many2one(
        comodel_name="sample.sample",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    is_discontinued = fields.Boolean(
        related="product_id.sample_discontinued",
        string="Product No Longer on the Market",
    )
    is_contested = fields.Boolean(
        string="Contested",
        readonly=True,
        copy=False,
        tracking=True,
        help="The customer disputes the standard; a new signature is on its way.",
    )
    note = fields.Text(string="Notes")

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The sample number is already taken."
    )
    # an index costs each night as many writes as samples come due: none that no search is quicker by
    _state_index = models.Index("(company_id, state, type_id)")
    # what a list counts and finds by: who sees a sample is decided without its wide row
    _seen_index = models.Index(
        "(company_id, confidentiality, create_uid, id) WHERE active IS TRUE"
    )
    _archived_index = models.Index("(company_id) WHERE active IS NOT TRUE")
    _check_qty = models.Constraint(
        "CHECK (qty > 0)", "The quantity of a sample is more than zero."
    )

    # --- Computes ---

    @api.depends("type_id")
    def _compute_nature(self):
        for sample in self:
            sample.nature = sample.type_id.nature or sample.nature or "guiding"

    @api.depends("type_id")
    def _compute_in_process_only(self):
        for sample in self:
            sample.in_process_only = sample.type_id.is_in_process

    @api.depends("product_id")
    def _compute_uom_id(self):
        for sample in self:
            sample.uom_id = sample.uom_id or sample.product_id.uom_id

    @api.depends("type_id", "policy_snapshot")
    def _compute_protection_tag_ids(self):
        for sample in self:
            values = (sample.policy_snapshot or {}).get("keeping", {}).get("values", {})
            tags = sample.protection_tag_ids.browse(
                values.get("protection_tag_ids") or ()
            ).exists()
            if not sample.protection_tag_ids:
                sample.protection_tag_ids = tags or sample.type_id.protection_tag_ids

    @api.model
    def _search_display_name(self, operator, value):
        """Find by number, title or product.

        The products are looked up first: with their ids, indexes answer every part of the question.
        """
        if operator not in ("ilike", "like") or not value:
            return super()._search_display_name(operator, value)
        products = self.env["product.product"].with_context(active_test=False)
        found = products.search(
            Domain("name", operator, value) | Domain("default_code", operator, value),
            limit=PRODUCTS_FOUND + 1,
            order="id",
        )
        if len(found) > PRODUCTS_FOUND:
            return super()._search_display_name(operator, value)
        return (
            Domain("name", operator, value)
            | Domain("title", operator, value)
            | Domain("product_id", "in", found.ids)
        )

    # --- Onchange: what a person sees while typing ---

    @api.onchange("product_id")
    def _onchange_product_id(self):
        """Propose the type that the category of the product names; a type that was chosen stays."""
        company = self.company_id or self.env.company
        # sudo: a category, which all companies share, may name the type of one of them
        kind_sudo = self.product_id.categ_id.sudo().sample_type_id
        if not self.type_id and company._sort_setup(kind_sudo):
            self.type_id = kind_sudo.sudo(self.env.su)

    # --- Constraints ---

    @api.constrains("in_process_only", "type_id")
    def _check_in_process_only(self):
        for sample in self:
            if sample.type_id.is_in_process and not sample.in_process_only:
                raise ValidationError(
                    self.env._(
                        "%(sample)s: samples of type %(type)s are for in-process use only.",
                        sample=sample.display_name,
                        type=sample.type_id.name,
                    )
                )

    # --- CRUD ---

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "access_token",
            "is_contested",
            "replaced_by_id",
        }

    @api.model
    def _get_numbering_code(self, vals):
        """Each type counts on its own (D-31): YJ-SEAL-2026-00001."""
        kind = self.env["sample.type"].browse(vals.get("type_id")).exists()
        return kind._get_sequence_code() if kind else self._numbering_code

    @api.model_create_multi
    def create(self, vals_list):
        kinds = self.env["sample.type"].browse(
            {vals["type_id"] for vals in vals_list if vals.get("type_id")}
        )
        secret = set(kinds.filtered("is_benchmark").ids)
        vals_list = [
            {**vals, "confidentiality": self._raise_level(vals)}
            if vals.get("type_id") in secret
            else vals
            for vals in vals_list
        ]
        samples = super().create(vals_list)
        samples._check_predecessor()
        return samples

    def write(self, vals):
        self._check_card_writer(vals)
        self._check_property_kept(vals)
        self._check_archived(vals)
        if vals.get("type_id"):
            kind = self.env["sample.type"].browse(vals["type_id"])
            if kind.is_benchmark:
                vals = {**vals, "confidentiality": self._raise_level(vals)}
        result = super().write(vals)
        if {"replaces_id", "product_id"} & vals.keys():
            self._check_predecessor()
        return result

    def _get_predecessor(self):
        return self.replaces_id

    def _check_card_writer(self, vals):
        """Leave to others than custodians what a sample is and who confirmed it (1.4).

        :raises UserError: naming the fields
        """
        if self.env.su or self.env.user.has_groups(CARD_WRITERS):
            return
        fixed = [
            name
            for name in CARD_FIELDS.intersection(vals)
            if any(sample._is_changed(name, vals[name]) for sample in self)
        ]
        if fixed:
            raise UserError(
                self.env._(
                    "Who only keeps samples does not change: %(fields)s.",
                    fields=", ".join(
                        sorted(
                            self._fields[name]._description_string(self.env)
                            for name in fixed
                        )
                    ),
                )
            )

    def _check_property_kept(self, vals):
        """Keep whose property a submitted piece is, and that its customer confirmed it (SC-13, SC-54.4).

        The notice at damage and the consent to the disposal rest on it.

        :raises UserError: naming the samples
        """
        if self.env.su or self.env.user.has_group(f"{PREFIX}manager"):
            return
        kept = self.filtered(
            lambda sample: sample.state != "draft"
            and any(
                sample[name] and sample._is_changed(name, vals[name])
                for name in KEPT_FIELDS
                if name in vals
            )
        )
        if kept:
            raise UserError(
                self.env._(
                    "%(samples)s: once submitted, only the sample manager changes owner, origin and what the customer "
                    "confirmed.",
                    samples=", ".join(kept.mapped("name")),
                )
            )

    def _check_archived(self, vals):
        """Keep on the ledger what is in use or waits for its disposal (SC-01.3, SC-54).

        :raises UserError: naming the samples
        """
        if self.env.su or vals.get("active", True):
            return
        kept = self.filtered(
            lambda sample: sample.active
            and sample.state not in ("draft", "to_sign", "lost", "disposed")
        )
        if kept:
            raise UserError(
                self.env._(
                    "%(samples)s: what is in use is ended first; what has ended is archived by its disposal.",
                    samples=", ".join(kept.mapped("name")),
                )
            )

    @api.model
    def _raise_level(self, vals):
        """Return the level of a benchmark sample: secret at least."""
        level = vals.get("confidentiality")
        return level if level not in (None, False, "internal") else "secret"

    @api.constrains("confidentiality", "type_id")
    def _check_benchmark_level(self):
        for sample in self:
            if sample.type_id.is_benchmark and sample.confidentiality == "internal":
                raise ValidationError(
                    self.env._(
                        "%(sample)s is a benchmark sample: it is secret at least.",
                        sample=sample.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        kept = self.filtered(lambda sample: sample.state not in ("draft", "to_sign"))
        if kept:
            raise UserError(
                self.env._(
                    "%(samples)s: a confirmed sample is not deleted; end it and archive it.",
                    samples=", ".join(kept.mapped("name")),
                )
            )

    # --- Restricted access ---

    @api.model
    def _get_need_to_know_bases(self):
        user = self.env.user
        return {
            **super()._get_need_to_know_bases(),
            "owner": Domain("create_uid", "=", user.id),
            "role": Domain(user.has_group("sample_control.group_sample_benchmark")),
        }

    def _get_names_for_user(self):
        """Name these samples to the user: those he may see one by one, the others only as a count.

        :rtype: str
        """
        seen = self.sudo(False)._filtered_access("read")
        names = seen.mapped("name")
        if len(seen) < len(self):
            hidden = len(self) - len(seen)
            names.append(
                self.env._("%(count)s more that you may not see", count=hidden)
            )
        return ", ".join(names)

    # --- Loans ---

    def _get_loan_keepers(self):
        return self.custodian_id or super()._get_loan_keepers()

    # --- Mail ---

    def _get_sign_off_users(self, role):
        if role == "responsible":
            return self.custodian_id
        return super()._get_sign_off_users(role)

    # --- Smart buttons ---

    @api.model
    def _count_by(self, link, records):
        """Count samples by a link, as far as the user may see them.

        :param str link: name of a many2one
        :param records: what it points to
        :return: dict record -> number
        """
        if not self.has_access("read"):
            return {}
        return dict(
            self._read_group([(link, "in", records._origin.ids)], [link], ["__count"])
        )

    @api.model
    def _get_action_for(self, domain, context):
        """Return the action that shows some samples.

        :param list domain: which
        :param dict context: defaults for new ones
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sample_control.sample_sample_action"
        )
        action.update(domain=domain, context=context)
        return action
