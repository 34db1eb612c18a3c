from lxml import etree

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestNumberingForm(TransactionCase):
    """Forms do not ask for a number that is given when the record is saved."""

    def test_no_view_requires_the_number(self):
        """Every numbered model of every installed addon, in the form, list and quick create."""
        numbered = [
            self.env[name]
            for name, cls in self.env.registry.items()
            if getattr(cls, "_numbering_code", None) and not cls._abstract
        ]
        self.assertTrue(numbered)
        for model in numbered:
            field = model._numbering_field
            with self.subTest(model=model._name):
                self.assertFalse(model.fields_get([field])[field]["required"])
                for view_type in ("form", "list"):
                    arch = etree.fromstring(model.get_view(view_type=view_type)["arch"])
                    nodes = arch.xpath(f"//field[@name='{field}'][@required]")
                    self.assertFalse([etree.tostring(node) for node in nodes])

    def test_new_record_is_not_called_by_a_stand_in(self):
        """The path above the form says “New”, not “/”."""
        loan = self.env["loan.loan"].new({"name": "/"})
        self.assertFalse(loan.display_name)

    def test_list_says_what_is_numbered(self):
        """The kind of record in the reader's language; a sequence of one kind of it says which."""
        self.env["res.lang"]._activate_lang("zh_CN")
        model = self.env["ir.model"]._get("test_record_control.number")
        model.with_context(lang="zh_CN").name = "测试编号"
        sequences = self.env["ir.sequence"].search(
            [("code", "=like", "test_record_control.number%")], order="code"
        )
        for lang, name in (
            ("en_US", "Test: numbers given by the system"),
            ("zh_CN", "测试编号"),
        ):
            self.assertEqual(
                sequences.with_context(lang=lang).mapped("numbered_name"),
                [name, f"{name} gapless"],
            )
