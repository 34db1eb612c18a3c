from odoo import fields, models


class SampleCopy(models.TransientModel):
    """Make numbered copies of a sample."""

    _name = "sample.copy"
    _description = "Copies of a Sample"
    _inherit = ["own.wizard.mixin"]

    sample_id = fields.Many2one(comodel_name="sample.sample", required=True)
    count = fields.Integer(string="Number of Copies", required=True, default=1)
    reason = fields.Char(
        required=True,
        help="For example one piece for each side that signs.",
    )

    def action_apply(self):
        """Make the copies and show them.

        :return: action
        """
        self.ensure_one()
        self.sample_id._make_copies(self.count, self.reason)
        return self.sample_id.action_view_copies()
