from odoo import api, fields, models
from odoo.exceptions import UserError


class ControlledFormPrint(models.Model):
    """Register of prints: who printed which record on which revision, and when. Append-only."""

    _name = "controlled.form.print"
    _description = "Print of a Controlled Form"
    _order = "printed_at desc, id desc"
    _rec_name = "res_name"

    form_id = fields.Many2one(
        comodel_name="controlled.form",
        required=True,
        index=True,
        ondelete="restrict",
    )
    revision_id = fields.Many2one(
        comodel_name="controlled.form.revision",
        index="btree_not_null",
        ondelete="restrict",
        help="The revision shown on the print.",
    )
    report_id = fields.Many2one(
        comodel_name="ir.actions.report",
        ondelete="set null",
    )
    output = fields.Selection(
        selection=[("pdf", "PDF"), ("html", "Screen"), ("text", "Text"), ("xlsx", "Excel")],
        required=True,
        help="Screen: the form was shown in the browser, from where it can be printed too.",
    )
    res_model = fields.Char(string="Model", required=True)
    res_id = fields.Many2oneReference(
        model_field="res_model",
        string="Record ID",
    )
    res_name = fields.Char(
        string="Record",
        help="Name of the record when it was printed.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Printed By",
        required=True,
        index=True,
        ondelete="restrict",
    )
    printed_at = fields.Datetime(required=True, index=True)
    copies = fields.Integer(
        required=True,
        default=1,
        aggregator="sum",
    )
    company_id = fields.Many2one(comodel_name="res.company", index="btree_not_null")

    _record_index = models.Index("(res_model, res_id)")
    _copies_positive = models.Constraint("CHECK(copies > 0)", "A print has at least one copy.")

    # --- CRUD ---

    @api.private
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("The print register is written by the system."))
        return super().create(vals_list)

    def write(self, vals):
        raise UserError(self.env._("A line of the print register cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("A line of the print register cannot be deleted."))

    # --- Actions ---

    def action_open_record(self):
        """Open the record that was printed, with the user's own rights."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
