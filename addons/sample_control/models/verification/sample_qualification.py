from odoo import api, fields, models
from odoo.fields import Domain

QUALIFICATIONS = [
    ("none", "Not asked for"),
    ("warn", "Warn"),
    ("block", "Block"),
]
#: decisions of first articles and comparisons that somebody answers for with his eye
DECISIONS = ("released", "failed", "concluded")
#: inspections in which our own inspector judges
JUDGED_TYPES = ("baseline", "periodic", "exception", "after_repair", "trial_fit")


class SampleType(models.Model):
    _inherit = "sample.type"

    qualification = fields.Selection(
        selection=QUALIFICATIONS,
        string="Unqualified Inspectors",
        required=True,
        default="none",
        tracking=True,
        help="What happens when somebody judges by samples of this type whose last agreement round with "
        "such samples did not qualify him, or too long ago. Warn is our choice for what is judged by eye.",
    )


class SampleAgreementResult(models.Model):
    """Who may judge by eye: the last round with samples of a type decides (features 3c.7)."""

    _inherit = "sample.agreement.result"

    type_ids = fields.Many2many(
        comodel_name="sample.type",
        string="Sample Types",
        compute="_compute_type_ids",
        search="_search_type_ids",
        help="The types of the samples that were judged in the round.",
    )
    closed_at = fields.Datetime(related="agreement_id.closed_at", string="Closed On")
    is_qualified = fields.Boolean(
        string="Qualified",
        compute="_compute_is_qualified",
        search="_search_is_qualified",
        help="The round qualified the inspector, and not too long ago.",
    )

    @api.depends("agreement_id")
    def _compute_type_ids(self):
        # sudo: the pieces of a round are hidden from those who judge; their types are not
        lines_sudo = self.sudo().agreement_id.line_ids
        types = {
            agreement.id: lines.sample_id.type_id.ids
            for agreement, lines in lines_sudo.grouped("agreement_id").items()
        }
        for result in self:
            result.type_ids = types.get(result.agreement_id.id)

    def _search_type_ids(self, operator, value):
        if operator in ("not in", "not any"):
            return NotImplemented
        # sudo: as above
        lines_sudo = self.env["sample.agreement.line"].sudo()
        lines_sudo = lines_sudo.search([("sample_id.type_id", operator, value)])
        return [("agreement_id", "in", lines_sudo.agreement_id.ids)]

    @api.depends("qualified_until")
    def _compute_is_qualified(self):
        for result in self:
            today = (result.company_id or self.env.company)._record_control_today()
            until = result.qualified_until
            result.is_qualified = bool(until) and until >= today

    def _search_is_qualified(self, operator, value):
        if operator != "in":
            return NotImplemented
        valid = self.env.companies._record_control_today_domain(
            lambda today: Domain("qualified_until", ">=", today)
        )
        return Domain.OR(
            valid if wanted else ~valid for wanted in set(map(bool, value))
        )

    @api.model
    def _get_unqualified_types(self, user, company, types):
        """Return the types among ``types`` by whose samples a user may not judge unwarned.

        :param user: res.users
        :param company: res.company that asks; a round in another company counts there only
        :param types: sample.type
        :return: sample.type, without those that ask for no qualification
        """
        asked = types.filtered(lambda kind: kind.qualification != "none")
        if not asked:
            return asked
        # sudo: whether somebody is qualified does not depend on who asks
        results_sudo = self.sudo().search(
            [
                ("user_id", "=", user.id),
                ("company_id", "=", company.id),
                ("agreement_id.state", "=", "closed"),
            ],
            order="id desc",
        )
        unqualified = asked.browse()
        for kind in asked:
            last = results_sudo.filtered(
                lambda result, kind=kind: kind in result.type_ids
            )[:1]
            if not last.is_qualified:
                unqualified |= kind
        return unqualified

    @api.model
    def _get_qualification_reasons(self, user, company, types):
        """Say for which samples a user is not qualified.

        :param user: res.users
        :param company: res.company
        :param types: sample.type
        :return: list of sentences
        """
        return [
            self.env._(
                "%(user)s is not qualified to judge by samples of type %(type)s. An agreement round qualifies.",
                user=user.name,
                type=kind.name,
            )
            for kind in self._get_unqualified_types(user, company, types)
        ]


