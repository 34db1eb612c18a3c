from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.record_control.models.access.ir_rule import DOCUMENT_MODELS_KEY
from odoo.addons.record_control.models.access.restricted_record import (
    highest_level,
    levels_from,
    parent_condition,
)
from odoo.addons.record_control.tools.one_by_one import act_on_each

DOCUMENT_STATUSES = [
    ("missing", "Missing"),
    ("received", "Received"),
    ("to_refresh", "To Refresh"),
    ("expired", "Expired"),
    ("not_applicable", "Not Applicable"),
    ("destroyed", "Destroyed"),
]
# The archive has the document, though it may have to be brought up to date.
PRESENT_STATUSES = ("received", "to_refresh")
EXPIRY_CLOCK = "customer_archive_document_expiry"
EXPIRY_NOTICE_DAYS = 30
# A licence without an end is entered with 9999-12-31: nobody is reminded of it
COUNTED_YEARS = range(1900, 9999)


class CustomerArchiveDocument(models.Model):
    """One document of an archive (CA-05).

    A checklist line is the place of one document type in the archive: the current edition stands there, renewing it
    moves the former edition to a line of its own. The status is never typed; it follows from what is known about
    the document and from today's date.
    """

    _name = "customer.archive.document"
    _description = "Archive document"
    _inherit = [
        "restricted.record.mixin",
        "sign.off.mixin",
        "clock.mixin",
        "protected.fields.mixin",
        "loan.thing.mixin",
        "customer.archive.activity.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "archive_id desc, type_sequence, is_checklist desc, volume_year desc, id"
    _rec_names_search = ["type_id", "archive_id", "note"]
    _check_company_auto = True
    _protected_fields = (
        "is_checklist",
        "is_mandatory",
        "current_document_id",
        "date_destroyed",
        "date_missing_reported",
    )
    _restricted_open_fields = (
        "id",
        "display_name",
        "status",
        "is_mandatory",
        "is_checklist",
        "type_sequence",
    )
    # Who destroys or witnesses must find the volume
    _restricted_shown_fields = ("volume_year",)
    _restricted_parent_field = "archive_id"
    _sealed_fields = (
        "archive_id",
        "type_id",
        "date_received",
        "date_valid_until",
        "copies",
        "attachment_ids.name",
        "attachment_ids.checksum",
    )

    archive_id = fields.Many2one(
        comodel_name="customer.archive",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="archive_id.partner_id",
        store=True,
        index=True,
    )
    company_id = fields.Many2one(
        related="archive_id.company_id",
        store=True,
        index=True,
    )
    keeper_id = fields.Many2one(
        related="archive_id.keeper_id",
    )
    type_id = fields.Many2one(
        comodel_name="customer.archive.document.type",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    type_sequence = fields.Integer(
        related="type_id.sequence",
        store=True,
    )
    form_number = fields.Char(
        related="type_id.form_number",
    )
    department_id = fields.Many2one(
        related="type_id.department_id",
        string="Responsible Department",
    )
    is_checklist = fields.Boolean(
        string="Checklist Line",
        readonly=True,
        copy=False,
        help="The place of this document type in the archive; former editions have lines of their own.",
    )
    is_mandatory = fields.Boolean(
        string="Mandatory",
        compute="_compute_is_mandatory",
        store=True,
        index=True,
    )
    status = fields.Selection(
        selection=DOCUMENT_STATUSES,
        compute="_compute_status",
        search="_search_status",
    )
    current_document_id = fields.Many2one(
        comodel_name="customer.archive.document",
        string="Replaced By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The line that holds the current edition.",
    )
    former_document_ids = fields.One2many(
        comodel_name="customer.archive.document",
        inverse_name="current_document_id",
        string="Former Editions",
        readonly=True,
    )

    needs_review = fields.Boolean(
        compute="_compute_needs_review",
        help="Departments countersign documents of this type.",
    )

    # What was received
    attachment_ids = fields.One2many(
        comodel_name="ir.attachment",
        inverse_name="res_id",
        domain=[
            ("res_model", "=", "customer.archive.document"),
            ("res_field", "=", False),
        ],
        string="Attachments",
    )
    file_ids = fields.Many2many(
        comodel_name="ir.attachment",
        compute="_compute_file_ids",
        inverse="_inverse_file_ids",
        string="Files",
    )
    attachment_count = fields.Integer(
        string="Files (number)",
        compute="_compute_attachment_count",
    )
    copies = fields.Integer(
        default=1,
        copy=False,
        help="Paper copies held; 0 when only a file is kept.",
    )
    date_received = fields.Date(
        string="Received On",
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    received_by_id = fields.Many2one(
        comodel_name="res.users",
        copy=False,
        index="btree_not_null",
    )
    date_valid_until = fields.Date(
        string="Valid Until",
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    volume_year = fields.Integer(
        compute="_compute_volume_year",
        store=True,
        readonly=False,
        copy=False,
        help="Documents are bound into volumes by year.",
    )
    paper_place = fields.Char(
        string="Place of the Original",
        copy=False,
        tracking=True,
    )
    needs_refresh = fields.Boolean(
        string="To Refresh",
        copy=False,
        tracking=True,
        help="The document is still valid but has to be brought up to date.",
    )
    is_not_applicable = fields.Boolean(
        string="Not Applicable",
        copy=False,
        tracking=True,
    )
    not_applicable_reason = fields.Char(
        copy=False,
        tracking=True,
    )
    date_destroyed = fields.Date(
        string="Destroyed On",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    date_missing_reported = fields.Date(
        string="Reported Missing On",
        readonly=True,
        copy=False,
    )
    note = fields.Text()
    document_properties = fields.Properties(
        definition="type_id.properties_definition",
        string="Attributes",
        copy=False,
    )

    _checklist_unique = models.UniqueIndex(
        "(archive_id, type_id) WHERE is_checklist",
        "The archive has this document type on its checklist already.",
    )
    _copies_positive = models.Constraint(
        "CHECK(copies >= 0)",
        "The number of copies cannot be negative.",
    )
    _validity_order = models.Constraint(
        "CHECK(date_valid_until >= date_received)",
        "A document must be valid on the day it is received.",
    )

    # --- Computes ---

    @api.depends("type_id", "archive_id", "volume_year", "is_checklist")
    def _compute_display_name(self):
        for document in self:
            names = [document.type_id.display_name, document.archive_id.display_name]
            name = " – ".join(filter(None, names))
            if not document.is_checklist and document.volume_year:
                name = f"{name} ({document.volume_year})"
            document.display_name = name

    @api.depends(
        "archive_id.state",
        "archive_id.category_id",
        "archive_id.partner_id.is_company",
        "archive_id.grade_id",
        "is_checklist",
    )
    def _compute_is_mandatory(self):
        """Settings of the type are followed by :meth:`_sync_mandatory`, in SQL."""
        checklist = self.filtered("is_checklist")
        (self - checklist).is_mandatory = False
        for document_type, documents in checklist.grouped("type_id").items():
            domain = document_type._get_mandatory_archive_domain()
            archives = documents.archive_id.filtered_domain(domain)
            for document in documents:
                document.is_mandatory = document.archive_id in archives

    @api.depends(
        "date_destroyed",
        "is_not_applicable",
        "date_received",
        "date_valid_until",
        "needs_refresh",
        "type_id.evidence",
        "partner_id.phone",
        "partner_id.email",
        "partner_id.child_ids.phone",
        "partner_id.child_ids.email",
    )
    def _compute_status(self):
        days = self.company_id._get_record_control_days()
        in_system = self._filter_evidence_in_system()
        for document in self:
            today = days[document.company_id]
            if document.date_destroyed:
                document.status = "destroyed"
            elif document.is_not_applicable:
                document.status = "not_applicable"
            elif not document.date_received and document._origin not in in_system:
                document.status = "missing"
            elif document.date_valid_until and document.date_valid_until < today:
                document.status = "expired"
            elif document.needs_refresh:
                document.status = "to_refresh"
            else:
                document.status = "received"

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = self._get_status_domains()
        return Domain.OR(domains[status] for status in value if status in domains)

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "status":
            return super()._field_to_sql(alias, field_expr, query)
        # Lets lists, boards and pivots group by a status that changes overnight without being stored.
        model = self.sudo().with_context(active_test=False)
        cases = SQL(" ").join(
            SQL(
                "WHEN %s THEN %s",
                domain.optimize_full(model)._to_sql(model, alias, query),
                status,
            )
            for status, domain in self._get_status_domains().items()
        )
        return SQL("(CASE %s END)", cases)

    @api.depends("type_id.review_department_ids")
    def _compute_needs_review(self):
        for document in self:
            document.needs_review = bool(document.type_id.review_department_ids)

    @api.depends("attachment_ids")
    def _compute_file_ids(self):
        for document in self:
            document.file_ids = document.attachment_ids

    def _inverse_file_ids(self):
        for document in self:
            document.attachment_ids = document.file_ids

    @api.depends("attachment_ids")
    def _compute_attachment_count(self):
        counts = dict(
            self.env["ir.attachment"]
            .with_context(**{DOCUMENT_MODELS_KEY: [self._name]})
            ._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("res_field", "=", False),
                ],
                ["res_id"],
                ["__count"],
            )
        )
        for document in self:
            document.attachment_count = counts.get(document._origin.id, 0)

    @api.depends("date_received")
    def _compute_volume_year(self):
        for document in self:
            if document.date_received and not document.volume_year:
                document.volume_year = document.date_received.year

    # --- Onchanges ---

    @api.onchange("file_ids")
    def _onchange_file_ids(self):
        if self.file_ids and not self.date_received:
            self.date_received = self.env.company._record_control_today()

    @api.onchange("date_received", "type_id")
    def _onchange_date_received(self):
        if self.date_received and not self.received_by_id:
            self.received_by_id = self.env.user
        if (
            self.date_received
            and self.type_id.validity_months
            and not self.date_valid_until
        ):
            self.date_valid_until = self.date_received + relativedelta(
                months=self.type_id.validity_months
            )

    # --- Constraints ---

    @api.constrains("is_not_applicable", "not_applicable_reason", "type_id")
    def _check_not_applicable(self):
        for document in self.filtered("is_not_applicable"):
            if not (document.not_applicable_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "%(document)s: say why it does not apply.",
                        document=document.display_name,
                    )
                )
            if document.type_id.blocks_active:
                raise ValidationError(
                    self.env._(
                        "%(document)s is needed to keep an archive on file and cannot be marked as not applicable.",
                        document=document.display_name,
                    )
                )

    @api.constrains("date_received")
    def _check_date_received(self):
        early = self.filtered(
            lambda document: document.date_received
            and document.date_received > document.company_id._record_control_today()
        )
        if early:
            raise ValidationError(
                self.env._(
                    "A document cannot be received in the future: %(documents)s.",
                    documents=", ".join(early.mapped("display_name")),
                )
            )

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._complete_vals(vals) for vals in vals_list]
        documents = super().create(vals_list)
        documents._check_archive_alive()
        documents._check_something_received()
        documents.filtered("date_valid_until")._restart_expiry_clock()
        return documents

    def write(self, vals):
        if not self._get_content_fields().isdisjoint(vals):
            self._check_not_destroyed()
        self._check_place_kept(vals)
        if "date_received" in vals and not vals["date_received"]:
            self._check_not_indispensable()
        vals = self._complete_receipt_vals(vals)
        before = (
            {document: document.date_valid_until for document in self}
            if "date_valid_until" in vals
            else {}
        )
        result = super().write(vals)
        self.filtered(
            lambda document: document in before
            and before[document] != document.date_valid_until
        )._restart_expiry_clock()
        if vals.get("is_not_applicable"):
            self.sudo()._clock_cancel(EXPIRY_CLOCK, self.env._("Not applicable"))
        if "type_id" in vals:
            self._raise_to_level_of_type()
        if {"date_received", "copies", "file_ids", "attachment_ids"} & vals.keys():
            self._check_something_received()
        return result

    def _check_not_indispensable(self):
        """Keep the receipt of what the archive was put on file by (CA-05); another edition is filed by renewing."""
        if self.env.su:
            return
        needed = self.filtered(
            lambda document: document.is_checklist
            and document.date_received
            and document.type_id.blocks_active
            and document.archive_id.state in ("review", "approval", "active")
        )
        if needed:
            raise UserError(
                self.env._(
                    "%(documents)s: the archive was put on file by it. Renew the document to file another edition.",
                    documents=", ".join(needed.mapped("display_name")),
                )
            )

    def _raise_to_level_of_type(self):
        """A document is as secret as its type, also when it turns out to be of another one."""
        for document in self:
            levels = (document.type_id.confidentiality, document.confidentiality)
            highest = highest_level(levels)
            if highest != document.confidentiality:
                document.confidentiality = highest

    def _check_something_received(self):
        """Refuse a receipt of nothing: neither paper nor file (CA-05)."""
        if self.env.su:
            return
        empty = self.filtered(
            lambda document: document.date_received
            and not document.date_destroyed
            and not document.copies
            and not document.attachment_ids
        )
        if empty:
            raise UserError(
                self.env._(
                    "Enter the paper copies that were received or attach the file: %(documents)s.",
                    documents=", ".join(empty.mapped("display_name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        kept = self.filtered(
            lambda document: document.is_checklist or document._has_content()
        )
        kept = kept.filtered(
            lambda document: document.archive_id.state != "draft"
            or not self.env.is_system()
        )
        if kept:
            raise UserError(
                self.env._(
                    "Documents leave an archive by a destruction record only: %(documents)s.",
                    documents=", ".join(kept.mapped("display_name")),
                )
            )

    @api.model
    def _get_content_fields(self):
        """Return the fields that say what the document is; closed once it is destroyed."""
        return {
            "archive_id",
            "type_id",
            "attachment_ids",
            "file_ids",
            "copies",
            "date_received",
            "received_by_id",
            "date_valid_until",
            "volume_year",
            "paper_place",
            "needs_refresh",
            "is_not_applicable",
            "not_applicable_reason",
            "document_properties",
        }

    def _check_not_destroyed(self):
        destroyed = self.filtered("date_destroyed")
        if destroyed:
            raise UserError(
                self.env._(
                    "Destroyed documents cannot be changed: %(documents)s.",
                    documents=", ".join(destroyed.mapped("display_name")),
                )
            )

    def _check_archive_alive(self):
        dead = self.archive_id.filtered(lambda archive: archive.state == "destroyed")
        if dead:
            raise UserError(
                self.env._(
                    "Destroyed archives take no documents: %(archives)s.",
                    archives=", ".join(dead.mapped("display_name")),
                )
            )

    def _check_place_kept(self, vals):
        """A document does not wander to another archive, and a checklist line keeps its type."""
        for document in self:
            archive_moved = (
                "archive_id" in vals and vals["archive_id"] != document.archive_id.id
            )
            type_changed = "type_id" in vals and vals["type_id"] != document.type_id.id
            if (archive_moved and not self.env.su) or (
                type_changed and document.is_checklist
            ):
                raise UserError(
                    self.env._(
                        "%(document)s keeps its archive and its type; add another line instead.",
                        document=document.display_name,
                    )
                )

    @api.model
    def _complete_vals(self, vals):
        """A document is as secret as its type, unless it is said to be more."""
        vals = self._complete_receipt_vals(vals)
        if vals.get("type_id"):
            document_type = self.env["customer.archive.document.type"].browse(
                vals["type_id"]
            )
            levels = (document_type.confidentiality, vals.get("confidentiality"))
            vals["confidentiality"] = highest_level(levels)
        return vals

    @api.model
    def _complete_receipt_vals(self, vals):
        """Who files a document received it, unless somebody else is named."""
        vals = dict(vals)
        if vals.get("date_received"):
            vals.setdefault("received_by_id", self.env.uid)
        return vals

    # --- Actions ---

    def action_receive(self):
        """Note the documents as received today by the current user, valid as their types say."""
        waiting = self.filtered(
            lambda document: document.status in ("missing", "to_refresh")
        )
        for (company, months), documents in waiting.grouped(
            lambda document: (document.company_id, document.type_id.validity_months)
        ).items():
            today = company._record_control_today()
            vals = {
                "date_received": today,
                "received_by_id": self.env.uid,
                "needs_refresh": False,
            }
            if months:
                vals["date_valid_until"] = today + relativedelta(months=months)
            documents.write(vals)
        return True

    def action_renew(self):
        """Move the current editions to lines of their own and empty the places for the new ones."""
        for document in self:
            document.check_access("write")
            document._check_renewable()
            document._renew()
        return True

    def _renew(self):
        """Move the current edition of this document to a line of its own.

        :return: the line, in superuser mode
        """
        self.ensure_one()
        document_sudo = self.sudo()  # former editions are system-set
        former_sudo = document_sudo.copy(self._prepare_former_edition_vals())
        document_sudo.attachment_ids.write({"res_id": former_sudo.id})
        document_sudo._clock_stop(EXPIRY_CLOCK)
        document_sudo.write(self._prepare_renewal_vals())
        return former_sudo

    def action_open_former(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_archive.customer_archive_document_action"
        )
        action["domain"] = [("current_document_id", "=", self.id)]
        action["context"] = {"create": False}
        return action

    def _has_content(self):
        """Tell whether something was ever filed or noted here."""
        self.ensure_one()
        return bool(
            self.date_received
            or self.attachment_ids
            or self.is_not_applicable
            or self.date_destroyed
            or self.note
        )

    def _check_renewable(self):
        self.ensure_one()
        if self.is_on_loan:
            # the paper that is out would stand on a line of which nothing is out
            raise UserError(
                self.env._("%(document)s is on loan.", document=self.display_name)
            )
        if (
            not self.is_checklist
            or self.status not in ("received", "to_refresh", "expired")
            or not self.date_received
        ):
            raise UserError(
                self.env._(
                    "%(document)s has no edition that could be renewed.",
                    document=self.display_name,
                )
            )

    def _prepare_former_edition_vals(self):
        self.ensure_one()
        return {
            "is_checklist": False,
            "current_document_id": self.id,
            "copies": self.copies,
            "date_received": self.date_received,
            "received_by_id": self.received_by_id.id,
            "date_valid_until": self.date_valid_until,
            "volume_year": self.volume_year,
            "paper_place": self.paper_place,
            "document_properties": self.document_properties,
        }

    def _prepare_renewal_vals(self):
        return {
            "date_received": False,
            "received_by_id": False,
            "date_valid_until": False,
            "volume_year": 0,
            "needs_refresh": False,
        }

    # --- Status ---

    @api.model
    def _get_status_domains(self):
        """Return the exclusive and exhaustive conditions of the statuses, as of today in the user's time zone."""
        live, present, expired = self._get_presence_domains()
        destroyed = Domain("date_destroyed", "!=", False)
        refresh = Domain("needs_refresh", "=", True)
        return {
            "destroyed": destroyed,
            "not_applicable": ~destroyed & Domain("is_not_applicable", "=", True),
            "missing": live & ~present,
            "expired": live & present & expired,
            "to_refresh": live & present & ~expired & refresh,
            "received": live & present & ~expired & ~refresh,
        }

    @api.model
    def _get_presence_domains(self):
        """Return the conditions that a document is asked for, that it is there, and that it has expired.

        :rtype: tuple
        """
        live = Domain("date_destroyed", "=", False) & Domain(
            "is_not_applicable", "=", False
        )
        in_system = Domain("type_id.evidence", "!=", "document") & Domain.custom(
            to_sql=lambda model, alias, query: model._get_evidence_sql(alias),
        )
        present = Domain("date_received", "!=", False) | in_system
        expired = self.env.companies._record_control_today_domain(
            lambda day: Domain("date_valid_until", "<", day)
        )
        return live, present, expired

    @api.model
    def _count_mandatory(self, archives):
        """Count the mandatory documents of archives in one query, without asking which status each of them has.

        :param customer.archive archives:
        :return: archive id -> (present, required)
        :rtype: dict
        """
        # a figure, not the documents
        documents_sudo = self.sudo().with_context(active_test=False)
        live, present, expired = documents_sudo._get_presence_domains()
        query = documents_sudo._search([("archive_id", "in", archives.ids)])
        archive_sql = documents_sudo._field_to_sql(query.table, "archive_id", query)
        # What is mandatory is counted and not searched: there is an index of all that is mandatory, and reading it
        # takes longer than reading the checklists.
        required = Domain("is_mandatory", "=", True) & live
        counts_sql = (
            SQL(
                "COUNT(*) FILTER (WHERE %s)",
                domain.optimize_full(documents_sudo)._to_sql(
                    documents_sudo, query.table, query
                ),
            )
            for domain in (required & present & ~expired, required)
        )
        query.groupby = archive_sql
        rows = self.env.execute_query(query.select(archive_sql, *counts_sql))
        return {archive_id: counts for archive_id, *counts in rows}

    def _filter_evidence_in_system(self):
        """Return the documents whose evidence lives in the system and exists there."""
        candidates = self._origin.filtered(
            lambda document: document.type_id.evidence != "document"
        )
        if not candidates:
            return candidates
        self.env.flush_all()
        query = SQL(
            "SELECT document.id FROM customer_archive_document document WHERE document.id IN %s AND %s",
            candidates._ids,
            self._get_evidence_sql("document"),
        )
        return self.browse(row[0] for row in self.env.execute_query(query))

    @api.model
    def _get_evidence_sql(self, alias):
        """Return the SQL condition "the evidence named by the type exists in the system" for a row of this table.

        One correlated probe of an index per row: a list shows the status of its lines without scanning orders.

        :param str alias: alias of this table in the query
        """
        kinds = self._get_evidence_probes(alias)
        cases = SQL(" ").join(
            SQL("WHEN %s THEN EXISTS (%s)", kind, probe)
            for kind, probe in kinds.items()
        )
        return SQL(
            "(SELECT CASE document_type.evidence %s ELSE FALSE END"
            " FROM customer_archive_document_type document_type WHERE document_type.id = %s)",
            cases,
            SQL.identifier(alias, "type_id"),
        )

    @api.model
    def _get_evidence_probes(self, alias):
        """Return a subquery per kind of evidence; extend it for evidence of further applications."""
        partner, archive, company = (
            SQL.identifier(alias, name)
            for name in ("partner_id", "archive_id", "company_id")
        )
        tag_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "customer_archive.res_partner_category_emergency"
        )
        return {
            "contact": SQL(
                "SELECT 1 FROM res_partner contact WHERE contact.commercial_partner_id = %s AND contact.active"
                " AND (contact.phone <> '' OR contact.email <> '')",
                partner,
            ),
            "emergency": SQL(
                "SELECT 1 FROM res_partner contact"
                " JOIN res_partner_res_partner_category_rel tag ON tag.partner_id = contact.id"
                " WHERE contact.commercial_partner_id = %s AND contact.active AND tag.category_id = %s",
                partner,
                tag_id or 0,
            ),
            "order": SQL(
                "SELECT 1 FROM sale_order trade JOIN res_partner contact ON contact.id = trade.partner_id"
                " WHERE contact.commercial_partner_id = %s AND trade.company_id = %s AND trade.state = 'sale'",
                partner,
                company,
            ),
            "payment": SQL(
                "SELECT 1 FROM account_move move WHERE move.commercial_partner_id = %s AND move.company_id = %s"
                " AND move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')",
                partner,
                company,
            ),
            "correspondence": SQL(
                "SELECT 1 FROM mail_message message WHERE message.model = 'customer.archive' AND message.res_id = %s"
                " AND message.message_type IN ('email', 'email_outgoing', 'comment')",
                archive,
            ),
        }

    # --- Checklist ---

    @api.model
    def _sync_checklist(self, archives=None, types=None):
        """Give archives the checklist lines they lack; set-based and safe to repeat.

        :param customer.archive archives: all archives when empty
        :param customer.archive.document.type types: all types when empty
        """
        if archives is not None and not archives:
            return
        Types = self.env["customer.archive.document.type"].sudo()
        # a short list of configuration
        # pylint: disable=no-search-all
        types = Types.search([]) if types is None else types.sudo().filtered("active")
        wanted = types.filtered("on_checklist")
        for group in wanted.grouped(
            lambda document_type: (document_type.company_id, document_type.applies_to)
        ).values():
            self._insert_checklist(archives, group)
        self._sync_mandatory(archives, types)

    _CHECKLIST_COLUMNS = (
        "archive_id",
        "type_id",
        "company_id",
        "partner_id",
        "type_sequence",
        "confidentiality",
        "is_checklist",
    )

    @api.model
    def _insert_checklist(self, archives, types):
        Archives = self.env["customer.archive"].sudo().with_context(active_test=False)
        domain = types._get_applicable_archive_domain()
        if archives is not None:
            domain &= Domain("id", "in", archives.ids)
        self.env.flush_all()
        query = Archives._search(domain, order="id")
        constants = self._prepare_checklist_columns()
        columns = [*self._CHECKLIST_COLUMNS, *constants]
        insert = SQL(
            "INSERT INTO customer_archive_document (%s, create_uid, create_date, write_uid, write_date)"
            " SELECT archive.id, type.id, archive.company_id, archive.partner_id, type.sequence, type.confidentiality,"
            " TRUE, %s,"
            " %s, (now() AT TIME ZONE 'UTC'), %s, (now() AT TIME ZONE 'UTC')"
            " FROM customer_archive archive CROSS JOIN customer_archive_document_type type"
            " WHERE archive.id IN %s AND type.id IN %s ORDER BY archive.id, type.sequence, type.id"
            " ON CONFLICT (archive_id, type_id) WHERE is_checklist DO NOTHING",
            SQL(", ").join(SQL.identifier(column) for column in columns),
            SQL(", ").join(SQL("%s", value) for value in constants.values()),
            self.env.uid,
            self.env.uid,
            query.subselect(),
            types._ids,
        )
        self.env.cr.execute(insert)
        self._invalidate_checklist(archives)

    @api.model
    def _prepare_checklist_columns(self):
        """Return column values of an untouched line, defaults of all adopted mixins included."""
        defaults = self.sudo()._add_missing_default_values(
            {"is_mandatory": False, "sign_off_state": "none"}
        )
        return {
            name: field.convert_to_column_insert(value, self)
            for name, value in defaults.items()
            if (field := self._fields[name]).store
            and field.column_type
            and name not in self._CHECKLIST_COLUMNS
        }

    @api.model
    def _sync_mandatory(self, archives=None, types=None):
        """Write ``is_mandatory`` of checklist lines as the types say now, one statement per type."""
        Archives = self.env["customer.archive"].sudo().with_context(active_test=False)
        types = (
            # a short list of configuration
            # pylint: disable-next=no-search-all
            self.env["customer.archive.document.type"].sudo().search([])
            if types is None
            else types.sudo()
        )
        self.env.flush_all()
        # asked of these archives alone: otherwise each statement would go through all there are
        scope, asked = SQL("TRUE"), Domain.TRUE
        if archives is not None:
            scope = SQL("archive_id IN %s", archives._ids)
            asked = Domain("id", "in", archives.ids)
        for document_type in types:
            query = Archives._search(
                asked & document_type._get_mandatory_archive_domain()
            )
            wanted = (
                SQL("FALSE")
                if query.is_empty()
                else SQL("archive_id IN %s", query.subselect())
            )
            self.env.cr.execute(
                SQL(
                    "UPDATE customer_archive_document SET is_mandatory = %s"
                    " WHERE is_checklist AND type_id = %s AND %s AND is_mandatory IS DISTINCT FROM %s",
                    wanted,
                    document_type.id,
                    scope,
                    wanted,
                )
            )
        self._invalidate_checklist(archives, ["is_mandatory"])

    @api.model
    def _invalidate_checklist(self, archives, fnames=None):
        self.invalidate_model(fnames)
        lists = ["document_ids", "indispensable_document_ids"]
        if archives is None:
            self.env["customer.archive"].invalidate_model(lists)
        else:
            archives.invalidate_recordset(lists)

    # --- Confidentiality ---

    @api.model
    def _get_restricted_domain(self, operation):
        """Whoever may read, or write, the archive may do so with its documents; a grant may open one document."""
        archives = self.env["customer.archive"].with_context(active_test=False)
        if archives.has_access("read" if operation == "read" else "write"):
            domain = parent_condition(archives, "archive_id")
            if operation != "read":
                domain &= Domain(
                    "archive_id", "any!", archives._get_restricted_domain("write")
                )
        else:
            domain = Domain.FALSE
        return (
            domain | self._get_granted_domain("read") if operation == "read" else domain
        )

    @api.model
    def _get_need_to_know_domain(self):
        return Domain(
            "archive_id", "any!", self.env["customer.archive"]._get_own_domain()
        )

    @api.model
    def _get_right_domain(self, right):
        """What takes a release of the archive takes one for each of its documents."""
        archives = self.env["customer.archive"]
        own = super()._get_right_domain(right)
        if threshold := self._restricted_rights_required.get(right):
            levels = levels_from(threshold)
            own &= Domain("archive_id", "any!", [("confidentiality", "not in", levels)])
        return (
            own
            | self._get_granted_domain(right)
            | Domain("archive_id", "any!", archives._get_granted_domain(right))
        )

    def _get_right_reasons(self, right):
        reasons = super()._get_right_reasons(right)
        # the level of the archive says more than that of the document
        return reasons and (self.archive_id._get_right_reasons(right) or reasons)

    def _filter_levels(self, levels):
        """A document is at least as secret as its archive."""
        # sudo: the level is asked, whoever may read the archive
        archives = self.sudo().archive_id._filter_levels(levels)
        return super()._filter_levels(levels) | self.filtered(
            lambda document: document.sudo().archive_id in archives
        )

    def _get_access_keepers(self):
        return self.archive_id._get_access_keepers() or super()._get_access_keepers()

    def _get_grant_approvers(self):
        return self.archive_id._get_grant_approvers()

    # --- Countersigning by departments (CA-101) ---

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if self.status not in PRESENT_STATUSES:
            reasons.append(
                self.env._(
                    "%(document)s has not been received.", document=self.display_name
                )
            )
        if not self.type_id.review_department_ids:
            reasons.append(
                self.env._(
                    "No department countersigns %(type)s.",
                    type=self.type_id.display_name,
                )
            )
        return reasons

    def _get_sign_off_users(self, role):
        prefix, __, department_id = role.partition(":")
        if prefix == "department" and department_id.isdigit():
            # Who manages a department is no secret, but not every user may read employees.
            department_sudo = (
                self.env["hr.department"].sudo().browse(int(department_id))
            )
            return department_sudo.manager_id.user_id.sudo(False)
        if role == "responsible":
            return self.archive_id.user_id
        if role == "supervisor":
            return self.archive_id._get_lawful_supervisor()
        if role == "department_manager":
            return self._get_department_user()
        return super()._get_sign_off_users(role)

    # --- Deadlines ---

    def _restart_expiry_clock(self):
        """Let the clock of the documents run towards their present expiry date."""
        documents_sudo = self.sudo()  # clocks belong to the system
        documents_sudo._clock_cancel(EXPIRY_CLOCK, self.env._("Validity changed"))
        valid = documents_sudo.filtered(
            lambda d: d.date_valid_until
            and d.date_valid_until.year in COUNTED_YEARS
            and not d.is_not_applicable
            and not d.date_destroyed
        )
        for date, documents in valid.grouped("date_valid_until").items():
            documents._clock_start(
                EXPIRY_CLOCK, start=date - relativedelta(days=EXPIRY_NOTICE_DAYS)
            )

    def _get_clock_recipients(self, role):
        users = super()._get_clock_recipients(role)
        archive = self.archive_id
        if role == "keeper":
            users |= archive.keeper_id
        elif role == "responsible":
            users |= self._get_missing_recipient()
        elif role == "supervisor":
            users |= archive.supervisor_id
        return users

    def _get_department_user(self):
        """Return the manager of the responsible department, if the manager works with the system."""
        self.ensure_one()
        # Who manages a department is no secret, but not every user may read employees.
        return self.type_id.department_id.sudo().manager_id.user_id.sudo(False)

    @api.model
    def _cron_report_missing(self, batch_size=500):
        """Tell departments which of their mandatory documents are missing from archives on file (CA-101)."""
        domain = self._get_missing_report_domain()
        remaining = self.search_count(domain)
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        last_id = 0
        while documents := self.search(
            domain & Domain("id", ">", last_id), limit=batch_size, order="id"
        ):
            last_id = documents[-1].id
            act_on_each(documents, lambda some: some._report_missing())
            if not self.env["ir.cron"]._commit_progress(len(documents)):
                break

    @api.model
    def _get_missing_report_domain(self):
        return Domain(
            [
                ("is_mandatory", "=", True),
                ("date_missing_reported", "=", False),
                ("type_id.department_id", "!=", False),
                ("archive_id.state", "=", "active"),
                ("archive_id.active", "=", True),
                ("status", "=", "missing"),
            ]
        )

    def _report_missing(self):
        """Create one activity per missing document for the responsible department."""
        days = self.company_id._get_record_control_days()
        told = {
            document: user
            for document in self
            if (user := document._get_missing_recipient())
        }
        self._create_activities(
            {
                document: {
                    "user_id": user.id,
                    "summary": self.env._("Obtain the missing document"),
                    "date_deadline": days[document.company_id]
                    + relativedelta(days=EXPIRY_NOTICE_DAYS),
                }
                for document, user in told.items()
            }
        )
        for company, documents in (
            self.browse().union(*told).grouped("company_id").items()
        ):
            documents.sudo().date_missing_reported = days[company]

    def _get_missing_recipient(self):
        """Return who obtains this document: of companies that share departments, somebody of that of the archive.

        :rtype: res.users
        """
        archive = self.archive_id
        return archive._find_person_in_charge(
            self.company_id,
            self._get_department_user(),
            archive.user_id,
            archive.keeper_id,
            archive.supervisor_id,
        )
