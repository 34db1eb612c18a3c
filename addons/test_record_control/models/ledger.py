from odoo import fields, models

from odoo.addons.record_control.tools.xlsx_ledger import Column


class TestLedgerThing(models.Model):
    _name = "test.ledger.thing"
    _description = "Test thing with a ledger"
    _order = "id"

    name = fields.Char()
    partner_id = fields.Many2one(comodel_name="res.partner")
    owner_id = fields.Many2one(comodel_name="res.users")
    company_id = fields.Many2one(comodel_name="res.company")
    currency_id = fields.Many2one(comodel_name="res.currency")
    state = fields.Selection(
        selection=[("draft", "Draft"), ("done", "Done")], default="draft"
    )
    quantity = fields.Integer()
    weight = fields.Float()
    amount = fields.Monetary()
    share = fields.Float()
    day = fields.Date()
    at = fields.Datetime(string="Moment")
    flag = fields.Boolean()
    text = fields.Html()
    note = fields.Char()
    tag_ids = fields.Many2many(comodel_name="res.partner.category")
    secret = fields.Char(groups="base.group_system")
    active = fields.Boolean(default=True)


class TestLedger(models.AbstractModel):
    _name = "report.test_record_control.ledger_thing"
    _description = "Register of things"
    _inherit = "ledger.mixin"
    _ledger_model = "test.ledger.thing"

    def _ledger_columns(self):
        return [
            Column("name", width=30),
            Column("partner_id"),
            Column("partner_id.ref", label="Customer no."),
            Column("partner_id.country_id"),
            Column("state"),
            Column("quantity", total=True),
            Column("weight", digits=3, total=True),
            Column("amount", total=True),
            Column("share", kind="percent", digits=1),
            Column("day"),
            Column("at"),
            Column("flag"),
            Column("text", wrap=True),
            Column("tag_ids"),
            Column("secret"),
            Column("phone", label="Phone (masked)", method="_column_phone"),
        ]

    def _column_phone(self, records):
        # read as the user: what he may not read stays blank, as in the columns by path
        phones = {
            partner.id: partner.phone
            for partner in records.partner_id._filtered_access("read")
            if partner.phone
        }
        return {
            thing.id: f"{phones[thing.partner_id.id][:3]}****"
            for thing in records
            if thing.partner_id.id in phones
        }


class TestLedgerSecond(models.AbstractModel):
    _name = "report.test_record_control.ledger_thing_short"
    _description = "Short register of things"
    _inherit = "ledger.mixin"
    _ledger_model = "test.ledger.thing"
    _ledger_order = "quantity desc"
    _ledger_groups = "base.group_system"
    _ledger_sequence = 20

    def _ledger_domain(self):
        return [("state", "=", "done")]

    def _ledger_columns(self):
        return [
            Column("name"),
            Column("quantity"),
            Column("first", label="First", method="_columns_name"),
            Column("last", label="Last", method="_columns_name"),
        ]

    def _columns_name(self, records):
        """Fill two columns at once."""
        return {
            "first": {thing.id: thing.name[:1] for thing in records},
            "last": {thing.id: thing.name[-1:] for thing in records},
        }


class TestSecretLedger(models.AbstractModel):
    _name = "report.test_record_control.ledger_secret"
    _description = "Register of dossiers"
    _inherit = "ledger.mixin"
    _ledger_model = "test.secret"

    def _ledger_columns(self):
        return [Column("name"), Column("content"), Column("amount", total=True)]


class TestSecretLineLedger(models.AbstractModel):
    _name = "report.test_record_control.ledger_secret_line"
    _description = "Register of lines of dossiers"
    _inherit = "ledger.mixin"
    _ledger_model = "test.secret.line"

    def _ledger_columns(self):
        return [
            Column("name"),
            Column("secret_id.content", label="Content"),
            Column("sum"),
        ]


class TestSecretLinkLedger(models.AbstractModel):
    _name = "report.test_record_control.ledger_secret_link"
    _description = "Register of links to dossiers"
    _inherit = "ledger.mixin"
    _ledger_model = "test.secret.link"

    def _ledger_columns(self):
        return [
            Column("name"),
            Column("secret_id", label="Dossier"),
            Column("secret_id.content", label="Content"),
            Column("secret_ids"),
            Column("reference"),
        ]
