import re

from odoo import api, fields, models
from odoo.exceptions import UserError

DIGITS = re.compile(r"\d+")


class CustomerArchive(models.Model):
    """Keeper, index and place on the shelf (CA-04)."""

    _inherit = "customer.archive"

    keeper_id = fields.Many2one(
        comodel_name="res.users",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        tracking=True,
        domain=lambda self: [
            (
                "all_group_ids",
                "in",
                self.env.ref("customer_archive.group_customer_archive_keeper").ids,
            ),
        ],
        help="The one named person who keeps this archive. Replacing the keeper is recorded in the timeline.",
    )
    index_no = fields.Char(
        string="Index No.",
        compute="_compute_index_no",
        store=True,
        index="trigram",
        help="Code of the archive category and number of the archive: archives stand on the shelf in this order.",
    )
    cabinet = fields.Char(
        copy=False,
        tracking=True,
    )
    shelf = fields.Integer(
        copy=False,
        tracking=True,
        help="Shelves are counted from top to bottom.",
    )
    position = fields.Integer(
        copy=False,
        tracking=True,
        help="Positions are counted from left to right.",
    )
    place = fields.Char(
        compute="_compute_place",
        help="Cabinet, shelf and position.",
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

    _place_unique = models.UniqueIndex(
        "(company_id, cabinet, shelf, position) WHERE cabinet IS NOT NULL AND position > 0 AND state != 'destroyed'",
        "Another archive stands on this place already.",
    )
    _place_not_negative = models.Constraint(
        "CHECK(shelf >= 0 AND position >= 0)",
        "Shelves and positions are counted from one.",
    )

    # --- Computes ---

    @api.depends("category_id.code", "name")
    def _compute_index_no(self):
        for archive in self:
            numbers = DIGITS.findall(archive.name or "")
            code = archive.category_id.code
            archive.index_no = "-".join([code, *numbers]) if code and numbers else False

    @api.depends("cabinet", "shelf", "position")
    def _compute_place(self):
        for archive in self:
            parts = [archive.cabinet, archive.shelf, archive.position]
            archive.place = " / ".join(str(part) for part in parts if part) or False

    # --- Actions ---

    def action_take_next_place(self):
        """Put the archives, in the order of their index numbers, on the next free places of their shelves."""
        homeless = self.filtered(lambda archive: not archive.position)
        unnamed = homeless.filtered(lambda archive: not archive.cabinet)
        if unnamed:
            raise UserError(
                self.env._(
                    "Enter the cabinet first: %(archives)s.",
                    archives=", ".join(unnamed.mapped("name")),
                )
            )
        for (company, cabinet, shelf), archives in homeless.grouped(
            lambda a: (a.company_id, a.cabinet, a.shelf)
        ).items():
            # The last place counts also when the viewer may not see the archive that stands there.
            [(last,)] = self.sudo()._read_group(
                [
                    ("company_id", "=", company.id),
                    ("cabinet", "=", cabinet),
                    ("shelf", "=", shelf),
                ],
                aggregates=["position:max"],
            )
            for place, archive in enumerate(
                archives.sorted("index_no"), start=(last or 0) + 1
            ):
                archive.position = place
        return True

    # --- Business ---

    def _log_keeper_change(self, former_keepers):
        """Record in the timeline who kept the archive until now.

        :param dict former_keepers: archive -> its keeper before the change
        """
        for archive, former in former_keepers.items():
            if former and former != archive.keeper_id:
                self._add_archive_event(
                    archive.partner_id,
                    "keeper",
                    self.env._(
                        "Keeper %(former)s replaced by %(keeper)s",
                        former=former.name,
                        keeper=archive.keeper_id.name or self.env._("nobody"),
                    ),
                    company_id=archive.company_id.id,
                )
