from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerArchiveChange(models.Model):
    """Change ledger: every tracked change of customers and their archives (CA-08, L-06).

    A view over the tracking of Odoo: nothing is copied. Seen by whoever sees the archive; changes of fields that the
    viewer may not read are left out.
    """

    _name = "customer.archive.change"
    _description = "Change of a customer or archive"
    _inherit = ["restricted.line.mixin"]
    _restricted_parent_field = "archive_id"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "field_id"

    archive_id = fields.Many2one(comodel_name="customer.archive", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    message_id = fields.Many2one(comodel_name="mail.message", readonly=True)
    date = fields.Datetime(readonly=True)
    author_id = fields.Many2one(
        comodel_name="res.partner", string="Changed by", readonly=True
    )
    field_id = fields.Many2one(comodel_name="ir.model.fields", readonly=True)
    kind = fields.Selection(
        selection=[("archive", "Archive"), ("partner", "Customer")],
        string="Record",
        readonly=True,
    )
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)

    @property
    def _table_query(self):
        value = """
            CASE field.ttype
                WHEN 'integer' THEN tracking.%(side)s_value_integer::text
                WHEN 'boolean' THEN CASE WHEN tracking.%(side)s_value_integer = 1 THEN '✓' ELSE '✗' END
                WHEN 'float' THEN tracking.%(side)s_value_float::text
                WHEN 'monetary' THEN tracking.%(side)s_value_float::text
                WHEN 'date' THEN tracking.%(side)s_value_datetime::date::text
                WHEN 'datetime' THEN to_char(tracking.%(side)s_value_datetime, 'YYYY-MM-DD HH24:MI')
                WHEN 'text' THEN tracking.%(side)s_value_text
                ELSE tracking.%(side)s_value_char
            END
        """
        return SQL(
            """
            SELECT tracking.id * 2 + CASE WHEN message.model = 'res.partner' THEN 1 ELSE 0 END AS id,
                   archive.id AS archive_id, archive.partner_id, archive.company_id, message.id AS message_id,
                   message.date, message.author_id, tracking.field_id,
                   CASE WHEN message.model = 'res.partner' THEN 'partner' ELSE 'archive' END AS kind,
                   %(old)s AS old_value, %(new)s AS new_value
              FROM mail_tracking_value tracking
              JOIN mail_message message ON message.id = tracking.mail_message_id
              JOIN ir_model_fields field ON field.id = tracking.field_id
              JOIN customer_archive archive
                ON (message.model = 'customer.archive' AND message.res_id = archive.id)
                OR (message.model = 'res.partner' AND message.res_id = archive.partner_id)
            """,
            old=SQL(value % {"side": "old"}),
            new=SQL(value % {"side": "new"}),
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not (self.env.su or kwargs.get("bypass_access")):
            domain = Domain(domain) & Domain(
                "field_id", "in", self._get_readable_field_ids()
            )
        return super()._search(domain, *args, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or self.env.su or not any(self._ids):
            return result
        forbidden = self - self.search([("id", "in", self.ids)])
        if forbidden:
            return forbidden, lambda: self.env["ir.rule"]._make_access_error(
                operation, forbidden
            )
        return None

    @api.model
    def _get_readable_field_ids(self):
        """Return the ids of the fields of customers and archives that the user may read."""
        ids = []
        for model_name in ("customer.archive", "res.partner"):
            model = self.env[model_name]
            for name, field in model._fields.items():
                if field.store and model._has_field_access(field, "read"):
                    ids.append(self.env["ir.model.fields"]._get(model_name, name).id)
        return ids
