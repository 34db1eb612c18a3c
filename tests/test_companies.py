"""What holds for every model of ours that belongs to a company."""

from odoo.tests import TransactionCase, tagged

from lib.addons import suite


@tagged("post_install", "-at_install", "standard")
class TestCompanies(TransactionCase):
    def test_nothing_is_moved_into_any_company(self):
        """Whatever a user may write, he moves into no company where he may not work."""
        boundary = self.registry["company.boundary.mixin"]
        addons = set(suite())
        checked = 0
        for name in (
            self.env["ir.model.access"]
            .search([("perm_write", "=", True)])
            .mapped("model_id.model")
        ):
            model = self.registry.get(name)
            if model is None or model._original_module not in addons:
                continue
            company = model._fields.get("company_id")
            entered = company and company.store and not company.compute
            if entered and not model._transient:
                checked += 1
                with self.subTest(model=name):
                    self.assertTrue(issubclass(model, boundary))
        self.assertTrue(checked)

    def test_set_up_of_a_deleted_company_does_not_hold_in_all_others(self):
        """What names no company holds in every one: so the set-up of a company goes, or stays, with it."""
        addons, checked = set(suite()), 0
        for name, model in self.registry.items():
            company = model._fields.get("company_id")
            if not company or model._original_module not in addons or not model._auto:
                continue
            if company.store and not company.compute and not model._transient:
                checked += 1
                with self.subTest(model=name):
                    self.assertNotEqual(company.ondelete, "set null")
        self.assertTrue(checked)
