from odoo import api, fields, models, tools
from odoo.exceptions import UserError

CONFIDENTIALITY = [
    ("internal", "Internal"),
    ("secret", "Secret"),
    ("confidential", "Confidential"),
    ("top_secret", "Top Secret"),
]


class ControlledForm(models.Model):
    """Register of the forms that a written regulation prescribes.

    A form without company is shared. A company that uses another code or title has a form of its
    own with the same key; it wins for the records of that company.
    """

    _name = "controlled.form"
    _description = "Controlled Form"
    _inherit = ["company.boundary.mixin", "mail.thread"]
    _order = "code, id"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True

    code = fields.Char(
        required=True,
        tracking=True,
        help="Code of the form as printed on it, for example E03 or QMS-PM-31302.",
    )
    name = fields.Char(
        string="Title",
        required=True,
        translate=True,
        tracking=True,
    )
    key = fields.Char(
        required=True,
        copy=False,
        readonly=True,
        index=True,
        help="Name by which the software knows the form. It stays when code or title change.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: the form is used by all companies that have no form of their own with the same key.",
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Owner Department",
        check_company=True,
        tracking=True,
        help="The department that is responsible for the form and its revisions.",
    )
    retention_years = fields.Integer(
        string="Retention (Years)",
        tracking=True,
        help="How long filled-in forms are kept. 0 means that they are kept for good.",
    )
    confidentiality = fields.Selection(
        selection=CONFIDENTIALITY,
        required=True,
        default="internal",
        tracking=True,
        help="From Secret on, every page of a print carries a watermark with name and time.",
    )
    report_id = fields.Many2one(
        comodel_name="ir.actions.report",
        index="btree_not_null",
        ondelete="set null",
        help="The report that prints this form. Each print of it is entered in the print register.",
    )
    revision_ids = fields.One2many(
        comodel_name="controlled.form.revision",
        inverse_name="form_id",
        string="Revisions",
    )
    revision_id = fields.Many2one(
        comodel_name="controlled.form.revision",
        string="Revision in Force",
        compute="_compute_revision_id",
    )
    print_ids = fields.One2many(
        comodel_name="controlled.form.print",
        inverse_name="form_id",
        string="Print Register",
    )
    print_count = fields.Integer(
        string="Prints",
        compute="_compute_print_count",
    )
    note = fields.Text(translate=True)

    _key_company_unique = models.UniqueIndex(
        "(key, COALESCE(company_id, 0))",
        "There is already a form with this key for this company.",
    )
    _code_company_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE active IS TRUE",
        "There is already a form with this code for this company.",
    )
    _retention_not_negative = models.Constraint(
        "CHECK(retention_years >= 0)",
        "Retention is a number of years and cannot be negative.",
    )

    # --- Computes ---

    @api.depends("revision_ids.date_effective", "company_id")
    @api.depends_context("company")
    def _compute_revision_id(self):
        for form in self:
            form.revision_id = form._get_revision_in_force()

    @api.depends("print_ids")
    def _compute_print_count(self):
        counts = dict(
            self.env["controlled.form.print"]._read_group(
                [("form_id", "in", self.ids)], ["form_id"], ["__count"]
            )
        )
        for form in self:
            form.print_count = counts.get(form, 0)

    @api.depends("code", "name")
    def _compute_display_name(self):
        for form in self:
            form.display_name = " ".join(filter(None, [form.code, form.name]))

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("key"):
                vals["key"] = vals.get("code")
        forms = super().create(vals_list)
        self.env.registry.clear_cache()
        return forms

    def write(self, vals):
        if (
            "key" in vals
            and not self.env.su
            and any(form.key != vals["key"] for form in self)
        ):
            raise UserError(
                self.env._(
                    "The key of a form cannot be changed; change its code instead."
                )
            )
        result = super().write(vals)
        if {"key", "company_id", "active", "report_id"} & set(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        # each revision checks that it was never used, which a cascade in the database would skip
        self.with_context(active_test=False).revision_ids.unlink()
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # --- Actions ---

    def action_open_prints(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "record_control.controlled_form_print_action"
        )
        action["domain"] = [("form_id", "=", self.id)]
        return action

    def action_create_company_form(self):
        """Open the current company's own form with the same key, making it when there is none."""
        self.ensure_one()
        company = self.env.company
        own = self.with_context(active_test=False).search(
            [("key", "=", self.key), ("company_id", "=", company.id)], limit=1
        )
        if not own:
            own = self.copy(
                {
                    "key": self.key,
                    "code": self.code,
                    "name": self.name,
                    "company_id": company.id,
                    "revision_ids": [
                        fields.Command.create(
                            {"name": rev.name, "date_effective": rev.date_effective}
                        )
                        for rev in self.revision_id
                    ],
                }
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": own.id,
            "views": [(False, "form")],
        }

    # --- Business ---

    @api.model
    def _get_by_key(self, key, company=None):
        """Return the form a company uses.

        :param str key: key of the form
        :param company: a company, the current one by default
        :return: the company's own form, else that of a company above it, else the shared one, else an empty recordset
        """
        company = company or self.env.company
        return self.browse(self._get_id_by_key(key, company.id))

    @api.model
    @tools.ormcache("key", "company_id")
    def _get_id_by_key(self, key, company_id):
        company = self.env["res.company"].browse(company_id)
        return company._find_setup(self.sudo(), [("key", "=", key)])[:1].id

    def _get_revision_in_force(self, company=None, at=None):
        """Return the revision that is in force on the day it is in the company's time zone.

        Call this when a record is sealed and keep the result with the seal: old prints keep theirs.

        :param company: the company whose day counts; the form's, else the current one
        :param datetime at: instant in UTC, now by default
        :return: one revision, or an empty recordset before the first takes effect
        """
        if not self:
            return self.revision_ids
        self.ensure_one()
        company = company or self.company_id or self.env.company
        today = company.sudo()._record_control_today(at)
        started = self.revision_ids.filtered(
            lambda rev: rev.date_effective and rev.date_effective <= today
        )
        return started.sorted("date_effective")[-1:]
