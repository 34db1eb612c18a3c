from collections import Counter

from odoo import api, fields, models


class ControlledFormPrint(models.Model):
    """Register of prints: who printed which record on which revision, and when. Append-only."""

    _name = "controlled.form.print"
    _description = "Print of a Controlled Form"
    _inherit = ["append.only.mixin", "model.in.words.mixin"]
    _order = "printed_at desc, id desc"
    _rec_name = "res_name"

    form_id = fields.Many2one(
        comodel_name="controlled.form",
        required=True,
        index=True,
        ondelete="restrict",
    )
    revision_id = fields.Many2one(
        comodel_name="controlled.form.revision",
        index="btree_not_null",
        ondelete="restrict",
        help="The revision shown on the print.",
    )
    report_id = fields.Many2one(
        comodel_name="ir.actions.report",
        ondelete="set null",
    )
    output = fields.Selection(
        selection=[
            ("pdf", "PDF"),
            ("html", "Screen"),
            ("text", "Text"),
            ("xlsx", "Excel"),
        ],
        required=True,
        help="Screen: the form was shown in the browser, from where it can be printed too.",
    )
    res_model = fields.Char(string="Model", required=True)
    res_id = fields.Many2oneReference(
        model_field="res_model",
        string="Record ID",
    )
    res_name = fields.Char(
        string="Record",
        help="Name of the record when it was printed.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Printed By",
        required=True,
        index=True,
        ondelete="restrict",
    )
    printed_at = fields.Datetime(required=True, index=True)
    copies = fields.Integer(
        required=True,
        default=1,
        aggregator="sum",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", index="btree_not_null", ondelete="restrict"
    )

    _record_index = models.Index("(res_model, res_id)")
    _copies_positive = models.Constraint(
        "CHECK(copies > 0)", "A print has at least one copy."
    )

    # --- Actions ---

    def action_open_record(self):
        """Open the record that was printed, with the user's own rights."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # --- Business ---

    @api.model
    def _register_prints(self, report, res_ids, output):
        """Enter prints of a report, when the report is bound to a controlled form.

        :param report: one ``ir.actions.report``
        :param list res_ids: ids of the printed records, an id twice for two copies; empty for a
            report that is not about records
        :param str output: a key of :attr:`output`
        :return: the lines, in sudo
        :raises AccessError: when the user may not read a record that he prints
        """
        # sudo: whoever prints leaves a line, portal users included, though they cannot read the register
        forms = (
            self.env["controlled.form"].sudo().search([("report_id", "=", report.id)])
        )
        if not forms:
            return self.sudo()
        vals_list = []
        if res_ids and report.model in self.env:
            copies = Counter(res_ids)
            records = self.env[report.model].browse(copies).exists()
            # what is read below as superuser lies in the cache, where the print would find it unasked
            records.check_access("read")
            for record in records.sudo():
                vals_list.append(
                    {
                        **self._prepare_record_vals(record, forms),
                        "res_model": record._name,
                        "res_id": record.id,
                        "res_name": record.display_name,
                        "copies": copies[record.id],
                    }
                )
        else:
            form = forms._get_by_key(forms[0].key) or forms[0]
            vals_list.append(
                {
                    "form_id": form.id,
                    "revision_id": form._get_revision_in_force().id,
                    "company_id": self.env.company.id,
                    "res_model": report.model,
                }
            )
        common = {
            "report_id": report.id,
            "output": output,
            "user_id": self.env.uid,
            "printed_at": fields.Datetime.now(),
        }
        return self.sudo().create([{**vals, **common} for vals in vals_list])

    @api.model
    def _prepare_record_vals(self, record, forms):
        """Return form, revision and company of the print of one record.

        :param record: the record, in sudo
        :param forms: the forms the report is bound to, in sudo
        """
        keys = forms.mapped("key")
        if hasattr(record, "_get_form_revision"):
            key = (
                record._controlled_form_code
                if record._controlled_form_code in keys
                else keys[0]
            )
            company = record._get_controlled_form_company()
            form = record._get_controlled_form(key) or forms[0]
            revision = record._get_form_revision(form)
        else:
            company = (
                "company_id" in record._fields and record.company_id
            ) or self.env.company
            form = forms._get_by_key(keys[0], company) or forms[0]
            revision = form._get_revision_in_force(company)
        return {
            "form_id": form.id,
            "revision_id": revision.id,
            "company_id": company.id,
        }
