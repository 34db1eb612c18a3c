from odoo import models


class CompanyBoundaryMixin(models.AbstractModel):
    """Records that nobody moves into a company where he may not work."""

    _name = "company.boundary.mixin"
    _description = "Record that stays in the companies of its user"

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals and not self.env.su:
            # Odoo asks the rules before a write alone: what was allowed in one company might
            # end in any other
            self.check_access("write")
        return result
