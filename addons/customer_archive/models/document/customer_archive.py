from operator import attrgetter

from odoo import api, fields, models
from odoo.fields import Domain

from .customer_archive_document import PRESENT_STATUSES
from .customer_archive_document_type import ON_FILE_STATES


class CustomerArchive(models.Model):
    _name = "customer.archive"
    _inherit = ["customer.archive", "customer.archive.activity.mixin"]

    document_ids = fields.One2many(
        comodel_name="customer.archive.document",
        inverse_name="archive_id",
        string="Documents",
    )
    indispensable_document_ids = fields.One2many(
        comodel_name="customer.archive.document",
        inverse_name="archive_id",
        string="Indispensable Documents",
        domain=[("is_checklist", "=", True), ("type_id.blocks_active", "=", True)],
        help="The places of the documents without which the archive cannot be put on file.",
    )
    missing_document_count = fields.Integer(
        string="Missing Documents",
        compute="_compute_completeness",
        help="Mandatory documents that are missing or expired.",
    )
    mandatory_document_count = fields.Integer(
        string="Mandatory Documents",
        compute="_compute_completeness",
    )
    has_missing_documents = fields.Boolean(
        compute="_compute_completeness",
        search="_search_has_missing_documents",
        help="A mandatory document is missing or expired.",
    )
    completeness = fields.Float(
        string="Completeness (%)",
        compute="_compute_completeness",
        digits=(5, 1),
        aggregator=None,
        help="Mandatory documents that are present and mandatory card data that are filled, as a share of all "
        "mandatory ones. Documents that do not apply are left out.",
    )
    completeness_explanation = fields.Text(
        compute="_compute_completeness_explanation",
        help="What the completeness counts, what of it is missing, and what will be counted once the archive is on file.",
    )

    # --- Computes ---

    @api.depends(
        lambda self: (
            "document_ids.status",
            "document_ids.is_mandatory",
            *self._get_completeness_fields(),
        )
    )
    def _compute_completeness(self):
        counts = self.env["customer.archive.document"]._count_mandatory(self)
        values = [attrgetter(name) for name in self._get_completeness_fields()]
        for archive in self:
            present, required = counts.get(archive._origin.id, (0, 0))
            filled = sum(bool(value(archive)) for value in values)
            total = required + len(values)
            archive.mandatory_document_count = required
            archive.missing_document_count = required - present
            archive.has_missing_documents = required > present
            archive.completeness = 100.0 * (present + filled) / total if total else 0.0

    @api.depends("completeness", "state", "category_id", "grade_id", "document_ids")
    @api.depends_context("lang")
    def _compute_completeness_explanation(self):
        for archive in self:
            required = archive.mandatory_document_count
            sentences = [
                self.env._(
                    "Mandatory documents: %(present)s of %(required)s.",
                    present=required - archive.missing_document_count,
                    required=required,
                ),
                archive._get_card_data_sentence(),
                archive._get_later_documents_sentence(),
            ]
            archive.completeness_explanation = "\n".join(filter(None, sentences))

    def _get_card_data_sentence(self):
        """Say how many of the mandatory card data are filled, and name the others."""
        self.ensure_one()
        names = self._get_completeness_fields()
        empty = [name for name in names if not attrgetter(name)(self)]
        sentence = self.env._(
            "Mandatory card data: %(filled)s of %(required)s.",
            filled=len(names) - len(empty),
            required=len(names),
        )
        if not empty:
            return sentence
        labels = ", ".join(map(self._get_path_label, empty))
        return f"{sentence} " + self.env._("Empty: %(names)s.", names=labels)

    @api.model
    def _get_path_label(self, path):
        """Return the label of the field at the end of a path such as ``partner_id.street``."""
        model = self
        *parents, name = path.split(".")
        for parent in parents:
            model = model[parent]
        return model._fields[name]._description_string(self.env)

    def _get_later_documents_sentence(self):
        """Say which documents become mandatory when the archive is put on file."""
        self.ensure_one()
        if self.state in ON_FILE_STATES:
            return ""
        # sudo: which documents are asked for is no secret
        types_sudo = self.sudo().document_ids.type_id.filtered(
            lambda document_type: document_type.mandatory_lifecycle == "on_file"
            and self.sudo().filtered_domain(document_type._get_mandatory_scope_domain())
        )
        if not types_sudo:
            return ""
        return self.env._(
            "Mandatory once the archive is on file: %(documents)s.",
            documents=", ".join(types_sudo.mapped("display_name")),
        )

    def _search_has_missing_documents(self, operator, value):
        if operator != "in":
            return NotImplemented
        missing = Domain("document_ids", "any", self._get_missing_document_domain())
        return Domain.OR(missing if flag else ~missing for flag in value)

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        archives = super().create(vals_list)
        self.env["customer.archive.document"]._sync_checklist(archives)
        return archives

    def write(self, vals):
        result = super().write(vals)
        if not {"partner_id", "company_id"}.isdisjoint(vals):
            self.env["customer.archive.document"]._sync_checklist(self)
        return result

    # --- Completeness ---

    @api.model
    def _get_completeness_fields(self):
        """Return the paths of the card data that every archive must have (K-25). Extend it with super().

        :rtype: list[str]
        """
        return [
            "category_id",
            "user_id",
            "keeper_id",
            "partner_id.street",
            "partner_id.city",
            "partner_id.phone",
            "partner_id.industry_id",
        ]

    @api.model
    def _get_missing_document_domain(self):
        return Domain("is_mandatory", "=", True) & Domain(
            "status", "in", ("missing", "expired")
        )

    # --- Gates ---

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target in ("review", "active") and self.state != "stopped":
            # Asked at the submission already: the reviewer is not the one to find it out.
            reasons += self._get_indispensable_document_reasons()
        return reasons

    def _get_indispensable_document_reasons(self):
        """Say which documents keep the archive from being put on file (CA-05)."""
        self.ensure_one()
        types_sudo = (
            self.env["customer.archive.document.type"].sudo()._get_indispensable()
        )
        fitting = types_sudo.filtered(
            lambda document_type: self.sudo().filtered_domain(
                document_type._get_applicable_archive_domain()
            )
        )
        present = self.sudo().indispensable_document_ids.filtered(
            lambda document: document.status in PRESENT_STATUSES
        )
        return [
            self.env._(
                "%(archive)s lacks %(document)s; file it before the archive is put on file.",
                archive=self.display_name or self.env._("The archive"),
                document=document_type.display_name,
            )
            for document_type in fitting.with_env(self.env) - present.type_id
        ]

    # --- Merge (CA-100) ---

    def _merge_into(self, destination):
        """Let the documents received find their places in the archive that stays."""
        for archive in self:
            archive._merge_checklist(destination)
        return super()._merge_into(destination)

    def _merge_checklist(self, destination):
        """An empty place is taken over, a second edition stands beside the present one; empty lines stay behind."""
        # Checklist lines are the system's to move.
        places = {
            line.type_id: line
            for line in destination.sudo().document_ids
            if line.is_checklist
        }
        for line in self.sudo().document_ids.filtered(
            lambda line: line.is_checklist and line._has_content()
        ):
            place = places.get(line.type_id)
            if not place:
                continue
            if place._has_content():
                line.write({"is_checklist": False, "current_document_id": place.id})
            else:
                place.write({"is_checklist": False})
                place.unlink()

    # --- Print ---

    def _get_emergency_contacts(self):
        """Add those who have the tag by which the documents know them."""
        tag = self.env["customer.archive.document.type"]._get_emergency_tag()
        return super()._get_emergency_contacts() | self.env["res.partner"].search(
            [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("category_id", "in", tag.ids),
            ]
        )

    # --- Actions ---

    def action_open_documents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_archive.customer_archive_document_action"
        )
        action["domain"] = [("archive_id", "=", self.id)]
        action["context"] = {"default_archive_id": self.id}
        return action
