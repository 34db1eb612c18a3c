from odoo import api, fields, models

from odoo.addons.record_control.tools.one_by_one import act_on_each


class SampleLocation(models.Model):
    """Places are counted at intervals (C18)."""

    _inherit = "sample.location"

    stocktake_months = fields.Integer(
        string="Stock-take Every (months)",
        compute="_compute_stocktake_months",
        store=True,
        readonly=False,
        help="0: not planned. Twelve months for rooms and cabinets that are in no other place, "
        "which is our default; places inside are counted with them.",
    )
    last_stocktake_date = fields.Date(
        string="Last Stock-take", readonly=True, copy=False
    )
    next_stocktake_date = fields.Date(
        string="Next Stock-take",
        compute="_compute_next_stocktake_date",
        store=True,
        index="btree_not_null",
    )

    _check_stocktake_months = models.Constraint(
        "CHECK (stocktake_months >= 0)", "The interval cannot be negative."
    )

    @api.depends("parent_id", "kind")
    def _compute_stocktake_months(self):
        for location in self:
            own = location.kind not in ("customer", "supplier")
            location.stocktake_months = 12 if own and not location.parent_id else 0

    @api.depends("stocktake_months", "last_stocktake_date")
    def _compute_next_stocktake_date(self):
        for location in self:
            months = location.stocktake_months
            created = (location.create_date or fields.Datetime.now()).date()
            location.next_stocktake_date = months and fields.Date.add(
                location.last_stocktake_date or created, months=months
            )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"last_stocktake_date"}

    def _get_managers(self):
        """Return who is responsible for this place or one around it."""
        self.ensure_one()
        managers = self.manager_id
        parent = self.parent_id
        while parent:
            managers |= parent.manager_id
            parent = parent.parent_id
        return managers

    def _register_stocktake(self, stocktake):
        """Note that the place was counted.

        :param stocktake: the round
        """
        self.write(
            {"last_stocktake_date": stocktake.company_id._record_control_today()}
        )

    def action_new_stocktake(self):
        """Open a new round for this place.

        :return: action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Stock-take"),
            "res_model": "sample.stocktake",
            "view_mode": "form",
            "context": {
                "default_location_id": self.id,
                "default_company_id": self.company_id.id,
            },
        }

    @api.model
    def _cron_stocktake(self):
        """Prepare the rounds that are due, one per place, also after downtime (C18)."""
        latest = fields.Date.add(fields.Date.today(), days=1)
        due = self.search([("next_stocktake_date", "<=", latest)])
        rounds = self.env["sample.stocktake"]
        open_rounds = rounds.search(
            [
                ("location_id", "in", due.ids),
                ("state", "in", ("draft", "counting", "counted")),
            ]
        )
        act_on_each(
            due - open_rounds.location_id, lambda some: some._prepare_stocktakes()
        )

    def _prepare_stocktakes(self):
        """Prepare the round of each of these places where it is due."""
        for location in self:
            today = location.company_id._record_control_today()
            if location.next_stocktake_date > today:
                continue
            user = location._get_managers()[:1] or self.env.user
            stocktake = self.env["sample.stocktake"].create(
                {
                    "company_id": location.company_id.id,
                    "location_id": location.id,
                    "date": today,
                    "user_id": user.id,
                    "is_automatic": True,
                }
            )
            stocktake.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=today,
                summary=stocktake.display_name,
                user_id=user.id,
            )
