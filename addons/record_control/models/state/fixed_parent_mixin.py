from odoo import api, models
from odoo.exceptions import UserError


class FixedParentMixin(models.AbstractModel):
    """Lines that stay in the record they were made for.

    The rules ask, before a line is written, whether the user may write it; nobody asks about the record to which it
    would go. So a line does not change hands, by whatever command of whatever list::

        class OrderLine(models.Model):
            _name = "my.order.line"
            _inherit = ["fixed.parent.mixin"]

            @api.model
            def _get_fixed_parent_fields(self):
                return super()._get_fixed_parent_fields() | {"order_id"}

    System code moves lines with ``sudo()``.
    """

    _name = "fixed.parent.mixin"
    _description = "Line that stays in its record"
    _inherit = ["discreet.form.mixin"]

    @api.model
    def _get_fixed_parent_fields(self):
        """Return the names of the many2one fields to the records that hold these lines. Hook.

        :return: a set of field names
        """
        return set()

    def write(self, vals):
        names = self._get_fixed_parent_fields().intersection(vals)
        if names and not self.env.su:
            self._check_parents_kept(names, vals)
        return super().write(vals)

    def _check_parents_kept(self, names, vals):
        """Refuse to move lines to another record.

        :param names: names of the fields to the parents
        :param dict vals: the values to write
        :raises UserError: naming every line
        """
        # sudo: the name of the line is shown masked to who may not see it
        moved = self.filtered(
            lambda line: any(line.sudo()[name].id != vals[name] for name in names)
        )
        if moved:
            raise UserError(
                self.env._(
                    "%(lines)s cannot be moved to another record; enter a new line there.",
                    lines=", ".join(moved.mapped("display_name")),
                )
            )
