from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

#: codes of number sequences of which companies get copies of their own
SEQUENCE_CODES = (
    "sample.agreement",
    "sample.change",
    "sample.comparison",
    "sample.dispatch",
    "sample.disposal",
    "sample.exception",
    "sample.first.article",
    "sample.inspection",
    "sample.issue",
    "sample.plan",
    "sample.recall",
    "sample.request",
    "sample.stocktake",
)


def uninstall_hook(env):
    """Remove what would stay behind: loans of samples, and the number sequences of companies and types.

    The rules let go of their sign-off routes, which Odoo removes before them because they are younger.
    """
    policies = env["sample.policy"].with_context(active_test=False).search([])
    policies.write(
        {"sign_off_first_route_id": False, "sign_off_replacement_route_id": False}
    )
    loans = env["loan.loan"].search([("has_samples", "=", True)])
    loans.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
    env["ir.sequence"].search(
        [
            "|",
            ("code", "=like", "sample.sample%"),
            ("code", "in", SEQUENCE_CODES),
        ]
    ).unlink()
