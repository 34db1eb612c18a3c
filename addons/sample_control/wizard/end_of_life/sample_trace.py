from odoo import api, fields, models


class SampleTrace(models.TransientModel):
    """What was judged with a sample since it was last good, looked up at this moment (SC-49.2).

    For a sample without an exception; an exception keeps its own list.
    """

    _name = "sample.trace"
    _description = "Judged with a Sample"
    _inherit = ["own.wizard.mixin"]
    _order = "used_at desc, id desc"

    sample_id = fields.Many2one(comodel_name="sample.sample", required=True)
    kind = fields.Selection(
        selection=lambda self: self.env["sample.exception.trace"]
        ._fields["kind"]
        ._description_selection(self.env)
    )
    res_model = fields.Char(string="Record (model)")
    res_id = fields.Many2oneReference(string="Record", model_field="res_model")
    record_name = fields.Char(string="Number")
    product_id = fields.Many2one(comodel_name="product.product")
    lot_name = fields.Char(string="Production or Batch")
    used_at = fields.Datetime(string="Used On")
    outcome = fields.Char(string="Result Then")

    @api.model
    def _open(self, sample):
        """Look up the uses of a sample and return the action that lists them.

        :param sample: one sample.sample that the user may read
        :return: action
        """
        lines = self.create(sample._prepare_trace_vals(sample._get_last_good_at()))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sample_control.sample_trace_action"
        )
        action["domain"] = [("id", "in", lines.ids)]
        action["display_name"] = self.env._(
            "Judged with %(sample)s since it was last good", sample=sample.name
        )
        return action

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
