from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SamplePieceMixin(models.AbstractModel):
    """A piece: the one that a sample is, or the one that a request asks for.

    What is known of the piece, and the rules about it that hold from the request on: product (SC-01.2), quantity
    (SC-15.1), random pick (SC-15.3) and stand-in for a document (T05, SC-14.1).
    """

    _name = "sample.piece.mixin"
    _description = "Piece of a Sample"
    # mail.thread, because changes of the piece are tracked
    _inherit = ["sample.policy.mixin", "mail.thread"]

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        index=True,
        check_company=True,
        tracking=True,
        ondelete="restrict",
    )
    title = fields.Char(
        string="Name of the Piece",
        index="trigram",
        tracking=True,
        help="For pieces without a product, such as gauge blocks and pieces of competitors.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    supplier_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_supplier_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    drawing_no = fields.Char(string="Drawing No.")
    drawing_rev = fields.Char(string="Drawing Revision")
    reason_note = fields.Text(string="Explanation")
    pending_document = fields.Char(help="The document that the sample stands in for.")
    sampling_method = fields.Selection(
        selection=[
            ("random", "Picked at random"),
            ("designated", "Designated"),
            ("customer", "Provided by the customer"),
        ],
    )
    date_sampled = fields.Date(string="Sampling Date")
    sampler_quality_id = fields.Many2one(
        comodel_name="res.users", string="Sampler (Quality)"
    )
    sampler_technical_id = fields.Many2one(
        comodel_name="res.users", string="Sampler (Technical)"
    )
    piece_size = fields.Char(
        compute="_compute_piece_size",
        store=True,
        readonly=False,
        help="For example a piece of about 20 cm of strip material.",
    )
    first_batch_name = fields.Char(string="First Mass-produced Batch")
    tooling_state = fields.Selection(
        selection=[
            ("not_accepted", "Not finally accepted"),
            ("accepted", "Accepted"),
        ],
        string="Tooling",
        tracking=True,
    )
    workaround_note = fields.Text(string="Work-around Processing")

    # --- Hooks ---

    def _get_default_supplier(self):
        """Return the supplier of a bought piece for which none was entered. Hook, one record.

        :return: res.partner
        """
        self.ensure_one()
        return self.product_id.seller_ids[:1].partner_id

    def _get_random_pick_reasons(self):
        """Say what is missing of a joint random pick from mass production (SC-15.3). Hook, one record.

        :return: list of sentences
        """
        self.ensure_one()
        reasons = []
        if self.sampling_method != "random":
            reasons.append(
                self.env._(
                    "Pick the piece at random from mass production: choose that sampling method."
                )
            )
        if not self.lot_name:
            reasons.append(
                self.env._("Enter the batch that the piece was picked from.")
            )
        return reasons

    def _get_predecessor(self):
        """Return the samples whose place these take, or are to take. Hook.

        :return: sample.sample
        """
        return self.env["sample.sample"]

    def _check_predecessor(self):
        """Refuse to replace pieces that one may not see, or of another product: they end with it (SC-42).

        :raises AccessError: as reading that piece does, before anything is told about it
        :raises ValidationError: naming the records
        """
        self._get_predecessor().check_access("read")
        other = self.filtered(lambda record: record._is_of_other_part())
        if other:
            raise ValidationError(
                self.env._(
                    "%(records)s: a successor is a sample of the same product as the one that it replaces.",
                    records=", ".join(other.mapped("display_name")),
                )
            )

    def _is_of_other_part(self):
        """Tell whether the predecessor of this one is a sample of another product (SC-42).

        The product of a predecessor would be without a standard; a piece that had none yet may get one.
        """
        self.ensure_one()
        # sudo: what a piece is a sample of does not depend on who asks
        product = self.sudo()._get_predecessor().product_id
        return bool(product) and product != self.sudo().product_id

    # --- Computes ---

    @api.depends("name", "product_id", "title")
    def _compute_display_name(self):
        for record in self:
            thing = record.product_id.display_name or record.title or ""
            record.display_name = f"{record.name or ''} {thing}".strip()

    @api.depends("product_id", "origin")
    def _compute_supplier_id(self):
        for record in self:
            bought = record.origin in ("purchased", "outsourced")
            if not record.supplier_id and bought:
                record.supplier_id = record._get_default_supplier()

    @api.depends("policy_snapshot")
    def _compute_piece_size(self):
        for record in self:
            values = (record.policy_snapshot or {}).get("sealing", {}).get("values", {})
            record.piece_size = record.piece_size or values.get("piece_size_note")

    # --- Constraints ---

    @api.constrains("product_id", "title", "type_id")
    def _check_product(self):
        for record in self:
            needed = record.type_id.needs_product
            if record.product_id or (record.title and not needed):
                continue
            raise ValidationError(
                self.env._(
                    "%(record)s: a sample of type %(type)s needs a product.",
                    record=record.display_name,
                    type=record.type_id.name,
                )
                if needed
                else self.env._(
                    "%(record)s: enter the product or the name of the piece.",
                    record=record.display_name,
                )
            )

    @api.constrains("qty", "qty_reason", "policy_snapshot")
    def _check_qty_reason(self):
        for record in self:
            values = record._get_policy_values("sealing")
            limit = values.get("max_qty_without_reason", 1.0)
            if record.qty > limit and not (record.qty_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "%(record)s: in principle %(limit)g is kept; enter the reason for a quantity of %(qty)g.",
                        record=record.display_name,
                        limit=limit,
                        qty=record.qty,
                    )
                )

    @api.constrains("reason_id", "pending_document", "pending_effective_date")
    def _check_pending_document(self):
        for record in self.filtered("reason_id.needs_document"):
            if not record.pending_document or not record.pending_effective_date:
                raise ValidationError(
                    self.env._(
                        "%(record)s: the sample stands in for a document; enter which one and when it is expected to take effect.",
                        record=record.display_name,
                    )
                )
