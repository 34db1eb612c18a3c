from odoo import api, models


class SealedLineMixin(models.AbstractModel):
    """Lines of a record that is signed: a change of a line is a change of the record.

    ::

        class OrderLine(models.Model):
            _name = "my.order.line"
            _inherit = ["sealed.line.mixin"]
            _sealed_parent_field = "order_id"   # or "section_id.order_id", or a tuple of these
    """

    _name = "sealed.line.mixin"
    _description = "Line of a Signed Record"

    _sealed_parent_field = None

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        names = {name for vals in vals_list for name in vals}
        for parents in lines._get_sealed_parents():
            parents._sign_off_detect_changes()
            self._note_parent_authors(parents, names)
        return lines

    def write(self, vals):
        before = self._get_sealed_parents()
        result = super().write(vals)
        for old, new in zip(before, self._get_sealed_parents(), strict=True):
            (old | new)._sign_off_detect_changes()
            self._note_parent_authors(old | new, vals)
        return result

    def unlink(self):
        before = self._get_sealed_parents()
        result = super().unlink()
        for parents in before:
            parents.exists()._sign_off_detect_changes()
            self._note_parent_authors(parents.exists())
        return result

    def _note_parent_authors(self, parents, names=None):
        """Who writes lines is an author of the records that remember theirs (``sign.off.author.mixin``).

        :param parents: the records (sudo)
        :param names: names of the fields that were written; every one when lines were deleted
        """
        remembers = isinstance(parents, self.env.registry["sign.off.author.mixin"])
        if remembers and not self.env.su:
            parents._note_line_author(self._name, names)

    def _get_sealed_parents(self):
        """The records whose seal covers these lines (sudo), one recordset per declared road."""
        paths = self._sealed_parent_field or ()
        paths = (paths,) if isinstance(paths, str) else paths
        # sudo: the seal is watched whoever writes
        lines = self.sudo().with_context(active_test=False)
        return [lines.mapped(path) for path in paths]
