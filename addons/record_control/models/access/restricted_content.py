from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .restricted_fields import WholeInMemory

#: so many records are asked for in the database rather than one by one
BULK = 1000


class RestrictedContentMixin(models.AbstractModel):
    """What restricted records and their lines have in common: the guarded roads.

    Not adopted directly; see ``restricted.record.mixin`` and
    ``restricted.line.mixin``.
    """

    _name = "restricted.content.mixin"
    _description = "Restricted Content"
    _inherit = ["fixed.parent.mixin", "guarded.name.mixin"]

    _restricted_record = True
    #: fields that are no content: reading them alone writes no log line
    _restricted_open_fields = ("id", "display_name")
    #: fields that records of others may show all the same, because it is what those are about
    _restricted_shown_fields = ()
    #: many2one to the restricted record whose secrecy these records share
    _restricted_parent_field = None

    is_shown = fields.Boolean(
        compute="_compute_is_shown",
        exportable=False,
        help="Whether you may see this record.",
    )

    # --- Computes ---

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_shown(self):
        """Asked for all lists on a screen at once (``restricted_fields``)."""
        shown = self if self.env.su else self._filtered_access("read")
        for record in self:
            record.is_shown = record in shown

    @api.model
    def _forget_who_sees(self):
        """Ask anew in this transaction who sees restricted records: people or grants of some changed."""
        mixin = "restricted.content.mixin"
        for model_name in self.pool.descendants([mixin], "_inherit"):
            self.env[model_name].invalidate_model(["is_shown"], flush=False)

    # --- What the two mixins answer ---

    @api.model
    def _get_restricted_domain(self, operation):
        """Return the records on which the user may do ``operation``.

        Added by ``ir.rule`` to whatever rules there are.

        :param str operation: read, write, create or unlink
        :return: Domain
        """
        raise NotImplementedError

    @api.model
    def _get_right_domain(self, right):
        """Return, among the readable records, those the user may print, export, download.

        :param str right: print, export or download
        :return: Domain
        """
        raise NotImplementedError

    def _filter_own(self):
        """Return the records that the user may see without a grant."""
        raise NotImplementedError

    def _filter_open_to_links(self):
        """Return the records that the secret of a link opens to whoever has it: none, unless all of ours see them."""
        return self.browse()

    def _get_right_reasons(self, right):
        """Say why the user may not print, export or download this record.

        :param str right: print, export or download
        :return: list of sentences, empty when allowed
        """
        raise NotImplementedError

    def _log_record_access(self, action, basis=None, detail=None):
        """Write an access log line per record whose level is logged.

        :param str action: a key of ``access.log.action``
        :param str basis: why the user may; found out when left away
        :param str detail: text
        """
        raise NotImplementedError

    @api.model
    def _get_fixed_parent_fields(self):
        """What is in a restricted record does not move to another one, which somebody else may see."""
        names = super()._get_fixed_parent_fields()
        return names | {self._restricted_parent_field} - {None}

    # --- Rights ---

    def _filter_domain_as_user(self, domain):
        """Filter by a domain built for the user, without his record rules."""
        records_sudo = self.sudo().with_context(active_test=False)
        if len(self) > 1:
            # only what is asked for: of thousands of records the rest would take far longer
            names = {item.field_expr.split(".")[0] for item in domain.iter_conditions()}
            records_sudo._origin.fetch(names & self._fields.keys())
        return self.browse(records_sudo.filtered_domain(domain)._ids)

    def _is_seen_by(self, user):
        """Tell whether another user may see these records, in whichever of his companies.

        The companies that the present user has ticked are none of his: Odoo refuses to ask the rules for these.

        :param user: one res.users
        """
        companies = user.sudo().company_ids.ids
        records = self.sudo(False).with_user(user)
        return records.with_context(allowed_company_ids=companies).has_access("read")

    def _filter_right_granted(self, right):
        """Return the records that the *user* may read, print, export or download.

        Asks the user of the environment even when code runs as superuser.

        :param str right: read, print, export or download
        :return: recordset
        """
        if self.env.uid == SUPERUSER_ID:
            return self
        user_self = self.sudo(False)
        if len(self) > BULK:
            return self.browse(user_self._search_right_granted(right))
        readable = user_self._filtered_access("read")
        if readable and right != "read":
            readable = readable._filter_domain_as_user(
                user_self._get_right_domain(right)
            )
        return self.browse(readable._ids)

    def _search_right_granted(self, right):
        """Find in the database which of these records the user may read, print, export or download.

        :return: ids, in the order of the records
        """
        if not self.browse().has_access("read"):
            return []
        records = self.with_context(active_test=False)
        query = records._search(Domain("id", "in", self.ids))
        if right != "read":
            right_domain = self._get_right_domain(right)
            # sudo: as in _filter_domain_as_user; the rules of the user hold in the inner query
            records_sudo = records.sudo()
            query = records_sudo._search(Domain("id", "in", query) & right_domain)
        found = set(query.get_result_ids())
        return [record_id for record_id in self._ids if record_id in found]

    def _check_access_right_granted(self, right):
        """Refuse what the user may see but not print, export or download.

        :param str right: print, export or download
        :raises AccessError: with the reasons of all records
        """
        if refused := self - self._filter_right_granted(right):
            reasons = (
                reason
                for record in refused
                for reason in record._get_right_reasons(right)
            )
            raise AccessError("\n".join(dict.fromkeys(reasons)))

    @api.model
    def _is_image(self, field_name):
        """Tell whether a field is a picture, seen when the record is read."""
        field = self._fields.get(field_name)
        return field is not None and isinstance(field, fields.Image)

    # --- Reading ---

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Fetch along what the rules and the log look at; else whole rows are read for that alone."""
        if field_names is not None and not self.env.su:
            field_names = list(dict.fromkeys([*field_names, *self._get_guard_fields()]))
        return super().search_fetch(domain, field_names, offset, limit, order)

    @api.model
    def _get_guard_fields(self):
        """Return the names of the own stored fields by which is decided who sees a record."""
        names = ("company_id", "confidentiality")
        return [
            name
            for name in names
            if name in self._fields
            and self._fields[name].store
            and self._has_field_access(self._fields[name], "read")
        ]

    def _guard_reading(self, field_names):
        """Log the reading of content and refuse files without the right to download."""
        if self.env.su or not self._ids:
            return
        content = set(field_names) - set(self._restricted_open_fields)
        records = self._origin
        if not content or not records:
            return
        if not self.env.context.get("bin_size") and any(
            self._fields[name].type == "binary" and not self._is_image(name)
            for name in content
            if name in self._fields
        ):
            records._check_access_right_granted("download")
        records._log_record_access("read")

    def _read_format(self, fnames, load="_classic_read"):
        # the one method behind read, search_read, web_read and web_search_read
        self._guard_reading(fnames)
        return super()._read_format(fnames, load=load)

    def onchange(self, values, field_names, fields_spec):
        self._guard_reading(fields_spec)
        return super().onchange(values, field_names, fields_spec)

    def get_field_translations(self, field_name, langs=None):
        self.check_access("read")
        self._guard_reading([field_name])
        return super().get_field_translations(field_name, langs=langs)

    @api.model
    def formatted_read_group(self, domain, groupby=(), aggregates=(), **kwargs):
        self._log_grouping(groupby, aggregates)
        return super().formatted_read_group(domain, groupby, aggregates, **kwargs)

    @api.model
    def formatted_read_grouping_sets(
        self, domain, grouping_sets, aggregates=(), **kwargs
    ):
        self._log_grouping(
            [name for groupby in grouping_sets for name in groupby], aggregates
        )
        return super().formatted_read_grouping_sets(
            domain, grouping_sets, aggregates, **kwargs
        )

    @api.model
    def read_progress_bar(self, domain, group_by, progress_bar):
        self._log_grouping([group_by, progress_bar["field"]], ())
        return super().read_progress_bar(domain, group_by, progress_bar)

    @api.model
    def read_group(self, domain, fields, groupby, *args, **kwargs):
        # no screen of Odoo asks for it any more, but RPC may; "name:array_agg(field)" is content of the field
        self._log_grouping(
            [groupby] if isinstance(groupby, str) else groupby,
            [spec.rpartition("(")[2].rstrip(")") for spec in fields],
        )
        return super().read_group(domain, fields, groupby, *args, **kwargs)

    def _read_group_groupby(self, alias, groupby_spec, query):
        if alias != self._table:
            # the path of a grouping of other records ends in these
            self._log_grouping([groupby_spec], ())
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model
    def _log_grouping(self, groupby, aggregates):
        """Log that content was read in groups: grouping is reading, too."""
        if self.env.su:
            return
        names = {spec.split(":")[0].split(".")[0] for spec in (*groupby, *aggregates)}
        content = sorted(names - set(self._restricted_open_fields) - {"__count"})
        if content:
            self.env["access.log"]._record(
                self.browse(), "aggregate", detail=", ".join(content)
            )

    # --- Export and copy ---

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        # called for the exported records and for records reached from others
        content = {path[0] for path in fields if path} - {".id", "id", "display_name"}
        if self and content:
            self._check_access_right_granted("export")
            self._log_record_access("export", detail=", ".join(sorted(content)))
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def copy_data(self, default=None):
        # a copy belongs to who makes it: a grantee would keep it for ever
        if foreign := self - self._filter_own():
            raise AccessError(
                "\n".join(
                    self.env._(
                        "%(record)s: a grant does not let you copy it.", record=name
                    )
                    for name in dict.fromkeys(foreign.mapped("display_name"))
                )
            )
        return super().copy_data(default)

    # --- Developer's check ---

    @api.model
    def _get_leaking_fields(self):
        """Find fields of other models that show content past the rules.

        A related or stored computed field is computed as superuser, so that it
        shows the secret to whoever sees the other record. Give it
        ``related_sudo=False`` or ``groups``. Records that share the secrecy of
        these do not count. Each adopter has a test that this list is empty.

        :return: list of ``model.field``
        """
        root = self._get_restricted_root()
        return [
            f"{model_name}.{field.name}"
            for model_name, model_cls in self.env.registry.items()
            if not model_cls._abstract
            and not (
                getattr(model_cls, "_restricted_record", False)
                and self.env[model_name]._get_restricted_root() == root
            )
            for field in model_cls._fields.values()
            if field.compute_sudo and not field.groups and not field.inherited
            if self._is_content_shown_by(field)
        ]

    @api.model
    def _get_partial_lists(self):
        """Find lists of these records that a user may leave incomplete in memory.

        A list in a model that more people read than its lines is declared as
        ``RestrictedOne2many`` or ``RestrictedMany2many`` (``restricted_fields``), or
        ``sudo()`` finds as many lines as the user before it saw. Each adopter has a test
        that this list is empty.

        :return: list of ``model.field``
        """
        root = self._get_restricted_root()
        return [
            f"{model_name}.{field.name}"
            for model_name, model_cls in self.env.registry.items()
            if not model_cls._abstract and not model_cls._transient
            for field in model_cls._fields.values()
            if field.type in ("one2many", "many2many")
            and field.comodel_name == self._name
            and not field.compute
            and not isinstance(field, WholeInMemory)
            if not (
                getattr(model_cls, "_restricted_record", False)
                and self.env[model_name]._get_restricted_root() == root
            )
        ]

    @api.model
    def _get_restricted_root(self):
        """Return the name of the model whose rules decide in the end who sees these records."""
        name = self._restricted_parent_field
        if not name:
            return self._name
        return self.env[self._fields[name].comodel_name]._get_restricted_root()

    @api.model
    def _is_content_shown_by(self, field):
        """Tell whether a field of another model is computed from content of these records."""
        known = {*self._restricted_open_fields, *self._restricted_shown_fields}
        paths = (
            [field.related]
            if field.related
            else self.env.registry.field_depends.get(field, ())
        )
        for path in paths:
            model = self.env[field.model_name]
            for name in path.split("."):
                if model._name == self._name and name not in known:
                    return True
                if name not in model._fields or not model._fields[name].relational:
                    break
                model = model[name]
        return False
