from functools import wraps
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.record_control.tests.common_views import view_specification

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestLeanViews(ArchiveCommon, HttpCase):
    """The list and the form of archives read what is on the screen, and the rest when it is shown."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = (
            cls._new_archive(f"Lean customer {number}", category_id=cls.category.id)
            for number in (1, 2)
        )
        cls.first.cabinet = "C7"

    def _record_readings(self, model_name):
        """Note what the browser reads of a model: method and specification."""
        readings = []
        model_class = self.env.registry[model_name]

        def recording(name):
            original = getattr(model_class, name)

            @wraps(original)  # with the marks by which RPC knows a method of the model
            def read(model, *args, **kwargs):
                if (
                    "is_noted" not in model.env.context
                ):  # not what the server reads itself
                    readings.append((name, kwargs.get("specification") or args[-1]))
                    model = model.with_context(is_noted=True)
                return original(model, *args, **kwargs)

            return read

        for name in ("web_search_read", "web_read"):
            self.startPatcher(patch.object(model_class, name, recording(name)))
        return readings

    def test_keeper_shows_more(self):
        """Columns and pages are filled when they are shown; typing, discarding, saving and the pager work on."""
        readings = self._record_readings("customer.archive")
        self.start_tour(
            "/odoo/customer-archives", "customer_archive_lean_views", login="ca_keeper"
        )
        self.assertEqual(self.second.cabinet, "C1")
        self.assertEqual(self.first.cabinet, "C7")
        archives = self.env["customer.archive"].with_user(self.keeper)
        listed = view_specification(archives, "list")
        lists = [_names(fields) for name, fields in readings if name != "web_read"]
        forms = [_names(fields) for name, fields in readings if name == "web_read"]
        self.assertEqual(lists[0], _names(listed))
        self.assertNotIn("category_id", listed)
        self.assertEqual(lists[1].keys(), listed.keys() | {"category_id"})
        opened = view_specification(archives, "form")
        self.assertEqual(forms[0], _names(opened))
        self.assertNotIn("document_ids", opened)
        self.assertEqual(
            forms[1].keys() | opened.keys(),
            view_specification(archives, "form", pages=["documents"]).keys(),
        )

    def test_reader_opens_pages(self):
        """Who may not keep the archive sees the same pages."""
        self.first.user_id = self.sales1
        self.start_tour(
            f"/odoo/customer-archives/{self.first.id}",
            "customer_archive_lean_views_reader",
            login="ca_sales1",
        )

    def test_contacts_are_read_as_measured(self):
        """What setup/bench reads of contacts, to compare archives with, is what a browser reads."""
        self.keeper.group_ids += self.env.ref("base.group_partner_manager")
        action = self.env["ir.actions.act_window"].create(
            {"name": "People", "res_model": "res.partner", "view_mode": "list,form"}
        )
        readings = self._record_readings("res.partner")
        self.start_tour(
            f"/odoo/action-{action.id}",
            "customer_archive_contacts_read",
            login="ca_keeper",
        )
        partners = self.env["res.partner"].with_user(self.keeper)
        for view_type, (_name, fields) in zip(("list", "form"), readings, strict=False):
            expected = view_specification(partners, view_type)
            self.assertEqual(_names(fields), _names(expected), view_type)


def _names(specification):
    """The names of the fields of a specification, with those of its lines."""
    return {
        name: _names(values.get("fields", {})) for name, values in specification.items()
    }
