from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SampleIssue(models.Model):
    """Problem points that belong to an exception after sealing (SC-51.2)."""

    _inherit = "sample.issue"

    exception_id = fields.Many2one(
        comodel_name="sample.exception",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    @api.constrains("exception_id", "sample_id")
    def _check_same_sample(self):
        """A point of an exception is one about the same piece (SC-51.2)."""
        # sudo: which piece an exception is about does not depend on who asks
        for issue_sudo in self.sudo().filtered("exception_id"):
            sample_sudo = issue_sudo.exception_id.sample_id
            if issue_sudo.sample_id != sample_sudo:
                raise ValidationError(
                    self.env._(
                        "%(issue)s: a point of %(exception)s is about the same sample as that exception.",
                        issue=issue_sudo.name,
                        exception=issue_sudo.exception_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        exceptions = self.env["sample.exception"]
        vals_list = [
            # a point of an exception is about its sample unless it says otherwise
            {"sample_id": exceptions.browse(vals["exception_id"]).sample_id.id, **vals}
            if vals.get("exception_id")
            else vals
            for vals in vals_list
        ]
        issues = super().create(vals_list)
        serious = issues.filtered(
            lambda issue: issue.stage == "after"
            and issue.sample_id
            and not issue.exception_id
            and (issue.severity == "blocking" or issue.class_id.suspends_sample)
        )
        for issue in serious:
            issue._raise_exception()
        return issues

    def _check_fixed(self, vals):
        """A point of an exception keeps it open; it is not taken off it (SC-49.3, SC-51.2)."""
        super()._check_fixed(vals)
        if self._filter_changed(["exception_id"], vals).filtered("exception_id"):
            raise UserError(self.env._("A problem point stays where it was found."))

    def _raise_exception(self):
        """A serious point after sealing stops the sample and has it sealed anew (SC-51.3)."""
        self.ensure_one()
        # sudo: whoever enters a point reports what it means
        issue_sudo = self.sudo()
        sample_sudo = issue_sudo.sample_id
        found = sample_sudo.exception_ids.filtered_domain(
            self.env["sample.exception"]._get_open_domain()
        )[:1]
        if not found and sample_sudo.state in ("active", "suspended", "expired"):
            found = sample_sudo._report_exception(
                "unreliable", self.display_name, "other", self
            )
            found._ask_for_successor()
        if found:
            issue_sudo.exception_id = found
