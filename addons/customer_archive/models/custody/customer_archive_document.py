from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.period import add_years
from .customer_archive_retention import HOLD_FIELDS

FILING_FIELDS = ("filing_id", "date_filed", "filed_by_id")
# What the keeper received; another edition needs another document
FILED_FIELDS = {
    "type_id",
    "attachment_ids",
    "file_ids",
    "copies",
    "date_received",
    "received_by_id",
    "date_valid_until",
    "volume_year",
    "is_not_applicable",
}


class CustomerArchiveDocument(models.Model):
    _inherit = "customer.archive.document"

    # Filing (CA-15)
    filing_id = fields.Many2one(
        comodel_name="customer.archive.filing",
        string="Filing List",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    date_filed = fields.Date(
        string="Filed On",
        readonly=True,
        copy=False,
    )
    filed_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        help="The keeper who received the document.",
    )

    # Retention and destruction (CA-15)
    date_retention_end = fields.Date(
        string="Retention Until",
        compute="_compute_date_retention_end",
        store=True,
        index="btree_not_null",
        help="Last day on which the document is kept. Empty while the period has not begun. The source regulations "
        "give no period; the years and their beginning are set on the document type.",
    )
    is_on_hold = fields.Boolean(
        string="On Hold",
        copy=False,
        tracking=True,
        help="Not to be destroyed, whatever the retention period, for example during a dispute.",
    )
    hold_reason = fields.Char(
        copy=False,
        tracking=True,
    )
    destruction_line_ids = fields.One2many(
        comodel_name="customer.archive.destruction.line",
        inverse_name="document_id",
        string="Destruction Records",
    )

    # --- Computes ---

    @api.depends(
        "archive_id.date_deregistered",
        "date_received",
        "date_valid_until",
        "type_id.retention_years",
        "type_id.retention_basis",
    )
    def _compute_date_retention_end(self):
        for document in self:
            start = document._get_retention_start()
            document.date_retention_end = start and add_years(
                start, document.type_id.retention_years
            )

    def _get_retention_start(self):
        """Return the day from which the document is kept, or False while that day has not come.

        Hook: guarantees count from their release.
        """
        self.ensure_one()
        if self.type_id.retention_basis == "validity":
            return self.date_valid_until
        deregistered = self.archive_id.date_deregistered
        # what comes in later is not kept shorter
        return deregistered and max(deregistered, self.date_received or deregistered)

    # --- CRUD ---

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | set(FILING_FIELDS)

    @api.model
    def _get_fixed_default_fields(self):
        return super()._get_fixed_default_fields() | set(HOLD_FIELDS)

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get(name) for vals in vals_list for name in HOLD_FIELDS):
            self.env["customer.archive"]._check_may_hold()
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_not_filed(FILED_FIELDS & vals.keys(), vals)
        if not set(HOLD_FIELDS).isdisjoint(vals):
            self.env["customer.archive"]._check_may_hold()
        if vals.get("date_destroyed"):
            self._check_destruction_approved()
        return super().write(vals)

    def _check_not_filed(self, names, vals):
        """Keep documents as the keeper received them (CA-15).

        :param names: names of the fields to write that say what was received
        :param dict vals: the values
        :raises UserError: naming every document
        """
        filed = self.filtered(lambda document: document.sudo()._is_filed())
        if filed := filed._filter_changed(names, vals):
            raise UserError(filed._explain_filed())

    def _is_filed(self):
        """Tell whether this document is filed, or on its way to the keeper."""
        self.ensure_one()
        return bool(self.date_filed) or self.filing_id.state == "handed"

    def _is_closed(self):
        """Tell whether the files of this document stay as they are: it is filed or destroyed.

        While a destruction record is executed, its files go.
        """
        self.ensure_one()
        return bool(self.date_destroyed) or (
            self._is_filed() and not self._has_executed_destruction()
        )

    def _explain_filed(self):
        return self.env._(
            "Filed documents and their files stay as they are: %(documents)s. Renew the document and file the new "
            "edition, or have the list handed back by the keeper.",
            documents=", ".join(self.mapped("display_name")),
        )

    def _has_executed_destruction(self):
        self.ensure_one()
        lines_sudo = (
            self.sudo().destruction_line_ids
            | self.archive_id.sudo().destruction_line_ids.filtered(
                lambda line: not line.document_id
            )
        )
        return "done" in lines_sudo.destruction_id.mapped("state")

    def _check_destruction_approved(self):
        """A document becomes destroyed by a destruction record, on no other road."""
        for document in self:
            if not document._has_executed_destruction():
                raise UserError(
                    self.env._(
                        "%(document)s has no executed destruction record.",
                        document=document.display_name,
                    )
                )

    # --- Mail ---

    def _process_attachments_for_post(
        self, attachments, attachment_ids, message_values
    ):
        """A reply by mail stays with its message, files and all (CA-15): mail that is refused would be lost."""
        if message_values.get("message_type") == "email" and self.sudo()._is_closed():
            message_values = {**message_values, "model": "mail.message", "res_id": 0}
        return super()._process_attachments_for_post(
            attachments, attachment_ids, message_values
        )

    def _message_post_after_hook(self, message, msg_values):
        # sudo: as core puts the files of a message to it; seen by whoever sees the message
        message.sudo().attachment_ids.filtered(
            lambda file: file.res_model == message._name and not file.res_id
        ).write({"res_id": message.id})
        return super()._message_post_after_hook(message, msg_values)

    # --- Renewal ---

    def _check_renewable(self):
        super()._check_renewable()
        if self.filing_id.sudo().state == "handed":
            raise UserError(self._explain_filed())

    def _renew(self):
        """The former edition stays filed as it was; the new one has still to be filed."""
        # sudo: what was filed, when and by whom, is known to the system alone
        document_sudo = self.sudo()
        filed = document_sudo._convert_to_write(
            {name: document_sudo[name] for name in FILING_FIELDS}
        )
        document_sudo.write(dict.fromkeys(FILING_FIELDS, False))
        former_sudo = super()._renew()
        former_sudo.write(filed)
        return former_sudo

    # --- Destruction ---

    def _get_destruction_reasons(self):
        """Say why this document may not be destroyed now.

        :return: list of sentences
        """
        self.ensure_one()
        name = self.display_name
        reasons = []
        if self.date_destroyed:
            reasons.append(
                self.env._("%(document)s is destroyed already.", document=name)
            )
        if self.is_on_hold or self.archive_id.is_on_hold:
            reasons.append(self.env._("%(document)s is on hold.", document=name))
        if not self.date_received and not self.attachment_ids:
            return reasons  # an empty place of a whole archive
        if not self.date_retention_end:
            reasons.append(
                self.env._(
                    "The retention period of %(document)s has not begun.", document=name
                )
            )
        elif self.date_retention_end >= self.company_id._record_control_today():
            reasons.append(
                self.env._(
                    "%(document)s is kept until %(date)s.",
                    document=name,
                    date=self.date_retention_end,
                )
            )
        if self.is_on_loan:
            reasons.append(self.env._("%(document)s is on loan.", document=name))
        return reasons

    def _mark_destroyed(self):
        """Note that the documents no longer exist; the lines stay."""
        self.sudo()._clock_cancel(
            "customer_archive_document_expiry", self.env._("Destroyed")
        )
        for company, documents_sudo in self.sudo().grouped("company_id").items():
            documents_sudo.write({"date_destroyed": company._record_control_today()})
