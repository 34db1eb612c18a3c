from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from .sample_disposal import DISPOSABLE_STATES


class SampleSample(models.Model):
    """The end of a piece: kept for a while, then disposed of by two people (SC-54, SC-55)."""

    _inherit = "sample.sample"

    disposal_line_ids = fields.One2many(
        comodel_name="sample.disposal.line", inverse_name="sample_id"
    )
    date_disposal = fields.Date(
        string="Kept Until",
        compute="_compute_date_disposal",
        store=True,
        index="btree_not_null",
        help="Last day of use plus the days that the rule keeps an ended sample for late complaints.",
    )
    is_disposal_due = fields.Boolean(
        compute="_compute_is_disposal_due", search="_search_is_disposal_due"
    )

    @api.depends("state", "ended_on", "policy_snapshot")
    def _compute_date_disposal(self):
        for sample in self:
            ended = sample.state in DISPOSABLE_STATES and sample.ended_on
            if not ended:
                sample.date_disposal = False
                continue
            days = sample._get_policy_values("end").get("disposal_hold_days") or 0
            sample.date_disposal = fields.Date.add(ended, days=days)

    @api.depends("state", "date_disposal")
    def _compute_is_disposal_due(self):
        for sample in self:
            today = (sample.company_id or self.env.company)._record_control_today()
            sample.is_disposal_due = bool(
                sample.date_disposal and sample.date_disposal <= today
            )

    @api.model
    def _search_is_disposal_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = self.env.companies._record_control_today_domain(
            self._get_disposal_due_domain
        )
        return Domain.OR(due if wanted else ~due for wanted in set(map(bool, value)))

    @api.model
    def _get_disposal_due_domain(self, today):
        """Domain of the ended samples that need not be kept any longer."""
        return [
            ("state", "in", DISPOSABLE_STATES),
            ("date_disposal", "!=", False),
            ("date_disposal", "<=", today),
        ]

    def _is_foreign_property(self):
        """Tell whether the piece belongs to somebody else than the company (SC-54.4)."""
        self.ensure_one()
        owner = self.owner_id.commercial_partner_id
        if owner:
            return owner != self.company_id.partner_id
        return self.origin == "customer"

    def _get_disposal_role(self):
        self.ensure_one()
        return self._get_policy_values("end").get("disposal_role") or "technical"

    def _get_disposal_reason(self):
        """Return why the piece is disposed of, from how it ended."""
        self.ensure_one()
        if self.is_discontinued:
            return "discontinued"
        if self.state == "obsolete":
            kinds = self.exception_ids.mapped("kind")
            return (
                "damaged" if {"damaged", "deformed", "faded"} & set(kinds) else "failed"
            )
        return self.state

    # --- Gates ---

    def _get_disposal_state_reasons(self):
        """Say which of these samples are not disposed of, because they have not ended.

        :return: list of sentences, one for each state
        """
        labels = self._get_guarded_state_labels()
        living = self.filtered(lambda sample: sample.state not in DISPOSABLE_STATES)
        return [
            self.env._(
                "%(sample)s is “%(state)s”: only ended samples are disposed of.",
                sample=samples._get_names_for_user(),
                state=labels[state],
            )
            for state, samples in living.grouped("state").items()
        ]

    def _get_transition_reasons(self, target):
        """No road disposes of a sample past the sheet with its two names (SC-54.3)."""
        reasons = super()._get_transition_reasons(target)
        # asked of system code, too: it ends what the sheet ends, and nothing else
        if target == "disposed" and not self._get_done_disposal():
            reasons.append(
                self.env._(
                    "%(sample)s is disposed of with a disposal sheet that two people confirmed.",
                    sample=self.name,
                )
            )
        return reasons

    def _get_done_disposal(self):
        """Return the sheet by which this one sample was disposed of, if it was."""
        self.ensure_one()
        # sudo: how a sample ended is no secret to who sees the sample
        sheets_sudo = self.sudo().disposal_line_ids.disposal_id
        return sheets_sudo.filtered(lambda sheet: sheet.state == "done")[:1]

    # --- Hooks of the lifecycle ---

    def _on_ended(self, state):
        """Ended pieces go to a disposal sheet as soon as they need not be kept any longer."""
        super()._on_ended(state)
        if state in DISPOSABLE_STATES:
            for company, samples in self.grouped("company_id").items():
                today = company._record_control_today()
                samples.filtered(
                    lambda sample, today=today: sample.date_disposal
                    and sample.date_disposal <= today
                )._open_disposals()

    @api.model
    def _open_due_disposals(self, company, today):
        """Open sheets for all samples of a company that need not be kept any longer and are on none.

        :param company: res.company
        :param datetime.date today: the day of the company
        """
        due = self.search(
            [
                *self._get_disposal_due_domain(today),
                ("company_id", "=", company.id),
                ("disposal_line_ids", "not any", [("is_open", "=", True)]),
            ]
        )
        due._open_disposals()

    def _open_disposals(self, is_automatic=True):
        """Open one draft sheet for the samples that go the same way; those on a sheet stay there.

        :param bool is_automatic: the system opens it; else the user asks for the disposal
        :return: sample.disposal
        """
        # sudo: the end of a sample opens its sheet whoever ended it
        samples_sudo = self.sudo()
        free = samples_sudo.filtered(
            lambda sample: not any(sample.disposal_line_ids.mapped("is_open"))
        )
        groups = free.grouped(
            lambda sample: (
                sample.company_id,
                sample._get_disposal_reason(),
                sample._get_disposal_role(),
                sample._is_foreign_property() and sample.owner_id,
            )
        )
        sheets_sudo = (
            self.env["sample.disposal"]
            .sudo()
            .create(
                [
                    {
                        "company_id": company.id,
                        "reason": reason,
                        "method": "return" if owner else "destroy",
                        "is_automatic": is_automatic,
                        "line_ids": [
                            Command.create({"sample_id": sample.id})
                            for sample in samples
                        ],
                    }
                    for (company, reason, __, owner), samples in groups.items()
                ]
            )
        )
        if not is_automatic:
            sheets_sudo._note_author()
        return sheets_sudo

    def _make_reference(self):
        """Keep the pieces as reference samples, each a new draft with a number of its own.

        :return: the new samples
        """
        kind = self.env.ref("sample_control.sample_type_ref")
        return self.create(
            [
                {
                    "company_id": sample.company_id.id,
                    "type_id": kind.id,
                    "product_id": sample.product_id.id,
                    "title": sample.title,
                    "partner_id": sample.partner_id.id,
                    "owner_id": sample.owner_id.id,
                    "lot_name": sample.lot_name,
                    "drawing_no": sample.drawing_no,
                    "drawing_rev": sample.drawing_rev,
                    "custodian_id": sample.custodian_id.id,
                    "home_location_id": sample.home_location_id.id,
                    "image_1920": sample.image_1920,
                    "note": sample.name,
                }
                for sample in self
            ]
        )

    def action_view_disposals(self):
        """Show the disposal sheets of these samples.

        :return: action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sample_control.sample_disposal_action"
        )
        action.update(domain=[("line_ids.sample_id", "in", self.ids)], context={})
        return action

    def action_dispose(self):
        """Open one sheet for these ended samples.

        :return: action
        :raises UserError: for samples that have not ended, all of them named
        """
        self.check_access("read")
        if not self.env["sample.disposal"].has_access("create"):
            raise UserError(self.env._("You may not dispose of samples."))
        if reasons := self._get_disposal_state_reasons():
            raise UserError("\n".join(reasons))
        self._open_disposals(is_automatic=False)
        return self.action_view_disposals()
