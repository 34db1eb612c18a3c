from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.record_control.models.access.restricted_record import (
    CONFIDENTIALITY_LEVELS,
    LEVEL_ORDER,
)

# Archives that have passed their review: customers we deal with or dealt with.
ON_FILE_STATES = ("active", "stopped", "cancelled")
EVIDENCE = [
    ("document", "A paper or a file"),
    ("contact", "Contact data of the customer"),
    ("emergency", "An emergency contact of the customer"),
    ("order", "Confirmed orders"),
    ("payment", "Invoices and payments"),
    ("correspondence", "Messages and notes on the archive"),
]


class CustomerArchiveDocumentType(models.Model):
    """A kind of document that an archive contains (CA-05), or a work form of the register (CA-06).

    Each archive gets one checklist line for each type that is on the checklist and fits the customer. A form
    nobody programmed is a type with its form number and user-defined attributes.
    """

    _name = "customer.archive.document.type"
    _description = "Archive document type"
    # who changes what is kept, and how long, leaves a trace
    _inherit = ["protected.fields.mixin", "mail.thread"]
    _order = "sequence, code, id"
    _rec_names_search = ["code", "name", "form_number"]

    code = fields.Char(
        required=True,
        help="Number of the kind of document in the archive regulation, for example D01.",
    )
    name = fields.Char(
        required=True,
        translate=True,
    )
    form_number = fields.Char(
        index="trigram",
        help="Number of the work form, for example qms-pm-31302.",
    )
    sequence = fields.Integer(
        default=10,
    )
    active = fields.Boolean(
        default=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index="btree_not_null",
        help="Leave empty when all companies use this type.",
    )
    note = fields.Text(
        translate=True,
        help="What belongs here, for the people who collect and file it.",
    )

    # Responsibility
    department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Responsible Department",
        index="btree_not_null",
        help="Obtains the document; its manager is told when a mandatory document is missing or about to expire.",
    )
    review_department_ids = fields.Many2many(
        comodel_name="hr.department",
        relation="customer_archive_document_type_review_department_rel",
        ondelete="restrict",
        context={"active_test": False},
        string="Reviewing Departments",
        help="Departments that countersign each document of this type; one review cell each.",
    )

    # Checklist
    evidence = fields.Selection(
        selection=EVIDENCE,
        default="document",
        required=True,
        help="What shows that the archive has it. Evidence that lives in the system needs no paper: the line counts as "
        "received as soon as the data exist.",
    )
    applies_to = fields.Selection(
        selection=[
            ("any", "All customers"),
            ("company", "Company customers"),
            ("person", "Personal customers"),
        ],
        default="any",
        required=True,
    )
    on_checklist = fields.Boolean(
        default=True,
        help="Every archive the type applies to gets a checklist line. Otherwise lines are added when a document arrives.",
    )
    is_mandatory = fields.Boolean(
        string="Mandatory",
        tracking=True,
        help="Counts for the completeness of the archive.",
    )
    blocks_active = fields.Boolean(
        string="Needed to File the Archive",
        tracking=True,
        help="An archive cannot be put on file while this is missing. The regulation does not say what is "
        "indispensable; by default the business licence and a contact are.",
    )
    mandatory_category_ids = fields.Many2many(
        comodel_name="customer.archive.category",
        relation="customer_archive_document_type_category_rel",
        ondelete="restrict",
        context={"active_test": False},
        string="Mandatory for Categories",
        help="Leave empty for all archive categories.",
    )
    mandatory_grade_ids = fields.Many2many(
        comodel_name="customer.grade",
        relation="customer_archive_document_type_grade_rel",
        ondelete="restrict",
        context={"active_test": False},
        string="Mandatory for Grades",
        help="Leave empty for customers of all grades and without a grade.",
    )
    mandatory_lifecycle = fields.Selection(
        selection=[
            ("any", "From the opening of the archive"),
            ("on_file", "Once the archive is on file"),
        ],
        default="any",
        required=True,
        string="Mandatory Since",
    )

    # Validity, confidentiality, retention
    validity_months = fields.Integer(
        string="Validity (months)",
        help="Proposed validity counted from the day of receipt; 0 when the document itself says until when it is valid.",
    )
    confidentiality = fields.Selection(
        selection=CONFIDENTIALITY_LEVELS,
        default="internal",
        required=True,
        tracking=True,
    )
    retention_years = fields.Integer(
        default=10,
        required=True,
        tracking=True,
        help="Years a document is kept. The source regulations give no period: 10 years is our proposal.",
    )
    retention_basis = fields.Selection(
        selection=[
            ("deregistration", "Deregistration of the customer"),
            ("validity", "End of validity or release"),
        ],
        default="deregistration",
        required=True,
        tracking=True,
        help="Day from which the retention period counts. The source regulations give none: counting from the "
        "deregistration of the customer is our proposal.",
    )

    # Form
    is_printable = fields.Boolean(
        compute="_compute_is_printable",
        help="The system prints this form from its data.",
    )
    report_id = fields.Many2one(
        comodel_name="ir.actions.report",
        string="Printable Form",
        ondelete="set null",
        domain="[('model', '=', 'customer.archive')]",
    )
    properties_definition = fields.PropertiesDefinition(
        string="Attributes",
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "Each document type needs a code of its own.",
    )
    _validity_positive = models.Constraint(
        "CHECK(validity_months >= 0)",
        "The validity cannot be negative; enter 0 when the document itself states it.",
    )
    _retention_positive = models.Constraint(
        "CHECK(retention_years >= 0)",
        "The retention period cannot be negative.",
    )

    # --- Computes ---

    @api.depends("code", "name")
    def _compute_display_name(self):
        for document_type in self:
            document_type.display_name = (
                f"{document_type.code or ''} {document_type.name or ''}".strip()
            )

    @api.depends("report_id")
    def _compute_is_printable(self):
        for document_type in self:
            document_type.is_printable = bool(document_type.report_id)

    # --- Constraints ---

    @api.constrains("evidence", "on_checklist", "blocks_active")
    def _check_blocks_active(self):
        for document_type in self:
            if document_type.blocks_active and not document_type.on_checklist:
                raise ValidationError(
                    self.env._(
                        "%(type)s is needed to file an archive and must therefore be on the checklist.",
                        type=document_type.display_name,
                    )
                )

    # --- CRUD ---

    _CHECKLIST_FIELDS = ("active", "company_id", "applies_to", "on_checklist")
    _MANDATORY_FIELDS = (
        "applies_to",
        "is_mandatory",
        "mandatory_category_ids",
        "mandatory_grade_ids",
        "mandatory_lifecycle",
    )

    @api.model_create_multi
    def create(self, vals_list):
        types = super().create(vals_list)
        self.env.registry.clear_cache()
        self.env["customer.archive.document"]._sync_checklist(types=types)
        return types

    def write(self, vals):
        result = super().write(vals)
        if not {"active", "blocks_active"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        documents = self.env["customer.archive.document"]
        if any(name in vals for name in self._CHECKLIST_FIELDS):
            documents._sync_checklist(types=self)
        if any(name in vals for name in self._MANDATORY_FIELDS):
            documents._sync_mandatory(types=self)
        if vals.get("confidentiality"):
            self._raise_level_of_documents(vals["confidentiality"])
        return result

    def _raise_level_of_documents(self, level):
        """Make the documents of these types as secret as their types, in one statement; none becomes less secret."""
        lower = [key for key, rank in LEVEL_ORDER.items() if rank < LEVEL_ORDER[level]]
        documents = self.env["customer.archive.document"]
        documents.flush_model(["confidentiality", "type_id"])
        self.env.cr.execute(
            SQL(
                "UPDATE customer_archive_document SET confidentiality = %s"
                " WHERE type_id = ANY(%s) AND confidentiality = ANY(%s)",
                level,
                self.ids,
                lower,
            )
        )
        documents.invalidate_model(["confidentiality"])

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # --- Rules ---

    @api.model
    def _get_indispensable(self):
        """Return the types without which an archive cannot be put on file."""
        return self.browse(self._get_indispensable_ids())

    @api.model
    @tools.ormcache()
    def _get_indispensable_ids(self):
        return tuple(self.sudo().search([("blocks_active", "=", True)]).ids)

    def _get_applicable_archive_domain(self):
        """Tell which archives get a checklist line of these types.

        The types must agree in ``company_id`` and ``applies_to``.

        :rtype: odoo.fields.Domain
        """
        domain = Domain("state", "!=", "destroyed")
        company = self.company_id
        if company:
            domain &= Domain("company_id", "=", company.id)
        applies_to = set(self.mapped("applies_to"))
        if applies_to == {"company"}:
            domain &= Domain("partner_id.is_company", "=", True)
        elif applies_to == {"person"}:
            domain &= Domain("partner_id.is_company", "=", False)
        return domain

    def _get_mandatory_archive_domain(self):
        """Tell for which archives a document of this type counts for completeness.

        :rtype: odoo.fields.Domain
        """
        self.ensure_one()
        domain = self._get_mandatory_scope_domain()
        if self.mandatory_lifecycle == "on_file":
            domain &= Domain("state", "in", ON_FILE_STATES)
        return domain

    def _get_mandatory_scope_domain(self):
        """Tell for which archives a document of this type counts for completeness now or once they are on file.

        :rtype: odoo.fields.Domain
        """
        self.ensure_one()
        if not self.is_mandatory:
            return Domain.FALSE
        domain = self._get_applicable_archive_domain()
        if self.mandatory_category_ids:
            domain &= Domain("category_id", "in", self.mandatory_category_ids.ids)
        if self.mandatory_grade_ids:
            domain &= Domain("grade_id", "in", self.mandatory_grade_ids.ids)
        return domain

    @api.model
    def _get_emergency_tag(self):
        """Return the contact tag of people to be called in an emergency (CA-05 D22, CA-06 Q02)."""
        return (
            self.env.ref(
                "customer_archive.res_partner_category_emergency",
                raise_if_not_found=False,
            )
            or (self.env["res.partner.category"])
        )
