from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedOne2many,
)

KINDS = [
    ("room", "Sample room"),
    ("cabinet", "Cabinet"),
    ("rack", "Rack or display board"),
    ("drawer", "Drawer or compartment"),
    ("point_of_use", "Place of use"),
    ("isolation", "Isolation area"),
    ("laboratory", "Laboratory"),
    ("customer", "At the customer"),
    ("supplier", "At the supplier"),
]
#: states in which a piece takes up its place
PLACED_STATES = (
    "draft",
    "to_sign",
    "active",
    "suspended",
    "expired",
    "replaced",
    "obsolete",
)


class SampleLocation(models.Model):
    """A fixed place for samples (SC-32): room, cabinet, rack, drawer … as a tree."""

    _name = "sample.location"
    _description = "Sample Location"
    _inherit = [
        "protected.fields.mixin",
        "image.mixin",
        "mail.thread",
    ]
    _parent_store = True
    _rec_name = "complete_name"
    _order = "complete_name, id"
    _rec_names_search = ["complete_name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    complete_name = fields.Char(
        string="Full Name",
        compute="_compute_complete_name",
        store=True,
        recursive=True,
        index="trigram",
    )
    code = fields.Char(
        required=True,
        index=True,
        help="Stands on the place as QR code; unique in the company.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    parent_id = fields.Many2one(
        comodel_name="sample.location",
        string="Inside",
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        comodel_name="sample.location",
        inverse_name="parent_id",
        string="Places Inside",
    )
    kind = fields.Selection(
        selection=KINDS,
        required=True,
        default="cabinet",
        index=True,
        tracking=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer or Supplier",
        index="btree_not_null",
        check_company=True,
        help="Whose premises these are.",
    )
    manager_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index="btree_not_null",
        tracking=True,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        index="btree_not_null",
        tracking=True,
        check_company=True,
    )
    type_ids = fields.Many2many(
        comodel_name="sample.type",
        string="Sample Types Kept Here",
        help="Different kinds are kept apart. Empty: all.",
        context={"active_test": False},
        ondelete="restrict",
    )
    protection_tag_ids = fields.Many2many(
        comodel_name="sample.protection.tag",
        string="Protects From",
    )
    capacity = fields.Integer(
        tracking=True,
        help="How many samples fit in. 0: not limited.",
    )
    sample_ids = RestrictedOne2many(
        comodel_name="sample.sample",
        inverse_name="location_id",
        string="Samples Here",
    )
    home_sample_ids = RestrictedOne2many(
        comodel_name="sample.sample",
        inverse_name="home_location_id",
        string="Samples That Belong Here",
    )
    sample_count = fields.Integer(
        string="Samples Here (number)", compute="_compute_sample_counts"
    )
    home_count = fields.Integer(
        string="Places Given",
        compute="_compute_sample_counts",
        help="Samples that have their fixed place here, wherever they are now.",
    )
    is_dark = fields.Boolean(string="Kept from Light")
    temperature_min = fields.Float(string="Temperature from (°C)")
    temperature_max = fields.Float(string="Temperature to (°C)")
    humidity_min = fields.Float(string="Humidity from (%)")
    humidity_max = fields.Float(string="Humidity to (%)")
    reading_ids = fields.One2many(
        comodel_name="sample.location.reading",
        inverse_name="location_id",
        string="Environment Log",
    )
    note = fields.Text(string="Notes")

    _code_unique = models.UniqueIndex(
        "(code, company_id)", "There is a place with this code already."
    )
    _check_capacity = models.Constraint(
        "CHECK (capacity >= 0)", "The capacity cannot be negative."
    )
    _check_limits = models.Constraint(
        """CHECK (
            COALESCE(temperature_min, 0) <= COALESCE(temperature_max, 0)
            AND COALESCE(humidity_min, 0) <= COALESCE(humidity_max, 0)
        )""",
        "The lower limit of temperature or humidity is above the upper one.",
    )

    # --- Computes ---

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for location in self:
            parent = location.parent_id.complete_name
            name = location.name or ""
            location.complete_name = f"{parent} / {name}" if parent else name

    @api.depends("sample_ids.state", "home_sample_ids.state")
    def _compute_sample_counts(self):
        here = self._count_samples("location_id")
        home = self._count_samples("home_location_id")
        for location in self:
            location.sample_count = here.get(location._origin, 0)
            location.home_count = home.get(location._origin, 0)

    # --- Constraints ---

    @api.constrains("capacity", "type_ids")
    def _check_contents(self):
        self._check_room()
        samples = self.env["sample.sample"].sudo()
        for location in self.filtered("type_ids"):
            wrong = samples.search(
                [
                    ("home_location_id", "=", location.id),
                    ("type_id", "not in", location.type_ids.ids),
                ]
            )
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(place)s still keeps samples of other types: %(samples)s.",
                        place=location.complete_name,
                        samples=", ".join(wrong.mapped("name")),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        logs = self.env["sample.custody.log"].sudo()
        used = logs.search_count(
            [
                "|",
                ("location_from_id", "in", self.ids),
                ("location_id", "in", self.ids),
            ],
            limit=1,
        )
        if used:
            raise UserError(
                self.env._(
                    "Samples were kept there and the custody log names the place; archive it instead."
                )
            )

    # --- Business ---

    def _count_samples(self, link):
        """Count the samples that take up room here.

        :param str link: ``location_id`` (are here now) or ``home_location_id`` (belong here)
        :return: dict location -> number
        """
        # sudo: a hidden sample takes up room as well
        groups = (
            self.env["sample.sample"]
            .sudo()
            ._read_group(
                [(link, "in", self._origin.ids), ("state", "in", PLACED_STATES)],
                [link],
                ["__count"],
            )
        )
        return {location.sudo(False): count for location, count in groups}

    def _check_room(self):
        """Refuse more samples than fit in; two at once wait for each other (SC-32).

        :raises ValidationError: naming every place that is too full
        """
        limited = self.filtered("capacity")
        if not limited:
            return
        # two transactions that put a sample into the last free place must not both succeed: the
        # second one does not see what the first one put there, and is sent back by the update
        self.env.cr.execute(
            SQL(
                "UPDATE sample_location SET id = id WHERE id IN %s",
                tuple(limited.ids),
            )
        )
        here = limited._count_samples("location_id")
        home = limited._count_samples("home_location_id")
        full = [
            self.env._(
                "%(place)s has room for %(capacity)s samples, not for %(count)s.",
                place=location.complete_name,
                capacity=location.capacity,
                count=count,
            )
            for location in limited
            if (count := max(here.get(location, 0), home.get(location, 0)))
            > location.capacity
        ]
        if full:
            raise ValidationError("\n".join(full))

    @api.model
    def _find_isolation(self, company):
        """Return the isolation area of a company, or an empty recordset.

        :param company: res.company
        """
        return self.search(
            [("kind", "=", "isolation"), ("company_id", "=", company.id)], limit=1
        )

    def _get_qr_url(self):
        """Return the address in the QR code of the place. Companies may have the same codes."""
        self.ensure_one()
        company_id = self.company_id.id
        return f"{self.get_base_url()}/sample/place/{self.code}?company={company_id}"

    def action_view_samples(self):
        """Show the samples that are here now or belong here.

        :return: action
        """
        domain = [
            "|",
            ("location_id", "child_of", self.ids),
            ("home_location_id", "child_of", self.ids),
        ]
        return self.env["sample.sample"]._get_action_for(
            domain,
            {
                "default_home_location_id": self[:1].id,
                "default_company_id": self[:1].company_id.id,
            },
        )
