from operator import methodcaller

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.record_control.tools.one_by_one import act_on_each

#: records that are loaded and written at a time
BATCH = 500


class SampleScanMixin(models.AbstractModel):
    """Records that a nightly job looks through: in batches, by what is due and not yet done.

    A job finds nothing in a second run and everything after days of standing still. A record that
    fails is logged and left for the next night.
    """

    _name = "sample.scan.mixin"
    _description = "Looked Through at Night"

    @api.model
    def _get_scan_days(self):
        """Return today with the companies for which it is that day: list of pairs."""
        # companies are few
        companies = self.env["res.company"].search([])  # pylint: disable=no-search-all
        return list(
            companies.grouped(lambda company: company._record_control_today()).items()
        )

    @api.model
    def _scan_in_batches(self, domain, act, day):
        """Let a method work on everything in the domain, batch by batch.

        :param domain: what is due; what was done leaves it
        :param str act: name of a method of the records that takes the day
        :param datetime.date day: today
        """
        records = self.with_context(active_test=False)
        last_id = 0
        while batch := records.search(
            domain & Domain("id", ">", last_id), order="id", limit=BATCH
        ):
            last_id = batch[-1].id
            act_on_each(batch, methodcaller(act, day))
            if self.env.context.get("cron_id"):
                self.env["ir.cron"]._commit_progress(len(batch))
            if len(batch) < BATCH:
                break
