from odoo import api, fields, models
from odoo.fields import Command, Domain

from ...tools.one_by_one import act_on_each
from .sign_off_route_step import SIGNER_TYPES
from .sign_off_signers import CROWD, REQUESTER_KEY, RoundRequester, SignerFinder

STATES = [
    ("not_needed", "Not needed"),
    ("waiting", "Later"),
    ("open", "To sign"),
    ("signed", "Signed"),
    ("refused", "Refused"),
    ("merged", "Signed at a later step"),
    ("cancelled", "Cancelled"),
]
PENDING_STATES = ("waiting", "open")
REFRESH_BATCH = 500  # open steps whose signers are found out again at once


class SignOffRequestStep(models.Model):
    """One cell of one round: copied from the route when the round began."""

    _name = "sign.off.request.step"
    _description = "Sign-off Step"
    _inherit = ["sign.off.trail.mixin"]
    _order = "request_id, sequence, id"

    request_id = fields.Many2one(
        comodel_name="sign.off.request",
        string="Round",
        required=True,
        readonly=True,
        index=True,
        bypass_search_access=True,
        ondelete="cascade",
    )
    route_step_id = fields.Many2one(
        comodel_name="sign.off.route.step", readonly=True, index="btree_not_null"
    )
    sequence = fields.Integer(string="Order", readonly=True, aggregator=None)
    name = fields.Char(string="Title", required=True, readonly=True, translate=True)
    signer_type = fields.Selection(
        selection=SIGNER_TYPES, string="Signed By", required=True, readonly=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Person", readonly=True, index="btree_not_null"
    )
    group_id = fields.Many2one(
        comodel_name="res.groups", readonly=True, index="btree_not_null"
    )
    role = fields.Selection(
        selection=lambda self: self.env["sign.off.route.step"]._selection_role(),
        readonly=True,
    )
    condition_domain = fields.Char(readonly=True, default="[]")
    min_amount = fields.Float(readonly=True)
    deadline_days = fields.Integer(readonly=True)
    state = fields.Selection(
        selection=STATES, required=True, readonly=True, default="waiting", index=True
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="sign_off_request_step_user_rel",
        column1="step_id",
        column2="user_id",
        string="May Sign",
        readonly=True,
        help="Whose signature the step waits for; empty as soon as it waits no more.",
    )
    opened_at = fields.Datetime(readonly=True)
    date_deadline = fields.Date(string="Deadline", readonly=True)
    note = fields.Char(
        readonly=True, help="Why somebody else than foreseen is asked to sign."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_unless_system()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_unless_system()
        return super().write(vals)

    # --- Who signs ---

    def _get_foreseen_users(self):
        """Whom the route foresees, present or not."""
        self.ensure_one()
        users = self.env["res.users"].sudo()
        if self.signer_type == "requester":
            return users.browse(self.request_id.requester_id.id)
        if self.signer_type == "user":
            return users.browse(self.user_id.id)
        if self.signer_type == "group":
            return users.browse(self.group_id.all_user_ids.ids)
        if self.signer_type == "contact":
            return users
        requester = {REQUESTER_KEY: RoundRequester(self.request_id)}
        record = self.request_id._get_record().with_context(**requester)
        return users.browse(record._get_sign_off_users(self.role).ids)

    def _get_blocked_users(self):
        """Whom the four-eyes rule keeps from signing this step."""
        self.ensure_one()
        users = self.env["res.users"].sudo()
        if not self.request_id.four_eyes or self.signer_type == "requester":
            return users
        request = self.request_id
        authors = request.author_ids
        if self.signer_type == "role" and self.role == "responsible":
            # his own signature is no approval; another author does not sign it as his deputy
            authors -= self._get_foreseen_users()
        blocked = request.requester_id | authors | request.signature_ids.user_id
        if self._is_own_signature():
            blocked -= self._get_foreseen_users()
        return users.browse(blocked.ids)

    def _is_own_signature(self):
        self.ensure_one()
        return self.env[self.request_id.res_model]._is_sign_off_own(self)

    def _explain_nobody(self):
        if self.signer_type == "group":
            return self.env._(
                "The group “%(group)s” has no active member.",
                group=self.group_id.display_name,
            )
        if self.signer_type == "contact":
            labels = dict(self._fields["contact_role"]._description_selection(self.env))
            return self.env._(
                "The record names no contact (%(role)s).",
                role=labels.get(self.contact_role, self.contact_role or ""),
            )
        labels = dict(self._fields["role"]._description_selection(self.env))
        return self.env._(
            "Nobody holds the role “%(role)s” for this record.",
            role=labels.get(self.role, self.role or ""),
        )

    def _find_signers(self):
        """Who may sign these steps now.

        :return: {step: Signers}, steps without people included
        """
        now = fields.Datetime.now()
        result = {}
        for company, steps in self.grouped(
            lambda step: step.request_id.company_id
        ).items():
            env = self.env(
                context={"allowed_company_ids": company.ids, "lang": self.env.lang},
                su=True,
            )
            result.update(SignerFinder(env, company, now).find(steps.with_env(env)))
        return {step.with_env(self.env): signers for step, signers in result.items()}

    # --- Life of a step ---

    def _open(self):
        """Ask for the signatures of these steps."""
        now = fields.Datetime.now()
        signers = self._find_signers()
        deadlines = self._get_deadlines(now)
        self._write_grouped(
            {
                step: {
                    "state": "open",
                    "opened_at": now,
                    "date_deadline": deadlines[step],
                    **self._prepare_signer_vals(found),
                }
                for step, found in signers.items()
            }
        )
        self._sync_activities(signers)
        self._send_links()
        self._notify_inboxes(self.user_ids)

    @api.model
    def _prepare_signer_vals(self, found):
        return {
            "note": found.note,
            "user_ids": [Command.set(found.users.ids)],
            "partner_id": found.contact.id if found.contact else False,
        }

    def _close(self, state):
        """End these steps; nobody is waited for any more."""
        if not self:
            return
        users = self.user_ids
        self.write({"state": state, "user_ids": [Command.clear()]})
        self._sync_activities({})
        self._notify_inboxes(users)

    def _refresh_signers(self):
        """Find out again who may sign these open steps, for instance because somebody has left."""
        changed = {}
        keepers = self._get_keepers()
        for step, found in self._find_signers().items():
            if (
                found.users != step.user_ids
                or found.note != (step.note or "")
                or (found.contact or step.partner_id.browse()) != step.partner_id
                or (step in keepers and found.told != keepers[step])
            ):
                changed[step] = found
        if not changed:
            return
        steps = self.browse([step.id for step in changed])
        users = steps.user_ids
        steps._revoke_links(changed)
        steps._write_grouped(
            {step: self._prepare_signer_vals(found) for step, found in changed.items()}
        )
        steps._sync_activities(changed)
        steps._send_links()
        steps._notify_inboxes(users | steps.user_ids)
        steps.request_id._log(
            {
                step.request_id: found.note
                for step, found in changed.items()
                if found.note
            }
        )

    @api.model
    def _refresh_signers_of(self, users):
        """Find out again who may sign the open steps that concern ``users``."""
        if not users:
            return
        # sudo: who leaves or appoints a deputy need not be able to see the rounds concerned
        step = self.sudo()
        domain = Domain("state", "=", "open") & Domain.OR(
            [
                Domain("user_ids", "in", users.ids),
                Domain("user_id", "in", users.ids),
                Domain("group_id", "in", users.sudo().all_group_ids.ids),
            ]
        )
        # an update of addons writes to groups before the models of the apps are loaded; the hourly
        # job asks for those steps again
        step.search(domain).filtered(
            lambda step: step.request_id.res_model in self.env
        )._refresh_signers()

    @api.model
    def _cron_refresh_signers(self):
        """Pass over people who have left or are away since their step was opened."""
        steps = self.sudo().search([("state", "=", "open")], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(steps))
        for start in range(0, len(steps), REFRESH_BATCH):
            batch = steps[start : start + REFRESH_BATCH]
            act_on_each(
                batch.filtered(lambda step: step.state == "open"),
                lambda some: some._refresh_signers(),
            )
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    def _get_deadlines(self, now):
        """Last day to sign: working days of the company's calendar, the first one being tomorrow.

        :return: {step: date or False}, counted once for each company and number of days
        """
        found = {}
        for step in self:
            company, days = step.request_id.company_id, step.deadline_days
            if (company, days) not in found:
                found[company, days] = days and company._get_sign_off_deadline(
                    now, days
                )
        return {
            step: found[step.request_id.company_id, step.deadline_days] or False
            for step in self
        }

    # --- Helpers ---

    def _get_waiting_names(self):
        """Names of the people and contacts whom the open ones among these steps wait for."""
        steps = self.filtered(lambda step: step.state == "open")
        return [*steps.user_ids.mapped("name"), *steps.partner_id.mapped("name")]

    def _sync_activities(self, signers):
        """Give an activity to whom a step waits for, and take it from everybody else.

        :param dict signers: {step: Signers} of the open steps among these; others get none
        """
        activity_model = self.env["mail.activity"].sudo()
        existing = activity_model.search([("sign_off_step_id", "in", self.ids)])
        wanted = {
            (step.id, user.id): step
            for step, found in signers.items()
            if step.state == "open" and len(found.told) <= CROWD
            for user in found.told
        }
        existing.filtered(
            lambda a: (a.sign_off_step_id.id, a.user_id.id) not in wanted
        ).unlink()
        for activity in existing.exists():
            wanted.pop((activity.sign_off_step_id.id, activity.user_id.id), None)
        activity_type = self.env.ref(
            "record_control.mail_activity_type_sign_off", raise_if_not_found=False
        )
        if not wanted or not activity_type:
            return
        # one record: the signer gets the usual mail; many at once: the inbox counts them, no flood of mails
        activity_model.with_context(
            mail_activity_quick_update=len(self.request_id) > 1
        ).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "date_deadline": step.date_deadline
                    or step.request_id.company_id._record_control_today(),
                    "note": step.note or False,
                    "res_id": step.request_id.res_id,
                    "res_model_id": step.request_id.res_model_id.id,
                    "sign_off_step_id": step.id,
                    "summary": step._get_activity_summary(),
                    "user_id": user_id,
                }
                for (__, user_id), step in wanted.items()
            ]
        )

    def _finish_activities(self, feedback):
        """Mark the activity of the current user as done; those of others vanish when the step closes."""
        activities = self.env["mail.activity"].search(
            [("sign_off_step_id", "in", self.ids), ("user_id", "=", self.env.uid)]
        )
        if activities:
            activities.action_archive()
            activities.write({"feedback": feedback})

    @api.model
    def _notify_inboxes(self, users):
        """Let the inbox of these users count again."""
        for user in users:
            user._bus_send("record_control.sign_off/updated", {})
