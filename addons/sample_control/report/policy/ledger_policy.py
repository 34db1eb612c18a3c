from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column

from ...models.policy.sample_policy import GROUPS


class LedgerPolicy(models.AbstractModel):
    """X11 样件管理规则表: one row per rule, one column per group of parameters."""

    _name = "report.sample_control.ledger_policy"
    _description = "Table of sample rules"
    _inherit = "ledger.mixin"
    _ledger_model = "sample.policy"
    _ledger_form_code = "SC-X11"
    _ledger_order = "sequence, id"
    _ledger_groups = "base.group_allow_export,sample_control.group_sample_administrator"

    def _ledger_columns(self):
        labels = dict(self.env["sample.policy"]._get_group_labels())
        return [
            Column("sequence", kind="integer"),
            Column("name", width=30),
            Column("type_ids", kind="text", width=20, method="_column_types"),
            Column("categ_ids", kind="text", width=20, method="_column_categories"),
            Column("product_tmpl_ids", kind="text", method="_column_products"),
            Column("partner_ids", kind="text", method="_column_partners"),
            Column("origin"),
            Column("key_part_only"),
            *(
                Column(
                    group,
                    label=labels[group],
                    kind="text",
                    width=40,
                    wrap=True,
                    method=f"_column_{group}",
                )
                for group, __ in GROUPS
            ),
            Column("note", width=30, wrap=True),
        ]

    def _column_types(self, records):
        return self._get_names(records, "type_ids")

    def _column_categories(self, records):
        return self._get_names(records, "categ_ids")

    def _column_products(self, records):
        return self._get_names(records, "product_tmpl_ids")

    def _column_partners(self, records):
        return self._get_names(records, "partner_ids")

    def _get_names(self, records, name):
        return {
            record.id: ", ".join(record[name].mapped("display_name"))
            for record in records
        }

    def _column_validity(self, records):
        return self._get_parameters(records, "validity")

    def _column_checks(self, records):
        return self._get_parameters(records, "checks")

    def _column_sealing(self, records):
        return self._get_parameters(records, "sealing")

    def _column_sign_off(self, records):
        return self._get_parameters(records, "sign_off")

    def _column_use(self, records):
        return self._get_parameters(records, "use")

    def _column_keeping(self, records):
        return self._get_parameters(records, "keeping")

    def _column_end(self, records):
        return self._get_parameters(records, "end")

    def _get_parameters(self, records, group):
        """Return the parameters of a group in words, by rule; empty where the rule leaves them alone."""
        return {
            record.id: record._describe_parameters(group)
            if record[f"defines_{group}"]
            else ""
            for record in records
        }
