from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerArchiveEvent(models.Model):
    """One entry of the timeline of a customer (CA-08).

    Seen by whoever sees the archive; confidential business only by those named in the record rules.
    """

    _name = "customer.archive.event"
    _description = "Customer archive event"
    _inherit = [
        "restricted.line.mixin",
        "protected.fields.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _restricted_parent_field = "archive_id"
    _order = "date desc, id desc"
    _rec_name = "subject"

    archive_id = fields.Many2one(
        comodel_name="customer.archive",
        required=True,
        index=True,
        ondelete="restrict",
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
    date = fields.Date(
        required=True,
        index=True,
        default=lambda self: self.env.company._record_control_today(),
        tracking=True,
    )
    type_id = fields.Many2one(
        comodel_name="customer.archive.event.type",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    is_system = fields.Boolean(
        related="type_id.system",
        string="Added by the System",
    )
    subject = fields.Char(
        required=True,
        tracking=True,
    )
    description = fields.Text(
        tracking=True,
    )
    reporter_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        index=True,
        default=lambda self: self.env.user,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        compute="_compute_department_id",
        compute_sudo=True,
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    confidential = fields.Boolean(
        string="Confidential Business",
        tracking=True,
        help="Shown only to the reporter, the person in charge, the direct supervisor, managers and directors.",
    )
    res_model = fields.Char(
        string="Source Model",
    )
    res_id = fields.Many2oneReference(
        string="Source Document",
        model_field="res_model",
    )

    _source_index = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    # --- Computes ---

    @api.depends("reporter_id", "company_id")
    def _compute_department_id(self):
        for event in self:
            employees = event.reporter_id.employee_ids
            employee = employees.filtered(
                lambda employee, company=event.company_id: employee.company_id
                == company
            )[:1]
            event.department_id = employee.department_id

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        if not self.env.su:
            events.check_access("read")
            events._check_by_hand()
        return events

    def write(self, vals):
        if not self.env.su:
            self._check_by_hand()
        result = super().write(vals)
        if not self.env.su and "type_id" in vals:
            self._check_by_hand()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(
            self.env._(
                "The timeline of a customer is history: events are corrected, never deleted."
            )
        )

    def _check_by_hand(self):
        """Keep events that the system wrote as they are."""
        system = self.filtered("is_system")
        if system:
            raise UserError(
                self.env._(
                    "Events of this type are written by the system: %(events)s.",
                    events=", ".join(system.mapped("subject")),
                )
            )

    # --- Actions ---

    def action_print_timeline(self):
        """Print the timelines of the customers these events are about (P-51)."""
        report = self.env.ref("customer_archive.report_timeline")
        return report.report_action(self.archive_id)

    def action_open_source(self):
        """Open the record the event is about."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return False
        return self.env[self.res_model].browse(self.res_id)._get_records_action()
