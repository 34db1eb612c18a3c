from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column

from ...tools import validity

#: column -> code of the characteristic of the card that it shows
CARD_COLUMNS = {
    "colour_no": "COLOUR_NO",
    "pattern": "PATTERN",
    "width": "WIDTH",
    "thickness": "THICKNESS",
}


class LedgerSample(models.AbstractModel):
    """F09 样件台账: the list of all samples (SC-30); no second table."""

    _name = "report.sample_control.ledger_sample"
    _description = "Sample ledger"
    _inherit = "ledger.mixin"
    _ledger_model = "sample.sample"
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
                method="_columns_card",
            ),
            Column(
                "pattern",
                label=self.env._("Pattern"),
                kind="text",
                method="_columns_card",
            ),
            Column(
                "width", label=self.env._("Width"), kind="text", method="_columns_card"
            ),
            Column(
                "thickness",
                label=self.env._("Thickness"),
                kind="text",
                method="_columns_card",
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
            Column(
                "validity_state",
                label=self.env._("Validity"),
                kind="text",
                method="_column_validity_state",
            ),
            Column("replaces_id.name", label=self.env._("Replaces")),
            Column("replaced_by_id.name", label=self.env._("Replaced By")),
            Column("ended_on"),
            Column("end_reason"),
            Column("note", wrap=True),
        ]

    def _columns_card(self, records):
        """Read the characteristics that the ledger names off the cards, all at once."""
        values = self.env["sample.sample.line"]._get_card_values(
            records, list(CARD_COLUMNS.values())
        )
        return {column: values[code] for column, code in CARD_COLUMNS.items()}

    def _column_validity_state(self, records):
        """Say how the validity stands, once it is determined, without the other clocks of the form."""
        field = records._fields["validity_state"]
        labels = dict(field._description_selection(self.env))
        # these alone: of thousands of records the rest of the row would take far longer
        records.fetch(["company_id", "state", "valid_until", "date_validity_due"])
        days = {
            company: company._record_control_today()
            for company in records.sudo().company_id
        }
        return {
            record.id: labels[
                validity.state_of(
                    record.valid_until,
                    days[record.company_id],
                    record.date_validity_due,
                )
            ]
            for record in records
            if record.state not in ("draft", "to_sign")
        }

    def _column_signers(self, records):
        signers = records._get_card_signers()
        return {record_id: ", ".join(names) for record_id, names in signers.items()}
