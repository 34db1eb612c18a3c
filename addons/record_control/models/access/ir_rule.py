from odoo import api, models, tools
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL


def restricted_condition(domain):
    """Return the condition that hides restricted records, for any user.

    :param Domain domain: what ``_get_restricted_domain`` says; it is evaluated
        without the rules, since it is one
    :return: Domain
    """

    def to_sql(model, alias, query):
        model_sudo = model.sudo().with_context(active_test=False)
        return domain.optimize_full(model_sudo)._to_sql(model_sudo, alias, query)

    return Domain.custom(to_sql=to_sql)


#: context key: names of the only models of documents that a search is about, so that the
#: others need not be asked; whoever sets it sees less, never more
DOCUMENT_MODELS_KEY = "record_control_document_models"


def document_condition(model_field, id_field, right="read"):
    """Return the condition that hides what points at a record one may not see.

    :param str model_field: field with the name of the document's model
    :param str id_field: field with the id of the document
    :param str right: read, or the right that the document must grant
    :return: Domain
    """

    def to_sql(model, alias, query):
        env = model.sudo(False).with_context(active_test=False).env
        names = env["ir.rule"]._get_restricted_models()
        model_sudo = model.sudo()
        model_sql = model_sudo._field_to_sql(alias, model_field, query)
        id_sql = model_sudo._field_to_sql(alias, id_field, query)
        conditions = [
            SQL("%s IS NULL OR %s NOT IN %s", model_sql, model_sql, tuple(names))
        ]
        asked = env.context.get(DOCUMENT_MODELS_KEY, names)
        for name in names:
            if name not in asked:
                continue
            documents = env[name]
            if not documents.has_access("read"):
                continue
            domain = [] if right == "read" else documents._get_right_domain(right)
            subquery = documents._search(domain)
            if subquery.is_empty():
                continue
            subquery.add_where(
                SQL("%s = %s", SQL.identifier(subquery.table, "id"), id_sql)
            )
            conditions.append(
                SQL(
                    "%s = %s AND EXISTS (%s)",
                    model_sql,
                    name,
                    subquery.select(SQL("1")),
                )
            )
        return SQL(
            "(%s)", SQL(" OR ").join(SQL("(%s)", condition) for condition in conditions)
        )

    return Domain.custom(to_sql=to_sql)


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    @tools.ormcache()
    def _get_restricted_models(self):
        """Return the names of the models whose records are restricted."""
        return tuple(
            sorted(
                name
                for name, cls in self.env.registry.items()
                if getattr(cls, "_restricted_record", False) and not cls._abstract
            )
        )

    @api.model
    def _get_document_pointers(self):
        """Return the models that are as secret as the document they point at.

        Hook: add models that show something of a record by ``res_model`` and
        ``res_id``.

        :return: dict model name -> (field of the model's name, field of the id)
        """
        return {
            "access.log": ("res_model", "res_id"),
            "clock.clock": ("res_model", "res_id"),
            "controlled.form.print": ("res_model", "res_id"),
            "ir.attachment": ("res_model", "res_id"),
            "mail.activity": ("res_model", "res_id"),
            "mail.followers": ("res_model", "res_id"),
            "mail.message": ("model", "res_id"),
            "mail.scheduled.message": ("model", "res_id"),
            "rating.rating": ("res_model", "res_id"),
        }

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        """Add need-to-know and grants to the rules of every restricted model, the owner to those of wizards.

        Not a rule record: nobody can archive it, no adopter can forget it, and
        it is asked wherever rules are asked (read, search, group, x2many,
        sub-queries of other models, write, unlink).
        """
        domain = super()._compute_domain(model_name, mode)
        if self.env.su:
            return domain
        if getattr(self.env.registry[model_name], "_own_wizard", False):
            return domain & Domain("create_uid", "=", self.env.uid)
        restricted = self._get_restricted_models()
        if model_name in restricted:
            model = self.env[model_name].sudo(False)
            restriction = model._get_restricted_domain(mode)
            # who may see all is asked nothing, record by record
            return (
                domain
                if restriction.is_true()
                else domain & restricted_condition(restriction)
            )
        if restricted and mode != "create":
            pointer = self._get_document_pointers().get(model_name)
            if pointer and not self._sees_all_pointers(model_name):
                return domain & (
                    document_condition(*pointer)
                    | self._get_unattached_domain(model_name)
                )
        return domain

    @api.model
    def _get_unattached_domain(self, model_name):
        """Return the own files that belong to no record yet: what a form uploads before it is saved."""
        if model_name != "ir.attachment":
            return Domain.FALSE
        return Domain("res_id", "in", (False, 0)) & Domain(
            "create_uid", "=", self.env.uid
        )

    def _make_access_error(self, operation, records):
        """Say in plain words what may not be done with records of the suite, why, and who helps.

        In developer mode Odoo's own list of rules is more useful and stays.
        """
        error = super()._make_access_error(operation, records)
        if not self._is_of_the_suite(records) or self.env.user.has_group(
            "base.group_no_one"
        ):
            return error
        # sudo: the name of a kind of record is no secret
        kind = self.env["ir.model"].sudo()._get(records._name).name
        sentences = {
            "read": self.env._("You may not see this record (%(kind)s).", kind=kind),
            "write": self.env._(
                "You may not change this record (%(kind)s).", kind=kind
            ),
            "create": self.env._(
                "You may not create this record (%(kind)s).", kind=kind
            ),
            "unlink": self.env._(
                "You may not delete this record (%(kind)s).", kind=kind
            ),
        }
        plain = AccessError(
            f"{sentences[operation]}\n{self._explain_access_error(error)}"
        )
        if context := getattr(error, "context", None):
            plain.context = context
        return plain

    @api.model
    def _explain_access_error(self, error):
        """Say why a record is kept from the user, as far as that is no secret itself.

        :param error: AccessError of core, with the company that would help, if any
        """
        company = (getattr(error, "context", None) or {}).get("suggested_company")
        if company:
            return self.env._(
                "It belongs to the company %(company)s: choose it at the top right and open the link again.",
                company=company["display_name"],
            )
        return self.env._(
            "It belongs to another company, or only certain people may see it. "
            "Ask the person responsible for it, or your administrator."
        )

    @api.model
    def _is_of_the_suite(self, records):
        """Tell whether records are restricted, or guarded by one of the toolkit's mixins."""
        return getattr(records, "_restricted_record", False) or isinstance(
            records, self.env.registry["protected.fields.mixin"]
        )

    @api.model
    def _sees_all_pointers(self, model_name):
        """Tell whether the user sees the lines of documents he may not see.

        The administrator of record control audits the whole log; the log tells
        which record was looked at, never its name or content.
        """
        return model_name == "access.log" and self.env.user.has_group(
            "record_control.group_record_control_manager"
        )
