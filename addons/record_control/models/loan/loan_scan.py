from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools import received_text


class LoanScan(models.Model):
    """Lending with a hand scanner: first scan lends, second returns."""

    _inherit = "loan.loan"

    @api.model
    def scan(self, code, badge=None, condition=None, note=None, myself=False):
        """Take one step at the counter.

        A thing that is on its shelf: with the borrower's badge it is lent (by
        his approved loan, or at once when its class needs no approval). A thing
        that is out: with its condition it is returned.

        :param str code: code of the thing, as scanned
        :param str badge: badge of the borrower, as scanned
        :param str condition: condition on return, see ``loan.loan.line``
        :param str note: about the condition
        :param bool myself: the user at the counter borrows it himself, without a badge
        :return: dict with ``status`` (ask_badge, ask_condition, lent, returned,
            error), ``message`` and, when known, ``thing``, ``borrower``, ``due``,
            ``terms`` (what the borrower undertakes)
        """
        code, badge, condition, note = map(
            self._clean_scanned, (code, badge, condition, note)
        )
        try:
            with self.env.cr.savepoint():
                return self._scan(code, badge, condition, note, myself)
        except UserError as error:
            return {"status": "error", "message": error.args[0]}

    @api.model
    def _clean_scanned(self, value):
        """Return what a scanner or a caller sent as a text that the database can take."""
        return received_text.clean(str(value or "")).strip()

    @api.model
    def _scan(self, code, badge, condition, note, myself=False):
        thing = self._find_thing(code)
        answer = {"thing": thing.display_name, "code": code}
        # sudo: whether it is out does not depend on the keeper's rights on the loan
        line = thing.sudo().current_loan_line_id.sudo(self.env.su)
        if line:
            return {**answer, **self._scan_return(line, condition, note)}
        if not badge and not myself:
            return {
                **answer,
                "status": "ask_badge",
                "terms": thing._get_loan_class()._get_terms(),
                "message": self.env._(
                    "%(thing)s: scan the borrower's badge.", thing=thing.display_name
                ),
            }
        borrower = self._find_myself(thing) if myself else self._find_borrower(badge)
        return {**answer, **self._scan_lend(thing, borrower)}

    @api.model
    def _scan_return(self, line, condition, note):
        loan = line.loan_id
        borrower = loan.sudo().borrower_id.name
        answer = {"borrower": borrower, "due": loan._format(loan.sudo().date_due)}
        if not condition:
            return {
                **answer,
                "status": "ask_condition",
                "message": self.env._(
                    "Out with %(borrower)s. In what condition is it?", borrower=borrower
                ),
            }
        loan._return_lines(line, {line: (condition, note)})
        return {
            **answer,
            "status": "returned",
            "message": self.env._("Returned by %(borrower)s.", borrower=borrower),
        }

    @api.model
    def _scan_lend(self, thing, borrower):
        loan = self._find_approved_loan(thing, borrower) or self._make_scanned_loan(
            thing, borrower
        )
        loan.action_hand_out()
        return {
            "status": "lent",
            "borrower": borrower.sudo().name,
            "due": loan._format(loan.date_due),
            "message": self.env._(
                "Lent to %(borrower)s until %(due)s.",
                borrower=borrower.sudo().name,
                due=loan._format(loan.date_due),
            ),
        }

    @api.model
    def _find_approved_loan(self, thing, borrower):
        return self.search(
            [
                ("state", "=", "approved"),
                ("borrower_id", "=", borrower.id),
                (
                    "line_ids",
                    "any",
                    [("res_model", "=", thing._name), ("res_id", "=", thing.id)],
                ),
            ],
            limit=1,
            order="date_start, id",
        )

    @api.model
    def _make_scanned_loan(self, thing, borrower):
        """Make a loan at the counter; it passes the same gates as any other.

        :raises UserError: when it needs an approval first
        """
        loan = self.create(
            {
                "borrower_id": borrower.id,
                "company_id": self._get_thing_company(thing).id
                or borrower.sudo().company_id.id,
                "purpose": self.env._("Lent at the counter"),
                "acknowledged": True,
                "use_in_room": thing._get_loan_class().lending == "in_room",
                "line_ids": [
                    Command.create({"res_model": thing._name, "res_id": thing.id})
                ],
            }
        )
        loan.action_submit()
        if loan.state != "approved":
            raise UserError(
                self.env._(
                    "%(thing)s needs an approved loan first.", thing=thing.display_name
                )
            )
        return loan

    @api.model
    def _get_thing_company(self, thing):
        # sudo: to whom a thing belongs is no secret
        company_sudo = "company_id" in thing._fields and thing.sudo().company_id
        return (company_sudo or self.env["res.company"]).sudo(self.env.su)

    @api.model
    def _find_thing(self, code):
        """Return the thing with a code, whatever its kind.

        :raises UserError: when there is none, or the user may not see it
        """
        for name in self._get_thing_models():
            model = self.env[name]
            if model.has_access("read") and (thing := model._find_by_loan_code(code)):
                return thing
        raise UserError(
            self.env._(
                "Nothing to lend has the code %(code)s: check the number, or look for it in the list.",
                code=code,
            )
        )

    @api.model
    def _find_borrower(self, badge):
        """Return the employee with a badge.

        :raises UserError: when there is none
        """
        # sudo: badges are private; only the employee they belong to is used
        employee_sudo = (
            self.env["hr.employee"].sudo().search([("barcode", "=", badge)], limit=1)
        )
        if not employee_sudo:
            raise UserError(self.env._("Nobody has the badge %(badge)s.", badge=badge))
        return employee_sudo.sudo(self.env.su)

    @api.model
    def _find_myself(self, thing):
        """Return the employee that the user is where the thing belongs.

        :raises UserError: when there is none
        """
        employee_sudo = self.env.user._get_own_employee(self._get_thing_company(thing))
        if not employee_sudo:
            raise UserError(
                self.env._(
                    "%(user)s is no employee: scan the badge of whoever borrows it.",
                    user=self.env.user.name,
                )
            )
        return employee_sudo.sudo(self.env.su)

    @api.model
    def _get_thing_models(self):
        """Return the names of the models whose records can be lent."""
        return [
            name
            for name, cls in self.env.registry.items()
            if not cls._abstract
            and hasattr(cls, "_find_by_loan_code")
            and name != "loan.thing.mixin"
        ]
