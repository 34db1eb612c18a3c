from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class SampleStocktakeImport(models.TransientModel):
    """Takes a filled-in stock-take sheet: checked as a whole, entered all or the good rows alone (X13)."""

    _name = "sample.stocktake.import"
    _description = "Import of Counts"
    _inherit = ["own.wizard.mixin"]

    stocktake_id = fields.Many2one(
        comodel_name="sample.stocktake", required=True, ondelete="cascade"
    )
    file_data = fields.Binary(string="Stock-take Sheet", attachment=False)
    file_name = fields.Char()
    on_bad_rows = fields.Selection(
        selection=[
            ("none", "Enter nothing"),
            ("good", "Enter the good rows"),
        ],
        string="If rows are bad",
        default="none",
        required=True,
    )
    is_checked = fields.Boolean(readonly=True)
    good_count = fields.Integer(string="Pieces Found", readonly=True)
    bad_count = fields.Integer(string="Bad Rows", readonly=True)
    issue_ids = fields.One2many(
        comodel_name="sample.stocktake.import.issue",
        inverse_name="import_id",
        string="Problems",
        readonly=True,
    )

    def _check(self):
        """Read the file and note every problem of it.

        :return: the entries of the good rows
        :raises UserError: when the file as a whole cannot be used
        """
        self.ensure_one()
        if not self.file_data:
            raise UserError(self.env._("Choose the file first."))
        stocktake = self.stocktake_id
        stocktake._check_counting()
        entries, issues = stocktake._check_counts(
            stocktake._read_counts(self.file_data)
        )
        self.write(
            {
                "is_checked": True,
                "good_count": len(entries),
                "bad_count": len({(item["sheet"], item["row"]) for item in issues}),
                "issue_ids": [
                    Command.clear(),
                    *(Command.create(issue) for issue in issues),
                ],
            }
        )
        return entries

    def action_check(self):
        """Check the file and show every problem at once.

        :return: action that shows the dialog again
        """
        self._check()
        return self._reopen()

    def action_import(self):
        """Check the file and enter the counts: all rows, or the good ones as was chosen.

        :return: action
        """
        entries = self._check()
        if self.bad_count and self.on_bad_rows == "none":
            return self._reopen()
        entered = self.stocktake_id._enter_counts(entries)
        self.stocktake_id.message_post(
            body=self.env._(
                "%(count)s pieces entered from %(file)s; %(bad)s rows left out.",
                count=entered,
                file=self.file_name or "",
                bad=self.bad_count,
            )
        )
        return {"type": "ir.actions.act_window_close"}

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Counts"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class SampleStocktakeImportIssue(models.TransientModel):
    """One cell of the sheet that cannot be used, with its place and the reason."""

    _name = "sample.stocktake.import.issue"
    _description = "Problem in a Stock-take Sheet"
    _inherit = ["own.wizard.mixin"]
    _order = "id"

    import_id = fields.Many2one(
        comodel_name="sample.stocktake.import", required=True, ondelete="cascade"
    )
    sheet = fields.Char()
    row = fields.Integer()
    letter = fields.Char(string="Column")
    value = fields.Char(string="Cell")
    reason = fields.Char()
