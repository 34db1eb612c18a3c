from odoo import fields, models


class TestRecordControlForm(models.Model):
    _name = "test_record_control.form"
    _description = "Test: printed on a controlled form"
    _inherit = ["mail.thread", "controlled.form.mixin"]
    _controlled_form_code = "T01"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    partner_name = fields.Char()
    date = fields.Date()
    amount = fields.Float(digits=(16, 2))
    opinion = fields.Text()
    line_ids = fields.One2many("test_record_control.form.line", "form_record_id")
    sealed_revision_id = fields.Many2one("controlled.form.revision")
    sign_off_cells = fields.Json()

    def _get_sealed_form_revision(self, form):
        return self.sealed_revision_id.filtered(
            lambda revision: revision.form_id == form
        )


class TestRecordControlFormLine(models.Model):
    _name = "test_record_control.form.line"
    _description = "Test: line of a printed record"

    form_record_id = fields.Many2one(
        "test_record_control.form", required=True, ondelete="cascade", index=True
    )
    name = fields.Char()
    quantity = fields.Float()
    note = fields.Text()
