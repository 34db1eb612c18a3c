from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.qr import qr_data_uri
from ..policy.people import get_acting_name, get_group_users


class LoanLoan(models.Model):
    """Loans of samples: what the rules of the sample add to a loan (SC-37)."""

    _inherit = "loan.loan"

    first_article_id = fields.Many2one(
        comodel_name="sample.first.article",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The comparison that opened this loan and closes it.",
    )
    has_samples = fields.Boolean(
        compute="_compute_has_samples", search="_search_has_samples"
    )

    @api.depends("line_ids.res_model")
    def _compute_has_samples(self):
        for loan in self:
            loan.has_samples = "sample.sample" in loan.line_ids.mapped("res_model")

    def _search_has_samples(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("line_ids.res_model", "=", "sample.sample")
        return Domain.OR(
            domain if wanted else ~domain for wanted in set(map(bool, value))
        )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"first_article_id"}

    def _get_samples_sudo(self):
        """Return the samples of these loans, as superuser."""
        lines = self.sudo().line_ids
        ids = [line.res_id for line in lines if line.res_model == "sample.sample"]
        return self.env["sample.sample"].sudo().browse(ids).exists()

    # --- Gates ---

    def _get_thing_reasons(self):
        """A sample that is not valid is not lent; a first article has asked the use gate itself."""
        reasons = super()._get_thing_reasons()
        for sample_sudo in self._get_samples_sudo():
            if sample_sudo.company_id != self.company_id:
                reasons.append(
                    self.env._(
                        "%(sample)s belongs to another company.",
                        sample=sample_sudo.name,
                    )
                )
            if not self.first_article_id:
                reasons += sample_sudo._get_loan_validity_reasons()
        return reasons

    def _get_due_classes(self):
        """A sample whose rule gives hours is due after these, not at the end of the day (SC-37.4)."""
        samples_sudo = self._get_samples_sudo()
        limits = samples_sudo._get_loan_limits()
        if not limits:
            return super()._get_due_classes()
        limited = set(limits)
        rest_sudo = self.sudo().line_ids.filtered(
            lambda line: line.res_model != "sample.sample" or line.res_id not in limited
        )
        return [*rest_sudo.class_id, *limits.values()]

    def _get_clock_recipients(self, role):
        if role == "sample_manager":
            return get_group_users(self.company_id, "manager")
        return super()._get_clock_recipients(role)

    # --- Problems ---

    def _report_problem(self, lines, kind, note):
        result = super()._report_problem(lines, kind, note)
        reported = lines.filtered(
            lambda line: line.loan_id == self and line.reported_problem == kind
        )
        for line in reported:
            if line.res_model == "sample.sample":
                # sudo: the borrower reports, the system stops the use
                sample_sudo = self.env["sample.sample"].sudo().browse(line.res_id)
                sample_sudo._on_loan_problem(line, kind, note)
        return result

    # --- Borrow slip F14 ---

    def _get_slip_samples(self):
        """Return the lines of the borrow slip: pairs (loan line, sample as superuser)."""
        self.ensure_one()
        things = self.line_ids._get_things_sudo()
        return [
            (line, thing_sudo)
            for line, thing_sudo in things.items()
            if thing_sudo._name == "sample.sample"
        ]

    def _get_slip_qr(self, sample):
        """Return the QR code of a sample on the slip, as the address of a picture.

        :param sample: sample.sample
        """
        return qr_data_uri(sample._get_qr_url())

    def _get_slip_receiver(self, line):
        """Return who took back a line, by name.

        :param line: loan.loan.line
        """
        return get_acting_name(line.received_by_id)

    def _get_sample_slip_cells(self):
        """Return the signature cells of the borrow slip, filled from what the loan recorded."""
        self.ensure_one()
        out = self.line_ids.filtered("handed_out_by_id")[:1]
        back = self.line_ids.filtered("received_by_id")[:1]
        # sudo: the name of a colleague is no secret
        borrower = self.sudo().borrower_id.name
        cells = [
            (self.env._("Borrower"), borrower if out else "", out.handed_out_at),
            (self.env._("Approved by"), self.approver_id.name, self.decided_at),
            (
                self.env._("Handed out by (custodian)"),
                get_acting_name(out.handed_out_by_id),
                out.handed_out_at,
            ),
            (
                self.env._("Received by"),
                get_acting_name(back.received_by_id),
                back.returned_at,
            ),
        ]
        return [
            {"title": title, "user": user or "", "signed_at": at}
            for title, user, at in cells
        ]
