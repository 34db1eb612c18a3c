from odoo import api, models, tools


class DiscreetFormMixin(models.AbstractModel):
    """Forms that figure with no record that their user may not see.

    What a form computes while it is filled in, it computes as the system. Whoever names a hidden record in the values
    that he sends, in those of a line, or in ``default_*`` keys, would be told what it hides.
    """

    _name = "discreet.form.mixin"
    _description = "Form That Tells Nothing of Hidden Records"

    def onchange(self, values, field_names, fields_spec):
        """Figure with what the user may see alone.

        :raises AccessError: as reading the record that is named does
        """
        if not self.env.su:
            # a new record is figured with the defaults, which the caller may choose, whatever the form shows
            links = [name for name, field in self._fields.items() if field.relational]
            given = {} if self else self.default_get(links)
            self._check_named_visible({**given, **values})
        return super().onchange(values, field_names, fields_spec)

    def _check_named_visible(self, values):
        """Refuse values that name guarded records which the user may not see; what a record names already may stay.

        :param dict values: as a form sends them
        :raises AccessError: of the record that is named
        """
        looked_through = self._get_looked_through_fields()
        for name, value in values.items():
            field = self._fields.get(name)
            if not value or not field or not field.comodel_name:
                continue
            others = self.env[field.comodel_name]
            guarded = self.env["ir.rule"]._is_of_the_suite(others)
            # of a model that its user may not read at all Odoo shows him the names to choose from
            if not guarded and not (
                name in looked_through and others.has_access("read")
            ):
                continue
            ids = set()
            for record_id, vals in self._get_named_records(field.type, value):
                ids.add(record_id)
                if guarded:
                    others.browse(record_id or ())._check_named_visible(vals)
            # sudo: what the record names is asked for, not what its user sees of it
            known_sudo = self.sudo()[name]
            others.browse(ids - {0} - set(known_sudo.ids)).exists().check_access("read")

    @api.model
    @tools.ormcache()  # asked at every change in a form, of every line; the fields are those of the model
    def _get_looked_through_fields(self):
        """Return the fields through which the system looks when it figures a form: into contacts, clocks, activities.

        Hook: an app that adds fields to one of Odoo's own forms answers for those alone.

        :return: set of names of relational fields
        """
        return frozenset(
            path.split(".")[0]
            for field in self._fields.values()
            if field.compute and field.compute_sudo
            for path in self.pool.field_depends[field]
            if "." in path
        )

    @api.model
    def _get_named_records(self, field_type, value):
        """Split the value of a relational field as a form sends it.

        :param str field_type: many2one, one2many or many2many
        :param value: the value
        :return: list of pairs: id (0 for a new record), and its values as far as they are given
        """
        items = [value] if field_type == "many2one" else value
        named = []
        for item in items:
            if isinstance(item, dict):
                named.append((item.get("id") or 0, item))
            elif not isinstance(item, (list, tuple)):
                named.append((item, {}))
            elif item[0] in (0, 1):
                named.append((item[0] and item[1], item[2]))
            elif item[0] == 6:
                named += [(record_id, {}) for record_id in item[2]]
            elif item[0] == 4:
                named.append((item[1], {}))
        return [(key if isinstance(key, int) else 0, vals) for key, vals in named]
