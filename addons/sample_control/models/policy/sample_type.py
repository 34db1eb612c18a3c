from odoo import api, fields, models
from odoo.exceptions import ValidationError

NATURES = [("reference", "Reference"), ("guiding", "Guiding")]


class SampleType(models.Model):
    """Kind of sample: what it may be used for and what it needs (SC-02)."""

    _name = "sample.type"
    _description = "Sample Type"
    _order = "sequence, id"
    _inherit = ["sample.delivered.mixin", "company.boundary.mixin", "mail.thread"]
    _rec_names_search = ["name", "code"]
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        tracking=True,
        help="Part of the sample numbers, for example YJ-SEAL-2026-00001.",
    )
    sequence = fields.Integer(default=10)
    nature = fields.Selection(
        selection=NATURES,
        required=True,
        default="guiding",
        tracking=True,
        help="Reference samples are a basis for development; guiding samples are used on the shop floor.",
    )
    acceptance_basis = fields.Boolean(
        string="Basis of Final Acceptance",
        default=True,
        tracking=True,
        help="Products may be finally accepted against samples of this type.",
    )
    concession_required = fields.Boolean(
        tracking=True,
        help="Final acceptance against samples of this type needs a recorded concession.",
    )
    is_in_process = fields.Boolean(
        string="In-process Only",
        tracking=True,
        help="For checks between operations only, never for final acceptance or complaints.",
    )
    is_benchmark = fields.Boolean(
        string="Benchmark",
        tracking=True,
        help="Pieces of competitors: never a basis of acceptance, visible to the benchmark group only.",
    )
    is_limit = fields.Boolean(
        string="Limit Sample",
        help="Shows how far a defect may go; two of them make a pair.",
    )
    needs_product = fields.Boolean(
        default=True,
        help="Off for gauge blocks and pieces of competitors, where a name is enough.",
    )
    needs_validity = fields.Boolean(default=True, tracking=True)
    needs_calibration = fields.Boolean(tracking=True)
    needs_first_article = fields.Boolean(string="Needs First Article Comparison")
    needs_customer_sign = fields.Boolean(
        string="Customer Signs",
        tracking=True,
        help="The customer confirms the sample before it is valid.",
    )
    label_characteristic_ids = fields.Many2many(
        comodel_name="sample.characteristic",
        relation="sample_type_label_characteristic_rel",
        string="Fields of the Card",
        help="Characteristics that must be filled in before a card is printed or a sample is signed.",
    )
    protection_tag_ids = fields.Many2many(
        comodel_name="sample.protection.tag",
        string="Protection",
    )
    authorized_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Authorized Users",
        help="Who knows how to use these samples. Empty: every sample user.",
        context={"active_test": False},
    )
    color = fields.Integer()
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index=True,
        help="Empty: in all companies. What a company sets up holds in its branches, too.",
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "There is a sample type with this code already.",
    )

    @api.constrains("is_benchmark", "is_in_process", "acceptance_basis")
    def _check_acceptance_basis(self):
        for kind in self:
            if kind.acceptance_basis and (kind.is_benchmark or kind.is_in_process):
                raise ValidationError(
                    self.env._(
                        "%(type)s: benchmark and in-process samples are never a basis of final acceptance.",
                        type=kind.name,
                    )
                )

    @api.depends("name", "code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for kind in self:
            kind.display_name = kind.name

    # --- Numbers ---

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        kinds._make_sequences()
        return kinds

    def write(self, vals):
        result = super().write(vals)
        if "code" in vals:
            self._make_sequences()
        return result

    def _get_sequence_code(self):
        """Return the code of the sequence that numbers the samples of this type."""
        self.ensure_one()
        return f"sample.sample.{self.code}"

    def _make_sequences(self):
        """Give each new type a sequence of its own: YJ-CODE-2026-00001, editable like any other."""
        # sudo: who sets up types need not be able to set up sequences
        sequences_sudo = self.env["ir.sequence"].sudo()
        codes = {kind._get_sequence_code(): kind for kind in self}
        taken = sequences_sudo.search([("code", "in", list(codes))]).mapped("code")
        sequences_sudo.create(
            [
                kind._prepare_sequence_vals()
                for code, kind in codes.items()
                if code not in taken
            ]
        )

    def _prepare_sequence_vals(self):
        """Return the values of the sequence of this type."""
        self.ensure_one()
        return {
            "name": self.env._("Samples of type %(code)s", code=self.code),
            "code": self._get_sequence_code(),
            "prefix": f"YJ-{self.code}-%(range_year)s-",
            "padding": 5,
            "restart_period": "year",
            "company_id": False,
        }
