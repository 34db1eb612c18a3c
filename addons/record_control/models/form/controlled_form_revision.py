from odoo import api, fields, models
from odoo.exceptions import UserError


class ControlledFormRevision(models.Model):
    """One revision of a form. It is in force from its date until the day before the next one."""

    _name = "controlled.form.revision"
    _description = "Revision of a Controlled Form"
    _inherit = ["fixed.parent.mixin", "protected.fields.mixin"]
    _order = "date_effective desc, id desc"

    form_id = fields.Many2one(
        comodel_name="controlled.form",
        required=True,
        index=True,
        # restrict: a cascade in the database would delete revisions that were used
        ondelete="restrict",
    )
    name = fields.Char(
        string="Revision",
        required=True,
        help="As printed on the form, for example A/0.",
    )
    date_effective = fields.Date(
        string="In Force From",
        required=True,
        help="The revision is in force from this day until the day before the next revision.",
    )
    date_end = fields.Date(
        string="In Force Until",
        compute="_compute_date_end",
    )
    note = fields.Text(string="What Changed")
    is_used = fields.Boolean(
        string="Used",
        compute="_compute_is_used",
        help="Something was printed or sealed with this revision: it can no longer be changed or deleted.",
    )

    _form_date_unique = models.UniqueIndex(
        "(form_id, date_effective)",
        "Two revisions of a form cannot take effect on the same day.",
    )
    _form_name_unique = models.UniqueIndex(
        "(form_id, name)",
        "A form has only one revision with this name.",
    )

    # --- Computes ---

    @api.depends("date_effective", "form_id.revision_ids.date_effective")
    def _compute_date_end(self):
        for revision in self:
            later = [
                other.date_effective
                for other in revision.form_id.revision_ids
                if other.date_effective
                and revision.date_effective
                and other.date_effective > revision.date_effective
            ]
            revision.date_end = (
                fields.Date.subtract(min(later), days=1) if later else False
            )

    def _compute_is_used(self):
        used = self._get_used()
        for revision in self:
            revision.is_used = revision in used

    # --- CRUD ---

    @api.model
    def _get_fixed_parent_fields(self):
        return super()._get_fixed_parent_fields() | {"form_id"}

    def write(self, vals):
        # also of the system: what was printed names its form and revision
        fixed = ("form_id", "name", "date_effective")
        self._filter_changed(fixed, vals)._check_not_used()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_not_used()

    # --- Business ---

    def _get_used(self):
        """Return the revisions something was printed with; extended for other uses, such as seals.

        :return: the part of ``self`` that was used
        """
        groups = (
            self.env["controlled.form.print"]
            .sudo()
            ._read_group([("revision_id", "in", self.ids)], ["revision_id"])
        )
        return self.browse([revision.id for (revision,) in groups])

    def _check_not_used(self):
        """Refuse to touch revisions that were used.

        :raises UserError: naming every one of them
        """
        used = self._get_used()
        if used:
            raise UserError(
                "\n".join(
                    self.env._(
                        "Revision %(revision)s of %(form)s was already printed or sealed and cannot be changed or "
                        "deleted. Add a new revision instead.",
                        revision=revision.name,
                        form=revision.form_id.display_name,
                    )
                    for revision in used
                )
            )
