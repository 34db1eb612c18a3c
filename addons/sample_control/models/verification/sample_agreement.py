from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedOne2many,
)

from ...tools import kappa
from .sample_inspection_line import VERDICTS

STATES = [
    ("draft", "Draft"),
    ("running", "Running"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
QUALITY = "sample_control.group_sample_quality"


class SampleAgreement(models.Model):
    """Blind round: inspectors judge the same samples, and it is computed how far they agree.

    Each inspector sees the pieces by their number in the round and enters his own verdicts; what
    the others said, and what is true, is seen when the round is closed. Who enters what is true
    takes no part, and nobody brings himself in or takes himself out.
    """

    _name = "sample.agreement"
    _description = "Inspector Agreement Round"
    _inherit = ["sample.frozen.mixin", "numbering.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _numbering_code = "sample.agreement"
    _guarded_transitions = {
        "draft": ("running", "cancelled"),
        "running": ("closed", "cancelled"),
        "closed": (),
        "cancelled": (),
    }
    _guarded_side_states = ("cancelled",)
    _guarded_protected_fields = ("fleiss", "closed_at", "result_ids")
    _guarded_readiness_depends = ("line_ids", "user_ids")
    _frozen_fields = {
        ("draft",): ("company_id", "line_ids", "user_ids", "min_kappa", "valid_months"),
    }

    name = fields.Char(
        string="Number", readonly=True, required=True, copy=False, index="trigram"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    title = fields.Char(
        required=True, help="What is judged: for example gloss defects."
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Inspectors",
        domain=[("share", "=", False)],
        help="They judge every piece without knowing of each other.",
    )
    line_ids = RestrictedOne2many(
        comodel_name="sample.agreement.line",
        inverse_name="agreement_id",
        string="Pieces",
        groups=QUALITY,
    )
    takes_part = fields.Boolean(compute="_compute_takes_part")
    verdict_ids = fields.One2many(
        comodel_name="sample.agreement.verdict", inverse_name="agreement_id"
    )
    min_kappa = fields.Float(
        string="Least Kappa",
        default=0.75,
        digits=(4, 2),
        help="Against the truth; who reaches it and misses no bad piece is qualified. 0.75 is our choice.",
    )
    valid_months = fields.Integer(
        string="Qualified for (Months)", default=12, help="12 months are our choice."
    )
    fleiss = fields.Float(
        string="Fleiss' Kappa",
        digits=(4, 3),
        readonly=True,
        copy=False,
        help="Agreement of all inspectors with each other beyond chance; 1 is complete.",
    )
    closed_at = fields.Datetime(string="Closed On", readonly=True, copy=False)
    result_ids = fields.One2many(
        comodel_name="sample.agreement.result",
        inverse_name="agreement_id",
        readonly=True,
        copy=False,
    )

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The number is already taken."
    )
    _check_min_kappa = models.Constraint(
        "CHECK (min_kappa BETWEEN 0 AND 1 AND valid_months >= 0)",
        "Kappa lies between 0 and 1, and the months are not negative.",
    )

    @api.depends("user_ids")
    @api.depends_context("uid")
    def _compute_takes_part(self):
        for record in self:
            record.takes_part = self.env.user in record.user_ids

    @api.constrains("user_ids", "line_ids")
    def _check_blind(self):
        self._check_knowing(self.user_ids)

    def _check_knowing(self, users):
        """Refuse rounds in which somebody judges pieces of which he entered what is true.

        :param users: who might
        :raises ValidationError: naming the rounds and people
        """
        # sudo: who entered a piece counts, also where the user does not see it
        for round_sudo in self.sudo():
            pieces_sudo = round_sudo.line_ids
            knowing = round_sudo.user_ids & users
            knowing &= pieces_sudo.create_uid | pieces_sudo.write_uid
            if knowing:
                raise ValidationError(
                    self.env._(
                        "%(round)s: who enters what is true of the pieces does not judge them: %(users)s.",
                        round=round_sudo.display_name,
                        users=", ".join(knowing.mapped("name")),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rounds = super().create(vals_list)
        if not self.env.su:
            rounds.filtered("takes_part")._refuse_taking_part()
        return rounds

    def write(self, vals):
        if "user_ids" not in vals or self.env.su:
            return super().write(vals)
        before = {record: record.takes_part for record in self}
        result = super().write(vals)
        moved = self.filtered(lambda record: record.takes_part != before[record])
        moved._refuse_taking_part()
        return result

    def _refuse_taking_part(self):
        """Refuse that the user brings himself into these rounds, or takes himself out.

        :raises UserError: for any round
        """
        if self:
            raise UserError(
                self.env._(
                    "Somebody else of quality decides whether you take part in a round."
                )
            )

    def _get_running_gate_reasons(self):
        """Say what the round lacks to begin."""
        reasons = self._get_holder_reasons()
        # sudo: the gate counts what the user need not see
        round_sudo = self.sudo()
        if len(round_sudo.line_ids) < 2:
            reasons.append(self.env._("Enter at least two pieces."))
        if len(round_sudo.user_ids) < 2:
            reasons.append(self.env._("Enter at least two inspectors."))
        return reasons

    def _get_closed_gate_reasons(self):
        """Say who has not judged every piece."""
        reasons = self._get_holder_reasons()
        # sudo: the gate counts what the user need not see
        missing = self.sudo().verdict_ids.filtered(lambda item: not item.verdict)
        if missing:
            reasons.append(
                self.env._(
                    "Still to judge: %(users)s.",
                    users=", ".join(missing.user_id.mapped("name")),
                )
            )
        return reasons

    def _get_cancelled_gate_reasons(self):
        return self._get_holder_reasons()

    def _get_holder_reasons(self):
        """Say that others than quality do not hold the round."""
        self.ensure_one()
        if self.env.su or self.env.user.has_group(QUALITY):
            return []
        return [self.env._("Quality holds the rounds.")]

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        if target == "closed":
            vals["closed_at"] = fields.Datetime.now()
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        # sudo: verdicts and results are written by the system
        rounds_sudo = self.sudo()
        if target == "running":
            self.env["sample.agreement.verdict"].sudo().create(
                [
                    {"line_id": line.id, "user_id": user.id}
                    for line in rounds_sudo.line_ids
                    for user in line.agreement_id.user_ids
                ]
            )
        elif target == "closed":
            for round_sudo in rounds_sudo:
                round_sudo._compute_results()

    def _compute_results(self):
        """Compute the agreement of this one round, of everybody with the truth and with each other."""
        self.ensure_one()
        subjects = []
        for verdicts in self.verdict_ids.grouped("line_id").values():
            counts = {
                key: len(same) for key, same in verdicts.grouped("verdict").items()
            }
            subjects.append(counts)
        vals_list = [
            self._prepare_result_vals(user, verdicts)
            for user, verdicts in self.verdict_ids.grouped("user_id").items()
        ]
        self.write(
            {
                "fleiss": self._as_kappa(kappa.fleiss(subjects)),
                "result_ids": [Command.create(vals) for vals in vals_list],
            }
        )

    @api.model
    def _as_kappa(self, value):
        """Where everybody always says the same one thing there is no chance to correct for: 1."""
        return 1.0 if value is None else value

    def _prepare_result_vals(self, user, verdicts):
        """Return the result of one inspector.

        :param user: res.users
        :param verdicts: his verdicts
        """
        pairs = [(item.line_id.truth, item.verdict) for item in verdicts]
        agreed = sum(truth == verdict for truth, verdict in pairs) / len(pairs)
        cohen = (
            self._as_kappa(kappa.cohen(pairs)) if agreed == 1 else kappa.cohen(pairs)
        )
        missed = kappa.miss_rate(pairs, "fail") or 0
        qualified = (cohen or 0) >= self.min_kappa and not missed
        today = self.company_id._record_control_today()
        return {
            "user_id": user.id,
            "agreement_rate": agreed,
            "cohen": cohen or 0,
            "miss_rate": missed,
            "false_alarm_rate": kappa.miss_rate(pairs, "pass") or 0,
            "qualified_until": qualified
            and today + relativedelta(months=self.valid_months),
        }

    def action_start(self):
        """Begin the rounds: everybody gets his list.

        :return: True
        """
        return self._transition("running")

    def action_close(self):
        """Close the rounds and compute the agreement.

        :return: True
        """
        return self._transition("closed")

    def action_cancel(self):
        """Cancel rounds.

        :return: True
        """
        return self._transition("cancelled")


class SampleAgreementLine(models.Model):
    """A piece of a round and what is true of it; not seen by those who judge."""

    _name = "sample.agreement.line"
    _description = "Piece of an Agreement Round"
    _inherit = ["sample.frozen.line.mixin", "restricted.line.mixin"]
    _order = "sequence, id"
    _check_company_auto = True
    _frozen_parent_field = "agreement_id"
    _restricted_parent_field = "sample_id"

    agreement_id = fields.Many2one(
        comodel_name="sample.agreement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    blind_no = fields.Char(
        string="Number in the Round",
        required=True,
        help="By which the inspectors know the piece.",
    )
    truth = fields.Selection(selection=VERDICTS, required=True)

    _blind_unique = models.UniqueIndex(
        "(agreement_id, blind_no)", "Each number stands once in the round."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_writer()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self._check_writer()
        return result

    def _check_writer(self):
        """Who takes part enters nothing of what is true."""
        if not self.env.su:
            self.agreement_id._check_knowing(self.env.user)

    @api.model
    def _get_restricted_domain(self, operation):
        """Who may see a sample may use it in a round; who takes part sees the pieces when it is closed."""
        domain = super()._get_restricted_domain("read")
        if operation == "create":
            return domain
        blind = Domain("agreement_id.user_ids", "in", [self.env.uid])
        blind &= Domain("agreement_id.state", "!=", "closed")
        return domain & ~blind


class SampleAgreementVerdict(models.Model):
    """What one inspector says of one piece, by its number."""

    _name = "sample.agreement.verdict"
    _description = "Verdict of an Agreement Round"
    _inherit = ["protected.fields.mixin"]
    _order = "blind_no, id"
    _protected_fields = ("line_id", "user_id", "blind_no", "agreement_id")

    line_id = fields.Many2one(
        comodel_name="sample.agreement.line",
        required=True,
        index=True,
        ondelete="cascade",
        groups=QUALITY,
    )
    agreement_id = fields.Many2one(
        comodel_name="sample.agreement",
        compute="_compute_round",
        store=True,
        index=True,
        compute_sudo=True,
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    blind_no = fields.Char(
        string="Piece", compute="_compute_round", store=True, compute_sudo=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Inspector", required=True, index=True
    )
    verdict = fields.Selection(selection=VERDICTS)
    agreement_state = fields.Selection(
        related="agreement_id.state", string="State of the Round"
    )

    _user_unique = models.UniqueIndex(
        "(line_id, user_id)", "Each inspector judges a piece once."
    )

    @api.depends("line_id.agreement_id", "line_id.blind_no")
    def _compute_round(self):
        for item in self:
            item.agreement_id = item.line_id.agreement_id
            item.blind_no = item.line_id.blind_no

    def write(self, vals):
        if not self.env.su:
            self._check_own()
        return super().write(vals)

    def _check_own(self):
        """Everybody enters his own verdicts, while the round runs.

        :raises UserError: for those of others, and for rounds that do not run
        """
        foreign = self.filtered(
            lambda item: item.user_id != self.env.user
            or item.agreement_state != "running"
        )
        if foreign:
            raise UserError(
                self.env._(
                    "Everybody enters his own verdicts while the round runs: %(pieces)s.",
                    pieces=", ".join(foreign.mapped("blind_no")),
                )
            )


class SampleAgreementResult(models.Model):
    """How far one inspector agrees with the truth, and until when he is qualified."""

    _name = "sample.agreement.result"
    _description = "Result of an Agreement Round"
    _inherit = ["append.only.mixin"]
    _order = "id desc"
    _rec_name = "user_id"

    agreement_id = fields.Many2one(
        comodel_name="sample.agreement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Inspector", required=True, index=True
    )
    agreement_rate = fields.Float(string="Agreed", aggregator="avg")
    cohen = fields.Float(string="Kappa", digits=(4, 3), aggregator="avg")
    miss_rate = fields.Float(
        string="Missed", aggregator="avg", help="Share of bad pieces that were passed."
    )
    false_alarm_rate = fields.Float(
        string="False Alarms",
        aggregator="avg",
        help="Share of good pieces that were failed.",
    )
    qualified_until = fields.Date(
        index="btree_not_null", help="Empty: not qualified by this round."
    )
