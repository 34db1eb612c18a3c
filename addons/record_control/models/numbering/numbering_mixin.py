from odoo import api, models
from odoo.exceptions import UserError

#: stands in for the number of a record that is not saved yet
UNNUMBERED = "/"


class NumberingMixin(models.AbstractModel):
    """Numbers that nobody types and that never come twice.

    A thin layer over ``ir.sequence``: the number is taken at creation from the sequence with the
    model's code in the record's company, for the day it is in the company's time zone::

        class Case(models.Model):
            _name = "x.case"
            _inherit = ["numbering.mixin"]
            _numbering_code = "x.case"

            name = fields.Char(readonly=True, copy=False, required=True, index="trigram")
            company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)

            _name_unique = models.UniqueIndex("(name, company_id)", "The number is already taken.")

    and as data one sequence *without* company; each company gets its own copy at its first record::

        <record id="sequence_case" model="ir.sequence">
            <field name="name">Case</field>
            <field name="code">x.case</field>
            <field name="prefix">KS%(range_year)s%(range_month)s</field>
            <field name="padding" eval="4" />
            <field name="restart_period">month</field>
            <field name="implementation">no_gap</field>
            <field name="company_id" eval="False" />
        </record>

    Choose ``no_gap`` only where the form demands it: creating records of one company then takes turns,
    because the counter is locked until the transaction ends. ``standard`` never waits, but a
    creation that fails leaves a gap. A batch takes its numbers in a fixed number of queries either way.
    """

    _name = "numbering.mixin"
    _description = "Numbers given by the system"
    _inherit = ["protected.fields.mixin"]

    #: code of the ir.sequence
    _numbering_code = None
    #: the field that holds the number
    _numbering_field = "name"

    # --- Hooks ---

    @api.model
    def _get_numbering_code(self, vals):
        """Return the code of the sequence for a record to be created (a model with several types).

        :param dict vals: values of the record, defaults included for ``company_id`` only
        """
        return self._numbering_code

    @api.model
    def _get_numbering_company(self, vals):
        """Return the company whose sequence gives the number.

        :param dict vals: values given to create
        :return: one ``res.company``
        """
        company_id = vals.get("company_id")
        if not company_id and "company_id" in self._fields and "company_id" not in vals:
            company_id = self.default_get(["company_id"]).get("company_id")
        return (
            self.env["res.company"].browse(company_id)
            if company_id
            else self.env.company
        )

    @api.model
    def _get_numbering_date(self, vals, company):
        """Return the day that chooses the period; today in the company's time zone.

        :param dict vals: values given to create
        :param company: the company of the number
        """
        return company.sudo()._record_control_today()

    # --- Computes ---

    def _compute_display_name(self):
        """A record that has no number yet is called “New” by the client, not by what stands in for the number."""
        super()._compute_display_name()
        for record in self:
            if not record._origin and record.display_name == UNNUMBERED:
                record.display_name = False

    # --- CRUD ---

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """No form asks for the number: it is given when the record is saved."""
        result = super().fields_get(allfields, attributes)
        if result.get(self._numbering_field, {}).get("required"):
            result[self._numbering_field]["required"] = False
        return result

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {self._numbering_field}

    @api.model_create_multi
    def create(self, vals_list):
        # what the caller sent is refused before a number is taken
        self._check_protected_create(vals_list)
        vals_list = [dict(vals) for vals in vals_list]
        self._fill_numbers(vals_list)
        trusted = self._with_trusted_fields([self._numbering_field])
        # the records go back without the right to set numbers
        return super(NumberingMixin, trusted).create(vals_list).with_env(self.env)

    @api.model
    def _fill_numbers(self, vals_list):
        """Take the numbers of a batch, one road to the sequence for each code, company and day."""
        waiting = {}
        for vals in vals_list:
            if self.env.su and vals.get(self._numbering_field):
                continue  # the system brings its own number, for example records of a former system
            company = self._get_numbering_company(vals)
            key = (
                self._get_numbering_code(vals),
                company,
                self._get_numbering_date(vals, company),
            )
            waiting.setdefault(key, []).append(vals)
        for (code, company, day), batch in waiting.items():
            if not code:
                raise UserError(
                    self.env._(
                        "%(model)s has no number sequence.",
                        model=self.env["ir.model"]._get(self._name).name,
                    )
                )
            sequence_sudo = self.env["ir.sequence"]._get_for_company(code, company)
            numbers = sequence_sudo._next_numbers(len(batch), day)
            for vals, number in zip(batch, numbers, strict=True):
                vals[self._numbering_field] = number
