"""The nightly jobs over all archives, beside a job of Odoo over as many contacts."""

from unittest.mock import patch

from lib.in_odoo.bench import compare

JOBS = {
    "classes": ("customer.archive", "_cron_refresh_classes"),
    "quarterly refresh": ("customer.archive.refresh", "_cron_open_quarter"),
    "filing lists": ("customer.archive.filing", "_cron_open_month"),
    "missing documents": ("customer.archive.document", "_cron_report_missing"),
    "weekly sample": ("customer.data.check", "_cron_draw_weekly"),
    "clocks: escalate": ("clock.clock", "_cron_escalate"),
    "clocks: policies": ("clock.clock", "_cron_choose_policies_again"),
    "sign-off: signers": ("sign.off.request.step", "_cron_refresh_signers"),
    "sign-off: seals": ("sign.off.request", "_cron_verify_seals"),
    "loans: electronic": ("loan.loan", "_cron_return_electronic"),
    "access: grants": ("access.grant", "_cron_expire"),
}


def run(env):
    """Each job once as if nothing had been done; it is rolled back."""
    with patch.object(type(env["ir.cron"]), "_commit_progress", forget_progress):
        for title, (model, method) in JOBS.items():
            yield compare(
                env, title, ours=(model, getattr(env[model], method)), repeat=1
            )


def forget_progress(cron, *_args, **_kwargs):
    """Instead of committing, only let go of what is in memory, as a commit does."""
    cron.env.cr.flush()
    cron.env.cr.clear()
    return float("inf")
