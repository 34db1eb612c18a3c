from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column


class LedgerSample(models.AbstractModel):
    """F09 样件台账: the list of all samples (SC-30); no second table."""

    _name = "report.sample_control.ledger_sample"
    _description = "Sample ledger"
    _inherit = "ledger.mixin"
    _ledger_model = "sample.sample"
    _ledger_title = "样件台账"
    _ledger_form_code = "SC-F09"
    _ledger_order = "name, id"
    _ledger_groups = "base.group_allow_export,sample_control.group_sample_administrator"

    def _ledger_columns(self):
        return [
            Column("name"),
            Column("product_id", label=self.env._("Name"), width=30),
            Column("drawing_no"),
            Column("type_id"),
            Column("nature"),
            Column("partner_id"),
            Column("supplier_id"),
            Column("origin"),
            Column(
                "colour_no",
                label=self.env._("Colour No."),
                kind="text",
                method="_column_colour_no",
            ),
            Column(
                "pattern",
                label=self.env._("Pattern"),
                kind="text",
                method="_column_pattern",
            ),
            Column(
                "width", label=self.env._("Width"), kind="text", method="_column_width"
            ),
            Column(
                "thickness",
                label=self.env._("Thickness"),
                kind="text",
                method="_column_thickness",
            ),
            Column("confirm_date"),
            Column("valid_until"),
            Column("next_calibration_date"),
            Column("custodian_id"),
            Column("department_id"),
            Column("home_location_id", width=24),
            Column("location_id", width=24),
            Column("qty"),
            Column(
                "signers",
                label=self.env._("Confirmed By"),
                kind="text",
                method="_column_signers",
            ),
            Column("state"),
            Column("validity_state"),
            Column("replaces_id.name", label=self.env._("Replaces")),
            Column("replaced_by_id.name", label=self.env._("Replaced By")),
            Column("ended_on"),
            Column("end_reason"),
            Column("note", wrap=True),
        ]

    def _column_colour_no(self, records):
        return self._get_card_values(records, "COLOUR_NO")

    def _column_pattern(self, records):
        return self._get_card_values(records, "PATTERN")

    def _column_width(self, records):
        return self._get_card_values(records, "WIDTH")

    def _column_thickness(self, records):
        return self._get_card_values(records, "THICKNESS")

    def _get_card_values(self, records, code):
        """Return one characteristic of the card by record id.

        :param records: a batch of samples
        :param str code: code of the characteristic
        """
        return {
            line.sample_id.id: line._get_card_value()
            for line in records.line_ids
            if line.characteristic_id.code == code
        }

    def _column_signers(self, records):
        return {
            record.id: ", ".join(record._get_card_signatures()) for record in records
        }
