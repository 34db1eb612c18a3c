from odoo import api, fields, models
from odoo.tools import SQL

from ..archive.customer_archive import KEEPER_GROUPS

RESULTS = [
    ("pass", "Pass"),
    ("fail", "Fail"),
    ("not_applicable", "Not Applicable"),
]


class CustomerArchiveInspectionLine(models.Model):
    """One archive of an inspection, with its problem and how it is corrected."""

    _name = "customer.archive.inspection.line"
    _description = "Inspected archive"
    _inherit = [
        "protected.fields.mixin",
        "customer.archive.activity.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "inspection_id desc, id"
    _protected_fields = ("date_corrected", "corrected_by_id")
    _check_company_auto = True

    inspection_id = fields.Many2one(
        comodel_name="customer.archive.inspection",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="inspection_id.company_id",
        store=True,
        index=True,
    )
    state = fields.Selection(
        related="inspection_id.state",
    )
    archive_id = fields.Many2one(
        comodel_name="customer.archive",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="archive_id.partner_id",
        store=True,
        index=True,
    )
    place = fields.Char(
        related="archive_id.place",
        related_sudo=False,
    )
    check_ids = fields.One2many(
        comodel_name="customer.archive.inspection.check",
        inverse_name="line_id",
        string="Checks",
    )
    result = fields.Selection(
        selection=RESULTS,
        compute="_compute_result",
        store=True,
        index=True,
        help="Failed when one item fails; passed when all items are answered and at least one passed. Empty while an "
        "item has no result.",
    )
    failed_items = fields.Char(
        compute="_compute_failed_items",
    )
    problem = fields.Text(
        tracking=True,
    )
    measure = fields.Text(
        tracking=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person Responsible",
        index="btree_not_null",
        tracking=True,
    )
    date_deadline = fields.Date(
        string="Deadline",
        index="btree_not_null",
        tracking=True,
    )
    is_corrected = fields.Boolean(
        string="Corrected",
        tracking=True,
    )
    date_corrected = fields.Date(
        string="Corrected On",
        readonly=True,
    )
    corrected_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
    )

    _archive_unique = models.UniqueIndex(
        "(inspection_id, archive_id)",
        "An archive is inspected once in an inspection.",
    )

    # --- Computes ---

    @api.depends("archive_id", "inspection_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.inspection_id.name or ''} {line.archive_id.display_name or ''}".strip()

    @api.depends("check_ids.result")
    def _compute_result(self):
        results = {}
        for line, result, __ in self.env[
            "customer.archive.inspection.check"
        ]._read_group(
            [("line_id", "in", self.ids)], ["line_id", "result"], ["__count"]
        ):
            results.setdefault(line.id, set()).add(result)
        for line in self:
            line.result = self._summarise(results.get(line.id, set()))

    @api.model
    def _summarise(self, results):
        """Sum up the results of the items: what was not checked has not passed."""
        if not results or False in results:
            return False
        for result in ("fail", "pass", "not_applicable"):
            if result in results:
                return result
        return False

    @api.depends("check_ids.result", "check_ids.item_id")
    def _compute_failed_items(self):
        for line in self:
            failed = line.check_ids.filtered(lambda check: check.result == "fail")
            line.failed_items = ", ".join(failed.item_id.mapped("name"))

    # --- CRUD ---

    _INSPECTION_FIELDS = ("inspection_id", "archive_id", "check_ids")
    _FINDING_FIELDS = ("problem", "measure", "user_id", "date_deadline")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered(lambda line: line.state != "draft").inspection_id._refuse(
            self.env._("Archives are added before the inspection begins")
        )
        lines._insert_checks()
        return lines

    def write(self, vals):
        states = set(self.inspection_id.mapped("state"))
        if not set(self._INSPECTION_FIELDS).isdisjoint(vals) and states - {
            "draft",
            "checking",
        }:
            self.inspection_id._refuse(
                self.env._("What was inspected is fixed once the archives are checked")
            )
        if any(line._is_moved(vals) for line in self):
            self.inspection_id._refuse(self.env._("A line keeps its archive"))
        if not set(self._FINDING_FIELDS).isdisjoint(vals):
            if "done" in states:
                self.inspection_id._refuse(
                    self.env._("Findings are fixed once the inspection is done")
                )
            self._check_may_judge()
        if "is_corrected" not in vals:
            return super().write(vals)
        return self._write_correction(vals)

    def _is_moved(self, vals):
        return any(
            name in vals and vals[name] != self[name].id
            for name in ("inspection_id", "archive_id")
        )

    def _check_may_judge(self):
        """Who corrects says that it is corrected; what was found, and until when, inspectors and keepers say."""
        user = self.env.user
        if self.env.su or self.env["customer.archive"]._has_one_of(KEEPER_GROUPS):
            return
        self.inspection_id.filtered(
            lambda inspection: user not in inspection.inspector_ids
        )._refuse(
            self.env._("Inspectors, keepers and managers alone change what was found")
        )

    def _write_correction(self, vals):
        self.filtered(lambda line: line.state != "correcting").inspection_id._refuse(
            self.env._("Corrections are noted while the inspection is in correction")
        )
        corrected = vals["is_corrected"]
        stamps = {
            "date_corrected": corrected and self.env.company._record_control_today(),
            "corrected_by_id": corrected and self.env.uid,
        }
        # pylint: disable-next=super-method-mismatch
        result = super(
            CustomerArchiveInspectionLine, self._with_trusted_fields(stamps)
        ).write({**vals, **stamps})
        if corrected:
            self.sudo().activity_feedback(["mail.mail_activity_data_todo"])
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self.filtered(lambda line: line.state != "draft").inspection_id._refuse(
            self.env._("Archives are not taken out of an inspection that was begun")
        )

    def _insert_checks(self):
        """Give lines added by hand the checks of their inspection."""
        self.env["customer.archive.inspection.check"].create(
            [
                {"line_id": line.id, "item_id": item.id}
                for line in self
                for item in line.inspection_id.item_ids - line.check_ids.item_id
            ]
        )

    # --- Actions ---

    def action_pass(self):
        """Mark the items of these archives without a result as passed."""
        self.check_ids.filtered(lambda check: not check.result).write(
            {"result": "pass"}
        )
        return True

    def action_corrected(self):
        return self.write({"is_corrected": True})

    def action_not_corrected(self):
        return self.write({"is_corrected": False})

    def action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _schedule_corrections(self):
        """Tell the persons responsible what to correct until when."""
        open_lines = self.filtered(lambda line: not line.is_corrected)
        known = open_lines.activity_ids.filtered(lambda activity: activity.active)
        busy = self.browse(known.mapped("res_id"))
        self._create_activities(
            {
                line: {
                    "user_id": line.user_id.id,
                    "summary": self.env._("Correct what the inspection found"),
                    "note": line.measure,
                    "date_deadline": line.date_deadline,
                }
                for line in open_lines - busy
            }
        )


class CustomerArchiveInspectionCheck(models.Model):
    """The result of one item for one archive."""

    _name = "customer.archive.inspection.check"
    _description = "Archive inspection check"
    _inherit = ["protected.fields.mixin"]
    _order = "line_id, id"
    _rec_name = "item_id"

    line_id = fields.Many2one(
        comodel_name="customer.archive.inspection.line",
        required=True,
        index=True,
        ondelete="cascade",
    )
    inspection_id = fields.Many2one(
        related="line_id.inspection_id",
        store=True,
        index=True,
    )
    company_id = fields.Many2one(
        related="line_id.company_id",
        store=True,
        index=True,
    )
    item_id = fields.Many2one(
        comodel_name="customer.archive.inspection.item",
        required=True,
        index=True,
        ondelete="restrict",
    )
    result = fields.Selection(
        selection=RESULTS,
    )
    remark = fields.Char()

    _item_unique = models.UniqueIndex(
        "(line_id, item_id)",
        "An item is checked once for each archive.",
    )
    _unanswered_idx = models.Index("(inspection_id) WHERE result IS NULL")

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        checks._check_inspection_open()
        return checks

    def write(self, vals):
        self._check_inspection_open()
        if any(
            name in vals and vals[name] != check[name].id
            for name in ("line_id", "item_id")
            for check in self
        ):
            self.inspection_id._refuse(
                self.env._("A check keeps its archive and its item")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self.inspection_id.filtered(
            lambda inspection: inspection.state != "draft"
        )._refuse(self.env._("Items are not taken out of an inspection that was begun"))

    def _check_inspection_open(self):
        self.inspection_id.filtered(
            lambda inspection: inspection.state not in ("draft", "checking")
        )._refuse(self.env._("Results are fixed once the archives are checked"))

    def _pass_in_set(self):
        """Mark these checks as passed, as ``write`` would: of ten thousand archives there are a hundred thousand."""
        self.check_access("write")
        self._check_inspection_open()
        inspections = self.inspection_id
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE customer_archive_inspection_check"
                " SET result = 'pass', write_uid = %s, write_date = now() AT TIME ZONE 'UTC' WHERE id = ANY(%s)",
                self.env.uid,
                self.ids,
            )
        )
        inspections._summarise_lines()
