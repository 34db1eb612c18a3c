from odoo import fields, models


class TestRecordControlNumber(models.Model):
    _name = "test_record_control.number"
    _description = "Test: numbers given by the system"
    _inherit = ["numbering.mixin"]
    _numbering_code = "test_record_control.number"

    name = fields.Char(required=True, readonly=True, copy=False, default="New")
    kind = fields.Selection(
        [("normal", "Normal"), ("gapless", "Gapless")], default="normal"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    text = fields.Char()

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "This number is already taken."
    )

    def _get_numbering_code(self, vals):
        kind = vals.get("kind", "normal")
        return (
            f"{self._numbering_code}.gapless"
            if kind == "gapless"
            else self._numbering_code
        )
