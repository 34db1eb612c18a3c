from odoo import api, fields, models

ACTIONS = [
    ("read", "Read"),
    ("aggregate", "Read in groups"),
    ("print", "Printed"),
    ("export", "Exported"),
    ("download", "Downloaded"),
    ("level", "Level changed"),
    ("delete", "Deleted"),
]
BASES = [
    ("owner", "Owner"),
    ("team", "Team"),
    ("keeper", "Keeper"),
    ("director", "Director"),
    ("role", "Role"),
    ("grant", "Grant"),
    ("level", "Level open to all"),
    ("system", "System"),
]


class AccessLog(models.Model):
    """Who looked at, printed, exported or downloaded which secret record.

    Append-only: rows are written by the system alone and never change.
    """

    _name = "access.log"
    _description = "Access Log"
    _order = "id desc"
    _log_access = False

    user_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    at = fields.Datetime(string="Time", required=True, readonly=True)
    res_model = fields.Char(string="Record Type", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="res_model",
        readonly=True,
    )
    action = fields.Selection(selection=ACTIONS, required=True, readonly=True)
    basis = fields.Selection(selection=BASES, readonly=True)
    grant_id = fields.Many2one(
        comodel_name="access.grant",
        readonly=True,
        ondelete="restrict",
    )
    detail = fields.Char(readonly=True)
    ip_address = fields.Char(string="IP Address", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)

    @api.model
    def _record(self, records, action, basis=None, detail=None):
        """Write one line per record whose level is logged, in one query.

        :param records: recordset of a restricted model
        :param str action: a key of :data:`ACTIONS`
        :param str basis: a key of :data:`BASES`; found out when left away
        :param str detail: text
        """
