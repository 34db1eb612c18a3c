from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("archive", "Archive"),
    ("loan", "Borrowed Items"),
    ("lead", "Opportunity"),
    ("quotation", "Quotation"),
    ("meeting", "Meeting"),
]


class CustomerArchiveHandoverLine(models.Model):
    """One thing that is handed over."""

    _name = "customer.archive.handover.line"
    _description = "Handover item"
    _inherit = [
        "sealed.line.mixin",
        "protected.fields.mixin",
        "fixed.parent.mixin",
        "mail.thread",
    ]
    _order = "handover_id desc, kind, id"
    _rec_name = "item_name"
    _sealed_parent_field = "handover_id"
    _protected_fields = (
        "is_received",
        "date_received",
        "received_by_id",
        "kind",
        "res_model",
        "res_id",
        "item_name",
        "partner_id",
    )

    handover_id = fields.Many2one(
        comodel_name="customer.archive.handover",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="handover_id.company_id",
        store=True,
        index=True,
    )
    state = fields.Selection(
        related="handover_id.state",
    )
    leaver_id = fields.Many2one(
        related="handover_id.leaver_id",
        store=True,
        index=True,
    )
    receiver_id = fields.Many2one(
        related="handover_id.receiver_id",
        store=True,
        index=True,
    )
    kind = fields.Selection(
        selection=KINDS,
        required=True,
        readonly=True,
    )
    res_model = fields.Char(
        string="Model",
        required=True,
        readonly=True,
    )
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="res_model",
        required=True,
        readonly=True,
    )
    item_name = fields.Char(
        string="Item",
        required=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        readonly=True,
    )
    is_transferred = fields.Boolean(
        string="Passes On",
        default=True,
        help="Whether the receiver becomes responsible. Decide for each open quotation; archives always pass on.",
    )
    is_received = fields.Boolean(
        string="Received",
        readonly=True,
    )
    date_received = fields.Date(
        string="Received On",
        readonly=True,
    )
    received_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
    )
    date_notified = fields.Date(
        string="Customer Notified On",
        tracking=True,
    )
    notification = fields.Selection(
        selection=[
            ("mail", "E-mail"),
            ("letter", "Letter"),
            ("phone", "Telephone"),
            ("visit", "Visit"),
        ],
        string="Notified By",
        tracking=True,
    )
    date_first_contact = fields.Date(
        string="First Contact by the Receiver",
        tracking=True,
    )
    note = fields.Char()

    _item_unique = models.UniqueIndex(
        "(handover_id, res_model, res_id)",
        "An item is handed over once.",
    )

    # --- CRUD ---

    @api.model
    def _get_fixed_parent_fields(self):
        return super()._get_fixed_parent_fields() | {"handover_id"}

    def write(self, vals):
        if not {
            "is_transferred",
            "is_received",
            "date_notified",
            "notification",
        }.isdisjoint(vals):
            self.handover_id.filtered(
                lambda handover: handover.state in ("done", "cancelled")
            )._refuse(self.env._("A closed handover is not changed"))
        if (
            "is_transferred" in vals
            and not vals["is_transferred"]
            and any(line.kind == "archive" for line in self)
        ):
            raise UserError(
                self.env._("Archives are company property: every archive passes on.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self.handover_id.filtered(lambda handover: handover.state != "draft")._refuse(
            self.env._("Items are not taken off a handover that was begun")
        )

    # --- Actions ---

    def action_receive(self):
        """Confirm that the items were taken over, put in order and filed; by the receiver."""
        self.handover_id.filtered(lambda handover: handover.state != "open")._refuse(
            self.env._("Items are received while the handover is under way")
        )
        if any(line.receiver_id != self.env.user for line in self):
            raise UserError(
                self.env._(
                    "Only %(receiver)s receives the items.",
                    receiver=", ".join(self.receiver_id.mapped("name")),
                )
            )
        still_out = self.filtered(
            lambda line: line.kind == "loan" and line._get_record().state == "out"
        )
        still_out.handover_id._refuse(
            self.env._(
                "Borrowed items go back to the keeper, not to the receiver, before they are checked off"
            )
        )
        for company, lines in self.grouped("company_id").items():
            lines._write_protected(
                {
                    "is_received": True,
                    "date_received": company._record_control_today(),
                    "received_by_id": self.env.uid,
                }
            )
        return True

    def action_notify(self):
        """Mail each customer who takes over, in the customer's language."""
        template = self.env.ref("customer_archive.mail_template_handover")
        lines = self.filtered(
            lambda line: line.kind == "archive" and line.partner_id.email
        )
        self.handover_id.filtered(lambda handover: handover.state != "open")._refuse(
            self.env._("Customers are notified while the handover is under way")
        )
        if not lines:
            raise UserError(
                self.env._("No customer with an e-mail address is left to be notified.")
            )
        template.send_mail_batch(lines.ids)
        for company, notified in lines.grouped("company_id").items():
            notified.write(
                {
                    "notification": "mail",
                    "date_notified": company._record_control_today(),
                }
            )
        return True

    def action_open_item(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def _get_record(self):
        self.ensure_one()
        # Receiver and supervisor check items that they may not see in general.
        return self.env[self.res_model].sudo().browse(self.res_id)
