from odoo import api, fields, models
from odoo.fields import Command


class SignOffAuthorMixin(models.AbstractModel):
    """Records that remember who wrote them, whoever is named as responsible later.

    ::

        class Plan(models.Model):
            _name = "x.plan"
            _inherit = ["sign.off.author.mixin", "sign.off.mixin"]
            _authored_fields = ("year", "line_ids.sample_id", "line_ids.planned_date")

            author_ids = fields.Many2many(relation="x_plan_author_rel")

        class PlanLine(models.Model):
            _name = "x.plan.line"
            _inherit = ["sealed.line.mixin"]     # a change of a line is a change of the record
            _sealed_parent_field = "plan_id"

    Whoever creates the record, or writes one of :attr:`_authored_fields` of it or of its lines, is an
    author and stays one. With four eyes authors approve nothing of it (``sign.off.mixin``). What the
    system writes (``sudo``) has no author. The model names the table of its authors, so that it goes
    with the addon of the model when that is uninstalled.
    """

    _name = "sign.off.author.mixin"
    _description = "Record That Remembers Its Authors"
    _inherit = ["protected.fields.mixin"]

    #: names and dotted paths of what the authors answer for
    _authored_fields = ()

    author_ids = fields.Many2many(
        comodel_name="res.users",
        string="Drawn Up By",
        readonly=True,
        copy=False,
        default=lambda self: [] if self.env.su else self.env.user,
        help="Who entered or changed what is signed. Authors stay authors and do not approve it.",
    )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"author_ids"}

    def write(self, vals):
        written = self._filter_written(vals)
        result = super().write(vals)
        written._note_author()
        return result

    def _filter_written(self, vals):
        """Return the records whose substance the user changes by writing these values."""
        if self.env.su:
            return self.browse()
        return self._filter_changed(set(self._authored_fields), vals)

    def _note_author(self):
        """Remember the user as an author of these records."""
        user = self.env.user
        # sudo: only the system names authors
        others_sudo = self.sudo().filtered(lambda record: user not in record.author_ids)
        if others_sudo:
            others_sudo.write({"author_ids": [Command.link(user.id)]})

    def _note_line_author(self, model_name, names=None):
        """Remember the user when what was written to lines of these records is substance.

        :param str model_name: model of the lines
        :param names: names of the fields that were written; every one when lines are deleted
        """
        paths = [path.split(".") for path in self._authored_fields if "." in path]
        if any(
            self._fields[head].comodel_name == model_name
            and (names is None or name in names)
            for head, name in paths
        ):
            self._note_author()
