from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import split_every

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
        return result

    # --- Cron ---

    @api.model
    def _cron_remind_birthdays(self):
        """Remind the people in charge of the birthdays of the next days (CA-19); every birthday once.

        Only those are reminded who may see private data, of companies that keep it.
        """
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
                self.sudo().browse(batch)._remind_birthdays(today, knowing_sudo)

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
            archive = person.archive_id
            involved = archive.user_id | archive.second_user_id | archive.supervisor_id
            for user in involved & knowing:
                vals_list.append(person._prepare_birthday_vals(user, birthday))
            if involved & knowing:
                person.date_birthday_reminded = birthday
        # no mail: it would carry private data out of the house
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True,
            default_activity_type_id=self.env.ref("mail.mail_activity_data_todo").id,
        )
        activities.create(vals_list)

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
