from odoo import api, models
from odoo.exceptions import UserError


class SampleFrozenMixin(models.AbstractModel):
    """Records whose content is fixed once a step is taken, by every road.

    ::

        _frozen_fields = {
            ("draft",): ("product_id", "sample_id"),
            ("draft", "comparing"): ("line_ids",),
        }

    reads: product and sample change in the draft only, the lines until the comparison is over.
    """

    _name = "sample.frozen.mixin"
    _description = "Sample Record with Fixed Content"
    _inherit = ["guarded.state.mixin"]

    #: states -> fields that change in these states only
    _frozen_fields = {}

    def write(self, vals):
        self._check_frozen(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        begun = self.filtered(
            lambda record: record.state not in record._guarded_initial_states
        )
        if begun:
            raise UserError(
                self.env._(
                    "%(records)s: only drafts are deleted; what was begun stays on record.",
                    records=", ".join(begun.mapped("display_name")),
                )
            )

    def _is_open(self, name):
        """Tell whether a field of this one record may change in its present state.

        :param str name: name of the field
        """
        self.ensure_one()
        return all(
            self.state in states
            for states, names in self._frozen_fields.items()
            if name in names
        )

    def _check_frozen(self, vals):
        """Refuse to change what is fixed.

        :raises UserError: naming every record with the fields that it would change
        """
        sentences = []
        for record in self:
            fixed = [
                name
                for name in vals
                if not record._is_open(name) and record._is_changed(name, vals[name])
            ]
            if fixed:
                sentences.append(
                    self.env._(
                        "%(record)s is “%(state)s”; these are fixed: %(fields)s.",
                        record=record.display_name,
                        state=self._get_guarded_state_labels()[record.state],
                        fields=", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in fixed
                        ),
                    )
                )
        if sentences:
            raise UserError("\n".join(sentences))


class SampleFrozenLineMixin(models.AbstractModel):
    """Lines of a record with fixed content: they change as long as ``line_ids`` of the record may."""

    _name = "sample.frozen.line.mixin"
    _description = "Line of a Sample Record with Fixed Content"
    _inherit = ["fixed.parent.mixin", "protected.fields.mixin"]

    #: name of the many2one to the record
    _frozen_parent_field = None

    @api.model
    def _get_fixed_parent_fields(self):
        return super()._get_fixed_parent_fields() | {self._frozen_parent_field} - {None}

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_parent_open()
        return lines

    def write(self, vals):
        self._check_parent_open()
        result = super().write(vals)
        if self._frozen_parent_field in vals:
            self._check_parent_open()  # the system may move lines, not where they are fixed
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fixed(self):
        self._check_parent_open()

    def _check_parent_open(self):
        """Refuse the change when the lines of the record are fixed.

        :raises UserError: naming the records
        """
        parents = self[self._frozen_parent_field]
        fixed = parents.filtered(lambda parent: not parent._is_open("line_ids"))
        if fixed:
            raise UserError(
                self.env._(
                    "The lines of %(records)s are fixed.",
                    records=", ".join(fixed.mapped("display_name")),
                )
            )
