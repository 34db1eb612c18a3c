from odoo import api, fields, models
from odoo.fields import Domain

STATES = [
    ("draft", "Draft"),
    ("approved", "Approved"),
    ("done", "Destroyed"),
    ("cancelled", "Cancelled"),
]
TRANSITIONS = {
    "draft": ("approved", "cancelled"),
    "approved": ("draft", "done", "cancelled"),
    "done": (),
    "cancelled": ("draft",),
}


class CustomerArchiveDestruction(models.Model):
    """Documents or whole archives are destroyed under witness (CA-15)."""

    _name = "customer.archive.destruction"
    _description = "Archive destruction"
    _inherit = ["sign.off.mixin", "customer.archive.custody.form.mixin"]
    _order = "date desc, id desc"
    _controlled_form_code = "customer_archive_destruction"
    _numbering_code = "customer.archive.destruction"
    _guarded_transitions = TRANSITIONS
    _guarded_side_states = ("draft", "cancelled")
    _guarded_protected_fields = (
        "date_executed",
        "date_witnessed",
        "witnessed_by_id",
        "executed_by_id",
    )
    _guarded_readiness_depends = (
        "line_ids.appraisal",
        "executor_id",
        "witness_id",
        "method",
        "date_witnessed",
        "sign_off_state",
    )
    # 执行人 and 监销人 sign for what they do; others approve it
    _sign_off_own_roles = ("executor", "witness")
    _sealed_fields = (
        "executor_id",
        "witness_id",
        "method",
        "reason",
        "line_ids.archive_id",
        "line_ids.document_id",
        "line_ids.reason",
        "line_ids.appraisal",
    )

    name = fields.Char(string="Destruction No.")
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._record_control_today(),
        index=True,
        copy=False,
    )
    reason = fields.Text(
        required=True,
        tracking=True,
    )
    method = fields.Selection(
        selection=[
            ("shredding", "Shredding"),
            ("deletion", "Deletion"),
            ("both", "Shredding and Deletion"),
        ],
        required=True,
        default="both",
        tracking=True,
    )
    executor_id = fields.Many2one(
        comodel_name="res.users",
        string="Executed By",
        required=True,
        domain=[("share", "=", False)],
        index=True,
        tracking=True,
    )
    witness_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        domain=[("share", "=", False)],
        index=True,
        tracking=True,
        help="Watches the destruction; never the person who executes it.",
    )
    state = fields.Selection(
        selection=STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    line_ids = fields.One2many(
        comodel_name="customer.archive.destruction.line",
        inverse_name="destruction_id",
        string="Contents",
        copy=False,
    )
    line_count = fields.Integer(
        compute="_compute_line_count",
    )
    has_archives = fields.Boolean(
        string="Whole Archives",
        compute="_compute_has_archives",
        store=True,
        help="Whole archives need the approval of a director.",
    )
    date_witnessed = fields.Datetime(
        string="Witnessed On",
        readonly=True,
        copy=False,
    )
    date_executed = fields.Datetime(
        string="Destroyed On",
        readonly=True,
        copy=False,
    )
    deleted_file_count = fields.Integer(
        string="Deleted Files",
        readonly=True,
        copy=False,
    )

    _two_persons = models.Constraint(
        "CHECK(executor_id <> witness_id)",
        "The witness of a destruction is never the person who executes it.",
    )

    # --- Computes ---

    @api.depends("line_ids.document_id", "line_ids.archive_id")
    def _compute_has_archives(self):
        for destruction in self:
            destruction.has_archives = any(
                not line.document_id for line in destruction.line_ids
            )

    @api.depends("line_ids")
    def _compute_line_count(self):
        for destruction in self:
            destruction.line_count = len(destruction.line_ids)

    # --- CRUD ---

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"deleted_file_count"}

    def write(self, vals):
        fixed = {
            "line_ids",
            "executor_id",
            "witness_id",
            "method",
            "reason",
            "date",
            "company_id",
        } & set(vals)
        if fixed:
            self.filtered(
                lambda destruction: destruction.state in ("done", "cancelled")
            )._refuse(self.env._("A closed destruction record is not changed"))
        return super().write(vals)

    # --- State ---

    def _get_transition_label(self, target):
        return {
            "approved": self.env._("Approve"),
            "done": self.env._("Destroy"),
        }.get(target) or super()._get_transition_label(target)

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target in ("approved", "done"):
            reasons += self._get_content_reasons()
            reasons += self._get_seal_reasons()
        if target == "done":
            reasons += self._get_execution_reasons()
        return reasons

    def _get_content_reasons(self):
        """Say why the contents may not be destroyed: appraisal, hold, retention, loans."""
        reasons = []
        if self.executor_id and self.executor_id == self.witness_id:
            reasons.append(
                self.env._(
                    "The witness must be somebody else than the person who executes."
                )
            )
        lines = self.sudo().line_ids  # the whole record counts, whoever asks
        if not lines:
            reasons.append(self.env._("Enter what is to be destroyed."))
        for line in lines:
            reasons += line._get_destruction_reasons()
        return reasons

    def _get_execution_reasons(self):
        reasons = []
        if not self.date_witnessed:
            reasons.append(
                self.env._(
                    "%(witness)s has not confirmed to be present as witness.",
                    witness=self.witness_id.name,
                )
            )
        if self.env.user != self.executor_id:
            reasons.append(
                self.env._(
                    "%(executor)s executes the destruction.",
                    executor=self.executor_id.name,
                )
            )
        return reasons

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        if target == "done":
            vals["date_executed"] = fields.Datetime.now()
        else:
            vals.update(date_executed=False, date_witnessed=False)
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "done":
            for destruction in self:
                destruction._destroy()

    # --- Sign-off ---

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if self.state != "draft":
            reasons.append(
                self.env._("%(record)s is no draft.", record=self.display_name)
            )
        return reasons + self._get_content_reasons()

    def _get_sign_off_authors(self):
        """Nobody destroys on his own: who drew it up or executes it does not approve it (CA-15)."""
        return super()._get_sign_off_authors() | self.create_uid | self.executor_id

    def _get_sign_off_users(self, role):
        if role == "executor":
            return self.executor_id
        if role == "witness":
            return self.witness_id
        if role == "responsible":
            return self.create_uid
        return super()._get_sign_off_users(role)

    def _on_sign_off_sealed(self):
        super()._on_sign_off_sealed()
        self.filtered(lambda destruction: destruction.state == "draft")._transition(
            "approved"
        )

    def _on_seal_broken(self, changes):
        super()._on_seal_broken(changes)
        self.filtered(lambda destruction: destruction.state == "approved")._transition(
            "draft"
        )

    # --- Actions ---

    def action_witness(self):
        """Confirm, as the witness, to be present at the destruction."""
        self.filtered(lambda destruction: destruction.state != "approved")._refuse(
            self.env._("Only an approved destruction is witnessed")
        )
        self.filtered(
            lambda destruction: destruction.witness_id != self.env.user
        )._refuse(self.env._("Only the witness named confirms"))
        return self._write_protected({"date_witnessed": fields.Datetime.now()})

    def action_destroy(self):
        return self._transition("done")

    def action_cancel(self):
        return self._transition("cancelled")

    def action_draft(self):
        return self._transition("draft")

    def action_propose(self):
        """Add the documents whose retention has ended."""
        for destruction in self:
            destruction.filtered(lambda record: record.state != "draft")._refuse(
                self.env._("Contents are proposed in a draft")
            )
            documents = self.env["customer.archive.document"].search(
                destruction._get_proposal_domain()
            )
            destruction.write(
                {
                    "line_ids": [
                        fields.Command.create(
                            {
                                "archive_id": document.archive_id.id,
                                "document_id": document.id,
                            }
                        )
                        for document in documents
                    ]
                }
            )
        return True

    def _get_proposal_domain(self):
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("date_retention_end", "<", self.company_id._record_control_today())
            & Domain("is_on_hold", "=", False)
            & Domain("archive_id.is_on_hold", "=", False)
            & Domain("date_received", "!=", False)
            & Domain("date_destroyed", "=", False)
            & Domain("id", "not in", self.line_ids.document_id.ids)
        )

    # --- Destruction ---

    def _destroy(self):
        """Delete the files and note on each document and archive that it was destroyed."""
        self.ensure_one()
        # Gated: sealed approval, appraisal, retention, witness. Executors may not delete files otherwise.
        lines_sudo = self.sudo().line_ids
        # who puts an archive on hold, or lends it, at this moment is heard first
        lines_sudo.archive_id._claim()
        archives_sudo = lines_sudo.filtered(
            lambda line: not line.document_id
        ).archive_id
        documents_sudo = lines_sudo.document_id | archives_sudo.document_ids.filtered(
            lambda d: not d.date_destroyed
        )
        files_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                Domain("res_field", "in", [False, *self._get_file_fields()])
                & (
                    (
                        Domain("res_model", "=", "customer.archive.document")
                        & Domain("res_id", "in", documents_sudo.ids)
                    )
                    | (
                        Domain("res_model", "=", "customer.archive")
                        & Domain("res_id", "in", archives_sudo.ids)
                    )
                )
            )
        )
        self.sudo().deleted_file_count = len(files_sudo)
        files_sudo.unlink()
        documents_sudo._mark_destroyed()
        archives_sudo._transition("destroyed")

    @api.model
    def _get_file_fields(self):
        """Return the binary fields of archives and documents that keep their content as attachments."""
        return sorted(
            {
                name
                for model in ("customer.archive", "customer.archive.document")
                for name, field in self.env[model]._fields.items()
                if field.type in ("binary", "image")
                and field.store
                and field.attachment
            }
        )


