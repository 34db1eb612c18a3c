from odoo import api, models
from odoo.fields import Domain


class SampleSecretMixin(models.AbstractModel):
    """Records about one sample, as secret as the sample: who sees the one may see the other.

    Unlike the lines of a sample they are also written by users who may not change the sample:
    everybody who sees it reports exceptions, keepers count it.
    """

    _name = "sample.secret.mixin"
    _description = "As Secret as Its Sample"
    _inherit = ["restricted.line.mixin"]
    _restricted_parent_field = "sample_id"

    @api.model
    def _get_restricted_domain(self, operation):
        """Return the records whose sample the user may read; those without a sample are no secret.

        :param str operation: read, write, create or unlink
        :return: Domain
        """
        domain = super()._get_restricted_domain("read")
        if self._fields[self._restricted_parent_field].required:
            return domain
        return domain | Domain(self._restricted_parent_field, "=", False)