class SampleJudgementMixin(models.AbstractModel):
    """Who judges products by eye is qualified for it, or it is warned of (features 3c.7)."""

    _inherit = "sample.judgement.mixin"

    qualification_warning = fields.Text(
        string="About the Inspector",
        compute="_compute_qualification_warning",
        help="What speaks against judging by these samples yourself.",
    )

    def _get_judging_types(self):
        """Return the types of the samples that are judged by: the sample and the limits of the product."""
        self.ensure_one()
        # sudo: which types ask for a qualification does not depend on who looks
        samples_sudo = self.sudo().sample_id
        if "limit_sample_ids" in self._fields:
            samples_sudo |= self.sudo().limit_sample_ids
        return samples_sudo.type_id

    @api.depends("sample_id", "state")
    @api.depends_context("uid", "lang")
    def _compute_qualification_warning(self):
        judges = self.env.user.has_group("sample_control.group_sample_inspector")
        for record in self:
            judging = judges and record.state in record._judging_states
            reasons = record._get_qualification_reasons() if judging else []
            record.qualification_warning = "\n".join(reasons) or False

    def _get_qualification_reasons(self, mode=None):
        """Say why this user should not judge.

        :param str mode: warn or block; only of types that ask for this
        :return: list of sentences
        """
        self.ensure_one()
        types = self._get_judging_types()
        if mode:
            types = types.filtered(lambda kind: kind.qualification == mode)
        return self.env["sample.agreement.result"]._get_qualification_reasons(
            self.env.user, self.company_id, types
        )

    def _get_line_reasons(self, passing=False):
        """Besides what was not compared: whoever decides is not qualified for it."""
        return [
            *super()._get_line_reasons(passing=passing),
            *self._get_qualification_reasons("block"),
        ]

    def _prepare_transition_vals(self, target):
        """Keep with the decision that it was made by somebody who was not qualified."""
        vals = super()._prepare_transition_vals(target)
        reasons = target in DECISIONS and self._get_qualification_reasons("warn")
        if reasons:
            kept = (vals.get("use_warning") or "").splitlines()
            vals["use_warning"] = "\n".join([*kept, *reasons])
        return vals


class SampleInspection(models.Model):
    """Who inspects a sample by eye is qualified for it, or it is warned of."""

    _inherit = "sample.inspection"

    qualification_warning = fields.Text(
        string="About the Inspector",
        readonly=True,
        copy=False,
        help="The inspector was not qualified when the record was submitted.",
    )
    qualification_notice = fields.Text(compute="_compute_qualification_notice")

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"qualification_warning"}

    @api.depends("sample_id", "inspector_id", "state", "line_ids.is_measured")
    @api.depends_context("uid", "lang")
    def _compute_qualification_notice(self):
        for record in self:
            reasons = []
            if record.state == "draft" and record.sample_id:
                reasons = record._get_qualification_reasons()
            record.qualification_notice = (
                "\n".join(reasons) or record.qualification_warning
            )

    def _get_qualification_reasons(self, mode=None):
        """Say why the inspector should not judge what is judged by eye.

        :param str mode: warn or block; only of types that ask for this
        :return: list of sentences
        """
        self.ensure_one()
        by_eye = self.line_ids.filtered(lambda line: not line.is_measured)
        if self.inspection_type not in JUDGED_TYPES or not by_eye:
            return []
        # sudo: which types ask for a qualification does not depend on who looks
        kind_sudo = self.sudo().sample_id.type_id
        if mode and kind_sudo.qualification != mode:
            return []
        return self.env["sample.agreement.result"]._get_qualification_reasons(
            self.inspector_id or self.env.user, self.company_id, kind_sudo
        )

    def _get_submitted_gate_reasons(self):
        return [
            *super()._get_submitted_gate_reasons(),
            *self._get_qualification_reasons("block"),
        ]

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        if target == "submitted":
            reasons = self._get_qualification_reasons("warn")
            vals["qualification_warning"] = "\n".join(reasons) or False
        return vals
