from odoo import api, models


class SignOffRouteStep(models.Model):
    _inherit = "sign.off.route.step"

    @api.model
    def _selection_role(self):
        """Each department may have a cell of its own on a form that departments countersign."""
        # Names of departments are no secret, but not every signer may read employees' departments.
        # a company has few departments
        # pylint: disable-next=no-search-all
        departments_sudo = self.env["hr.department"].sudo().search([])
        return [
            *super()._selection_role(),
            *(
                (
                    f"department:{department.id}",
                    self.env._(
                        "Manager of department %(department)s",
                        department=department.name,
                    ),
                )
                for department in departments_sudo
            ),
        ]
