from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

RESULTS = [
    ("waiting", "Not counted yet"),
    ("match", "Matches the books"),
    ("missing", "Missing"),
    ("surplus", "Surplus"),
    ("misplaced", "In another place"),
]
CORRECTIONS = [
    ("none", "No correction"),
    ("move", "Enter the place where it was found"),
    ("return", "Put back to the place of the books"),
    ("report_lost", "Report as lost"),
    ("report_found", "Found again: isolate and inspect"),
]
#: result -> corrections that make sense
POSSIBLE_CORRECTIONS = {
    "match": ("none",),
    "missing": ("report_lost", "none"),
    "misplaced": ("move", "return", "none"),
    "surplus": ("report_found", "none"),
}


class SampleStocktakeLine(models.Model):
    """One piece of the books, or one that was found (SC-56.3)."""

    _name = "sample.stocktake.line"
    _description = "Stock-take Result"
    _inherit = [
        "sample.secret.mixin",
        "sample.frozen.line.mixin",
        "protected.fields.mixin",
    ]
    _order = "location_id, code, id"
    _check_company_auto = True
    _frozen_parent_field = "stocktake_id"
    _protected_fields = (
        "stocktake_id",
        "company_id",
        "sample_id",
        "code",
        "is_expected",
        "location_id",
        "is_found",
        "found_location_id",
        "found_at",
        "found_by_id",
        "result",
        "is_missing",
        "applied_at",
    )

    stocktake_id = fields.Many2one(
        comodel_name="sample.stocktake", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="stocktake_id.company_id", store=True, index=True
    )
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Empty: the code that was read belongs to no sample.",
    )
    code = fields.Char(string="Sample No. or Code", required=True)
    product_id = fields.Many2one(
        related="sample_id.product_id", string="Product", related_sudo=False
    )
    is_expected = fields.Boolean(
        string="In the Books", help="The books have the piece in this place."
    )
    location_id = fields.Many2one(
        comodel_name="sample.location",
        string="Place in the Books",
        index="btree_not_null",
        ondelete="restrict",
    )
    is_found = fields.Boolean(string="Found There")
    found_location_id = fields.Many2one(
        comodel_name="sample.location",
        string="Found In",
        index="btree_not_null",
        ondelete="restrict",
    )
    found_at = fields.Datetime(string="Found On", readonly=True)
    found_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    result = fields.Selection(
        selection=RESULTS,
        required=True,
        default="waiting",
        compute="_compute_result",
        store=True,
        precompute=True,
        index=True,
    )
    is_missing = fields.Boolean(
        readonly=True, help="Was not found by the end of the count."
    )
    reason = fields.Char(string="Reason of the Difference")
    correction = fields.Selection(selection=CORRECTIONS)
    applied_at = fields.Datetime(string="Corrected On", readonly=True)
    note = fields.Char(string="Remark")

    _sample_once = models.UniqueIndex(
        "(stocktake_id, sample_id) WHERE sample_id IS NOT NULL",
        "Each sample stands once in a round.",
    )
    _code_once = models.UniqueIndex(
        "(stocktake_id, code)", "Each code stands once in a round."
    )

    # --- Computes ---

    @api.depends("code", "sample_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.sample_id.display_name or line.code or ""

    @api.depends(
        "is_expected", "is_found", "is_missing", "location_id", "found_location_id"
    )
    def _compute_result(self):
        for line in self:
            line.result = line._get_result()

    def _get_result(self):
        """Return what the count says about this one piece (SC-56.3)."""
        if not self.is_found:
            return "missing" if self.is_missing else "waiting"
        # sudo: the state of a piece counts, whoever computes
        sample_sudo = self.sudo().sample_id
        if not sample_sudo or sample_sudo.state in ("lost", "disposed"):
            return "surplus"
        if self.is_expected and self.location_id == self.found_location_id:
            return "match"
        return "misplaced"

    def _get_sentence(self):
        """Return the result in words, for the scan page."""
        self.ensure_one()
        result = self._get_result()
        if result == "match":
            return self.env._("Matches the books.")
        if result == "surplus" and not self.sample_id:
            return self.env._("Unknown code: nothing in the books.")
        if result == "surplus":
            return self.env._("The books say it is lost or disposed of.")
        return self.env._(
            "The books have it in: %(place)s",
            place=self.location_id.complete_name or self.env._("no place"),
        )

    # --- Constraints ---

    @api.constrains("correction", "result")
    def _check_correction(self):
        for line in self:
            possible = POSSIBLE_CORRECTIONS.get(line.result, ())
            if line.correction and line.correction not in possible:
                raise ValidationError(
                    self.env._(
                        "%(line)s: this correction does not fit the result.",
                        line=line.display_name,
                    )
                )

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.stocktake_id._check_line_editors()
        return lines

    def write(self, vals):
        self.stocktake_id._check_line_editors()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_expected(self):
        self.stocktake_id._check_line_editors()
        if self.filtered("is_expected"):
            raise UserError(self.env._("What the books say is counted, not deleted."))
        if self.filtered(lambda line: line.stocktake_id.state != "counting"):
            raise UserError(
                self.env._("What was found is cleared up after the count, not deleted.")
            )

    # --- Business ---

    def _conclude(self):
        """The count is over: what was not found is missing."""
        self.filtered(lambda line: not line.is_found)._write_protected(
            {"is_missing": True}
        )

    def _wait_again(self):
        """The count goes on: nothing is missing yet."""
        self.filtered("is_missing")._write_protected(
            {"is_missing": False, "correction": False}
        )

    def _apply_correction(self):
        """Carry out what was chosen for each difference, once."""
        for line in self.filtered(lambda line: not line.applied_at):
            method = getattr(line, f"_correct_{line.correction}", None)
            if method:
                method()
        self.filtered(
            lambda line: line.correction not in (False, "none") and not line.applied_at
        )._write_protected({"applied_at": fields.Datetime.now()})

    def _correct_move(self):
        # sudo: the round corrects the books; keepers count samples that others keep
        self.sudo().sample_id._move(
            location=self.found_location_id,
            reason=self.reason,
            origin=self.stocktake_id,
        )

    def _correct_return(self):
        place = self.location_id or self.sudo().sample_id.home_location_id
        if not place:
            raise UserError(
                self.env._(
                    "%(sample)s has no place to go back to.", sample=self.display_name
                )
            )
        # sudo: as above
        self.sudo().sample_id._move(
            location=place, reason=self.reason, origin=self.stocktake_id
        )

    def _correct_report_lost(self):
        # sudo: as above
        sample_sudo = self.sudo().sample_id
        if sample_sudo.state in ("draft", "to_sign"):
            raise UserError(
                self.env._(
                    "%(sample)s was never in use: choose no correction and clear it up by hand.",
                    sample=self.display_name,
                )
            )
        sample_sudo.with_user(self.env.user).sudo()._report_exception(
            "lost", self.reason, "stocktake", self.stocktake_id
        )

    def _correct_report_found(self):
        """A lost piece that turned up is not used before it passes an inspection."""
        # sudo: as above
        sample_sudo = self.sudo().sample_id
        if sample_sudo.state == "lost":
            sample_sudo._transition(
                "suspended",
                suspend_reason=f"{self.stocktake_id.name}: {self.reason}",
            )
            sample_sudo._isolate(self.reason, origin=self.stocktake_id)
