from odoo import models


class SampleRequest(models.Model):
    """The line of a plan follows the request for the successor (SC-41)."""

    _inherit = "sample.request"

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target not in ("signing", "cancelled"):
            return
        # sudo: the plan follows whoever takes the step
        lines_sudo = self.env["sample.plan.line"].sudo()
        lines_sudo = lines_sudo.search(
            [
                ("request_id", "in", self.ids),
                ("state", "in", ("notified", "signing", "overdue")),
            ]
        )
        waiting = lines_sudo.filtered(lambda line: line.state != "overdue")
        if target == "cancelled":
            lines_sudo._write_protected({"request_id": False})
            waiting._transition("todo")
        else:
            waiting._transition("signing")
