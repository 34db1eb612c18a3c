import logging
from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.http import request
from odoo.tools import SQL

from .restricted_record import LEVEL_ORDER, levels_from

_logger = logging.getLogger(__name__)

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
#: repeated reading of a record by the same user within this time is one line
REPEAT_SECONDS = 60
#: actions of which each single one is a line
NEVER_MERGED = ("print", "export", "download", "level", "delete")
#: actions whose detail may name fields
FIELD_ACTIONS = ("aggregate", "export", "download")
PENDING_KEY = "record_control.access_log"


class AccessLog(models.Model):
    """Who looked at, printed, exported or downloaded which secret record.

    Append-only: rows are written by the system alone and never change, not even
    by the superuser; only the retention job removes what is older than the
    retention period, when one is set.

    **When rows are written.** What a request looks at is collected and written
    in one statement before the request's transaction is committed, so before
    the answer leaves the server; a failing log fails the request. ``read`` and
    ``search_read`` run in read-only transactions (on a replica, when there is
    one). There the row is written by a second connection to the primary:
    letting the insert fail, as core allows, makes the web server repeat the
    whole request and write a warning with traceback for each form opened.
    """

    _name = "access.log"
    _description = "Access Log"
    _inherit = ["append.only.mixin", "model.in.words.mixin"]
    _order = "id desc"
    _rec_name = "res_name"
    _log_access = False

    at = fields.Datetime(
        string="Time",
        required=True,
        readonly=True,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        readonly=True,
        ondelete="restrict",
    )
    res_model = fields.Char(
        string="Record Type (technical)",
        required=True,
        readonly=True,
    )
    res_id = fields.Many2oneReference(
        string="Record ID",
        model_field="res_model",
        readonly=True,
        help="Empty when content was read in groups.",
    )
    res_name = fields.Char(
        string="Record",
        compute="_compute_res_name",
        help="The name, for those who may see the record.",
    )
    action = fields.Selection(
        selection=ACTIONS,
        required=True,
        readonly=True,
    )
    basis = fields.Selection(
        selection=BASES,
        readonly=True,
        help="The ground on which the user could see the record.",
    )
    grant_id = fields.Many2one(
        comodel_name="access.grant",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    detail = fields.Char(
        string="Detail (technical)",
        readonly=True,
    )
    detail_in_words = fields.Char(
        string="Detail",
        compute="_compute_detail_in_words",
        help="Report, file, exported columns, grouping or change of level.",
    )
    ip_address = fields.Char(
        string="IP Address",
        readonly=True,
    )

    _by_record = models.Index("(res_model, res_id, at DESC)")
    _by_user = models.Index("(user_id, at DESC)")

    # --- Computes ---

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_display_name(self):
        for log in self:
            # what was read in groups has no record to name
            log.display_name = log.res_name or log.res_model_name

    @api.depends_context("uid")
    def _compute_res_name(self):
        self.res_name = False
        for model_name, logs in self.grouped("res_model").items():
            if model_name not in self.env:
                continue
            ids = [res_id for res_id in logs.mapped("res_id") if res_id]
            records = {
                record.id: record
                for record in self.env[model_name].sudo().browse(ids).exists()
            }
            for log in logs.filtered("res_id"):
                record = records.get(log.res_id)
                log.res_name = (
                    record.display_name if record else self.env._("Deleted record")
                )

    @api.depends_context("lang")
    def _compute_detail_in_words(self):
        levels = dict(
            self.env["restricted.record.mixin"]
            ._fields["confidentiality"]
            ._description_selection(self.env)
        )
        for log in self:
            if log.action == "level":
                log.detail_in_words = " → ".join(
                    levels.get(part, part) for part in (log.detail or "").split(" > ")
                )
            elif log.action in FIELD_ACTIONS:
                log.detail_in_words = log._translate_field_names()
            else:
                log.detail_in_words = log.detail

    def _translate_field_names(self):
        """Return the detail with labels in place of field names; titles and file names stay as they are.

        :rtype: str
        """
        self.ensure_one()
        known = self.env[self.res_model]._fields if self.res_model in self.env else {}
        names = (self.detail or "").split(", ")
        if not all(name in known for name in names):
            return self.detail
        return ", ".join(known[name]._description_string(self.env) for name in names)

    # --- Reading ---

    @api.model
    def _search(self, *args, **kwargs):
        # who reads the log sees what this transaction itself looked at
        self._flush_pending()
        return super()._search(*args, **kwargs)

    # --- Settings ---

    @api.model
    def _get_setting(self, name, default):
        return (
            self.env["ir.config_parameter"].sudo().get_param(f"record_control.{name}")
            or default
        )

    @api.model
    def _get_logged_levels(self):
        """Return the levels from which on reading is logged; secret by default."""
        level = self._get_setting("access_log_level", "secret")
        return levels_from(level if level in LEVEL_ORDER else "secret")

    @api.model
    def _get_bulk_threshold(self):
        """Return how many records an hour one user may read before a keeper is told."""
        value = self._get_setting("access_log_bulk_threshold", "200")
        return int(value) if value.isdigit() else 200

    # --- Writing ---

    @api.model
    def _record(self, records, action, basis=None, detail=None, force=False):
        """Note one line per record whose level is logged, one statement for all.

        :param records: recordset of a restricted model; empty for what concerns
            no single record (grouping)
        :param str action: a key of :data:`ACTIONS`
        :param str basis: a key of :data:`BASES`; found out when left away
        :param str detail: text
        :param bool force: log whatever the level
        """
        if self.env.uid == SUPERUSER_ID:
            return
        if not force:
            records = self._filter_logged(records)
        pending = self._get_pending()
        ids = self._get_unlogged_ids(records, action, detail, pending)
        if not ids:
            return
        base_vals = self._prepare_base_vals(records, action, detail)
        if ids == [False]:
            pending[self._get_key(base_vals)] = dict(base_vals, basis=basis)
            return
        records = records.browse(ids).sudo(False)
        bases = {} if basis else records._get_access_bases()
        companies = records._fields.get("company_id")
        for record in records:
            ground, grant_id = bases.get(record.id, (basis, False))
            vals = dict(base_vals, res_id=record.id, basis=ground, grant_id=grant_id)
            if companies:
                vals["company_id"] = (
                    record.sudo().company_id.id or base_vals["company_id"]
                )
            pending[self._get_key(vals)] = vals

    @api.model
    def _filter_logged(self, records):
        """Return those of the records whose level is logged."""
        if not records:
            # grouping concerns no single record, and lines have no level of their own
            return records
        return records._origin._filter_levels(self._get_logged_levels()).sudo(False)

    @api.model
    def _get_pending(self):
        """Return the lines noted in this transaction, to be written before it ends."""
        callbacks = self.env.cr.precommit
        if PENDING_KEY not in callbacks.data:
            callbacks.data[PENDING_KEY] = {}
            callbacks.add(self.sudo()._flush_pending)
        return callbacks.data[PENDING_KEY]

    @api.model
    def _get_key(self, vals):
        """Return what makes two lines of one transaction the same."""
        names = ["user_id", "res_model", "res_id", "action"]
        if vals["action"] != "read":
            names.append("detail")
        return tuple(vals.get(name) for name in names)

    @api.model
    def _get_unlogged_ids(self, records, action, detail, pending):
        """Leave out what the same user did a moment ago, so that lists stay cheap."""
        vals = {
            "user_id": self.env.uid,
            "res_model": records._name,
            "action": action,
            "detail": detail,
        }
        ids = [
            res_id
            for res_id in records._origin.ids
            or ([False] if action == "aggregate" else [])
            if self._get_key(dict(vals, res_id=res_id)) not in pending
        ]
        if not ids or action in NEVER_MERGED:
            return ids
        condition = (
            SQL("res_id = ANY(%s)", ids)
            if ids != [False]
            else SQL("detail = %s", detail)
        )
        rows = self.env.execute_query(
            SQL(
                """ SELECT DISTINCT COALESCE(res_id, 0) FROM access_log
                    WHERE res_model = %s AND %s AND user_id = %s AND action = %s AND at > %s """,
                records._name,
                condition,
                self.env.uid,
                action,
                fields.Datetime.now() - timedelta(seconds=REPEAT_SECONDS),
            )
        )
        logged = {row[0] or False for row in rows}
        return [res_id for res_id in ids if res_id not in logged]

    @api.model
    def _prepare_base_vals(self, records, action, detail):
        """Return what all lines of one call have in common."""
        return {
            "user_id": self.env.uid,
            "at": fields.Datetime.now(),
            "company_id": self.env.company.id,
            "res_model": records._name,
            "res_id": False,
            "action": action,
            "grant_id": False,
            "detail": detail,
            "ip_address": request.httprequest.remote_addr if request else False,
        }

    @api.model
    def _flush_pending(self):
        """Write the noted lines; called before commit, so before the answer leaves."""
        cr = self.env.cr
        pending = cr.precommit.data.get(PENDING_KEY)
        if not pending:
            return
        vals_list = list(pending.values())
        pending.clear()
        if not cr.readonly:
            self.sudo()._write_lines(vals_list)
            return
        # nothing is lost: a read-only transaction has nothing to commit
        cr.rollback()
        with self.env.registry.cursor() as log_cr:
            self.with_env(api.Environment(log_cr, SUPERUSER_ID, {}))._write_lines(
                vals_list
            )

    @api.model
    def _write_lines(self, vals_list):
        """Insert lines and tell a keeper of bulk reading.

        :param list vals_list: values of the lines
        """
        self.create(vals_list)
        read = defaultdict(int)
        for vals in vals_list:
            if vals["action"] in ("read", "export"):
                read[vals["user_id"], vals["res_model"]] += 1
        for (user_id, model_name), count in read.items():
            self._check_bulk_reading(user_id, model_name, count)

    # --- Bulk reading ---

    @api.model
    def _check_bulk_reading(self, user_id, model_name, count):
        """Tell the keepers once when a user passes the hourly number of records."""
        threshold = self._get_bulk_threshold()
        self.flush_model()
        [(total,)] = self.env.execute_query(
            SQL(
                """ SELECT count(*) FROM access_log
                    WHERE user_id = %s AND at > %s AND res_model = %s AND action IN ('read', 'export') """,
                user_id,
                fields.Datetime.now() - timedelta(hours=1),
                model_name,
            )
        )
        if total >= threshold > total - count:
            self._notify_bulk_reading(
                self.env["res.users"].browse(user_id), self.env[model_name], total
            )

    @api.model
    def _notify_bulk_reading(self, user, model, count):
        """Send a note to the keepers. Hook.

        :param user: who read
        :param model: empty recordset of the restricted model
        :param int count: records within the last hour
        """
        keepers = model.sudo()._get_access_keepers() - user
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=keepers.partner_id.ids,
            subject=self.env._("Unusual reading of restricted records"),
            body=self.env._(
                "%(user)s read or exported %(count)s records (%(model)s) within an hour.",
                user=user.name,
                count=count,
                model=model._description,
            ),
        )

    # --- Retention ---

    @api.autovacuum
    def _gc_expired(self):
        """Remove lines older than the retention period; none is set by default."""
        months = self._get_setting("access_log_retention_months", "0")
        if not months.isdigit() or not int(months):
            return
        limit = fields.Datetime.now() - relativedelta(months=int(months))
        self.env.cr.execute(SQL("DELETE FROM access_log WHERE at < %s", limit))
        _logger.info(
            "Access log: %s lines older than %s months removed",
            self.env.cr.rowcount,
            months,
        )
