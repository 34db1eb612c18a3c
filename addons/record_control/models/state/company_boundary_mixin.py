from odoo import api, models


class CompanyBoundaryMixin(models.AbstractModel):
    """Records that nobody moves into a company where he may not work, nor out of his own sight."""

    _name = "company.boundary.mixin"
    _description = "Record that stays in the companies of its user"

    @api.model
    def _get_boundary_fields(self):
        """Return the names of the fields that decide who may write a record. Hook.

        :return: a set of field names: the company, or the record whose company it is
        """
        company = self._fields.get("company_id")
        return {"company_id", *(company and company.related or "").split(".")[:1]}

    def write(self, vals):
        result = super().write(vals)
        if not self.env.su and not self._get_boundary_fields().isdisjoint(vals):
            # Odoo asks the rules before a write alone: what was allowed in one company might
            # end in any other
            self.check_access("write")
        return result
