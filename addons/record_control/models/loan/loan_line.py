from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

CONDITIONS = [
    ("good", "Complete and undamaged"),
    ("soiled", "Soiled"),
    ("damaged", "Damaged"),
    ("missing", "Missing"),
]
LINE_STATES = [
    ("waiting", "Not handed out"),
    ("out", "Out"),
    ("returned", "Returned"),
    ("lost", "Lost"),
]
SYSTEM_FIELDS = (
    "state",
    "class_id",
    "handed_out_at",
    "handed_out_by_id",
    "condition",
    "condition_note",
    "returned_at",
    "received_by_id",
    "reported_problem",
    "report_note",
    "grant_id",
)


class LoanLoanLine(models.Model):
    """One thing of a loan: handed out and taken back on its own."""

    _name = "loan.loan.line"
    _description = "Loan Line"
    _inherit = ["protected.fields.mixin", "model.in.words.mixin"]
    _order = "loan_id desc, id"
    _protected_fields = SYSTEM_FIELDS

    loan_id = fields.Many2one(
        comodel_name="loan.loan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="loan_id.company_id",
        store=True,
        index=True,
    )
    res_model = fields.Char(
        string="Kind (technical)",
        required=True,
    )
    res_model_name = fields.Char(
        string="Kind",
    )
    res_id = fields.Many2oneReference(
        string="Thing ID",
        model_field="res_model",
        required=True,
        index=True,
    )
    thing_name = fields.Char(
        string="Thing",
        compute="_compute_thing",
        help="The name, for those who may see the thing.",
    )
    class_id = fields.Many2one(
        comodel_name="loan.class",
        string="Loan Class",
        readonly=True,
        ondelete="restrict",
        help="The class that held for the thing when it was asked for.",
    )
    state = fields.Selection(
        selection=LINE_STATES,
        default="waiting",
        required=True,
        readonly=True,
        copy=False,
    )
    handed_out_at = fields.Datetime(
        readonly=True,
        copy=False,
    )
    handed_out_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Handed out by",
        readonly=True,
        copy=False,
    )
    condition = fields.Selection(
        selection=CONDITIONS,
        string="Condition on Return",
        readonly=True,
        copy=False,
    )
    condition_note = fields.Char(
        readonly=True,
        copy=False,
    )
    returned_at = fields.Datetime(
        string="Returned on",
        readonly=True,
        copy=False,
    )
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Out, or returned, after the day it was due. What is lost does not come back and is not overdue.",
    )
    received_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Received by",
        readonly=True,
        copy=False,
    )
    reported_problem = fields.Selection(
        selection=[("damaged", "Damaged"), ("lost", "Lost")],
        string="Reported",
        readonly=True,
        copy=False,
        help="Reported by the borrower while the thing was out.",
    )
    report_note = fields.Char(
        readonly=True,
        copy=False,
    )
    grant_id = fields.Many2one(
        comodel_name="access.grant",
        string="Access",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The access that takes the place of handing something over.",
    )

    # the promise is the database's: two keepers at once cannot lend a thing twice
    _one_open_loan = models.UniqueIndex(
        "(res_model, res_id) WHERE state = 'out'",
        "The thing is out already. A thing is lent to one person at a time.",
    )
    _thing_once = models.UniqueIndex(
        "(loan_id, res_model, res_id)", "A loan names each thing once."
    )
    _by_thing = models.Index("(res_model, res_id, state)")

    # --- Computes ---

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_thing(self):
        things = self._get_things_sudo()
        for line in self:
            thing = things.get(line)
            line.thing_name = (
                thing.display_name if thing else self.env._("Deleted record")
            )

    @api.depends("state", "returned_at", "reported_problem", "loan_id.date_due")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for line in self:
            end = line.returned_at or (now if line.state == "out" else False)
            lost = "lost" in (line.state, line.reported_problem)
            line.is_overdue = bool(
                end
                and not lost
                and line.loan_id.date_due
                and end > line.loan_id.date_due
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        out = Domain("state", "=", "out") & Domain(
            "loan_id.date_due", "<", fields.Datetime.now()
        )
        late = Domain.custom(
            to_sql=lambda model, alias, query: model._get_returned_late_sql(alias),
        )
        overdue = out | (Domain("returned_at", "!=", False) & late)
        overdue &= Domain("state", "!=", "lost")
        overdue &= Domain("reported_problem", "!=", "lost")
        return Domain.OR(overdue if flag else ~overdue for flag in value)

    @api.model
    def _get_returned_late_sql(self, alias):
        return SQL(
            "EXISTS (SELECT 1 FROM loan_loan loan WHERE loan.id = %s AND %s > loan.date_due)",
            SQL.identifier(alias, "loan_id"),
            SQL.identifier(alias, "returned_at"),
        )

    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.loan_id.name}: {line.thing_name}"

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_loan_open_to_change()
        lines._choose_classes()
        return lines

    def write(self, vals):
        if not {"loan_id", "res_model", "res_id"} & vals.keys():
            return super().write(vals)
        self._check_loan_open_to_change()
        result = super().write(vals)
        # the loan to which a line comes is asked, too, and another thing has rules of its own
        self._check_loan_open_to_change()
        self._choose_classes()
        return result

    def _choose_classes(self):
        """Enter the loan class of each thing, and who approves and keeps the things of the loans.

        :raises UserError: for what does not exist or is not lent
        """
        things = self._get_things_sudo()
        for line in self:
            thing = things.get(line)
            if thing is None:
                raise UserError(self.env._("Name a thing that exists and can be lent."))
            line._write_protected({"class_id": thing._get_loan_class().id})
        self.loan_id._update_parties()

    def _show_classes(self):
        """Show the loan class of each thing before it is entered, so that the terms are read as they will hold."""
        for line, thing in self._get_things_sudo().items():
            line.class_id = thing._get_loan_class()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_loan_open_to_change()

    def _check_loan_open_to_change(self):
        """Refuse to change the things of a loan that was asked for.

        :raises UserError: naming the loans
        """
        if fixed := self.loan_id.filtered(lambda loan: loan.state != "draft"):
            raise UserError(
                self.env._(
                    "The things of %(loans)s were asked for and are fixed. Cancel the loan and make a new one.",
                    loans=", ".join(fixed.mapped("name")),
                )
            )

    # --- Business ---

    def _get_things_sudo(self):
        """Return the things of the lines, as superuser; deleted things and what is never lent are left out.

        :return: dict line -> record
        """
        things = {}
        for model_name, lines in self.grouped("res_model").items():
            things_of_model = self.env.get(model_name)
            # a line that names anything else would tell whoever asks what that is called
            if not isinstance(things_of_model, self.env.registry["loan.thing.mixin"]):
                continue
            records = things_of_model.sudo().browse(lines.mapped("res_id")).exists()
            known = {record.id: record for record in records}
            things.update(
                {line: known[line.res_id] for line in lines if line.res_id in known}
            )
        return things

    def _claim_things(self):
        """Let one transaction at a time reserve or hand out these things."""
        claimed = {}
        for thing_sudo in self._get_things_sudo().values():
            name = thing_sudo._name
            claimed[name] = claimed.get(name, thing_sudo.browse()) | thing_sudo
        for things_sudo in claimed.values():
            things_sudo._claim()

    def _get_other_lines(self, states):
        """Return lines of other loans for the same things, as superuser.

        :param states: states of the loan
        :return: dict (res_model, res_id) -> loan.loan.line
        """
        found = {}
        for model_name, lines in self.grouped("res_model").items():
            others = self.sudo().search(
                Domain("res_model", "=", model_name)
                & Domain("res_id", "in", lines.mapped("res_id"))
                & Domain("loan_id", "not in", lines.loan_id.ids)
                & Domain("loan_id.state", "in", states)
                & Domain("state", "in", ("waiting", "out"))
            )
            for line in others:
                key = (line.res_model, line.res_id)
                found[key] = found.get(key, self.browse()) | line
        return found

    def _hand_out(self):
        """Mark the lines as out and open electronic things. The loan has passed its gates."""
        now = fields.Datetime.now()
        self._write_protected(
            {"state": "out", "handed_out_at": now, "handed_out_by_id": self.env.uid}
        )
        # the unique index answers here, before anything else happens
        self.flush_recordset(["state"])
        for line, thing_sudo in self._get_things_sudo().items():
            line._open_electronic(thing_sudo)
            thing_sudo._on_loan_handed_out(line)

    def _take_back(self, condition, note=None):
        """Mark the lines as back, with their condition.

        :param str condition: a key of :data:`CONDITIONS`
        :param str note: text
        """
        self._write_protected(
            {
                "state": "lost" if condition == "missing" else "returned",
                "condition": condition,
                "condition_note": note,
                "returned_at": fields.Datetime.now(),
                "received_by_id": self.env.uid,
            }
        )
        self._close_electronic()
        things = self._get_things_sudo()
        for line, thing_sudo in things.items():
            thing_sudo._on_loan_returned(line)
        if condition in ("damaged", "missing"):
            self._follow_up(dict(CONDITIONS)[condition], note)

    def _follow_up(self, what, note):
        """Leave the keepers an activity about a damaged or lost thing."""
        for line, thing_sudo in self._get_things_sudo().items():
            for keeper in thing_sudo._get_loan_keepers()[:1] or self.env.user:
                line.loan_id.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=keeper.id,
                    summary=self.env._(
                        "%(thing)s: %(what)s",
                        thing=thing_sudo._get_loan_code(),
                        what=what,
                    ),
                    note=note or "",
                )

    # --- Electronic things ---

    def _open_electronic(self, thing_sudo):
        """Let the borrower read the thing until the end of the due date."""
        self.ensure_one()
        user = self.loan_id.sudo().borrower_id.user_id
        restricted = self.env["ir.rule"]._get_restricted_models()
        if (
            self.sudo().class_id.delivery != "electronic"
            or thing_sudo._name not in restricted
            or not user
        ):
            return
        loan = self.loan_id
        # sudo: the approved loan is the authority of the grant, see _get_grant_authority_reasons
        grant = (
            self.env["access.grant"]
            .sudo()
            .create(
                {
                    "user_id": user.id,
                    "company_id": loan.company_id.id,
                    "res_model": thing_sudo._name,
                    "line_ids": [Command.create({"res_id": thing_sudo.id})],
                    "right_download": True,
                    "right_borrow": True,
                    "date_from": loan._get_local_date(fields.Datetime.now()),
                    "date_to": loan._get_local_date(loan.date_due),
                    "purpose": loan.purpose,
                    "reason": loan.name,
                    "authority_model": self._name,
                    "authority_id": self.id,
                }
            )
        )
        grant.action_approve()
        self._write_protected({"grant_id": grant.id})

    def _close_electronic(self):
        """End the access of things that are back."""
        grants = self.sudo().grant_id.filtered(lambda grant: grant.state == "approved")
        # the loan ends what it gave, whoever takes the step
        grants.with_user(SUPERUSER_ID).action_revoke()

    def _get_grant_authority_reasons(self, grant):
        """Say why this line does not back an access grant.

        :param grant: access.grant
        :return: list of sentences
        """
        self.ensure_one()
        backed = (
            self.state == "out"
            and grant.res_model == self.res_model
            and grant.line_ids.mapped("res_id") == [self.res_id]
            and grant.user_id == self.loan_id.borrower_id.user_id
            and grant.date_to <= self.loan_id._get_local_date(self.loan_id.date_due)
        )
        if backed:
            return []
        return [
            self.env._("%(loan)s does not back this access.", loan=self.loan_id.name)
        ]

    # --- Figures ---

    @api.model
    def _get_overdue_rate(self, domain):
        """Return the rate of overdue loans: things returned late or overdue by things lent, in percent.

        :param domain: which lines count
        :return: percentage, or False when nothing was lent
        """
        lent = Domain(domain) & Domain("handed_out_at", "!=", False)
        total = self.search_count(lent)
        return (
            100.0 * self.search_count(lent & Domain("is_overdue", "=", True)) / total
            if total
            else False
        )
