from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    sample_count = fields.Integer(
        compute="_compute_sample_counts",
        help="Samples for this customer, of this supplier or owned by them.",
        groups="base.group_user",
    )
    sample_due_count = fields.Integer(
        string="Samples Due Soon",
        compute="_compute_sample_counts",
        help="Valid samples whose validity ends soon or has ended.",
        groups="base.group_user",
    )

    @api.depends_context("uid", "company")
    def _compute_sample_counts(self):
        for partner in self:
            partner.sample_count = partner.sample_due_count = 0
        samples = self.env["sample.sample"]
        if not samples.has_access("read"):
            return
        due = Domain("validity_state", "in", ("due", "overdue"))
        due &= Domain("state", "=", "active")
        for name, domain in (("sample_count", Domain.TRUE), ("sample_due_count", due)):
            found = {partner: set() for partner in self._origin}
            for link in ("partner_id", "supplier_id", "owner_id"):
                groups = samples._read_group(
                    domain & Domain(link, "in", self._origin.ids),
                    [link],
                    ["id:array_agg"],
                )
                for partner, ids in groups:
                    found[partner].update(ids)
            for partner in self:
                partner[name] = len(found.get(partner._origin, ()))

    def action_view_samples(self):
        """Show the samples for these customers, of these suppliers or owned by them.

        :return: action
        """
        domain = Domain.OR(
            Domain(link, "in", self.ids)
            for link in ("partner_id", "supplier_id", "owner_id")
        )
        return self.env["sample.sample"]._get_action_for(
            list(domain), {"default_partner_id": self[:1].id}
        )
