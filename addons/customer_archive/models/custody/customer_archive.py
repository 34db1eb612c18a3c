from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

LONG_TERM_MONTHS = 12


class CustomerArchive(models.Model):
    _inherit = "customer.archive"

    # Quarterly refresh (CA-07)
    long_term_override = fields.Selection(
        selection=[
            ("yes", "Long-term"),
            ("no", "Not long-term"),
        ],
        string="Long-term by Decision",
        tracking=True,
        help="Leave empty to let trade decide.",
    )
    is_long_term = fields.Boolean(
        string="Long-term Customer",
        compute="_compute_is_long_term",
        search="_search_is_long_term",
        help="First trade at least 12 months ago and trade within the last 12 months. The regulation does not define "
        "long-term customers; this definition is our proposal.",
    )
    refresh_ids = fields.One2many(
        comodel_name="customer.archive.refresh",
        inverse_name="archive_id",
        string="Quarterly Refreshes",
    )
    date_last_refresh = fields.Date(
        string="Last Refresh",
        compute="_compute_refresh_dates",
    )
    date_next_refresh = fields.Date(
        string="Next Refresh",
        compute="_compute_refresh_dates",
    )

    # --- Computes ---

    @api.depends("long_term_override", "date_first_order", "date_last_order")
    def _compute_is_long_term(self):
        long_term = self.filtered_domain(
            self._get_long_term_domain(self.env.company._record_control_today())
        )
        for archive in self:
            archive.is_long_term = archive in long_term

    def _search_is_long_term(self, operator, value):
        if operator != "in":
            return NotImplemented
        long_term = self._get_long_term_domain(self.env.company._record_control_today())
        return Domain.OR(long_term if flag else ~long_term for flag in value)

    @api.depends("refresh_ids.state", "refresh_ids.date_done")
    def _compute_refresh_dates(self):
        last, upcoming = self._origin._get_refresh_dates()
        for archive in self:
            archive.date_last_refresh = last.get(archive._origin.id)
            archive.date_next_refresh = upcoming.get(archive._origin.id)

    def _get_refresh_dates(self):
        """Return when these archives were refreshed last and when they are to be refreshed next.

        :return: two dictionaries, id of the archive -> date
        :rtype: tuple
        """
        refreshes = self.env["customer.archive.refresh"]._read_group(
            [("archive_id", "in", self.ids)],
            ["archive_id", "state"],
            ["date_done:max", "date_due:min"],
        )
        last, upcoming = {}, {}
        for archive, state, date_done, date_due in refreshes:
            if state == "open":
                upcoming[archive.id] = date_due
            elif date_done:
                last[archive.id] = max(date_done, last.get(archive.id, date_done))
        return last, upcoming

    # --- Long-term customers ---

    @api.model
    def _get_long_term_domain(self, day):
        """Tell which archives belong to long-term customers as of ``day``.

        First trade at least 12 months before and trade within the 12 months; a decision goes before.

        :param date day: in the time zone of the company
        :rtype: odoo.fields.Domain
        """
        year_ago = day - relativedelta(months=LONG_TERM_MONTHS)
        by_trade = Domain("date_first_order", "<=", year_ago) & Domain(
            "date_last_order", ">=", year_ago
        )
        return Domain("long_term_override", "=", "yes") | (
            Domain("long_term_override", "=", False) & by_trade
        )

    # --- Loans ---

    @api.model
    def _get_overdue_loan_domain(self):
        """Tell which archives are lent, whole or in part, beyond the day they are due."""
        late = Domain(
            "loan_line_ids", "any", [("state", "=", "out"), ("is_overdue", "=", True)]
        )
        return late | Domain("document_ids", "any", late)

    # --- Actions ---

    def action_open_refreshes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_archive.customer_archive_refresh_action"
        )
        action["domain"] = [("archive_id", "=", self.id)]
        action["context"] = {}
        return action
