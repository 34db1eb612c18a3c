from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.period import quarter_end, quarter_name, quarters_between
from .customer_archive_refresh import REFRESH_ACTIVITY

BATCH_SIZE = 10_000  # refreshes between two commits: some seconds
# whom _get_asked_user names
ASKED_USER = SQL(
    """
    LATERAL (
        SELECT u.id, u.partner_id
          FROM res_users u
         WHERE u.id IN (refresh.user_id, refresh.keeper_id, archive.supervisor_id) AND u.active
         ORDER BY array_position(ARRAY[refresh.user_id, refresh.keeper_id, archive.supervisor_id], u.id)
         LIMIT 1
    ) asked"""
)


class CustomerArchiveRefresh(models.Model):
    """Opening the refreshes of a quarter, for all long-term customers at once (CA-07).

    Whoever has a hundred thousand customers opens as many refreshes in one night. They are alike but for their
    archive and its people, so PostgreSQL makes them, with the activities that ask for them, in one statement for each
    table; record by record it takes minutes. What the ORM would do beside is done here: access is the system's, values
    are those of a new refresh, and who is asked follows the refresh.
    """

    _inherit = "customer.archive.refresh"

    # --- Cron ---

    @api.model
    def _cron_open_quarter(self, batch_size=BATCH_SIZE):
        """Open the refreshes of the quarter for all long-term customers (CA-07).

        Runs every day and creates what is missing, so a day without the job loses nothing: quarters that passed
        meanwhile are opened too (overdue), counted from the last quarter the company knows.
        """
        work = [
            (company, quarter, archive_ids)
            for company in self.env["res.company"].sudo().search([])
            for quarter in self._get_quarters_to_open(company)
            if (archive_ids := self._get_archive_ids_to_open(company, quarter))
        ]
        remaining = sum(len(archive_ids) for __, __, archive_ids in work)
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        for company, quarter, archive_ids in work:
            for offset in range(0, len(archive_ids), batch_size):
                batch = archive_ids[offset : offset + batch_size]
                self._open_quarter(company, quarter, batch)
                if not self.env["ir.cron"]._commit_progress(len(batch)):
                    return

    @api.model
    def _get_quarters_to_open(self, company):
        today = company._record_control_today()
        last = self.sudo().search(
            [("company_id", "=", company.id)], order="date_quarter desc", limit=1
        )
        return quarters_between(last.date_quarter or today, today)

    @api.model
    def _get_archive_ids_to_open(self, company, quarter):
        """Return ids of the archives on file of long-term customers without a refresh for the quarter."""
        Archives = self.env["customer.archive"].sudo()
        domain = Domain("company_id", "=", company.id) & Domain("state", "=", "active")
        domain &= Archives._get_long_term_domain(quarter)
        domain &= Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "NOT EXISTS (SELECT 1 FROM customer_archive_refresh refresh"
                " WHERE refresh.archive_id = %s AND refresh.date_quarter = %s)",
                SQL.identifier(alias, "id"),
                quarter,
            ),
        )
        self.flush_model(["archive_id", "date_quarter"])
        return Archives.search(domain, order="id").ids

    # --- In sets ---

    @api.model
    def _open_quarter(self, company, quarter, archive_ids):
        """Create the refreshes of a batch, leaving out those another worker made in the meantime.

        :param res.company company: the company of the archives
        :param date quarter: first day of the quarter
        :param list archive_ids: archives of that company
        :return: the new refreshes
        :rtype: customer.archive.refresh
        """
        self.env.flush_all()
        # Two workers take turns here; the loser finds nothing left to do.
        self.env.cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(hashtext('customer_archive_refresh'), %s)",
                company.id,
            )
        )
        refreshes = self.browse(self._insert_refreshes(company, quarter, archive_ids))
        if refreshes:
            refreshes._insert_refresh_activities()
            refreshes._insert_refresh_followers()
            # what was read before knows nothing of the new rows
            self.env.invalidate_all(flush=False)
        return refreshes

    @api.model
    def _insert_refreshes(self, company, quarter, archive_ids):
        """Insert the rows of new refreshes.

        :return: their ids
        :rtype: list
        """
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO customer_archive_refresh (
                    archive_id, partner_id, company_id, user_id, keeper_id,
                    date_quarter, quarter, date_due, state, on_time_rate,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT archive.id, archive.partner_id, archive.company_id, archive.user_id, archive.keeper_id,
                       %(first)s, %(name)s, %(last)s, 'open', 0,
                       %(user)s, now() AT TIME ZONE 'UTC', %(user)s, now() AT TIME ZONE 'UTC'
                  FROM customer_archive archive
                 WHERE archive.id = ANY(%(archives)s)
                   AND archive.company_id = %(company)s
                   AND NOT EXISTS (
                        SELECT 1 FROM customer_archive_refresh known
                         WHERE known.archive_id = archive.id AND known.date_quarter = %(first)s
                   )
                 ORDER BY archive.id
             RETURNING id
                """,
                first=quarter,
                last=quarter_end(quarter),
                name=quarter_name(quarter),
                user=self.env.uid,
                archives=list(archive_ids),
                company=company.id,
            )
        )
        return [row[0] for row in rows]

    def _insert_refresh_activities(self):
        """Insert the activities that :meth:`_schedule_refresh_activities` would create for new refreshes."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_activity (
                    res_model_id, res_model, res_id, res_name, activity_type_id, summary,
                    user_id, user_tz, date_deadline, automated, active,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT %(model_id)s, %(model)s, refresh.id,
                       concat_ws(' ', refresh.quarter, archive.name, customer.complete_name),
                       %(type)s, %(summary)s, asked.id, person.tz, refresh.date_due, true, true,
                       %(user)s, now() AT TIME ZONE 'UTC', %(user)s, now() AT TIME ZONE 'UTC'
                  FROM customer_archive_refresh refresh
                  JOIN customer_archive archive ON archive.id = refresh.archive_id
                  JOIN res_partner customer ON customer.id = archive.partner_id
                  JOIN %(asked)s ON true
                  JOIN res_partner person ON person.id = asked.partner_id
                 WHERE refresh.id = ANY(%(refreshes)s)
                """,
                model_id=self.env["ir.model"]._get_id(self._name),
                model=self._name,
                asked=ASKED_USER,
                type=self.env.ref(REFRESH_ACTIVITY).id,
                summary=self._get_refresh_summary(),
                user=self.env.uid,
                refreshes=self.ids,
            )
        )

    def _insert_refresh_followers(self):
        """Let those who are asked follow the new refreshes, as they would by an activity."""
        subtypes, internal, __ = self.env["mail.message.subtype"].default_subtypes(
            self._name
        )
        self.env.cr.execute(
            SQL(
                """
                WITH follower AS (
                    INSERT INTO mail_followers (res_model, res_id, partner_id)
                    SELECT %(model)s, refresh.id, asked.partner_id
                      FROM customer_archive_refresh refresh
                      JOIN customer_archive archive ON archive.id = refresh.archive_id
                      JOIN %(asked)s ON true
                     WHERE refresh.id = ANY(%(refreshes)s)
                 RETURNING id
                )
                INSERT INTO mail_followers_mail_message_subtype_rel (mail_followers_id, mail_message_subtype_id)
                SELECT follower.id, subtype.id
                  FROM follower CROSS JOIN unnest(%(subtypes)s::int[]) AS subtype (id)
                """,
                model=self._name,
                asked=ASKED_USER,
                refreshes=self.ids,
                subtypes=(subtypes | internal).ids,
            )
        )
