from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SampleOriginMixin(models.AbstractModel):
    """A record that another record asked for: a complaint, a lead, a quotation, a first article.

    The origin is any record of any app, so that each app installs without the other (SC-57, SC-58).
    What became of it is told in the chatter of the origin.
    """

    _name = "sample.origin.mixin"
    _description = "Sample Record with an Origin"

    res_model = fields.Char(string="Origin (model)", index=True)
    res_id = fields.Many2oneReference(
        string="Origin (record)",
        model_field="res_model",
        index=True,
        help="What asked for it, for example a complaint, an enquiry or a quotation.",
    )
    origin_name = fields.Char(string="Origin", compute="_compute_origin_name")

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_origin_name(self):
        for record in self:
            record.origin_name = record._get_origin().display_name or False

    @api.constrains("res_model", "res_id")
    def _check_origin(self):
        for record in self:
            if bool(record.res_model) != bool(record.res_id) or (
                record.res_model and record.res_model not in self.env
            ):
                raise ValidationError(
                    self.env._("Name the origin by its model and its record.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_origin_access()
        return records

    def write(self, vals):
        result = super().write(vals)
        if not {"res_model", "res_id"}.isdisjoint(vals):
            self._check_origin_access()
        return result

    def _check_origin_access(self):
        """Refuse an origin that whoever names it may not read: what becomes of it is written there (P34).

        :raises AccessError: of the origin
        """
        if self.env.su:
            return
        for record in self.filtered("res_id"):
            self.env[record.res_model].browse(record.res_id).exists().check_access(
                "read"
            )

    def _get_origin(self):
        """Return the record that asked for this one, as far as the user may read it."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env or not self.res_id:
            return self.browse()
        origin = self.env[self.res_model].browse(self.res_id).exists()
        readable = origin and origin.has_access("read")
        return origin if readable else origin.browse()

    def _tell_origin(self, body):
        """Post a note in the chatter of the origin, where it has one (SC-57, SC-58).

        :param str body: what is told
        """
        self.ensure_one()
        # sudo: the result goes back to who asked, whatever the reader of the sample may see there
        origin_sudo = self.sudo()._get_origin()
        if origin_sudo and hasattr(origin_sudo, "message_post"):
            origin_sudo.message_post(body=body, author_id=self.env.user.partner_id.id)

    def action_view_origin(self):
        """Open the record that asked for this one.

        :return: action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
