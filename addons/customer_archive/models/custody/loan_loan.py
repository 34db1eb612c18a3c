from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

ARCHIVE_MODELS = ("customer.archive", "customer.archive.document")


class LoanLoan(models.Model):
    _inherit = "loan.loan"

    needs_place = fields.Boolean(
        compute="_compute_needs_place",
        help="Something that came back has not been put in its place yet.",
    )

    @api.depends("line_ids.needs_place")
    def _compute_needs_place(self):
        for loan in self:
            loan.needs_place = any(loan.line_ids.mapped("needs_place"))

    def _get_slip_cells(self):
        """Return the signature cells of the loan slip (P-12), filled from what the loan recorded."""
        self.ensure_one()
        line = self.line_ids.filtered("handed_out_by_id")[:1]
        back = self.line_ids.filtered("received_by_id")[:1]
        return [
            {
                "title": self.env._("Borrower"),
                "user": self.sudo().borrower_id.name if self.handed_out_at else "",
                "signed_at": self.handed_out_at,
            },
            {
                "title": self.env._("Approved By"),
                "user": self.approver_id.name,
                "signed_at": self.decided_at,
            },
            {
                "title": self.env._("Archive keeper (handing out)"),
                "user": line.handed_out_by_id.name,
                "signed_at": line.handed_out_at,
            },
            {
                "title": self.env._("Archive keeper (taking back)"),
                "user": back.received_by_id.name,
                "signed_at": back.returned_at,
            },
        ]

    def action_confirm_place(self):
        """Confirm that everything that came back stands in its place again."""
        return self.line_ids.filtered("needs_place").action_confirm_place()


class LoanLoanLine(models.Model):
    _inherit = "loan.loan.line"

    department_id = fields.Many2one(
        related="loan_id.department_id",
    )
    borrower_id = fields.Many2one(
        related="loan_id.borrower_id",
    )
    date_due = fields.Datetime(
        related="loan_id.date_due",
    )
    purpose = fields.Char(
        related="loan_id.purpose",
    )
    approver_id = fields.Many2one(
        related="loan_id.approver_id",
    )
    place_confirmed_at = fields.Datetime(
        string="Back in Place",
        readonly=True,
        copy=False,
        help="The keeper put the file back where it belongs, in order.",
    )
    place_confirmed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Put Back By",
        readonly=True,
        copy=False,
    )
    needs_place = fields.Boolean(
        compute="_compute_needs_place",
        search="_search_needs_place",
        help="Paper that came back and has not been put in its place yet.",
    )

    # --- Computes ---

    @api.depends("state", "res_model", "class_id", "place_confirmed_at")
    def _compute_needs_place(self):
        for line in self:
            line.needs_place = (
                line.res_model in ARCHIVE_MODELS
                and line.state == "returned"
                and line.class_id.sudo().delivery == "physical"
                and not line.place_confirmed_at
            )

    def _search_needs_place(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting = Domain(
            [
                ("res_model", "in", ARCHIVE_MODELS),
                ("state", "=", "returned"),
                ("class_id.delivery", "=", "physical"),
                ("place_confirmed_at", "=", False),
            ]
        )
        return Domain.OR(waiting if flag else ~waiting for flag in value)

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "place_confirmed_at",
            "place_confirmed_by_id",
        }

    # --- Actions ---

    def action_confirm_place(self):
        """Confirm, as a keeper of the things, that they stand in their places again."""
        waiting = self.filtered("needs_place")
        if not waiting:
            raise UserError(
                self.env._("Nothing that came back waits to be put in its place.")
            )
        reasons = [
            reason
            for loan in waiting.loan_id
            for reason in loan._get_keeper_reasons(receiving=True)
        ]
        if reasons:
            raise UserError("\n".join(dict.fromkeys(reasons)))
        waiting._write_protected(
            {
                "place_confirmed_at": fields.Datetime.now(),
                "place_confirmed_by_id": self.env.uid,
            }
        )
        done = waiting.loan_id.filtered(
            lambda loan: not any(loan.line_ids.mapped("needs_place"))
        )
        done.sudo().activity_feedback(["customer_archive.mail_activity_type_put_back"])
        return True

    def _ask_to_put_back(self, keeper, place):
        """Ask the keeper to put what came back in its place."""
        self.ensure_one()
        if not self.needs_place:
            return
        self.loan_id.sudo().activity_schedule(
            "customer_archive.mail_activity_type_put_back",
            user_id=(
                keeper.filtered("active") or self.received_by_id or self.env.user
            ).id,
            summary=self.env._(
                "Put back and confirm the place: %(place)s", place=place or "–"
            ),
        )