class CustomerArchiveDestructionLine(models.Model):
    """One document, or a whole archive when no document is named."""

    _name = "customer.archive.destruction.line"
    _description = "Destroyed contents"
    _inherit = ["sealed.line.mixin", "protected.fields.mixin", "fixed.parent.mixin"]
    _order = "destruction_id desc, id"
    _sealed_parent_field = "destruction_id"
    _check_company_auto = True

    destruction_id = fields.Many2one(
        comodel_name="customer.archive.destruction",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="destruction_id.company_id",
        store=True,
        index=True,
    )
    archive_id = fields.Many2one(
        comodel_name="customer.archive",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    document_id = fields.Many2one(
        comodel_name="customer.archive.document",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('archive_id', '=', archive_id)]",
        check_company=True,
        help="Leave empty to destroy the whole archive.",
    )
    volume_year = fields.Integer(
        related="document_id.volume_year",
    )
    reason = fields.Char()
    appraisal = fields.Selection(
        selection=[
            ("destroy", "No Further Value"),
            ("keep", "To Be Kept"),
        ],
        help="Value of the contents, appraised before the destruction.",
    )
    appraisal_note = fields.Char()
    date_retention_end = fields.Date(
        string="Retention Until",
        compute="_compute_date_retention_end",
    )

    _content_unique = models.UniqueIndex(
        "(destruction_id, archive_id, COALESCE(document_id, 0))",
        "The same contents are listed twice.",
    )

    # --- Computes ---

    @api.depends("archive_id", "document_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                line.document_id.display_name or line.archive_id.display_name or ""
            )

    @api.depends("document_id.date_retention_end", "archive_id.date_retention_end")
    def _compute_date_retention_end(self):
        for line in self:
            thing = line.document_id or line.archive_id
            line.date_retention_end = thing.date_retention_end

    # --- CRUD ---

    @api.model
    def _get_fixed_parent_fields(self):
        return super()._get_fixed_parent_fields() | {"destruction_id"}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("document_id") and not vals.get("archive_id"):
                vals["archive_id"] = (
                    self.env["customer.archive.document"]
                    .browse(vals["document_id"])
                    .archive_id.id
                )
        lines = super().create(vals_list)
        lines._check_record_open()
        return lines

    def write(self, vals):
        self._check_record_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_record_open()

    def _check_record_open(self):
        self.destruction_id.filtered(
            lambda destruction: destruction.state in ("done", "cancelled")
        )._refuse(self.env._("A closed destruction record is not changed"))

    # --- Gates ---

    def _get_destruction_reasons(self):
        """Say why this content may not be destroyed now.

        :return: list of sentences
        """
        self.ensure_one()
        reasons = []
        if self.document_id and self.document_id.archive_id != self.archive_id:
            reasons.append(
                self.env._(
                    "%(content)s does not belong to the archive named.",
                    content=self.display_name,
                )
            )
        if self.appraisal != "destroy":
            reasons.append(
                self.env._(
                    "%(content)s was not appraised as of no further value.",
                    content=self.display_name,
                )
            )
        return (
            reasons + (self.document_id or self.archive_id)._get_destruction_reasons()
        )
