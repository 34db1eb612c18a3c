from odoo import models


class ControlledFormMixin(models.AbstractModel):
    """A record that is printed on a controlled form.

    ::

        class Case(models.Model):
            _name = "x.case"
            _inherit = ["controlled.form.mixin"]
            _controlled_form_code = "E03"

    ``E03`` is the *key* of a ``controlled.form`` shipped as data; a company may print another code.
    A mixin that seals records defines ``_get_sealed_form_revision(form)`` and returns the revision
    kept with a valid seal, or an empty recordset; it need not inherit from this mixin.
    """

    _name = "controlled.form.mixin"
    _description = "Printed on a Controlled Form"

    #: key of the controlled form
    _controlled_form_code = None

    def _get_controlled_form(self, code=None):
        """Return the form this record is printed on, the company's own first.

        :param str code: key of the form, the model's own by default
        :return: one ``controlled.form``, or an empty recordset when there is none
        """
        self.ensure_one()
        key = code or self._controlled_form_code
        if not key:
            return self.env["controlled.form"]
        return self.env["controlled.form"]._get_by_key(
            key, self._get_controlled_form_company()
        )

    def _get_controlled_form_company(self):
        """Return the company whose forms and day count: the record's, else the current one."""
        self.ensure_one()
        return ("company_id" in self._fields and self.company_id) or self.env.company

    def _get_form_revision(self, form):
        """Return the revision a print of this record shows.

        A sealed record keeps the revision of its sealing; else the one in force today in the
        company's time zone.

        :param form: one ``controlled.form`` or an empty recordset
        :return: one ``controlled.form.revision`` or an empty recordset
        """
        self.ensure_one()
        if not form:
            return self.env["controlled.form.revision"]
        sealed = getattr(self, "_get_sealed_form_revision", None)
        return (sealed and sealed(form)) or form._get_revision_in_force(
            self._get_controlled_form_company()
        )
