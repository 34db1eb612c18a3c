from odoo import models

#: entries of the list in the dossier, the newest ones
DOSSIER_ROWS = 200


class SampleSample(models.Model):
    """Inspections on the screens of a sample: buttons, scan page, dossier F21."""

    _inherit = "sample.sample"

    # --- Actions ---

    def action_new_inspection(self):
        """Open the inspection that comes next for this sample: the open one, else a new one.

        :return: action
        """
        self.ensure_one()
        inspection_type = self._get_next_inspection_type()
        inspection = self._get_open_inspections(inspection_type)[:1]
        inspection = inspection or self._create_inspection(inspection_type)
        return {
            "type": "ir.actions.act_window",
            "res_model": inspection._name,
            "res_id": inspection.id,
            "view_mode": "form",
        }

    def _get_next_inspection_type(self):
        """Return what is inspected next: the original values, the repaired piece, or its accuracy."""
        self.ensure_one()
        if self.state in ("draft", "to_sign"):
            return "baseline"
        return "after_repair" if self.state == "suspended" else "periodic"

    def action_new_patrol(self):
        """Open the patrol of this sample: the open one, else a new one.

        :return: action
        """
        self.ensure_one()
        patrol = self._get_open_inspections("patrol")[:1]
        patrol = patrol or self._create_inspection("patrol")
        return {
            "type": "ir.actions.act_window",
            "res_model": patrol._name,
            "res_id": patrol.id,
            "view_mode": "form",
        }

    def action_view_inspections(self):
        """Show the inspections of these samples.

        :return: action
        """
        return self._get_use_action("sample_control.sample_inspection_action")

    def action_view_ageing(self):
        """Show how the readings of these samples moved over time.

        :return: action
        """
        action = self._get_use_action("sample_control.sample_inspection_reading_action")
        action["context"] = {"search_default_confirmed": 1, "fill_temporal": 0}
        return action

    # --- Scan page ---

    def _get_scan_actions(self):
        actions = super()._get_scan_actions()
        inspects = self.env.user.has_groups(
            "sample_control.group_sample_inspector,sample_control.group_sample_administrator"
        )
        if inspects and self.state in ("active", "suspended"):
            actions += ["patrol", "inspect"]
        return actions

    # --- Dossier F21 ---

    def _get_dossier_sections(self):
        return [*super()._get_dossier_sections(), self._get_dossier_inspections()]

    def _get_dossier_inspections(self):
        inspections = self.inspection_ids[:DOSSIER_ROWS]

        def labels(name):
            return dict(inspections._fields[name]._description_selection(self.env))

        types, results, states = (
            labels("inspection_type"),
            labels("result"),
            labels("state"),
        )
        return {
            "title": self.env._("Inspections"),
            "columns": [
                self.env._("Number"),
                self.env._("Type"),
                self.env._("Inspected On"),
                self.env._("Inspector"),
                self.env._("Result"),
                self.env._("State"),
            ],
            "rows": [
                [
                    record.name,
                    types[record.inspection_type],
                    record.date_inspected and str(record.date_inspected),
                    record.inspector_id.name,
                    results.get(record.result, ""),
                    states[record.state],
                ]
                for record in inspections
            ],
        }
