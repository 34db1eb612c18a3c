from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class LoanThingMixin(models.AbstractModel):
    """Things that can be lent: paper, files, samples, fixtures.

    ::

        class Sample(models.Model):
            _name = "sample.sample"
            _inherit = ["loan.thing.mixin"]
            _loan_code_field = "code"   # what is printed as QR code on the thing

            def _get_loan_reasons(self, borrower):
                reasons = super()._get_loan_reasons(borrower)
                if self.state != "valid":
                    reasons.append(self.env._("%(sample)s is not valid.", sample=self.display_name))
                return reasons

            _loan_keeper_fields = ("keeper_id",)

            def _get_loan_keepers(self):
                return self.keeper_id

    That a thing is lent once at a time, by whose approval, until when and to
    whom not is the business of ``loan.loan`` and ``loan.class``.
    """

    _name = "loan.thing.mixin"
    _description = "Thing that can be lent"

    #: field with the text of the code on the thing; None: model and id
    _loan_code_field = None
    #: fields that decide who keeps the thing: open loans follow their change
    _loan_keeper_fields = ()

    loan_line_ids = fields.One2many(
        comodel_name="loan.loan.line",
        inverse_name="res_id",
        string="Loans",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        copy=False,
    )
    current_loan_line_id = fields.Many2one(
        comodel_name="loan.loan.line",
        string="On Loan",
        compute="_compute_current_loan_line_id",
    )
    loan_holder_id = fields.Many2one(
        comodel_name="hr.employee",
        string="With",
        compute="_compute_current_loan_line_id",
    )
    is_on_loan = fields.Boolean(
        compute="_compute_current_loan_line_id",
        search="_search_is_on_loan",
    )
    loan_count = fields.Integer(
        string="Loans (number)",
        compute="_compute_loan_count",
    )

    # --- Hooks ---

    def _get_loan_reasons(self, borrower):
        """Say why this thing may not be lent to the borrower now. Hook, one record.

        :param borrower: hr.employee
        :return: list of sentences
        """
        self.ensure_one()
        return []

    def _get_loan_name(self):
        """Return the name of this thing in reasons: a restricted one stays unnamed until it is lent."""
        return self.sudo(False).display_name

    def _get_loan_approval_reasons(self, loan, user):
        """Say why the user may not approve that this thing is lent. Hook, one record.

        Asked besides the roles of the loan class, for example because other
        people's archives are lent by the director only.

        :param loan: loan.loan
        :param user: res.users
        :return: list of sentences
        """
        self.ensure_one()
        return []

    def _get_loan_class(self):
        """Return the loan class that holds for this thing. Hook, one record.

        :return: loan.class
        """
        self.ensure_one()
        company = self.company_id if "company_id" in self._fields else self.env.company
        return self.env["loan.class"]._find(self._name, company or self.env.company)

    def _get_loan_keepers(self):
        """Return who hands out this thing and takes it back. Hook, one record.

        :return: res.users
        """
        self.ensure_one()
        return (
            self.env.ref("record_control.group_record_control_manager")
            .sudo()
            .all_user_ids
        )

    def _get_loan_code(self):
        """Return the text of the code on the thing, which a scanner reads.

        :return: text
        """
        self.ensure_one()
        if self._loan_code_field:
            return self[self._loan_code_field]
        return f"{self._name}/{self.id}"

    @api.model
    def _find_by_loan_code(self, code):
        """Return the thing with this code.

        :param str code: what the scanner read
        :return: recordset of the user, empty when nothing is found
        """
        if self._loan_code_field:
            code, company_id = self._split_loan_code(code)
            found = self.search([(self._loan_code_field, "=", code)])
            return found._choose_of_company(company_id)
        model_name, __, number = code.rpartition("/")
        if model_name != self._name or not number.isdigit():
            return self.browse()
        return self.search([("id", "=", int(number))])

    @api.model
    def _split_loan_code(self, code):
        """Return the code without, and the id of, the company that stands in it. Hook.

        :param str code: what the scanner read
        :return: pair of the text in the code field and a company's id, None when it names none
        """
        return code, None

    def _choose_of_company(self, company_id=None):
        """Return the one of these things of the same code that is meant: each company counts for itself.

        :param int company_id: the company that the code names; by default the one worked in comes first
        """
        if "company_id" not in self._fields:
            return self[:1]
        if company_id:
            return self.filtered(lambda thing: thing.company_id.id == company_id)[:1]
        return self.sorted(lambda thing: thing.company_id != self.env.company)[:1]

    def _claim(self):
        """Let one transaction at a time decide about these things.

        Their rows are updated with their own values: a second transaction waits and is then sent back by
        PostgreSQL, which Odoo answers by running the request again. It then sees what the first one did;
        of a row that was only locked it would go on seeing what was there when it began.
        """
        if self:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET id = id WHERE id IN %s",
                    SQL.identifier(self._table),
                    self._ids,
                )
            )

    def _on_loan_handed_out(self, line):
        """Act on the hand-out. Hook, one record, runs as the system.

        :param line: loan.loan.line
        """

    def _on_loan_returned(self, line):
        """Act on the return. Hook, one record, runs as the system.

        :param line: loan.loan.line, with condition
        """

    # --- Computes ---

    @api.depends("loan_line_ids.state")
    def _compute_current_loan_line_id(self):
        # sudo: that a thing is out, and with whom, is seen by all who see the thing
        lines_sudo = (
            self.env["loan.loan.line"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "=", "out"),
                ]
            )
        )
        out = {line.res_id: line for line in lines_sudo}
        for thing in self:
            line = out.get(thing._origin.id, lines_sudo.browse())
            thing.is_on_loan = bool(line)
            thing.current_loan_line_id = line
            thing.loan_holder_id = line.loan_id.borrower_id

    def _search_is_on_loan(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = self.env["loan.loan.line"].sudo()
        query = lines._search([("res_model", "=", self._name), ("state", "=", "out")])
        out = Domain(
            "id",
            "in",
            query.subselect(lines._field_to_sql(query.table, "res_id", query)),
        )
        return Domain.OR(out if wanted else ~out for wanted in set(map(bool, value)))

    @api.depends("loan_line_ids")
    def _compute_loan_count(self):
        groups = self.env["loan.loan.line"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            ["res_id"],
            ["__count"],
        )
        counts = dict(groups)
        for thing in self:
            thing.loan_count = counts.get(thing._origin.id, 0)

    # --- CRUD ---

    def write(self, vals):
        result = super().write(vals)
        if set(self._loan_keeper_fields) & vals.keys():
            self._update_loan_parties()
        return result

    def _update_loan_parties(self):
        """Let the open loans of these things know who keeps them now. Hook: and those of what is in them."""
        # sudo: the loans of a thing follow it whoever changes the keeper
        lines_sudo = (
            self.env["loan.loan.line"]
            .sudo()
            .search(
                Domain("res_model", "=", self._name)
                & Domain("res_id", "in", self.ids)
                & Domain("state", "in", ("waiting", "out"))
            )
        )
        lines_sudo.loan_id._update_parties()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_loan(self):
        if out := self.filtered("is_on_loan"):
            raise self.env["loan.loan"]._get_refusal(
                [
                    self.env._("%(thing)s is on loan.", thing=name)
                    for name in out.mapped("display_name")
                ]
            )

    # --- Actions ---

    def action_request_loan(self):
        """Ask to borrow these things.

        :return: action that opens a new loan
        """
        # sudo: who asks for a thing need not see it
        company = "company_id" in self._fields and self.sudo().company_id[:1]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Borrow"),
            "res_model": "loan.loan",
            "view_mode": "form",
            "context": {
                "default_company_id": (company or self.env.company).id,
                "default_line_ids": [
                    fields.Command.create({"res_model": self._name, "res_id": res_id})
                    for res_id in self.ids
                ],
            },
        }

    def action_view_loans(self):
        """Show the loans of these things.

        :return: action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "record_control.loan_loan_action"
        )
        action["domain"] = [
            (
                "line_ids",
                "any",
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            )
        ]
        action["context"] = {}
        return action
