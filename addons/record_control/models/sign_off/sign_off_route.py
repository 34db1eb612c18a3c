from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache


class SignOffRoute(models.Model):
    """Who signs one kind of record, in which order; the first route that fits a record is taken."""

    _name = "sign.off.route"
    _description = "Sign-off Route"
    _order = "model, sequence, id"
    _inherit = ["company.boundary.mixin", "mail.thread"]

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(
        default=10,
        help="The first route that fits a record is taken: put special cases before general ones.",
    )
    model_id = fields.Many2one(
        comodel_name="ir.model",
        string="Applies To",
        required=True,
        index=True,
        ondelete="cascade",
        domain=lambda self: [
            ("model", "in", self.env["sign.off.request"]._get_signed_models())
        ],
        help="The kind of record that is signed.",
    )
    model = fields.Char(
        related="model_id.model", string="Technical Name", store=True, index=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index=True,
        tracking=True,
        help="Empty: in all companies. What a company sets up holds in its branches, too.",
    )
    form_id = fields.Many2one(
        comodel_name="controlled.form",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        help="Only for records that print as this form. Empty: any form.",
    )
    domain = fields.Char(
        string="Only Records That Match",
        default="[]",
        required=True,
        tracking=True,
        help="Only for records that match this filter. A record that stops matching after it was "
        "signed must be signed again.",
    )
    four_eyes = fields.Boolean(
        default=True,
        tracking=True,
        help="Nobody approves what they asked for or drew up themselves, and nobody signs more than one step of the same round.",
    )
    fallback_group_id = fields.Many2one(
        comodel_name="res.groups",
        string="If Nobody Is Left",
        default=lambda self: self.env.ref(
            "record_control.group_record_control_manager", raise_if_not_found=False
        ),
        help="Signs a step whose signer has left or is away and has neither a deputy nor a superior who could sign. "
        "The request says so in words.",
    )
    step_ids = fields.One2many(
        comodel_name="sign.off.route.step",
        inverse_name="route_id",
        string="Steps",
        copy=True,
    )
    note = fields.Text(
        string="Explanation",
        translate=True,
        help="For the users: why this route, which regulation asks for it.",
    )

    @api.constrains("domain", "model_id")
    def _check_domain(self):
        for route in self:
            route._parse_domain(route.domain, route.model, route.display_name)

    @api.constrains("step_ids")
    def _check_steps(self):
        if empty := self.filtered(lambda route: not route.step_ids):
            raise ValidationError(
                self.env._(
                    "A route needs at least one step: %(routes)s.",
                    routes=", ".join(empty.mapped("name")),
                )
            )

    def _load_records(self, data_list, update=False):
        """Name the steps that an addon delivers inside its route, so that their titles can be translated."""
        routes = super()._load_records(data_list, update)
        if self.env.context.get("install_mode"):
            self.env["ir.model.data"]._update_xmlids(
                [
                    {
                        "xml_id": f"{data['xml_id']}_step_{number}",
                        "record": step,
                        "noupdate": data.get("noupdate", False),
                    }
                    for data, route in zip(data_list, routes, strict=True)
                    if data.get("xml_id")
                    for number, step in enumerate(route.step_ids, 1)
                ]
            )
        return routes

    @api.model_create_multi
    def create(self, vals_list):
        routes = super().create(vals_list)
        routes._check_steps()
        self.env.registry.clear_cache()
        return routes

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # --- Matching ---

    @api.model
    @ormcache("model")
    def _get_route_ids(self, model):
        """Ids of the active routes of a model, in order."""
        # sudo: routes are configuration; who may read them does not decide who signs
        return tuple(
            self.sudo().search([("model", "=", model)], order="sequence, id").ids
        )

    @api.model
    def _match(self, records):
        """Find the route of each record.

        :param records: records of a model that adopts ``sign.off.mixin``
        :return: {record id: sign.off.route (sudo), empty when none fits}
        """
        routes = self.sudo().browse(self._get_route_ids(records._name))
        found = dict.fromkeys(records._ids, routes.browse())  # also of new records
        for rest in records._sign_off_neutral_groups():
            for route in routes:
                matching = route._filter(rest) if rest else rest
                found.update(dict.fromkeys(matching._ids, route))
                rest -= matching
        return found

    def _filter(self, records):
        """Those of ``records`` (read as the system) that this route applies to."""
        self.ensure_one()
        if self.company_id:
            records = records.filtered(
                lambda record: self.company_id
                in record._get_sign_off_company().sudo().parent_ids
            )
        if self.form_id:
            key = self.form_id.key
            records = records.filtered(
                lambda record: record._get_sign_off_form_code() == key
            )
        return records.filtered_domain(
            self._parse_domain(self.domain, records._name, self.name)
        )

    @api.model
    def _parse_domain(self, text, model, where):
        """Read a stored filter.

        :param str text: a domain written as a Python literal
        :param str model: the model that it filters
        :param str where: names the place in the error message
        :return: Domain
        :raises ValidationError: when it is not a domain of that model
        """
        try:
            domain = Domain(literal_eval(text or "[]"))
            domain.validate(self.env[model].sudo())
        except (ValueError, SyntaxError, TypeError, KeyError, AttributeError) as error:
            raise ValidationError(
                self.env._(
                    "%(where)s: the filter %(filter)s cannot be read (%(error)s).",
                    where=where,
                    filter=text,
                    error=error,
                )
            ) from error
        return domain

    def action_preview(self):
        """Show who would sign a record of choice."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who Would Sign?"),
            "res_model": "sign.off.preview",
            "view_mode": "form",
            "target": "new",
            "context": {"default_route_id": self.id, "default_res_model": self.model},
        }
