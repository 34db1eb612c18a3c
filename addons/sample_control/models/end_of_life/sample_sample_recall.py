from odoo import api, fields, models
from odoo.fields import Domain

#: reasons for which one piece is replaced while its copies stay good
SINGLE_PIECE_REASONS = ("T15", "T16")


class SampleSample(models.Model):
    """A successor calls back every copy of the sample that it supersedes."""

    _inherit = "sample.sample"

    recall_line_ids = fields.One2many(
        comodel_name="sample.recall.line", inverse_name="sample_id"
    )
    is_recalled = fields.Boolean(
        string="Recalled",
        compute="_compute_is_recalled",
        search="_search_is_recalled",
        help="A copy that was superseded and has not been brought back yet.",
    )

    @api.depends("recall_line_ids.state")
    def _compute_is_recalled(self):
        # sudo: that a copy is recalled is seen by all who see the copy
        for sample, sample_sudo in zip(self, self.sudo(), strict=True):
            sample.is_recalled = any(
                line.state == "open" for line in sample_sudo.recall_line_ids
            )

    @api.model
    def _search_is_recalled(self, operator, value):
        if operator != "in":
            return NotImplemented
        recalled = Domain("recall_line_ids", "any!", [("state", "=", "open")])
        return Domain.OR(
            recalled if wanted else ~recalled for wanted in set(map(bool, value))
        )

    def _on_activated(self):
        super()._on_activated()
        for sample in self.filtered("replaces_id"):
            sample._recall_copies()

    def _supersedes_copies(self):
        """Tell whether this successor takes the place of the copies, too.

        Not when one damaged or failed piece was replaced by one of the same revision, and not when
        only a copy was replaced.
        """
        self.ensure_one()
        old = self.replaces_id
        if old.master_id:
            return False
        same = (old.drawing_rev or "") == (self.drawing_rev or "")
        single = self.request_id.reason_id.code in SINGLE_PIECE_REASONS
        return not (same and single)

    def _recall_copies(self):
        """End the copies of the superseded sample and open the recall, with a task per holder."""
        self.ensure_one()
        old = self.replaces_id
        copies = (old.copy_ids - self).filtered(
            lambda copy: copy.state in ("active", "suspended")
        )
        if not copies or not self._supersedes_copies():
            return
        recall = self.env["sample.recall"].create(
            {
                "company_id": self.company_id.id,
                "sample_id": old.id,
                "successor_id": self.id,
            }
        )
        lines = self.env["sample.recall.line"].create(
            [
                {
                    "recall_id": recall.id,
                    "sample_id": copy.id,
                    "holder_id": copy._get_recall_holder().id,
                    "location_id": copy.location_id.id,
                }
                for copy in copies
            ]
        )
        copies._write_protected({"replaced_by_id": self.id, "is_contested": False})
        copies._end("replaced", self.env._("Replaced by %(sample)s.", sample=self.name))
        for line in lines:
            line._ask_holder()

    def _get_recall_holder(self):
        """Return who has this one copy: its holder, else who received it on the issue list."""
        self.ensure_one()
        issued = self.distribution_ids.filtered(lambda line: not line.date_returned)
        return self.holder_id or issued[:1].receiver_id.partner_id

    def _on_ended(self, state):
        """A recalled copy that is disposed of is brought back, in a way."""
        super()._on_ended(state)
        if state == "disposed":
            for line in self.recall_line_ids.filtered(
                lambda line: line.state == "open"
            ):
                line._resolve("destroyed", line.sample_id._get_done_disposal())

    # --- Refused everywhere ---

    def _get_hard_use_reasons(self, purpose):
        """A recalled copy judges nothing any more; only old disputes may look back at it."""
        reasons = super()._get_hard_use_reasons(purpose)
        if self.is_recalled and purpose not in ("comparison", "dispute"):
            reasons.append(self._get_recall_sentence())
        return reasons

    def _get_loan_validity_reasons(self):
        reasons = super()._get_loan_validity_reasons()
        if self.is_recalled:
            reasons.append(self._get_recall_sentence())
        return reasons

    def _get_recall_sentence(self):
        """Say that this copy was superseded and by what."""
        self.ensure_one()
        # sudo: the number of the successor is no secret to who has the copy
        return self.env._(
            "%(sample)s was recalled: %(successor)s has taken its place.",
            sample=self.name,
            successor=self.sudo().replaced_by_id.name or "",
        )
