from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..sample.sample_sample import ENDED_STATES, KEPT_FIELDS
from ..use.sample_sample import DOSSIER_ROWS


class SampleSample(models.Model):
    """What stays of a sample: photos, original values, and the history in the dossier (SC-56.2, SC-56.5)."""

    _inherit = "sample.sample"

    def write(self, vals):
        self._check_evidence_kept(vals)
        return super().write(vals)

    def _check_evidence_kept(self, vals):
        """Keep what an ended sample was and how it looked: evidence for later complaints (E19, SC-56.2, D-08).

        :raises UserError: naming the samples
        """
        if self.env.su:
            return
        ended = self.filtered(lambda sample: sample.state in ENDED_STATES)
        if ended and "image_1920" in vals:
            raise UserError(
                self.env._(
                    "The photo of an ended sample stays: %(samples)s.",
                    samples=", ".join(ended.mapped("name")),
                )
            )
        signed = {path.partition(".")[0] for path in self._sealed_fields}
        # whose property it was is the manager's to tell
        signed -= set(KEPT_FIELDS)
        ended._filter_changed(signed, vals)._refuse_change_of_ended()

    def _refuse_change_of_ended(self):
        """Refuse to change what these samples were.

        :raises UserError: naming those that have ended
        """
        ended = self.filtered(lambda sample: sample.state in ENDED_STATES)
        if ended:
            raise UserError(
                self.env._(
                    "%(samples)s: what was signed of an ended sample stays.",
                    samples=", ".join(ended.mapped("name")),
                )
            )

    # --- Hand-over list F22 ---

    def _get_handover_rows(self):
        """Return the rows of the hand-over list: a line per receiver, blank where nobody is named.

        :return: list of lists of texts
        """
        rows = []
        for sample in self:
            # sudo: the list is printed by whoever hands the samples over
            lines_sudo = sample.sudo().distribution_ids
            card = [
                sample.name,
                sample.product_id.display_name or sample.title,
                str(sample.copy_no or ""),
                format_date(self.env, sample.valid_until),
            ]
            for line in lines_sudo or [lines_sudo]:
                rows.append(
                    [
                        *card,
                        line.department_id.name or sample.department_id.name,
                        line.receiver_id.name,
                        format_date(self.env, line.date_received),
                    ]
                )
        return rows

    # --- Dossier F21 ---

    def _get_dossier_sections(self):
        return [
            *super()._get_dossier_sections(),
            self._get_dossier_exceptions(),
            self._get_dossier_changes(),
            self._get_dossier_disposals(),
            self._get_dossier_stocktakes(),
            self._get_dossier_recalls(),
        ]

    def _get_dossier_exceptions(self):
        records = self.exception_ids
        kinds = dict(records._fields["kind"]._description_selection(self.env))
        decisions = dict(records._fields["decision"]._description_selection(self.env))
        states = records._get_guarded_state_labels()
        return {
            "title": self.env._("Exceptions"),
            "columns": [
                self.env._("Number"),
                self.env._("Reported On"),
                self.env._("What Happened"),
                self.env._("Decision"),
                self.env._("State"),
            ],
            "rows": [
                [
                    record.name,
                    self._format_moment(record.reported_at),
                    kinds[record.kind],
                    decisions.get(record.decision, ""),
                    states[record.state],
                ]
                for record in records[:DOSSIER_ROWS]
            ],
        }

    def _get_dossier_changes(self):
        # sudo: the dossier tells the whole life of the piece to who may see the piece
        lines_sudo = (
            self.env["sample.change.line"]
            .sudo()
            .search([("sample_id", "=", self.id)], order="id desc", limit=DOSSIER_ROWS)
        )
        decisions = dict(
            lines_sudo._fields["decision"]._description_selection(self.env)
        )
        return {
            "title": self.env._("Changes"),
            "columns": [
                self.env._("Change"),
                self.env._("Content"),
                self.env._("Decision"),
                self.env._("Cut-over"),
            ],
            "rows": [
                [
                    line.change_id.display_name,
                    line.change_id.content,
                    decisions.get(line.decision, ""),
                    format_date(self.env, line.change_id.date_cutover),
                ]
                for line in lines_sudo
            ],
        }

    def _get_dossier_disposals(self):
        # sudo: as above
        sheets_sudo = self.sudo().disposal_line_ids.disposal_id
        states = sheets_sudo._get_guarded_state_labels()
        return {
            "title": self.env._("Disposal"),
            "columns": [
                self.env._("Sheet"),
                self.env._("Executor"),
                self.env._("Witness"),
                self.env._("Disposed On"),
                self.env._("State"),
            ],
            "rows": [
                [
                    sheet.name,
                    sheet.executor_id.name,
                    sheet.witness_id.name,
                    format_date(self.env, sheet.date_disposed),
                    states[sheet.state],
                ]
                for sheet in sheets_sudo[:DOSSIER_ROWS]
            ],
        }

    def _get_dossier_stocktakes(self):
        # sudo: as above
        lines_sudo = (
            self.env["sample.stocktake.line"]
            .sudo()
            .search([("sample_id", "=", self.id)], order="id desc", limit=DOSSIER_ROWS)
        )
        results = dict(lines_sudo._fields["result"]._description_selection(self.env))
        return {
            "title": self.env._("Stock-takes"),
            "columns": [
                self.env._("Stock-take No."),
                self.env._("Day"),
                self.env._("Place in the Books"),
                self.env._("Found In"),
                self.env._("Result"),
            ],
            "rows": [
                [
                    line.stocktake_id.name,
                    format_date(self.env, line.stocktake_id.date),
                    line.location_id.complete_name,
                    line.found_location_id.complete_name,
                    results[line.result],
                ]
                for line in lines_sudo
            ],
        }

    def _get_dossier_recalls(self):
        # sudo: as above
        lines_sudo = self.sudo().recall_line_ids
        states = dict(lines_sudo._fields["state"]._description_selection(self.env))
        return {
            "title": self.env._("Recalls"),
            "columns": [
                self.env._("Recall"),
                self.env._("Successor"),
                self.env._("State"),
                self.env._("When"),
            ],
            "rows": [
                [
                    line.recall_id.name,
                    line.recall_id.successor_id.name,
                    states[line.state],
                    self._format_moment(line.resolved_at),
                ]
                for line in lines_sudo[:DOSSIER_ROWS]
            ],
        }


class SampleSampleLine(models.Model):
    """The original values of an ended sample are compared with at later complaints (E19, SC-56.2)."""

    _inherit = "sample.sample.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_evidence_kept()
        return lines

    def write(self, vals):
        self._check_evidence_kept()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        self._check_evidence_kept()

    def _check_evidence_kept(self):
        if not self.env.su:
            self.sample_id._refuse_change_of_ended()
