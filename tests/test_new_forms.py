"""Every form of ours opens: empty, for every role that may create its records, and with references in it."""

import re

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.record_control.tests.common_views import view_specification

from lib.addons import suite

# The web client shows values with these and takes none
DISPLAY_WIDGETS = ("badge", "percentpie", "statinfo", "attachment_image")


@tagged("post_install", "-at_install", "standard")
class TestNewForms(TransactionCase):
    def test_new_record_of_each_action_as_each_role(self):
        """“New” computes defaults, onchanges and readiness although nothing was entered yet."""
        opened = set()
        for role in self._find("res.groups"):
            user = new_test_user(self.env, f"new_form_{role.id}")
            user.group_ids = [Command.link(role.id)]
            opened |= self._open_forms(user)
        self.assertGreater(len(opened), 20)

    def test_references_stand_beside_the_name_of_their_model(self):
        """The client stops at a link to a record of any kind when the form does not say which kind."""
        forms = self._find("ir.ui.view").filtered(lambda view: view.type == "form")
        checked = 0
        for form in forms.filtered(lambda view: view.mode == "primary"):
            arch = self.env[form.model].get_view(form.id, "form")["arch"]
            with self.subTest(form=form.xml_id):
                names, links = self._get_references(form.model, etree.fromstring(arch))
                checked += len(links)
                self.assertLessEqual(links, names)
        self.assertTrue(checked)

    def test_what_is_entered_by_hand_takes_input(self):
        """No field that a person fills in is drawn by a widget that only shows it (SC-35, SC-38)."""
        views = self._find("ir.ui.view").filtered(
            lambda view: view.mode == "primary" and view.type in ("form", "list")
        )
        checked = 0
        for view in views:
            arch = self.env[view.model].get_view(view.id, view.type)["arch"]
            inputs = self._get_inputs(view.model, etree.fromstring(arch))
            checked += len(inputs)
            for node in inputs:
                with self.subTest(view=view.xml_id, field=node.get("name")):
                    self.assertNotIn(node.get("widget"), DISPLAY_WIDGETS)
        self.assertTrue(checked)

    def _get_inputs(self, model, view):
        """Return the nodes of the fields that can be filled in on a view, and on the views within it."""
        inputs = []
        is_open = view.tag == "form" or view.get("editable")
        for node in view.xpath(
            f".//field[count(ancestor::field) = {self._depth(view)}]"
        ):
            field = self.env[model]._fields[node.get("name")]
            if field.readonly or node.get("readonly") in ("1", "True"):
                continue
            inputs += [node] if is_open else []
            for inner in node.xpath("./list | ./form"):
                inputs += self._get_inputs(field.comodel_name, inner)
        return inputs

    def _depth(self, view):
        return len(view.xpath("ancestor::field"))

    def _get_references(self, model, arch):
        """Return the names of the fields of a form itself, and which of them its links to any record ask for."""
        names, links = set(), set()
        for node in arch.xpath("//field[not(ancestor::field)]"):
            field = self.env[model]._fields[node.get("name")]
            names.add(field.name)
            is_link = field.type == "many2one_reference" and (
                node.get("widget", field.type) == field.type
            )
            if is_link and node.get("invisible") not in ("1", "True"):
                links.add(field.model_field)
        return names, links

    def _find(self, model):
        """Return the records of a model that our addons brought."""
        data = self.env["ir.model.data"].search(
            [("model", "=", model), ("module", "in", list(suite()))]
        )
        return self.env[model].browse(data.mapped("res_id")).exists()

    def _open_forms(self, user):
        """Open the new form of each action of ours; return the names of their models."""
        opened = set()
        for action in self._find("ir.actions.act_window"):
            model = self.env[action.res_model].with_user(user)
            if not self._is_created_by_hand(action, model):
                continue
            context = safe_eval(
                action.context or "{}", {"uid": user.id, "active_id": False}
            )
            with self.subTest(user=user.all_group_ids[:1].name, action=action.name):
                model = model.with_context(**context)
                Form(model, view=self._get_form(action))
                self._open_as_client(model, self._get_form(action))
                opened.add(model._name)
        return opened

    def _open_as_client(self, model, form_id):
        """Ask for the defaults as the web client does: with the names of the records in tags and avatars.

        The path above the form says “New” when there is no name yet, never what stands between parts of one.
        """
        asked = view_specification(model, "form", form_id)
        name = model.onchange({}, [], asked)["value"].get("display_name")
        self.assertTrue(not name or re.search(r"\w", name), name)

    def _is_created_by_hand(self, action, model):
        """Return whether the action offers this user a button for a new record."""
        if model._abstract or not model.has_access("create"):
            return False
        views = [mode.strip() for mode in action.view_mode.split(",")]
        if "form" not in views or action.target == "new":
            return False
        try:
            arch = model.get_view(self._get_form(action), "form")["arch"]
        except AccessError:
            return False
        return etree.fromstring(arch).get("create") not in ("0", "false", "False")

    def _get_form(self, action):
        forms = action.view_ids.filtered(lambda view: view.view_mode == "form")
        if action.view_id.type == "form":
            return action.view_id.id
        return forms[:1].view_id.id
