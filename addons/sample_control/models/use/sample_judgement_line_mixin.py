from odoo import fields, models


class SampleJudgementLineMixin(models.AbstractModel):
    """One characteristic of a product beside that of the sample."""

    _name = "sample.judgement.line.mixin"
    _description = "Characteristic Judged by a Sample"
    _inherit = ["sample.frozen.line.mixin"]
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    characteristic_id = fields.Many2one(
        comodel_name="sample.characteristic",
        required=True,
        index=True,
        ondelete="restrict",
    )
    sample_value = fields.Char(string="Sample")
    product_value = fields.Char(string="Product", copy=False)
    result = fields.Selection(
        selection=[("pass", "Equal"), ("fail", "Not equal")],
        copy=False,
    )
    note = fields.Char(string="Difference", copy=False)
