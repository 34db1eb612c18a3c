from odoo.tests import tagged

from ...models.archive.customer_archive_search import (
    STATISTICS_TARGET,
    plain_text,
)
from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestArchiveSearch(ArchiveCommon):
    """CA-39: an archive is found by its numbers and by whatever finds its customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._new_partner("宁波泰鑫轴承有限公司")
        cls.partner.write({"ref": "C-4711", "email": "Office@Taixin.example"})
        cls.archive = cls._new_archive("x", partner=cls.partner)
        cls.other = cls._new_archive("Plain customer")

    def _found(self, fragment, user=None):
        archives = self.env["customer.archive"].with_user(user or self.keeper)
        return archives.search(
            [
                ("display_name", "ilike", fragment),
                ("id", "in", (self.archive | self.other).ids),
            ]
        )

    def test_by_numbers_names_and_pinyin(self):
        for fragment in (
            self.archive.name,
            self.archive.name.lower(),
            "泰鑫轴",
            "c-47",
            "office@taixin",
            "nbtxzc",
            "ningbo taixin",
            "ＮＢＴＸ",
        ):
            with self.subTest(fragment=fragment):
                self.assertEqual(self._found(fragment), self.archive)

    def test_not_across_two_values(self):
        """The end of one value and the start of the next are no fragment, with or without the line break."""
        self.assertFalse(self._found("公司office"))
        self.assertFalse(self._found("公司\noffice"))

    def test_follows_the_customer(self):
        self.partner.write({"name": "成都机械制造有限公司", "ref": False})
        self.assertEqual(self._found("cdjx"), self.archive)
        self.assertFalse(self._found("泰鑫轴") | self._found("4711"))

    def test_only_what_the_user_may_read(self):
        self.assertFalse(self._found("泰鑫轴", user=self.clerk))

    def test_name_search_is_the_same(self):
        found = self.env["customer.archive"].name_search("泰鑫轴")
        self.assertEqual([res_id for res_id, __ in found], self.archive.ids)

    def test_rare_fragments_are_guessed_well(self):
        """PostgreSQL keeps more examples of what is searched than of other columns."""
        self.env.cr.execute(
            "SELECT attstattarget FROM pg_attribute"
            " WHERE attrelid = 'customer_archive'::regclass AND attname = 'search_key'"
        )
        self.assertEqual(self.env.cr.fetchall(), [(STATISTICS_TARGET,)])

    def test_plain_text(self):
        self.assertEqual(plain_text("ＡB Müller Straße"), "ab muller strasse")
