from odoo import api, fields, models, tools


class CustomerArchiveEventType(models.Model):
    _name = "customer.archive.event.type"
    _description = "Customer archive event type"
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
    )
    code = fields.Char(
        required=True,
        help="Fixed code by which other applications add events of this type.",
    )
    sequence = fields.Integer(
        default=10,
    )
    system = fields.Boolean(
        string="Added by the System",
        help="Events of this type are written by the applications, not by hand.",
    )
    active = fields.Boolean(
        default=True,
    )

    _code_unique = models.UniqueIndex(
        "(code)", "Each event type needs a code of its own."
    )

    @api.model
    @tools.ormcache()
    def _get_ids_by_code(self):
        """Return the ids of the event types by their codes, archived ones too.

        :rtype: dict
        """
        types_sudo = (
            self.sudo().with_context(active_test=False).search_fetch([], ["code"])
        )
        return {event_type.code: event_type.id for event_type in types_sudo}

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "code" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
