from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, get_lang, html2plaintext

from ...tools import seal


class SignOffContactMixin(models.AbstractModel):
    """Joint sign-off: steps of the route that a contact of the customer or supplier signs.

    ::

        class SampleSealing(models.Model):
            _name = "sample.sealing"
            _inherit = ["sign.off.mixin"]
            _sealed_fields = ("product_id", "line_ids.name", "line_ids.cost")
            # optional: what the contact sees of it; by default all sealed fields without groups
            _sign_off_portal_fields = ("product_id", "line_ids.name")

            def _get_sign_off_contacts(self, role):       # roles: sign.off.route.step._selection_contact_role
                if role == "customer_quality":
                    return self.customer_id.child_ids.filtered("is_quality")
                return super()._get_sign_off_contacts(role)

            def _get_sign_off_portal_template(self):      # optional: the values in the app's own layout
                return "sample_control.sign_off_portal_values"

    and in the form::

        <button name="action_sign_off_contact" type="object" string="Contact's Signature"
                invisible="not can_sign_off_contact"/>

    The first usable contact is asked: it receives a mail with a secret link when the step is reached, and
    the keepers (``_get_sign_off_contact_keepers``) an activity. The contact signs by link, as a portal user,
    on a device of ours, or on paper that is scanned; the window behind the button does the latter two,
    sends the link again, or names another contact. Whoever enters a signature does not sign themselves.
    After a signature by link the hooks of the seal run as the system with OdooBot as the current user.
    """

    _inherit = "sign.off.mixin"

    #: names and dotted paths, among the sealed ones, that a contact who signs is shown
    _sign_off_portal_fields = ()

    can_sign_off_contact = fields.Boolean(compute="_compute_can_sign_off_contact")

    @api.depends("sign_off_request_id.waits_for_contact")
    @api.depends_context("uid")
    def _compute_can_sign_off_contact(self):
        for record in self:
            # sudo: whom it waits for is shown to whoever may read the record
            record.can_sign_off_contact = (
                self.env.user._is_internal()
                and record.sudo()._get_sign_off_request().waits_for_contact
            )

    # --- Actions ---

    def action_sign_off_contact(self):
        """Open the window for the signature of a contact: by link, on this device, or on paper."""
        self.ensure_one()
        self.check_access("write")
        return self._get_open_rounds().action_sign_off_contact()

    # --- Hooks ---

    def _get_sign_off_contacts(self, role):
        """Resolve a contact of the route from this record (called as the system); extend with super().

        :param str role: a key of ``sign.off.route.step._selection_contact_role``
        :return: res.partner in order of preference, empty when the record names nobody
        """
        self.ensure_one()
        name = {"customer": "partner_id", "supplier": "supplier_id"}.get(role)
        field = self._fields.get(name)
        if field and field.comodel_name == "res.partner":
            return self[name]
        return self.env["res.partner"]

    def _get_sign_off_contact_keepers(self):
        """Who of ours sees to the signatures of contacts (called as the system): the responsible person.

        :return: res.users; whoever asked stands in when none of them is there
        """
        self.ensure_one()
        return self._get_sign_off_users("responsible")

    def _get_sign_off_portal_template(self):
        """Template that shows a contact what is signed. It can use ``values`` and nothing else."""
        return "record_control.sign_off_portal_values"

    def _get_sign_off_portal_values(self, request):
        """What a contact is shown of this record (read as the system): the sealed values in words.

        :param request: the round (sudo)
        :return: {"rows": [(label, text)], "tables": [{"label", "heads", "rows"}], "hidden": whether the seal
            covers values that are not shown}
        """
        self.ensure_one()
        payload = request.payload
        paths = [
            path
            for path in self._get_sign_off_portal_paths()
            if path in payload["paths"]
        ]
        leaves, branches = seal.tree(paths)
        return {
            # as declared, not by technical name as the seal has them
            "rows": self._describe_seal_rows(
                self, sorted(leaves, key=paths.index), payload["values"]
            ),
            "tables": [
                self._describe_seal_table(self, name, below, payload["lines"][name])
                for name, below in branches.items()
                if name in payload["lines"]
            ],
            "hidden": len(paths) < len(payload["paths"]),
        }

    def _get_sign_off_portal_paths(self):
        """The sealed paths that a contact is shown: those declared, else those without groups."""
        if self._sign_off_portal_fields:
            return self._sign_off_portal_fields
        return [path for path in self._sealed_fields if self._is_path_public(path)]

    @api.model
    def _is_path_public(self, path):
        model = self
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None or field.groups:
                return False
            if field.relational:
                model = self.env[field.comodel_name]
        return True

    # --- Words ---

    @api.model
    def _describe_seal_rows(self, model, names, values):
        return [
            (
                model._fields[name]._description_string(self.env),
                self._describe_for_contact(model, model._fields[name], values[name]),
            )
            for name in names
            if name in values and name in model._fields
        ]

    @api.model
    def _describe_seal_table(self, model, name, paths, lines):
        """One list of lines: the fields of each line, and lists below it as text."""
        field = model._fields[name]
        line_model = self.env[field.comodel_name]
        leaves, branches = seal.tree(paths)
        columns = [*leaves, *branches]
        rows = []
        for key in sorted(lines, key=int):
            node = lines[key]
            if node["values"].get(line_model._active_name, True) is False:
                continue
            row = dict(self._describe_seal_cells(line_model, leaves, node["values"]))
            for branch, below in branches.items():
                table = self._describe_seal_table(
                    line_model, branch, below, node["lines"].get(branch, {})
                )
                row[branch] = "; ".join(", ".join(cells) for cells in table["rows"])
            rows.append([row.get(column, "") for column in columns])
        return {
            "label": field._description_string(self.env),
            "heads": [
                line_model._fields[column]._description_string(self.env)
                for column in columns
            ],
            "rows": rows,
        }

    @api.model
    def _describe_seal_cells(self, model, names, values):
        for name in names:
            yield (
                name,
                self._describe_for_contact(
                    model, model._fields[name], values.get(name)
                ),
            )

    @api.model
    def _describe_for_contact(self, model, field, value):
        """A canonical value as it is written in the contact's language."""
        if value is None:
            return ""
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "datetime":
            return format_datetime(
                self.env, fields.Datetime.to_datetime(value.replace("T", " "))
            )
        if field.type in ("float", "monetary"):
            decimals = len(value.partition(".")[2])
            lang = self.env["res.lang"].browse(get_lang(self.env).id)
            return lang.format(f"%.{decimals}f", float(value), grouping=True)
        text = self._describe_seal_value(model, field, value)
        return html2plaintext(text) if field.type == "html" else text
