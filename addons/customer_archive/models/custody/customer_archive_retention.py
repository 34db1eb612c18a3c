from odoo import api, fields, models
from odoo.exceptions import AccessError

# Set by managers and legal alone, see _check_may_hold
HOLD_FIELDS = ("is_on_hold", "hold_reason")


class CustomerArchive(models.Model):
    _inherit = "customer.archive"

    date_retention_end = fields.Date(
        string="Retention Until",
        compute="_compute_date_retention_end",
        help="The archive is kept as long as its longest kept document, and at least ten years after deregistration. "
        "The source regulations give no period: ten years is our proposal.",
    )
    is_on_hold = fields.Boolean(
        string="On Hold",
        copy=False,
        tracking=True,
        help="Nothing of this archive is destroyed, whatever the retention period, for example during a dispute.",
    )
    hold_reason = fields.Char(
        copy=False,
        tracking=True,
    )
    destruction_line_ids = fields.One2many(
        comodel_name="customer.archive.destruction.line",
        inverse_name="archive_id",
        string="Destruction Records",
    )

    # --- Computes ---

    @api.depends("date_deregistered", "document_ids.date_retention_end")
    def _compute_date_retention_end(self):
        latest = {
            archive.id: day
            for archive, day in self.env["customer.archive.document"]
            .sudo()
            ._read_group(
                [
                    ("archive_id", "in", self.ids),
                    ("date_received", "!=", False),
                    ("date_destroyed", "=", False),
                ],
                ["archive_id"],
                ["date_retention_end:max"],
            )
        }
        for archive in self:
            start = archive.date_deregistered
            least = start and fields.Date.add(
                start, years=archive._get_retention_years()
            )
            last = latest.get(archive._origin.id)
            archive.date_retention_end = max(least, last) if least and last else least

    @api.model
    def _get_retention_years(self):
        """Return the least number of years an archive is kept after deregistration."""
        return 10

    # --- CRUD ---

    @api.model
    def _get_fixed_default_fields(self):
        return super()._get_fixed_default_fields() | set(HOLD_FIELDS)

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get(name) for vals in vals_list for name in HOLD_FIELDS):
            self._check_may_hold()
        return super().create(vals_list)

    def write(self, vals):
        if not set(HOLD_FIELDS).isdisjoint(vals):
            self._check_may_hold()
        return super().write(vals)

    @api.model
    def _check_may_hold(self):
        """Managers and legal put on hold and release; those who destroy do not."""
        groups = (
            "customer_archive.group_customer_archive_manager",
            "customer_archive.group_customer_archive_finance",
        )
        if not self.env.su and not any(
            self.env.user.has_group(group) for group in groups
        ):
            raise AccessError(
                self.env._(
                    "Only managers and legal put archives on hold or release them."
                )
            )

    # --- Merge (CA-100) ---

    @api.model
    def _get_archive_references(self):
        """What was inspected or destroyed keeps the archive it was: that is history."""
        history = {
            "customer.archive.inspection.line",
            "customer.archive.destruction.line",
        }
        return [
            pair for pair in super()._get_archive_references() if pair[0] not in history
        ]

    # --- Gates ---

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target == "destroyed":
            records_sudo = (
                self.sudo()
                .destruction_line_ids.filtered(lambda line: not line.document_id)
                .destruction_id
            )
            if "done" not in records_sudo.mapped("state"):
                reasons.append(
                    self.env._(
                        "%(archive)s has no executed destruction record.",
                        archive=self.name,
                    )
                )
        return reasons

    def _get_destruction_reasons(self):
        """Say why this whole archive may not be destroyed now.

        :return: list of sentences
        """
        self.ensure_one()
        name = self.display_name
        reasons = []
        if self.is_on_hold:
            reasons.append(self.env._("%(archive)s is on hold.", archive=name))
        if self.state != "cancelled":
            reasons.append(self.env._("%(archive)s is not deregistered.", archive=name))
        elif (
            not self.date_retention_end
            or self.date_retention_end >= self.company_id._record_control_today()
        ):
            reasons.append(
                self.env._(
                    "%(archive)s is kept until %(date)s.",
                    archive=name,
                    date=self.date_retention_end,
                )
            )
        if self.is_on_loan:
            reasons.append(self.env._("%(archive)s is on loan.", archive=name))
        for document in self.sudo().document_ids.filtered(
            lambda document: not document.date_destroyed
        ):
            reasons += document._get_destruction_reasons()
        return reasons
