import doctest

from odoo.tests import BaseCase, tagged

from odoo.addons.record_control.tools import evidence, received_text


@tagged("post_install", "-at_install")
class TestOutsideInput(BaseCase):
    def test_examples_in_the_documentation(self):
        for module in (evidence, received_text):
            with self.subTest(module.__name__):
                self.assertEqual(doctest.testmod(module).failed, 0)
