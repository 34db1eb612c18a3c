from collections import defaultdict
from datetime import date

from odoo import api, models
from odoo.fields import Domain

from ...tools.period import half_year, half_year_end, half_years_between


class CustomerArchiveInspection(models.Model):
    """Opening the inspections of a half-year, for all archives on file (CA-09).

    Every keeper inspects what he keeps, so all archives of a company are inspected once in each half-year; those that
    nobody keeps have an inspection of their own.
    """

    _inherit = "customer.archive.inspection"

    # --- Cron ---

    @api.model
    def _cron_open_half_year(self):
        """Open the inspections of the half-year with all archives on file, and tell the keepers (CA-09).

        Runs every day and opens what is missing, so a day without the job loses nothing: half-years that passed
        meanwhile are opened too, counted from the last one the company inspected.
        """
        # every company, and they are few
        # pylint: disable-next=no-search-all
        companies = self.env["res.company"].sudo().search([])
        work = [
            (company, start)
            for company in companies
            for start in self._get_half_years_to_open(company)
        ]
        self.env["ir.cron"]._commit_progress(remaining=len(work))
        for company, start in work:
            self.with_company(company)._open_half_year(company, start)
            if not self.env["ir.cron"]._commit_progress(1):
                return

    @api.model
    def _get_half_years_to_open(self, company):
        """Return the first days of the half-years from the last inspection until today."""
        today = company._record_control_today()
        halves = ("1",) if half_year(today) == "1" else ("1", "2")
        past = Domain("year", "<", today.year) | (
            Domain("year", "=", today.year) & Domain("half", "in", halves)
        )
        last = self.sudo().search(
            Domain("company_id", "=", company.id) & past,
            order="year desc, half desc",
            limit=1,
        )
        first = date(last.year, 7 if last.half == "2" else 1, 1) if last else today
        return half_years_between(first, today)

    @api.model
    def _open_half_year(self, company, start):
        """Open the inspections that a half-year lacks, one for each keeper, with the archives he keeps.

        A job runs once at a time; who opens an inspection by hand meanwhile is stopped by the unique index.

        :param res.company company: the company of the archives
        :param date start: first day of the half-year
        :return: the new inspections
        :rtype: customer.archive.inspection
        """
        # sudo: the regulation opens the inspection, whoever runs the job
        inspections_sudo = self.sudo().create(
            [
                {
                    "company_id": company.id,
                    "keeper_id": keeper.id,
                    "year": start.year,
                    "half": half_year(start),
                }
                for keeper in self._get_keepers_to_inspect(company, start)
            ]
        )
        for inspection_sudo in inspections_sudo.filtered("item_ids"):
            inspection_sudo._load_archives()
        inspections_sudo._schedule_inspection(half_year_end(start))
        return inspections_sudo

    @api.model
    def _get_keepers_to_inspect(self, company, start):
        """Return the keepers whose archives have no inspection in the half-year; an empty one for those of nobody.

        :rtype: list
        """
        known_sudo = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("year", "=", start.year),
                ("half", "=", half_year(start)),
            ]
        )
        known = set(known_sudo.mapped(lambda inspection: inspection.keeper_id.id))
        keeping = (
            self.env["customer.archive"]
            .sudo()
            ._read_group(
                [("company_id", "=", company.id), ("state", "=", "active")],
                ["keeper_id"],
            )
        )
        return [keeper for (keeper,) in keeping if keeper.id not in known]

    # --- Telling ---

    def _schedule_inspection(self, deadline):
        """Ask the keepers for their inspection; whoever may keep archives, where the keeper is missing or has left."""
        told = defaultdict(self.browse)
        for inspection in self:
            keeper = inspection.keeper_id.filtered("active")
            for user in keeper or inspection._get_keepers_of_company():
                told[user] += inspection
        for user, inspections in told.items():
            inspections._create_activities(
                dict.fromkeys(
                    inspections,
                    {
                        "user_id": user.id,
                        "summary": self.env._("Inspect the archives of the half-year"),
                        "date_deadline": deadline,
                    },
                )
            )

    def _get_keepers_of_company(self):
        # sudo: members of a group are no secret to the job that tells them
        group_sudo = self.env.ref(
            "customer_archive.group_customer_archive_keeper"
        ).sudo()
        return group_sudo._get_users_of_company(self.company_id)
