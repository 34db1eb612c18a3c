import logging
from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup
from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime, groupby

from ...tools.one_by_one import act_on_each
from .clock_clock import to_aware, to_naive

_logger = logging.getLogger(__name__)

ESCALATION_BATCH = 500
# A clock whose step could not be told is tried again after this, so that it does not hold up others.
RETRY_AFTER = timedelta(hours=1)


class ClockEscalation(models.Model):
    """A step that has happened: who was told about a clock, when and why. Append-only."""

    _name = "clock.escalation"
    _description = "Clock Escalation"
    _inherit = "clock.ledger"
    _order = "clock_id, fired_at, id"

    step_id = fields.Many2one(
        comodel_name="clock.policy.step",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    name = fields.Char(string="Told About", required=True, readonly=True)
    due_at = fields.Datetime(string="Due", required=True, readonly=True)
    fired_at = fields.Datetime(string="Told At", required=True, readonly=True)
    user_ids = fields.Many2many(comodel_name="res.users", string="Told", readonly=True)
    note = fields.Text(
        string="Passed Over",
        readonly=True,
        help="Who was not there, and who was told instead.",
    )
    activity_ids = fields.Many2many(comodel_name="mail.activity", readonly=True)

    # each step happens once per clock, whatever number of workers and restarts
    _step_uniq = models.UniqueIndex(
        "(clock_id, step_id)", "This step has happened already."
    )


class ClockClock(models.Model):
    _inherit = "clock.clock"

    def _get_fired_steps(self):
        """Return the steps that have happened, per clock id."""
        fired = defaultdict(self.env["clock.policy.step"].browse)
        for clock, steps in (
            self.env["clock.escalation"]
            .sudo()
            ._read_group(
                [("clock_id", "in", self.ids)], ["clock_id"], ["step_id:recordset"]
            )
        ):
            fired[clock.id] = steps
        return fired

    def _withdraw_activities(self):
        """Remove what is left to do about clocks that have stopped."""
        escalations = (
            self.env["clock.escalation"].sudo().search([("clock_id", "in", self.ids)])
        )
        escalations.activity_ids.unlink()

    # --- Job ---

    @api.model
    def _lock_for_job(self, field_name, limit):
        """Lock open clocks that wait for a job; those another worker holds are left to it.

        :param str field_name: ``next_event_at`` (due by now) or ``needs_replay``
        :rtype: clock.clock
        """
        self.flush_model()
        if field_name == "next_event_at":
            condition = SQL(
                "next_event_at <= %s ORDER BY next_event_at, id", fields.Datetime.now()
            )
        else:
            condition = SQL("needs_replay ORDER BY id")
        # SQL, because the ORM locks the records of a search, and the search of a second worker finds
        # the same ones: it would skip all of them and do nothing
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM clock_clock WHERE %s LIMIT %s FOR UPDATE SKIP LOCKED",
                condition,
                limit,
            )
        )
        return self.browse(id_ for (id_,) in rows)

    @api.model
    def _cron_escalate(self):
        """Tell people about deadlines that come near or have passed, each step once.

        Whatever is due by now happens now, so steps of a time when the server was down are caught up.
        """
        for __ in range(10_000):
            try:
                clocks = self._lock_for_job("next_event_at", ESCALATION_BATCH)
            except SerializationFailure:
                # somebody stopped one of the clocks in the same moment: look again
                self.env.cr.rollback()
                continue
            if not clocks:
                break
            clocks._escalate_safely()
            left = self.search_count([("next_event_at", "<=", fields.Datetime.now())])
            if not self.env["ir.cron"]._commit_progress(len(clocks), remaining=left):
                break

    @api.model
    def _cron_choose_policies_again(self):
        """Follow changes that no write on the record itself shows (a customer's new grade)."""
        last = 0
        while clocks := self.search(
            [("stopped_at", "=", False), ("id", ">", last)],
            order="id",
            limit=ESCALATION_BATCH,
        ):
            last = clocks[-1].id
            act_on_each(
                clocks - clocks._get_orphans(),
                lambda some: some._choose_policy_again(),
            )
            if not self.env["ir.cron"]._commit_progress(len(clocks)):
                break

    def _escalate_safely(self):
        """Escalate all; when that fails one by one, and log and postpone those that fail alone."""
        try:
            with self.env.cr.savepoint():
                return self._escalate()
        except SerializationFailure:
            raise
        except Exception:
            _logger.warning(
                "Escalation of %s clocks failed, trying one by one",
                len(self),
                exc_info=True,
            )
        for clock in self:
            try:
                with self.env.cr.savepoint():
                    clock._escalate()
            except SerializationFailure:
                raise
            except Exception as error:
                _logger.exception(
                    "Clock %s of %s,%s", clock.id, clock.res_model, clock.res_id
                )
                clock.write(
                    {
                        "next_event_at": fields.Datetime.now() + RETRY_AFTER,
                        "error": f"{type(error).__name__}: {error}",
                    }
                )

    def _escalate(self):
        """Do what is due on these clocks: mark missed ones, tell people, set the next event."""
        now = fields.Datetime.now()
        orphans = self._get_orphans()
        orphans._cancel(self.env._("The record has been deleted."))
        clocks = (self - orphans).filtered(lambda c: not c.stopped_at and c.deadline)
        clocks.filtered(lambda c: c.state == "running" and c.deadline < now).write(
            {"state": "missed"}
        )
        calendars, pauses = clocks._get_work_calendars(), clocks._get_pauses()
        fired = clocks._get_fired_steps()
        due, postponed = [], {}
        for clock in clocks:
            steps = clock._get_due_steps(
                calendars[clock], pauses[clock.id], fired[clock.id], now
            )
            calendar = calendars[clock]
            if (
                steps
                and clock.policy_id.in_working_hours
                and not calendar.is_working(to_aware(now))
            ):
                postponed[clock] = to_naive(calendar.next_working(to_aware(now)))
                continue
            due += [(clock, step, at) for step, at in steps]
            fired[clock.id] |= self.env["clock.policy.step"].union(
                *(step for step, __ in steps)
            )
        self._tell(due, now)
        for clock in clocks:
            next_event = postponed.get(clock) or self._get_next_event(
                clock.policy_id,
                {key: clock[key] for key in ("started_at", "deadline", "state")},
                calendars[clock],
                pauses[clock.id],
                fired[clock.id],
            )
            clock.write({"next_event_at": next_event, "error": False})

    def _get_orphans(self):
        """Return the clocks whose record or model is gone."""
        orphans = self.browse()
        for model, clocks in self.grouped("res_model").items():
            known = model in self.env
            alive = (
                set(self.env[model].browse(clocks.mapped("res_id")).exists()._ids)
                if known
                else set()
            )
            orphans |= clocks.filtered(lambda c, ids=alive: c.res_id not in ids)
        return orphans

    def _get_due_steps(self, calendar, pauses, fired, now):
        """Return ``(step, due instant)`` of the steps due by ``now`` that have not happened."""
        self.ensure_one()
        aware = {
            "started_at": to_aware(self.started_at),
            "deadline": to_aware(self.deadline),
        }
        steps = [
            (step, to_naive(step._get_instant(aware, calendar, pauses)))
            for step in self.policy_id.step_ids - fired
        ]
        return sorted(
            ((step, at) for step, at in steps if at <= now),
            key=lambda pair: (pair[1], pair[0].sequence),
        )

    # --- Telling ---

    @api.model
    def _tell(self, due, now):
        """Tell the people of each step, all steps in a few calls.

        :param list due: ``(clock, step, due instant)``
        :param datetime now: naive UTC
        """
        if not due:
            return
        told = self._get_told(due, now)
        texts = self._get_texts(due, told)
        activities = self._tell_by_activity(due, told, texts)
        self.env["clock.escalation"].create(
            [
                {
                    "clock_id": clock.id,
                    "step_id": step.id,
                    "name": step.name,
                    "due_at": at,
                    "fired_at": now,
                    "user_ids": [fields.Command.set(told[clock, step][0].ids)],
                    "note": told[clock, step][1],
                    "activity_ids": [fields.Command.set(activities[clock, step])],
                }
                for clock, step, at in due
            ]
        )
        self._tell_by_mail(due, told, texts)
        self._tell_by_sms(due, told, texts)

    @api.model
    def _get_told(self, due, now):
        """Return ``{(clock, step): (users, note)}``, absent people passed over."""
        wanted, result = {}, {}
        Users = self.env["res.users"]
        records = self._get_records([clock for clock, __, __ in due])
        for clock, step, __ in due:
            users, empty = step.user_ids, []
            for role in step.role_ids:
                found = records[clock]._get_clock_recipients(role.code)
                users |= found
                if not found:
                    empty.append(role.name)
            wanted[clock, step] = (users, empty)
        present = {
            company: Users.union(
                *(wanted[clock, step][0] for clock, step, __ in group)
            )._get_present_stand_ins(now, company)
            for company, group in groupby(due, lambda entry: entry[0].company_id)
        }
        for clock, step, __ in due:
            users, empty = wanted[clock, step]
            found, notes = Users, []
            for user in users:
                stand_in, note = present[clock.company_id][user]
                # nobody stands in for someone on leave: he is told himself
                found |= stand_in or user.filtered("active")
                notes += [note] if note else []
            notes += [
                self.env._("Nobody is %(role)s of this record.", role=role)
                for role in empty
            ]
            if not found:
                found = self._get_last_resort(clock.company_id)
            result[clock, step] = (found, "\n".join(notes))
        return result

    @api.model
    def _get_last_resort(self, company):
        """Return who is told when a step reaches nobody: the administrators of record control."""
        group = self.env.ref("record_control.group_record_control_manager")
        return group._get_users_of_company(company)

    @api.model
    def _get_records(self, clocks):
        """Return the record of each clock, prefetched together per model."""
        found = {}
        for model, group in groupby(clocks, lambda clock: clock.res_model):
            records = self.env[model].browse({clock.res_id for clock in group})
            by_id = {record.id: record for record in records}
            found.update({clock: by_id[clock.res_id] for clock in group})
        return found

    @api.model
    def _get_texts(self, due, told):
        """Return ``{(clock, step, user): {subject, note, link}}`` in each person's language."""
        texts = {}
        names = self._get_told_names(due, told)
        for clock, step, __ in due:
            users, note = told[clock, step]
            for user in users:
                here = step.with_context(lang=user.lang, tz=user.tz or self.env.user.tz)
                deadline = format_datetime(here.env, clock.deadline)
                texts[clock, step, user] = {
                    "subject": here.env._(
                        "%(step)s: %(record)s",
                        step=here.name,
                        record=names[clock, user],
                    ),
                    "lines": [
                        line
                        for line in (
                            here.note,
                            here.env._(
                                "%(policy)s is due on %(deadline)s.",
                                policy=clock.policy_id.with_env(here.env).name,
                                deadline=deadline,
                            ),
                            note,
                        )
                        if line
                    ],
                    "url": f"/mail/view?model={clock.res_model}&res_id={clock.res_id}",
                }
        return texts

    @api.model
    def _get_told_names(self, due, told):
        """Return ``{(clock, user): name of the record}`` as each user sees it, in his language.

        Who is told, maybe for want of others, need not be among those who see a restricted record: a mail names it
        no more than the screen does.
        """
        by_user = defaultdict(self.browse)
        for clock, step, __ in due:
            for user in told[clock, step][0]:
                by_user[user] |= clock
        names = {}
        for user, clocks in by_user.items():
            for clock, record in self._get_records(clocks).items():
                # sudo: the name itself asks what this user sees, and masks the rest
                record_sudo = record.with_user(user).sudo()
                names[clock, user] = record_sudo.with_context(
                    lang=user.lang
                ).display_name
        return names

    @api.model
    def _tell_by_activity(self, due, told, texts):
        """Create the activities of all steps; return their ids per clock and step."""
        activity_type = self.env.ref(
            "record_control.mail_activity_type_clock", raise_if_not_found=False
        )
        vals_list, owners = [], []
        for clock, step, __ in due:
            for user in told[clock, step][0] if step.by_activity else ():
                text = texts[clock, step, user]
                vals_list.append(
                    {
                        "activity_type_id": activity_type.id
                        if activity_type
                        else False,
                        "user_id": user.id,
                        "summary": text["subject"],
                        "date_deadline": fields.Datetime.context_timestamp(
                            step.with_context(tz=user.tz or "UTC"), clock.deadline
                        ).date(),
                        **self._prepare_activity_record_vals(clock, text),
                    }
                )
                owners.append((clock, step))
        # quick update: the activity itself tells; no second message about it
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create(vals_list)
        )
        created = defaultdict(list)
        for owner, activity in zip(owners, activities, strict=True):
            created[owner].append(activity.id)
        return created

    def _prepare_activity_record_vals(self, clock, text):
        """Hang the activity on the record; a model without activities gets a link in the note."""
        note = Markup("<br/>").join(text["lines"])
        if "activity_ids" in self.env[clock.res_model]._fields:
            model_id = self.env["ir.model"]._get_id(clock.res_model)
            return {"res_model_id": model_id, "res_id": clock.res_id, "note": note}
        link = Markup('<br/><a href="%s">%s</a>') % (text["url"], text["subject"])
        return {"note": note + link}

    @api.model
    def _tell_by_mail(self, due, told, texts):
        due = [(clock, step) for clock, step, __ in due if step.by_mail]
        reply_to = self._get_reply_addresses([clock for clock, __ in due])
        vals_list = []
        for clock, step in due:
            for user in told[clock, step][0]:
                text = texts[clock, step, user]
                body = Markup("<p>%s</p><p><a href='%s'>%s</a></p>") % (
                    Markup("<br/>").join(text["lines"]),
                    clock.get_base_url() + text["url"],
                    text["subject"],
                )
                vals_list.append(
                    {
                        "subject": text["subject"],
                        "body_html": body,
                        "recipient_ids": [fields.Command.link(user.partner_id.id)],
                        "model": clock.res_model,
                        "res_id": clock.res_id,
                        "reply_to": reply_to[clock],
                        "message_type": "user_notification",
                        "auto_delete": True,
                    }
                )
        self.env["mail.mail"].create(vals_list)

    @api.model
    def _get_reply_addresses(self, clocks):
        """Return where answers to a mail about each clock go; without this, one query per mail."""
        found = {}
        records = self._get_records(clocks)
        for model, group in groupby(clocks, lambda clock: clock.res_model):
            addresses = (
                self.env[model]
                .browse({c.res_id for c in group})
                ._notify_get_reply_to_batch()
            )
            found.update({clock: addresses[records[clock].id] for clock in group})
        return found

    @api.model
    def _tell_by_sms(self, due, told, texts):
        if "sms.sms" not in self.env:  # text messages are not installed
            return
        self.env["sms.sms"].create(
            [
                {
                    "number": user.partner_id.phone,
                    "partner_id": user.partner_id.id,
                    "body": " ".join(
                        [
                            texts[clock, step, user]["subject"],
                            *texts[clock, step, user]["lines"],
                        ]
                    ),
                }
                for clock, step, __ in due
                if step.by_sms
                for user in told[clock, step][0]
                if user.partner_id.phone
            ]
        )
