from odoo import api, fields, models


class SignOffOrder(models.Model):
    """Adopts sign-off, guarded state and controlled form: prices are approved before it is sent."""

    _name = "test.sign.off.order"
    _description = "Test: signed order"
    _inherit = ["guarded.state.mixin", "sign.off.mixin", "controlled.form.mixin"]
    _controlled_form_code = "T-SIGN"
    _guarded_transitions = {
        "draft": ("approved", "sent"),
        "approved": ("sent", "draft"),
        "sent": (),
    }
    _sealed_fields = (
        "partner_id",
        "tag_ids",
        "terms",
        "amount_total",
        "amount_weighted",
        "line_ids.name",
        "line_ids.quantity",
        "line_ids.price_unit",
    )
    _sign_off_amount_field = "amount_total"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner")
    supplier_id = fields.Many2one("res.partner", help="Not sealed.")
    user_id = fields.Many2one("res.users")
    author_id = fields.Many2one("res.users", help="Not sealed.")
    department_id = fields.Many2one("hr.department")
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    tag_ids = fields.Many2many("res.partner.category", string="Tags")
    terms = fields.Char(string="Payment Terms", translate=True)
    note = fields.Char(help="Not sealed.")
    grade = fields.Selection(
        [("a", "A"), ("b", "B")], help="Not sealed, but routes ask for it."
    )
    weight_id = fields.Many2one("test.sign.off.weight")
    amount_total = fields.Monetary(compute="_compute_amounts", store=True)
    amount_weighted = fields.Float(
        compute="_compute_amounts",
        store=True,
        digits=(16, 4),
        groups="base.group_system",
        help="Depends on a record that is not ours.",
    )
    line_ids = fields.One2many("test.sign.off.order.line", "order_id")
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved"), ("sent", "Sent")],
        default="draft",
        required=True,
        copy=False,
    )
    broken_count = fields.Integer(copy=False)
    refusal = fields.Char(copy=False)

    @api.depends("line_ids.price_unit", "line_ids.quantity", "weight_id.factor")
    def _compute_amounts(self):
        for order in self:
            order.amount_total = sum(
                line.price_unit * line.quantity for line in order.line_ids
            )
            order.amount_weighted = order.amount_total * (order.weight_id.factor or 1.0)

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if not self.line_ids:
            reasons.append(
                self.env._("%(record)s has no line.", record=self.display_name)
            )
        return reasons

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target in ("approved", "sent"):
            reasons += self._get_seal_reasons()
        return reasons

    def _get_sign_off_authors(self):
        return super()._get_sign_off_authors() | self.author_id

    def _on_sign_off_sealed(self):
        self._transition("approved")

    def _on_sign_off_refused(self, opinion):
        self.write({"refusal": opinion})

    def _on_seal_broken(self, changes):
        for order in self:
            order.broken_count += 1
        self.filtered(lambda order: order.state == "approved")._transition("draft")

    def action_print(self):
        self._check_sealed(self.env._("print"))
        return True


class SignOffOrderLine(models.Model):
    _name = "test.sign.off.order.line"
    _description = "Test: line of a signed order"
    _inherit = ["sealed.line.mixin"]
    _sealed_parent_field = "order_id"

    order_id = fields.Many2one(
        "test.sign.off.order", required=True, index=True, ondelete="cascade"
    )
    active = fields.Boolean(default=True)
    name = fields.Char()
    quantity = fields.Float(default=1.0, digits=(16, 3))
    price_unit = fields.Float(digits=(16, 4))
    remark = fields.Char(help="Not sealed.")


class SignOffWeight(models.Model):
    _name = "test.sign.off.weight"
    _description = "Test: a factor that orders depend on"

    name = fields.Char()
    factor = fields.Float(default=1.0)


class SignOffPaper(models.Model):
    """Remembers who wrote it: another person may be named as responsible, the author stays an author."""

    _name = "test.sign.off.paper"
    _description = "Test: signed paper with authors"
    _inherit = ["sign.off.author.mixin", "sign.off.mixin"]
    _sealed_fields = ("name", "line_ids.name")
    _authored_fields = ("name", "line_ids.name")

    name = fields.Char(required=True)
    author_ids = fields.Many2many(relation="test_sign_off_paper_author_rel")
    user_id = fields.Many2one("res.users", default=lambda self: self.env.user)
    note = fields.Char(help="Not authored.")
    line_ids = fields.One2many("test.sign.off.paper.line", "paper_id")


class SignOffPaperLine(models.Model):
    _name = "test.sign.off.paper.line"
    _description = "Test: line of a signed paper"
    _inherit = ["sealed.line.mixin"]
    _sealed_parent_field = "paper_id"

    paper_id = fields.Many2one(
        "test.sign.off.paper", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char()
    remark = fields.Char(help="Not authored.")
