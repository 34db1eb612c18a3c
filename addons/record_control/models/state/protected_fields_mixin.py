from odoo import api, models, tools
from odoo.exceptions import UserError

TRUSTED_KEY = "record_control_trusted_fields"


class TrustedFields:
    """Token that lets system code write protected fields of one model.

    It is a Python object on purpose: a caller over RPC chooses the context freely, but what
    arrives is JSON, and no JSON value is an instance of this class.
    """

    __slots__ = ("model_name", "field_names")

    def __init__(self, model_name, field_names):
        self.model_name = model_name
        self.field_names = frozenset(field_names)


class ProtectedFieldsMixin(models.AbstractModel):
    """Fields that only the system sets: numbers, stamps, seals.

    Name them in :attr:`_protected_fields` (or extend :meth:`_get_protected_fields`)::

        class Case(models.Model):
            _name = "x.case"
            _inherit = ["protected.fields.mixin"]
            _protected_fields = ("date_closed", "closed_by_id")

    A user who creates, writes, imports or copies a record with an explicit value for one of them
    is refused with a sentence that names record and field. Nothing the caller can choose helps:
    neither ``default_*`` keys in the context nor a default he stored for himself. What stays
    possible: the field's own default, and giving back the value the record already has.
    System code writes them with ``sudo()`` or with :meth:`_write_protected`.

    Stored computed fields that no form lets one edit are protected without being named: Odoo takes
    a value for them over RPC and keeps it until what they depend on changes.
    """

    _name = "protected.fields.mixin"
    _description = "Fields only the system sets"
    _inherit = [
        "fixed.defaults.mixin",
        "company.boundary.mixin",
        "discreet.form.mixin",
        "finite.numbers.mixin",
    ]

    _protected_fields = ()

    # --- Hooks ---

    @api.model
    def _get_protected_fields(self):
        """Return the names of the fields that only the system may set.

        :return: a set of field names
        """
        return {*self._protected_fields, *self._get_figured_fields()}

    @api.model
    @tools.ormcache()
    def _get_figured_fields(self):
        """Return the names of the stored fields that are computed and that nobody edits."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.store and field.compute and field.readonly and not field.inverse
        )

    @api.model
    def _get_fixed_default_fields(self):
        return super()._get_fixed_default_fields() | self._get_protected_fields()

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        self._check_protected_create(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_protected_write(vals)
        return super().write(vals)

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """Ask whatever a write of each translation would ask: Odoo writes them past it, straight into the database."""
        if self._fields[field_name].translate is True and not self.env.su:
            source = self.with_context(lang=None)[field_name]
            for lang, text in translations.items():
                value = text if isinstance(text, str) else source
                self.with_context(lang=lang).write({field_name: value})
        return super()._update_field_translations(
            field_name, translations, digest, source_lang
        )

    def copy_data(self, default=None):
        """A copy starts its own life: protected values and the archive flag stay behind."""
        vals_list = super().copy_data(default)
        resets = self._get_protected_fields() - set(default or {})
        active_name = self._active_name
        for vals in vals_list:
            if not vals:  # already copied in a circular relation
                continue
            for name in resets:
                vals.pop(name, None)
            if active_name and active_name not in (default or {}):
                vals.pop(active_name, None)
        return vals_list

    # --- Business ---

    def _write_protected(self, vals):
        """Write as the system: protected fields of ``vals`` are accepted.

        Access rights and record rules of the user still hold, unlike with ``sudo()``.

        :param dict vals: the values
        :return: True
        """
        return self._with_trusted_fields(vals).write(vals)

    def _with_trusted_fields(self, field_names):
        """Return ``self`` in an environment that may set the given protected fields.

        :param field_names: iterable of field names
        """
        token = self.env.context.get(TRUSTED_KEY)
        names = set(field_names)
        if isinstance(token, TrustedFields) and token.model_name == self._name:
            names |= token.field_names
        return self.with_context(**{TRUSTED_KEY: TrustedFields(self._name, names)})

    def _without_trusted_fields(self):
        """Return ``self`` in an environment that may set no protected field, for hooks."""
        if TRUSTED_KEY not in self.env.context:
            return self
        # a key is taken away
        # pylint: disable-next=context-overridden
        return self.with_context(
            {
                key: value
                for key, value in self.env.context.items()
                if key != TRUSTED_KEY
            }
        )

    def _get_refused_fields(self, vals):
        """Return the names in ``vals`` that the current environment may not set, sorted."""
        if self.env.su:
            return []
        names = self._get_protected_fields().intersection(vals)
        token = self.env.context.get(TRUSTED_KEY)
        if isinstance(token, TrustedFields) and token.model_name == self._name:
            names -= token.field_names
        return sorted(names)

    @api.model
    def _check_protected_create(self, vals_list):
        """Refuse values for protected fields at creation.

        :raises UserError: naming the kind of record and every refused field
        """
        refused = set()
        for vals in vals_list:
            for name in self._get_refused_fields(vals):
                field = self._fields[name]
                default = self.default_get([name]).get(name)
                if not vals[name] and not default:
                    continue
                if field.type not in (
                    "one2many",
                    "many2many",
                ) and field.convert_to_cache(
                    vals[name], self, validate=False
                ) == field.convert_to_cache(default, self, validate=False):
                    continue
                refused.add(name)
        if refused:
            self._raise_protected(
                [(self.env["ir.model"]._get(self._name).name, sorted(refused))]
            )

    def _check_protected_write(self, vals):
        """Refuse changes of protected fields.

        :raises UserError: naming every record and every refused field
        """
        names = self._get_refused_fields(vals)
        if not names:
            return
        refused = []
        for record in self:
            changed = [name for name in names if record._is_changed(name, vals[name])]
            if changed:
                refused.append((record.display_name, changed))
        if refused:
            self._raise_protected(refused)

    def _is_changed(self, name, value):
        """Tell whether writing ``value`` would change the field of this record."""
        field = self._fields[name]
        if field.type in ("one2many", "many2many"):
            return bool(value)
        return field.convert_to_cache(
            value, self, validate=False
        ) != field.convert_to_cache(self[name], self, validate=False)

    def _filter_changed(self, names, vals):
        """Return those of these records that writing some values would change.

        :param names: names of fields; those that are not among the values do not count
        :param dict vals: the values to write
        :return: the part of ``self`` in which one of the fields would get another value
        """
        written = [name for name in names if name in vals]
        return self.filtered(
            lambda record: any(record._is_changed(name, vals[name]) for name in written)
        )

    @api.model
    def _raise_protected(self, refused):
        """Raise one error for all refused values.

        :param list refused: pairs of (name of the record, field names)
        """
        raise UserError(
            "\n".join(
                self.env._(
                    "%(record)s: %(field)s is set by the system and cannot be entered or changed by hand.",
                    record=record_name,
                    field=self._fields[name]._description_string(self.env),
                )
                for record_name, names in refused
                for name in names
            )
        )
