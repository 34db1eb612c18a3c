from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column


class LedgerStocktake(models.AbstractModel):
    """X13 样件盘点表: one row per piece."""

    _name = "report.sample_control.ledger_stocktake"
    _description = "Stock-take sheet"
    _inherit = "ledger.mixin"
    _ledger_model = "sample.stocktake.line"
    _ledger_form_code = "SC-X13"
    _ledger_order = "stocktake_id, location_id, code, id"
    _ledger_groups = "base.group_allow_export,sample_control.group_sample_keeper"

    def _ledger_columns(self):
        return [
            Column("stocktake_id.name", label=self.env._("Stock-take No.")),
            Column("stocktake_id.date", label=self.env._("Day")),
            Column("code"),
            Column("product_id", width=30),
            Column("location_id", width=24),
            Column("is_found"),
            Column("found_location_id", width=24),
            Column("found_by_id"),
            Column("found_at"),
            Column("result"),
            Column("reason", wrap=True),
            Column("correction"),
            Column("note", width=24, wrap=True),
        ]
