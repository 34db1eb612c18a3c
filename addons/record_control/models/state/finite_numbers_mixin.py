from odoo import api, models
from odoo.exceptions import ValidationError

#: beyond it the database, or a float, does not keep all digits before the point
LARGEST = {"integer": 2**31, "float": 1e15, "monetary": 1e15}


class FiniteNumbersMixin(models.AbstractModel):
    """Numbers that can be compared.

    What a program sends over RPC as ``NaN``, as a number or as a text, is neither below nor above any limit,
    so that it passes each gate that asks for at least so much; ``Infinity`` breaks whatever counts with it.
    """

    _name = "finite.numbers.mixin"
    _description = "Record with numbers that can be compared"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_finite(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_finite([vals])
        return super().write(vals)

    @api.model
    def _check_finite(self, vals_list):
        """Refuse what is no number, or none that can be kept.

        :raises ValidationError: naming the fields
        """
        wrong = {
            name
            for vals in vals_list
            for name, value in vals.items()
            if name in self._fields
            and self._fields[name].type in LARGEST
            and not self._is_finite(value, LARGEST[self._fields[name].type])
        }
        if wrong:
            raise ValidationError(
                self.env._(
                    "Enter a number that is not too large: %(fields)s.",
                    fields=", ".join(
                        sorted(
                            self._fields[name]._description_string(self.env)
                            for name in wrong
                        )
                    ),
                )
            )

    @api.model
    def _is_finite(self, value, largest):
        """Tell whether a value for a field is a number that can be kept, or none at all.

        :param value: what is given to create or write; texts are taken as the field takes them
        :param largest: beyond it numbers are not kept
        """
        if not value:
            return True
        try:
            return abs(float(value)) < largest
        except (TypeError, ValueError, OverflowError):
            return False
