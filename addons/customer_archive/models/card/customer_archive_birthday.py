from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import split_every

from odoo.addons.record_control.tools.one_by_one import act_on_each

from .customer_archive_person import PRIVATE_GROUP

BATCH_SIZE = 1000


class CustomerArchivePerson(models.Model):
    """Reminders of the birthdays of key persons (CA-19), without telling them to who may not know them (A-22).

    A reminder is an activity of one user that hangs on no record: whoever sees the archive, but not the private data
    of its people, sees nothing of it, nor does a mail carry it out of the house.
    """

    _name = "customer.archive.person"
    _inherit = ["customer.archive.person", "protected.fields.mixin"]
    _protected_fields = ("date_birthday_reminded",)

    date_birthday_reminded = fields.Date(
        string="Reminded of the Birthday on",
        readonly=True,
        copy=False,
        groups=PRIVATE_GROUP,
        help="The birthday of which somebody was reminded last.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "birth_date" in vals:
            # sudo: another birthday asks another reminder, whoever corrects it
            self.sudo().write({"date_birthday_reminded": False})
        if "archive_id" in vals:
            self._move_birthday_reminders()
        return result

    # --- Cron ---

    @api.model
    def _cron_remind_birthdays(self):
        """Remind the people in charge of the birthdays of the next days (CA-19); every birthday once.

        Only those are reminded who may see private data, of companies that keep it; who has lost the right keeps no
        reminder.
        """
        # sudo: a reminder is seen by its user alone
        reminders_sudo = self.env["mail.activity"].sudo()
        reminders_sudo.search(
            [("ca_birthday_person_id", "!=", False)]
        ).ca_birthday_person_id._move_birthday_reminders()
        # sudo: who holds the right is no secret to the job
        knowing_sudo = self.env.ref(PRIVATE_GROUP).sudo().all_user_ids
        companies = (
            self.env["res.company"]
            .sudo()
            .search([("ca_personal_data", "=", True), ("ca_birthday_days", ">", 0)])
        )
        for company in companies:
            today = company._record_control_today()
            persons_sudo = self.sudo().search(self._get_birthday_domain(company, today))
            for batch in split_every(BATCH_SIZE, persons_sudo.ids):
                act_on_each(
                    self.sudo().browse(batch),
                    lambda some, today=today: some._remind_birthdays(
                        today, knowing_sudo
                    ),
                )

    @api.model
    def _get_birthday_domain(self, company, today):
        """Return whose birthday is within the days of the company and has no reminder yet."""
        window = [
            today + relativedelta(days=number)
            for number in range(company.ca_birthday_days + 1)
        ]
        days = {day.strftime("%m-%d") for day in window}
        if any(
            (day + relativedelta(days=1)).strftime("%m-%d") == "03-01" for day in window
        ):
            days.add("02-29")  # those born on it celebrate on the last day of February
        birthday = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "to_char(%s, 'MM-DD') = ANY(%s)",
                SQL.identifier(alias, "birth_date"),
                sorted(days),
            )
        )
        not_reminded = Domain("date_birthday_reminded", "=", False) | Domain(
            "date_birthday_reminded", "<", today
        )
        return (
            Domain("company_id", "=", company.id)
            & Domain("archive_id.state", "=", "active")
            & Domain("birth_date", "!=", False)
            & birthday
            & not_reminded
        )

    def _remind_birthdays(self, today, knowing):
        """Give the reminders of these persons to the people in charge who may know.

        :param date today: in the time zone of the company
        :param res.users knowing: the users who may see private data
        """
        vals_list = []
        for person in self:
            birthday = person._get_next_birthday(today)
            users = person._get_birthday_users(knowing)
            vals_list += [
                person._prepare_birthday_vals(user, birthday) for user in users
            ]
            if users:
                person.date_birthday_reminded = birthday
        self._create_birthday_reminders(vals_list)

    @api.model
    def _create_birthday_reminders(self, vals_list):
        # of the system: who has created an activity may write it, and so come to read it without the right;
        # no mail: it would carry private data out of the house
        activities = (
            self.env["mail.activity"]
            .with_user(SUPERUSER_ID)
            .with_context(
                mail_activity_quick_update=True,
                default_activity_type_id=self.env.ref(
                    "mail.mail_activity_data_todo"
                ).id,
            )
        )
        activities.create(vals_list)

    def _get_birthday_users(self, knowing):
        """Return who of the users that may see private data is in charge of this person's archive."""
        self.ensure_one()
        archive = self.archive_id
        involved = archive.user_id | archive.second_user_id | archive.supervisor_id
        return involved & knowing

    def _move_birthday_reminders(self):
        """Give the open reminders of these persons to who is in charge now; close them where nobody is (CA-19)."""
        # sudo: a reminder is seen by its user alone, and who changes the person in charge is mostly another one
        env_sudo = self.sudo().with_context(active_test=False).env
        reminders_sudo = env_sudo["mail.activity"].search(
            [("ca_birthday_person_id", "in", self.ids)]
        )
        if not reminders_sudo:
            return
        knowing_sudo = env_sudo.ref(PRIVATE_GROUP).all_user_ids
        vals_list, left_sudo = [], reminders_sudo.browse()
        for (person_sudo, birthday), same_sudo in reminders_sudo.grouped(
            lambda reminder: (reminder.ca_birthday_person_id, reminder.date_deadline)
        ).items():
            users = person_sudo._get_birthday_users(knowing_sudo)
            leaving_sudo = same_sudo.filtered(
                lambda reminder, users=users: reminder.active
                and reminder.user_id not in users
            )
            if not leaving_sudo:
                continue
            left_sudo |= leaving_sudo
            vals_list += [
                person_sudo._prepare_birthday_vals(user, birthday)
                for user in users - same_sudo.user_id
            ]
            if not users:
                # who is in charge in time is reminded still
                person_sudo.date_birthday_reminded = False
        left_sudo.unlink()
        self._create_birthday_reminders(vals_list)

    def _get_next_birthday(self, today):
        """Return the first birthday from today on; that of 29 February is on the last of the month in other years."""
        self.ensure_one()
        birthday = self.birth_date + relativedelta(year=today.year)
        if birthday < today:
            birthday = self.birth_date + relativedelta(year=today.year + 1)
        return birthday

    def _prepare_birthday_vals(self, user, birthday):
        self.ensure_one()
        interests = ", ".join(filter(None, (self.hobby, self.sport)))
        env = self.with_context(lang=user.lang).env
        return {
            "user_id": user.id,
            "ca_birthday_person_id": self.id,
            "automated": True,
            "date_deadline": birthday,
            "summary": env._(
                "Birthday of %(person)s, %(customer)s",
                person=self.partner_id.name,
                customer=self.customer_id.name,
            ),
            "note": interests
            and env._("Interests: %(interests)s", interests=interests),
        }


class CustomerArchive(models.Model):
    _inherit = "customer.archive"

    def write(self, vals):
        result = super().write(vals)
        # the supervisor follows the team and the person in charge
        if {"user_id", "second_user_id", "supervisor_id", "team_id"} & vals.keys():
            # sudo: the persons of a restricted archive count, whoever changes who is in charge
            self.sudo().person_ids._move_birthday_reminders()
        return result


class MailActivity(models.Model):
    _inherit = "mail.activity"

    ca_birthday_person_id = fields.Many2one(
        comodel_name="customer.archive.person",
        string="Birthday Of",
        groups=fields.NO_ACCESS,
        index="btree_not_null",
        copy=False,
        ondelete="cascade",
        help="The person of whose birthday this reminds. The reminder hangs on no record: it is for its user alone.",
    )
