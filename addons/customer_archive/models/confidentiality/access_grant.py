from odoo import fields, models


class AccessGrant(models.Model):
    """Grants that carry out an approved release of customer information (CA-12)."""

    _inherit = "access.grant"

    release_id = fields.Many2one(
        comodel_name="customer.archive.release",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"release_id"}

    def _get_decision_reasons(self):
        """The signatures of the release have decided; nobody is asked a second time."""
        if self.release_id:
            return self.release_id._get_grant_reasons(self)
        return super()._get_decision_reasons()

    def _get_revocation_reasons(self):
        """A grant ends with its release, whoever ended that."""
        if self.release_id and not self.release_id._is_in_force():
            return []
        return super()._get_revocation_reasons()
