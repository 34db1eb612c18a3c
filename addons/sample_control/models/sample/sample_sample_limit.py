from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: which limits of one defect belong together
OPPOSITES = {
    "upper": "lower",
    "lower": "upper",
    "last_ok": "first_ng",
    "first_ng": "last_ok",
}


class SampleSample(models.Model):
    """Limit samples: how far a defect may go, shown by a pair of pieces (SC-06)."""

    _inherit = "sample.sample"

    is_limit = fields.Boolean(related="type_id.is_limit", string="Limit Sample")
    limit_direction = fields.Selection(
        selection=[
            ("upper", "Upper limit"),
            ("lower", "Lower limit"),
            ("last_ok", "Last good"),
            ("first_ng", "First bad"),
        ],
        string="Limit",
    )
    defect_note = fields.Text(
        string="Defect",
        help="The defect and how far it is accepted; both sides sign this sentence.",
    )
    limit_pair_id = fields.Many2one(
        comodel_name="sample.sample",
        string="Other Limit",
        copy=False,
        index="btree_not_null",
        check_company=True,
        help="The last good and the first bad piece of the same defect belong together.",
    )

    @api.constrains("limit_pair_id", "limit_direction", "product_id", "type_id")
    def _check_limit_pair(self):
        pairs = self | self.search([("limit_pair_id", "in", self.ids)])
        for sample in pairs.filtered("limit_pair_id"):
            other = sample.limit_pair_id
            if (
                not (sample.type_id.is_limit and other.type_id.is_limit)
                or sample.product_id != other.product_id
                or other.limit_direction != OPPOSITES.get(sample.limit_direction)
            ):
                raise ValidationError(
                    self.env._(
                        "%(sample)s and %(other)s are no pair: a pair shows the two opposite limits of one product.",
                        sample=sample.display_name,
                        other=other.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        samples = super().create(vals_list)
        samples.filtered("limit_pair_id")._link_limit_pairs()
        return samples

    def write(self, vals):
        if "limit_pair_id" not in vals:
            return super().write(vals)
        before = {sample: sample.limit_pair_id for sample in self}
        result = super().write(vals)
        self._link_limit_pairs(before)
        return result

    def _link_limit_pairs(self, before=None):
        """Let the other piece of a pair point back, and a former one let go.

        :param dict before: sample -> the piece it was paired with
        """
        for sample in self:
            other, former = sample.limit_pair_id, (before or {}).get(sample)
            if former and former != other and former.limit_pair_id == sample:
                former.limit_pair_id = False
            if other and other.limit_pair_id != sample:
                other.limit_pair_id = sample

    def _get_card_reasons(self):
        reasons = super()._get_card_reasons()
        if not self.type_id.is_limit:
            return reasons
        if not self.limit_direction or not (self.defect_note or "").strip():
            reasons.append(
                self.env._("Enter which limit it is and the defect that is accepted.")
            )
        if not self.image_1920:
            reasons.append(
                self.env._("Add a photograph on which the accepted spot is marked.")
            )
        return reasons

    def _get_hard_use_reasons(self, purpose):
        reasons = super()._get_hard_use_reasons(purpose)
        good_by = purpose in ("first_article", "final_acceptance")
        if good_by and self.is_limit and self.limit_direction == "first_ng":
            reasons.append(
                self.env._(
                    "%(sample)s shows what is not accepted; products cannot be found good by it.",
                    sample=self.display_name,
                )
            )
        return reasons
