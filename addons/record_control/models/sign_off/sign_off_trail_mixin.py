from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class SignOffTrailMixin(models.AbstractModel):
    """Read access of the sign-off trail: delegated to the record that is signed.

    A round, its steps and signatures are read by whoever asked for it, is to sign it, has signed it, or may
    read the record. Nobody writes them but the toolkit itself; nobody deletes them.
    """

    _name = "sign.off.trail.mixin"
    _description = "Sign-off Trail"

    # Model that carries res_model, res_id: this one, or the one behind a many2one
    _trail_request_field = "request_id"

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Find only what the user may read (see the class); the superuser finds all."""
        if not (self.env.su or kwargs.get("bypass_access")):
            domain = Domain(domain) & self._get_trail_domain()
        return super()._search(domain, *args, **kwargs)

    def _check_access(self, operation):
        """Refuse what :meth:`_search` does not find, with the usual error."""
        result = super()._check_access(operation)
        if self.env.su or not any(self._ids):
            return result
        candidates = self - result[0] if result else self
        if not candidates:
            # who has no access to the model may not even search
            return result
        allowed = candidates.browse(
            candidates._search(
                Domain("id", "in", candidates.ids), active_test=False
            ).get_result_ids()
        )
        if forbidden := candidates - allowed:
            if result:
                forbidden |= result[0]
            rule = self.env["ir.rule"]
            return forbidden, lambda: rule._make_access_error(operation, forbidden)
        return result

    @api.model
    def _get_trail_domain(self):
        request = self.env["sign.off.request"]
        domain = Domain.OR(
            [
                Domain("requester_id", "=", self.env.uid),
                Domain("waiting_user_ids", "in", self.env.uid),
                Domain("signature_ids.user_id", "=", self.env.uid),
                Domain.custom(to_sql=request._readable_records_to_sql),
            ]
        )
        if self._name == request._name:
            return domain
        # sudo: the condition itself decides about access
        query = request.sudo()._search(domain)
        # the condition about the record must be that of the user, not of the superuser
        return Domain(self._trail_request_field, "in", query)

    # --- Guards of append-only rows ---

    @api.ondelete(at_uninstall=True)
    def _unlink_except_never(self):
        """Refuse: what was signed, or changed afterwards, stays on record, for everybody."""
        raise UserError(
            self.env._(
                "The sign-off trail is append-only: %(model)s cannot be deleted.",
                model=self.env["ir.model"]._get(self._name).name,
            )
        )

    def _refuse_unless_system(self):
        if not self.env.su:
            raise UserError(
                self.env._(
                    "The sign-off trail is written by the system alone: %(model)s cannot be entered or changed.",
                    model=self.env["ir.model"]._get(self._name).name,
                )
            )

    @api.model
    def _write_grouped(self, vals_by_record):
        """Write many records with one call for each different set of values."""
        groups = defaultdict(list)
        for record, vals in vals_by_record.items():
            groups[repr(sorted(vals.items()))].append((record.id, vals))
        for pairs in groups.values():
            self.browse([record_id for record_id, __ in pairs]).write(pairs[0][1])

    def _readable_records_to_sql(self, model, alias, query):
        """SQL condition: the record of a request is one that the user may read."""
        conditions = []
        for name in self._get_signed_models():
            records = self.env[name]
            if not records.has_access("read"):
                continue
            readable = records.with_context(active_test=False)._search([])
            condition = SQL("%s = %s", SQL.identifier(alias, "res_model"), name)
            if readable.is_empty():
                continue
            if readable.where_clause:
                condition = SQL(
                    "%s AND %s IN %s",
                    condition,
                    SQL.identifier(alias, "res_id"),
                    readable.subselect(),
                )
            conditions.append(SQL("(%s)", condition))
        return SQL("(%s)", SQL(" OR ").join(conditions)) if conditions else SQL("FALSE")

    @api.model
    def _get_signed_models(self):
        """Names of the models that adopt ``sign.off.mixin``."""
        mixin = self.pool["sign.off.mixin"]
        return sorted(
            name
            for name, model in self.pool.items()
            if issubclass(model, mixin) and not model._abstract
        )
