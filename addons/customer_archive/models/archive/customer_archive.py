from odoo import api, fields, models
from odoo.exceptions import UserError

ARCHIVE_STATES = [
    ("draft", "Draft"),
    ("review", "To Review"),
    ("approval", "To Approve"),
    ("active", "On File"),
    ("stopped", "Trading Stopped"),
    ("cancelled", "Deregistered"),
    ("destroyed", "Destroyed"),
]
ARCHIVE_TRANSITIONS = {  # state -> states it may go to (CA-01)
    "draft": ("review",),
    "review": ("draft", "approval", "active"),
    "approval": ("draft", "active"),
    "active": ("draft", "stopped", "cancelled"),
    "stopped": ("active", "cancelled"),
    "cancelled": ("active", "destroyed"),
    "destroyed": (),
}


class CustomerArchive(models.Model):
    """The dossier of one customer in one company (CA-01).

    Business data stays on ``res.partner``, which everybody may read; what is typed about a customer and is
    restricted lives here.
    """

    _name = "customer.archive"
    _description = "Customer archive"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name desc, id desc"
    _check_company_auto = True

    # Identity
    name = fields.Char(
        string="Archive No.",
        required=True,
        readonly=True,
        copy=False,
        default="/",
        index="trigram",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="[('parent_id', '=', False)]",
    )
    partner_ref = fields.Char(
        related="partner_id.ref",
        string="Customer No.",
    )
    category_id = fields.Many2one(
        comodel_name="customer.archive.category",
        string="Archive Category",
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    state = fields.Selection(
        selection=ARCHIVE_STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    active = fields.Boolean(
        default=True,
    )

    # Responsibility
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person in Charge",
        index=True,
        tracking=True,
        help="The person in direct contact with the customer: opens and refreshes the archive.",
    )
    second_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Second Contact",
        index="btree_not_null",
        tracking=True,
        help="At least two employees keep contact with an important new customer.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        index="btree_not_null",
        check_company=True,
        tracking=True,
    )
    further_team_ids = fields.Many2many(
        comodel_name="crm.team",
        string="Further Teams",
        help="Other teams that trade with the same customer.",
    )
    supervisor_id = fields.Many2one(
        comodel_name="res.users",
        string="Direct Supervisor",
        compute="_compute_supervisor_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        tracking=True,
        help="Reviews the archive. Proposed: the leader of the sales team, else the manager of the person in charge.",
    )

    # Custody (CA-04)
    keeper_id = fields.Many2one(
        comodel_name="res.users",
        string="Keeper",
        index="btree_not_null",
        tracking=True,
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref("customer_archive.group_customer_archive_keeper").ids),
        ],
    )
    cabinet = fields.Char(
        tracking=True,
    )
    shelf = fields.Integer(
        tracking=True,
        help="Shelves are counted from top to bottom.",
    )
    position = fields.Integer(
        tracking=True,
        help="Positions are counted from left to right.",
    )
    carrier = fields.Selection(
        selection=[
            ("paper", "Paper"),
            ("disk", "Disk"),
            ("electronic", "Electronic"),
        ],
        default="paper",
        required=True,
        tracking=True,
    )

    # Dates
    date_first_contact = fields.Date(
        string="First Contact",
        index=True,
        tracking=True,
        default=fields.Date.context_today,
    )

    event_ids = fields.One2many(
        comodel_name="customer.archive.event",
        inverse_name="archive_id",
        string="Timeline",
    )

    _partner_company_unique = models.UniqueIndex(
        "(partner_id, company_id)",
        "This customer already has an archive in this company.",
    )

    # --- Computes ---

    @api.depends("partner_id", "name")
    def _compute_display_name(self):
        for archive in self:
            archive.display_name = f"{archive.name} {archive.partner_id.display_name or ''}".strip()

    @api.depends("team_id", "user_id")
    def _compute_supervisor_id(self):
        for archive in self:
            leader = archive.team_id.user_id
            if not leader or leader == archive.user_id:
                # Who reports to whom is no secret, but salespeople may not read employee records.
                employee_sudo = archive.user_id.sudo().employee_ids.filtered(
                    lambda employee, company=archive.company_id: employee.company_id == company
                )[:1]
                leader = employee_sudo.parent_id.user_id.sudo(False) or leader
            archive.supervisor_id = leader or archive.supervisor_id

    # --- CRUD ---

    @api.ondelete(at_uninstall=False)
    def _unlink_except_administrator_drafts(self):
        kept = self if not self.env.is_system() else self.filtered(lambda archive: archive.state != "draft")
        if kept:
            raise UserError(
                self.env._(
                    "Archives are company property and are never deleted: %(archives)s. Deregister the customer instead.",
                    archives=", ".join(kept.mapped("name")),
                )
            )

    # --- Timeline ---

    @api.model
    @api.private
    def _add_archive_event(self, partner, event_type, subject, description=None, source=None, **values):
        """Add an event to the timeline of a customer; the call for all other applications.

        :param res.partner partner: the customer or one of its contacts
        :param str event_type: code of a ``customer.archive.event.type``
        :param str subject: one line
        :param str description: longer text
        :param source: the record the event is about (any model)
        :param values: further values of ``customer.archive.event`` (``confidential``, ``date``, ``company_id``)
        :return: the event
        :rtype: customer.archive.event
        """
        raise NotImplementedError
