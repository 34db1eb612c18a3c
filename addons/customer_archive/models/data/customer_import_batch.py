import logging
from collections import defaultdict

from psycopg2 import InterfaceError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

TRANSITIONS = {
    "uploaded": ("checked",),
    "checked": ("uploaded", "review"),
    "review": ("imported", "refused", "checked"),
    "refused": ("uploaded",),
    "imported": (),
}


class CustomerImportBatch(models.Model):
    """A customer list on its way into the database (CA-97).

    Somebody uploads and checks it, the archive keeper audits and imports it. Check
    and import run in the background and report their progress; nothing becomes a
    customer before the keeper's decision.
    """

    _name = "customer.import.batch"
    _description = "Customer import"
    _inherit = ["mail.thread", "guarded.state.mixin", "numbering.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _guarded_transitions = TRANSITIONS
    _guarded_initial_states = ("uploaded",)
    _guarded_side_states = ("uploaded", "refused")
    _guarded_protected_fields = (
        "uploaded_by_id",
        "job",
        "checksum",
        "stop_reason",
        "source_destroyed_at",
        "source_destroyed_by_id",
        "imported_at",
        "imported_by_id",
        "footer_note",
    )
    _numbering_code = "customer.import.batch"

    name = fields.Char(string="Import no.", readonly=True, copy=False)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    uploaded_by_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson by default",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Responsible for the customers whose row names no salesperson.",
    )
    file_data = fields.Binary(string="Customer list", attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    checksum = fields.Char(
        readonly=True,
        copy=False,
        help="SHA-256 of the file; stays when the file has been destroyed.",
    )
    stop_reason = fields.Text(
        readonly=True,
        copy=False,
        help="Why the last check or import of the file stopped.",
    )
    state = fields.Selection(
        selection=[
            ("uploaded", "Uploaded"),
            ("checked", "Checked"),
            ("review", "To review"),
            ("imported", "Imported"),
            ("refused", "Refused"),
        ],
        default="uploaded",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    on_bad_rows = fields.Selection(
        selection=[
            ("none", "Import nothing"),
            ("good", "Import the good rows"),
        ],
        string="If rows are bad",
        default="none",
        required=True,
    )
    on_duplicate = fields.Selection(
        selection=[
            ("bad", "Report the row as bad"),
            ("update", "Complete the existing customer"),
        ],
        string="If the customer exists",
        default="bad",
        required=True,
        help="Completing fills what is empty at the existing customer; it never "
        "overwrites.",
    )
    refuse_reason = fields.Char(copy=False, tracking=True)
    column_ids = fields.One2many(
        comodel_name="customer.import.column",
        inverse_name="batch_id",
    )
    line_ids = fields.One2many(
        comodel_name="customer.import.line",
        inverse_name="batch_id",
        readonly=True,
    )
    issue_ids = fields.One2many(
        comodel_name="customer.import.issue",
        inverse_name="batch_id",
        readonly=True,
    )
    footer_note = fields.Char(
        string="Left out",
        readonly=True,
        copy=False,
        help="Sheets without a header and rows such as totals.",
    )
    row_count = fields.Integer(compute="_compute_counts")
    good_count = fields.Integer(compute="_compute_counts")
    bad_count = fields.Integer(compute="_compute_counts")
    imported_count = fields.Integer(compute="_compute_counts")
    issue_count = fields.Integer(compute="_compute_counts")
    job = fields.Selection(
        selection=[("check", "Checking"), ("import", "Importing")],
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    progress = fields.Json(compute="_compute_progress")
    imported_at = fields.Datetime(readonly=True, copy=False)
    imported_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
    )
    source_destroyed_at = fields.Datetime(
        string="File destroyed at",
        readonly=True,
        copy=False,
        help="The source file is destroyed once its customers are imported (CA-13).",
    )
    source_destroyed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="File destroyed by",
        readonly=True,
        copy=False,
    )

    # --- Computes ---

    @api.depends("line_ids.state", "issue_ids")
    def _compute_counts(self):
        counts = defaultdict(lambda: defaultdict(int))
        for batch, state, count in self.env["customer.import.line"]._read_group(
            [("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count"]
        ):
            counts[batch.id][state] = count
        issues = dict(
            self.env["customer.import.issue"]._read_group(
                [("batch_id", "in", self.ids)], ["batch_id"], ["__count"]
            )
        )
        for batch in self:
            by_state = counts[batch.id]
            batch.row_count = sum(by_state.values())
            batch.good_count = by_state["good"] + by_state["update"]
            batch.bad_count = by_state["bad"]
            batch.imported_count = by_state["imported"]
            batch.issue_count = issues.get(batch, 0)

    @api.depends("job")
    def _compute_progress(self):
        rows = self.env["customer.import.progress"].search_fetch(
            [("batch_ref", "in", self.ids)], ["batch_ref", "done", "total"]
        )
        progress = {row.batch_ref: row for row in rows}
        for batch in self:
            row = progress.get(batch.id)
            batch.progress = {
                "job": batch.job or False,
                "done": row.done if row else 0,
                "total": row.total if row else 0,
            }

    # --- CRUD ---

    @api.ondelete(at_uninstall=False)
    def _unlink_except_imported(self):
        # a long list has customers before all of it is imported
        imported = self.filtered(
            lambda batch: batch.state == "imported" or batch.imported_count
        )
        if imported:
            raise UserError(
                self.env._(
                    "Imported lists are records and stay: %(batches)s.",
                    batches=", ".join(imported.mapped("name")),
                )
            )

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        if {"file_data", "file_name"} & vals.keys():
            self._check_file_may_change()
        if "company_id" in vals:
            self._check_company_kept(vals["company_id"])
        self._check_settings_may_change(vals)
        result = super().write(vals)
        if vals.get("file_data"):
            # sudo: set by the system; whoever brought the rows is named beside who imported them
            self.sudo().write({"uploaded_by_id": self.env.uid, "stop_reason": False})
        return result

    def _check_company_kept(self, company_id):
        fixed = self.filtered(
            lambda batch: batch.state != "uploaded"
            and batch.company_id.id != company_id
        )
        if fixed:
            raise UserError(
                self.env._(
                    "%(batches)s: the rows were checked for their company. Reset to uploaded before you choose "
                    "another one.",
                    batches=", ".join(fixed.mapped("name")),
                )
            )

    def _check_settings_may_change(self, vals):
        """Keep how the rows were judged, and what becomes of bad rows once that was decided or is carried out."""
        judged = self.filtered(lambda batch: batch._is_fixed())
        decided = self.filtered(
            lambda batch: batch.job or batch.state in ("imported", "refused")
        )
        fixed = judged._filter_changed(("user_id", "on_duplicate"), vals)
        (fixed | decided._filter_changed(("on_bad_rows",), vals))._refuse_settings()

    def _is_fixed(self):
        """Tell whether the rows were handed over as they were checked, or a job works on them."""
        self.ensure_one()
        return bool(self.job) or self.state not in ("uploaded", "checked")

    def _refuse_settings(self):
        """Refuse to change how these lists are imported; nothing happens when there are none."""
        if self:
            raise UserError(
                self.env._(
                    "%(batches)s: the rows were checked as they are to be imported. Take the list back before you "
                    "choose otherwise.",
                    batches=", ".join(self.mapped("name")),
                )
            )

    def _check_file_may_change(self):
        fixed = self.filtered(lambda batch: batch.state != "uploaded" or batch.job)
        if fixed:
            raise UserError(
                self.env._(
                    "%(batches)s: the file has been checked. Reset to uploaded before "
                    "you choose another file.",
                    batches=", ".join(fixed.mapped("name")),
                )
            )

    # --- States ---

    def _get_unchecked_reason(self):
        if self.file_name:
            return self.env._("The file is not checked yet: press Check.")
        return self.env._("Choose the file of the list.")

    def _get_transition_label(self, target):
        labels = {
            "checked": self.env._("Check"),
            "review": self.env._("Submit to Keeper"),
            "imported": self.env._("Import"),
        }
        return labels.get(target) or super()._get_transition_label(target)

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if self.job:
            reasons.append(self.env._("A job is still running on this list."))
        elif target == "checked" and not self.checksum:
            reasons.append(self.stop_reason or self._get_unchecked_reason())
        if target == "review":
            reasons += self._get_row_reasons()
        if target == "imported":
            reasons += self._get_import_reasons()
            if self.good_count:
                reasons.append(
                    self.env._("The rows are not imported yet: press Import.")
                )
        if target == "refused":
            reasons += self._get_keeper_reasons()
            if not (self.refuse_reason or "").strip():
                reasons.append(self.env._("Enter why the list is refused."))
        return reasons

    def _get_import_reasons(self):
        """Say everything that keeps the list from being imported now."""
        return self._get_keeper_reasons() + self._get_row_reasons()

    def _get_keeper_reasons(self):
        if self.env.user.has_group("customer_archive.group_customer_archive_keeper"):
            return []
        return [self.env._("Only an archive keeper may import or refuse a list.")]

    def _get_row_reasons(self):
        """Say why the rows themselves may not be imported."""
        if not self.good_count + self.imported_count:
            return [self.env._("There is no row that can be imported.")]
        if self.bad_count and self.on_bad_rows == "none":
            return [
                self.env._(
                    "%(count)s rows are bad. Correct the file and upload it again, or "
                    "choose to import the good rows.",
                    count=self.bad_count,
                )
            ]
        return []

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        if target == "uploaded":
            vals |= {"checksum": False, "footer_note": False}
        if target == "imported":
            now = fields.Datetime.now()
            vals |= {
                "imported_at": now,
                "source_destroyed_at": now,
                "source_destroyed_by_id": self.env.uid,
                "file_data": False,
            }
        return vals

    def _after_transition(self, source, target):
        result = super()._after_transition(source, target)
        if target == "uploaded":
            # sudo: findings belong to the system; another file gets its own
            self.sudo().line_ids.unlink()
            self.sudo().issue_ids.unlink()
        if target == "imported":
            for batch in self:
                batch.message_post(body=batch._describe_import())
        return result

    def _describe_import(self):
        return self.env._(
            "%(count)s customers imported. The file %(file)s (SHA-256 %(checksum)s) has "
            "been destroyed.",
            count=self.imported_count,
            file=self.file_name,
            checksum=self.checksum,
        )

    # --- Actions ---

    def action_check(self):
        """Read and check the file in the background."""
        for batch in self:
            if batch.state not in ("uploaded", "checked"):
                raise UserError(
                    self.env._(
                        "%(batch)s cannot be checked any more.", batch=batch.name
                    )
                )
            if not batch.file_data:
                raise UserError(
                    self.env._("%(batch)s: choose a file first.", batch=batch.name)
                )
        self._launch_job("check")

    def action_submit(self):
        """Hand the checked list to the archive keeper."""
        self._transition("review")

    def action_reset(self):
        """Go back one step: choose another file, or correct the columns."""
        for batch in self:
            batch._transition("checked" if batch.state == "review" else "uploaded")

    def action_refuse(self):
        """Send the list back; the reason is in ``refuse_reason``."""
        self._transition("refused")

    def action_import(self):
        """Create the customers and their archives in the background.

        :raises UserError: with every reason of every list
        """
        reasons = {batch: batch._get_import_reasons() for batch in self}
        for batch in self.filtered(lambda batch: batch.state != "review" or batch.job):
            reasons[batch].append(self.env._("It is not waiting for the import."))
        lines = [
            f"{batch.name}: {reason}"
            for batch, found in reasons.items()
            for reason in found
        ]
        if lines:
            raise UserError("\n".join(lines))
        self._launch_job("import")

    def action_open_lines(self):
        """Open the rows of these lists with what became of them (L-24)."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_archive.customer_import_line_action"
        )
        action["domain"] = [("batch_id", "in", self.ids)]
        return action

    def action_open_customers(self):
        """Open the archives that came out of this list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_archive.customer_archive_action"
        )
        action["domain"] = [("id", "in", self.line_ids.archive_id.ids)]
        action["context"] = {}
        return action

    # --- Jobs ---

    def _launch_job(self, job):
        """Ask the background worker to run a job.

        :param str job: ``"check"`` or ``"import"``
        """
        self.check_access("write")
        # sudo: the job marker is system-set so that no caller can fake a running job
        vals = {"job": job, "stop_reason": False}
        if job == "import":
            vals["imported_by_id"] = self.env.uid
        self.sudo().write(vals)
        self.env.ref("customer_archive.ir_cron_customer_import")._trigger()

    @api.model
    def _cron_run_jobs(self):
        """Run the waiting jobs, one after the other; two workers never share one."""
        while batch := self._lock_next_job():
            batch._run_job()
            remaining = self.search_count([("job", "!=", False)])
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                break

    @api.model
    def _lock_next_job(self):
        waiting = self.search([("job", "!=", False)], order="id")
        return waiting.try_lock_for_update(limit=1)

    def _run_job(self):
        """Run the job of one batch as the user who started it.

        What the list can be blamed for ends the job and is told in the chatter. A
        conflict and a lost connection are the worker's, which tries again. Any other
        error would come again each time and keep all other lists waiting: it ends the
        job, too.
        """
        self.ensure_one()
        user = self.imported_by_id if self.job == "import" else self.uploaded_by_id
        batch = self.with_user(user).with_company(self.company_id)
        batch = batch.with_context(lang=user.lang, tz=user.tz)
        try:
            with self.env.cr.savepoint():
                if self.job == "check":
                    batch._run_check()
                else:
                    batch._run_import()
        except UserError as error:
            _logger.info("Customer import %s stopped: %s", self.name, error)
            self._stop_job(str(error))
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            _logger.exception("Customer import %s stopped", self.name)
            self._stop_job(
                batch.env._(
                    "The list cannot be processed. Save it under another name as an Excel workbook (.xlsx), upload it "
                    "again, or ask your administrator: the server log says what went wrong."
                )
            )

    def _stop_job(self, reason):
        """End the job of this batch and say why."""
        self.write({"job": False, "stop_reason": reason})
        self.message_post(body=reason)
