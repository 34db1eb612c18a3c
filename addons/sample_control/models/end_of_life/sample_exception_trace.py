from odoo import api, fields, models
from odoo.exceptions import UserError


class SampleExceptionTrace(models.Model):
    """One use of a sample that is in doubt: judged with it since it was last known to be good (SC-49.2).

    Found by the system and kept with the exception; people only say what each use means.
    """

    _name = "sample.exception.trace"
    _description = "Use in Doubt"
    _inherit = ["sample.secret.mixin", "protected.fields.mixin"]
    _order = "used_at desc, id desc"
    _rec_name = "record_name"
    _check_company_auto = True
    _protected_fields = (
        "exception_id",
        "sample_id",
        "res_model",
        "res_id",
        "record_name",
        "kind",
        "product_id",
        "lot_name",
        "used_at",
        "outcome",
        "assessed_by_id",
        "assessed_at",
    )

    exception_id = fields.Many2one(
        comodel_name="sample.exception",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="exception_id.company_id", store=True, index=True
    )
    kind = fields.Selection(
        selection=[
            ("first_article", "First article"),
            ("comparison", "Comparison"),
            ("inspection", "Inspection"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    res_model = fields.Char(string="Record (model)", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    record_name = fields.Char(string="Number", readonly=True)
    product_id = fields.Many2one(
        comodel_name="product.product",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    lot_name = fields.Char(string="Production or Batch", readonly=True)
    used_at = fields.Datetime(string="Used On", required=True, readonly=True)
    outcome = fields.Char(
        string="Result Then", readonly=True, help="What was found with the sample."
    )
    assessment = fields.Selection(
        selection=[
            ("open", "To be assessed"),
            ("not_affected", "Not affected"),
            ("affected", "Affected"),
        ],
        required=True,
        default="open",
        index=True,
    )
    assessment_note = fields.Char(
        string="Why, and What Is Done",
        help="Needed for what is affected: contain, check again, inform.",
    )
    assessed_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    assessed_at = fields.Datetime(string="Assessed On", readonly=True)

    _once = models.UniqueIndex(
        "(exception_id, res_model, res_id)", "Each use stands once in the trace."
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Uses in doubt are found by the system."))
        return super().create(vals_list)

    def write(self, vals):
        self._check_assessment(vals)
        if "assessment" in vals and not self.env.su:
            done = vals["assessment"] != "open"
            stamps = {
                "assessed_by_id": done and self.env.uid,
                "assessed_at": done and fields.Datetime.now(),
            }
            trusted = self._with_trusted_fields(stamps)
            return super(SampleExceptionTrace, trusted).write({**vals, **stamps})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(self.env._("Uses in doubt stay with their exception."))

    def _check_assessment(self, vals):
        """Refuse assessments of closed exceptions, and without a word; who assesses is a matter of access rights.

        :raises UserError: with the first reason
        """
        if self.env.su or not {"assessment", "assessment_note"} & vals.keys():
            return
        if self.exception_id.filtered(lambda record: record.state == "closed"):
            raise UserError(self.env._("The exception is closed."))
        for line in self:
            result = vals.get("assessment", line.assessment)
            note = vals.get("assessment_note", line.assessment_note)
            if result == "affected" and not (note or "").strip():
                raise UserError(
                    self.env._(
                        "%(use)s is affected: say what is done about it.",
                        use=line.record_name,
                    )
                )

    def action_open(self):
        """Open the record that used the sample.

        :return: action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
