from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestLeakingFields(TransactionCase):
    """CA-11: no field of another model shows what the rules of an archive hide."""

    def test_ca_11_no_field_shows_restricted_content(self):
        models = [
            name
            for name in self.env["ir.rule"]._get_restricted_models()
            if name.startswith("customer.archive")
        ]
        self.assertLessEqual(
            {
                "customer.archive",
                "customer.archive.document",
                "customer.archive.person",
                "customer.archive.refresh",
                "customer.archive.turnover",
            },
            set(models),
        )
        for name in models:
            with self.subTest(name):
                self.assertEqual(self.env[name]._get_leaking_fields(), [])
                self.assertEqual(self.env[name]._get_partial_lists(), [])
