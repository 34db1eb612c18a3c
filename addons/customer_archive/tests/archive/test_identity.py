import doctest

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ...tools import company_name, credit_code, pinyin
from ..common import CustomerArchiveCommon

CODE = "91110000600037341L"
OTHER_CODE = "91330200MA2AB0CD1X"


@tagged("post_install", "-at_install")
class TestTools(CustomerArchiveCommon):
    def test_doctests_hold(self):
        """The examples in the docstrings of the name, code and pinyin rules are true."""
        for module in (company_name, credit_code, pinyin):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 2, module.__name__)
            self.assertFalse(result.failed, module.__name__)


@tagged("post_install", "-at_install")
class TestCreditCode(CustomerArchiveCommon):
    """P29, GB 32100: a wrong unified social credit code is refused by every road."""

    def test_create_right_code_in_full_width_is_normalised(self):
        partner = self._new_partner(
            "Cheng", company_registry="９１１１００００ 600037341l"
        )
        self.assertEqual(partner.company_registry, CODE)

    def test_create_wrong_check_digit_refused(self):
        with self.assertRaisesRegex(ValidationError, "check digit"):
            self._new_partner("Wrong", company_registry=CODE[:-1] + "A")

    def test_create_wrong_character_refused(self):
        with self.assertRaisesRegex(ValidationError, "does not occur"):
            self._new_partner("Wrong", company_registry="I" + CODE[1:])

    def test_write_wrong_length_refused(self):
        partner = self._new_partner("Short")
        with self.assertRaisesRegex(ValidationError, "18 characters"):
            partner.company_registry = CODE[:-1]

    def test_import_wrong_code_refused(self):
        result = self.env["res.partner"].load(
            ["name", "is_company", "country_id/.id", "company_registry"],
            [["Imported", "True", str(self.env.ref("base.cn").id), CODE[:-1] + "B"]],
        )
        self.assertFalse(result["ids"])
        self.assertIn("check digit", result["messages"][0]["message"])

    def test_foreign_company_is_not_checked(self):
        partner = self._new_partner(
            "Foreign",
            country_id=self.env.ref("base.de").id,
            company_registry="HRB 1234",
        )
        self.assertEqual(partner.company_registry, "HRB 1234")

    def test_moving_a_company_to_china_checks_its_code(self):
        partner = self._new_partner(
            "Moved", country_id=self.env.ref("base.de").id, company_registry="HRB 1234"
        )
        with self.assertRaises(ValidationError):
            partner.country_id = self.env.ref("base.cn")

    def test_switch_off_accepts_everything(self):
        self.company.ca_check_credit_code = False
        self.assertTrue(self._new_partner("Unchecked", company_registry="123"))

    def test_contact_person_takes_the_code_of_the_company(self):
        partner = self._new_partner("Company with person", company_registry=CODE)
        person = self.env["res.partner"].create(
            {"name": "Li Lei", "parent_id": partner.id}
        )
        self.assertEqual(person.company_registry, CODE)


@tagged("post_install", "-at_install")
class TestDuplicates(CustomerArchiveCommon):
    """P29: a second contact of one company is stopped, or allowed with a reason that is recorded."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._new_partner(
            "宁波远达（中国）汽车部件有限责任公司", company_registry=CODE
        )

    def test_same_name_in_another_spelling_stopped(self):
        with self.assertRaisesRegex(ValidationError, "already entered"):
            self._new_partner("宁波远达 (中国) 汽车部件有限公司")

    def test_same_code_stopped(self):
        with self.assertRaisesRegex(ValidationError, "already entered"):
            self._new_partner("Another name", company_registry=CODE)

    def test_archived_contact_counts(self):
        self.first.active = False
        with self.assertRaises(ValidationError):
            self._new_partner("宁波远达中国汽车部件有限公司")

    def test_reason_is_accepted_and_recorded(self):
        second = (
            self.env["res.partner"]
            .with_user(self.manager)
            .create(
                {
                    "name": "宁波远达中国汽车部件有限公司",
                    "is_company": True,
                    "ca_duplicate_reason": "Second plant with contracts of its own",
                }
            )
        )
        self.assertEqual(second.ca_duplicate_user_id, self.manager)
        self.assertTrue(second.ca_duplicate_at)
        self.assertIn("Second plant", "".join(second.message_ids.mapped("body")))

    def test_policy_stop_refuses_reasons_too(self):
        self.company.ca_duplicate_policy = "stop"
        with self.assertRaises(ValidationError):
            self._new_partner(
                "宁波远达中国汽车部件有限公司", ca_duplicate_reason="Please"
            )

    def test_policy_off_checks_nothing(self):
        self.company.ca_duplicate_policy = "off"
        self.assertTrue(self._new_partner("宁波远达中国汽车部件有限公司"))

    def test_rename_into_a_duplicate_stopped(self):
        other = self._new_partner("宁波恒信金属有限公司")
        with self.assertRaises(ValidationError):
            other.name = "宁波远达中国汽车部件有限公司"

    def test_reason_of_another_name_does_not_count(self):
        second = self._new_partner(
            "宁波远达中国汽车部件有限公司", ca_duplicate_reason="Second plant"
        )
        self._new_partner("宁波恒信金属有限公司")
        with self.assertRaises(ValidationError):
            second.name = "宁波恒信金属有限责任公司"

    def test_removing_the_reason_stopped(self):
        second = self._new_partner(
            "宁波远达中国汽车部件有限公司", ca_duplicate_reason="Second plant"
        )
        with self.assertRaises(ValidationError):
            second.ca_duplicate_reason = False

    def test_two_in_one_batch_stopped(self):
        with self.assertRaises(ValidationError):
            self.env["res.partner"].create(
                [
                    {"name": "Twin Co., Ltd.", "is_company": True},
                    {"name": "TWIN CO LTD", "is_company": True},
                ]
            )

    def test_import_stopped(self):
        result = self.env["res.partner"].load(
            ["name", "is_company"], [["宁波远达中国汽车部件有限公司", "True"]]
        )
        self.assertFalse(result["ids"])

    def test_quick_create_of_a_person_with_the_same_name_passes(self):
        self.assertTrue(
            self.env["res.partner"].create({"name": "宁波远达中国汽车部件有限公司"})
        )

    def test_a_person_with_the_number_of_a_company_is_stopped(self):
        """P29: the same tax number is the same customer, entered as a company or as a person; its people have it."""
        self.first.vat = "DE129274202"
        partners = self.env["res.partner"]
        for vals in (
            {"name": "Hans", "vat": "DE 129274202"},
            {"name": "Hans Ltd", "is_company": True, "company_registry": "de129274202"},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                partners.create(vals)
        partners.create({"name": "Hans", "parent_id": self.first.id})
        for number in (1, 2):
            partners.create({"name": f"Without number {number}", "vat": "/"})
        person = partners.create({"name": "Person", "vat": "DE811128135"})
        with self.assertRaisesRegex(ValidationError, "entered as Person"):
            self._new_partner("Person Ltd", vat=person.vat)

    def test_one_number_in_either_field(self):
        """A-50: in China the tax number is the credit code; both are written in their normal form."""
        code = "91110000600037341L"
        self.first.company_registry = code
        for vat in (code, "91110000-6000 37341l"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._new_partner("Other name", vat=vat)
        self.first.vat = "91110000-6000 37341l"
        self.assertEqual(self.first.vat, code)

    def test_becoming_a_company_is_checked(self):
        person = self.env["res.partner"].create(
            {"name": "宁波远达中国汽车部件有限公司"}
        )
        with self.assertRaises(ValidationError):
            person.is_company = True

    def test_branches_of_one_company_pass(self):
        branch = self._new_partner(
            "宁波远达中国汽车部件有限公司", parent_id=self.first.id
        )
        self.assertTrue(branch)

    def test_contacts_of_separate_companies_pass(self):
        company2 = self.env["res.company"].create({"name": "Second house"})
        self.first.company_id = self.company
        self.assertTrue(
            self._new_partner("宁波远达中国汽车部件有限公司", company_id=company2.id)
        )

    def test_what_a_customer_is_known_by_is_not_typed(self):
        """CA-02, CA-16: nobody passes the check for duplicates, or the stop, by a value that is figured out."""
        self.company.ca_duplicate_policy = "stop"
        known = self._new_partner("Ningbo Machines Ltd")
        contact = self._new_partner("Wang", is_company=False, parent_id=known.id)
        other = self._new_partner("Other Castings Ltd")
        partners = self.env["res.partner"].with_user(self.sales1)
        twin = {"name": "Ningbo Machines Ltd", "is_company": True}
        for number, road in enumerate(
            (
                lambda: partners.create({**twin, "ca_name_key": "x"}),
                lambda: known.with_user(self.sales1).write({"ca_name_key": "x"}),
                lambda: known.with_user(self.sales1).write({"ca_pinyin": "x"}),
                lambda: contact.with_user(self.sales1).write(
                    {"commercial_partner_id": other.id}
                ),
            )
        ):
            with self.subTest(road=number), self.assertRaises(AccessError):
                road()
        result = partners.load(
            [".id", "commercial_partner_id/.id"], [[str(contact.id), str(other.id)]]
        )
        self.assertFalse(result["ids"])
        partners = partners.with_context(
            default_ca_name_key="x", default_commercial_partner_id=other.id
        )
        with self.assertRaises(ValidationError):
            partners.create(twin)
        fresh = partners.create({"name": "Fresh Castings Ltd", "is_company": True})
        self.assertEqual(fresh.commercial_partner_id, fresh)

    def test_stamps_are_not_typed(self):
        second = (
            self.env["res.partner"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Stamp Ltd",
                    "is_company": True,
                    "ca_duplicate_user_id": self.director.id,
                    "ca_duplicate_at": "2020-01-01 00:00:00",
                }
            )
        )
        self.assertFalse(second.ca_duplicate_user_id)
        self.assertFalse(second.ca_duplicate_at)

    def test_query_count_of_a_batch(self):
        """The check of a batch is one query, whatever its size."""
        partners = self.env["res.partner"].create(
            [
                {"name": f"Batch {number} Ltd", "is_company": True}
                for number in range(200)
            ]
        )
        partners.mapped("name")
        self.env.flush_all()
        with self.assertQueryCount(1):
            partners._check_ca_duplicate()


@tagged("post_install", "-at_install")
class TestSearch(CustomerArchiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parts = cls._new_partner(
            "宁波汽车零部件检测有限公司", ref="NB-778", phone="13212343550"
        )
        cls.other = cls._new_partner("重庆机械制造有限公司")

    def _search(self, fragment, operator="ilike"):
        partners = self.parts | self.other
        return self.env["res.partner"].search(
            [("id", "in", partners.ids), ("display_name", operator, fragment)]
        )

    def test_initials_find_the_company(self):
        found = self.env["res.partner"].name_search("nbqc", limit=None)
        self.assertIn(self.parts.id, [row[0] for row in found])

    def test_fragments(self):
        for fragment in (
            "nbqc",
            "NBQC",
            "qclbj",
            "ningbo",
            "ning bo",
            "汽车零",
            "汽车",
            "NB-778",
            "零部件",
        ):
            self.assertEqual(self._search(fragment), self.parts, fragment)
        self.assertEqual(self._search("chongqing"), self.other)
        self.assertFalse(self._search("shanghai"))

    def test_negative_operator_keeps_its_meaning(self):
        self.assertEqual(self._search("汽车", "not ilike"), self.other)

    def test_rename_follows(self):
        self.other.name = "成都机械制造有限公司"
        self.assertEqual(self._search("cdjx"), self.other)

    def test_archive_found_by_customer_pinyin(self):
        archive = self._new_archive("x", partner=self.parts)
        found = self.env["customer.archive"].search(
            [("partner_id.display_name", "ilike", "nbqc")]
        )
        self.assertIn(archive, found)

    def test_search_uses_the_indexes(self):
        """Each column of the name search has a trigram index, so that no part of it reads the whole table."""
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'res_partner'"
        )
        definitions = " ".join(
            row[0] for row in self.env.cr.fetchall() if "gin_trgm_ops" in row[0]
        )
        for column in (
            "complete_name",
            "email",
            "ref",
            "vat",
            "company_registry",
            "ca_pinyin",
        ):
            self.assertRegex(definitions, rf"\(?{column}\)? gin_trgm_ops")

    def test_chinese_has_trigrams(self):
        """The database locale takes Chinese characters for letters; otherwise the index finds nothing."""
        self.env.cr.execute("SELECT show_trgm('宁波汽车')")
        self.assertGreater(len(self.env.cr.fetchone()[0]), 3)


@tagged("post_install", "-at_install")
class TestStanding(CustomerArchiveCommon):
    """Grade, marks and credit status are set by managers and finance only; the stop only by the process."""

    def test_salesperson_may_not_set(self):
        partner = self._new_partner("Graded")
        for fname, value in {
            "ca_grade_id": self.grade_a.id,
            "ca_is_key": True,
            "ca_is_vip": True,
            "ca_credit_status": "high",
        }.items():
            with self.assertRaises(AccessError, msg=fname):
                partner.with_user(self.sales1).write({fname: value})
            with self.assertRaises(AccessError, msg=fname):
                self.env["res.partner"].with_user(self.sales1).create(
                    {"name": "New", fname: value}
                )

    def test_manager_sets_grade_and_marks(self):
        partner = self._new_partner("Graded by manager")
        partner.with_user(self.manager).write(
            {"ca_grade_id": self.grade_a.id, "ca_is_key": True, "ca_is_vip": True}
        )
        self.assertEqual(partner.ca_grade_id, self.grade_a)

    def test_finance_sets_credit_status_but_no_marks(self):
        partner = self._new_partner("Credit by finance")
        self.finance.group_ids += self.env.ref("base.group_partner_manager")
        partner.with_user(self.finance).ca_credit_status = "low"
        with self.assertRaises(AccessError):
            partner.with_user(self.finance).ca_is_key = True

    def test_nobody_types_the_stop(self):
        partner = self._new_partner("Stopped by hand")
        for user in (self.sales1, self.manager, self.director):
            with self.assertRaises(AccessError):
                partner.with_user(user).ca_trading_stopped = True

    def test_copy_starts_without_standing(self):
        partner = self._new_partner("Copied")
        partner.write({"ca_grade_id": self.grade_a.id, "ca_is_key": True})
        copy = partner.copy({"name": "Copy of it"})
        self.assertFalse(copy.ca_grade_id)
        self.assertFalse(copy.ca_is_key)

    def test_standing_is_kept_per_company(self):
        company2 = self.env["res.company"].create({"name": "Second house"})
        partner = self._new_partner("In two companies")
        partner.ca_grade_id = self.grade_a
        self.assertFalse(partner.with_company(company2).ca_grade_id)

    def test_archive_repeats_the_standing_of_its_company(self):
        archive = self._new_archive("Standing of archive")
        archive.partner_id.write(
            {
                "ca_grade_id": self.grade_b.id,
                "ca_is_vip": True,
                "ca_credit_status": "low",
            }
        )
        self.assertRecordValues(
            archive,
            [
                {
                    "grade_id": self.grade_b.id,
                    "is_vip": True,
                    "is_key": False,
                    "credit_status": "low",
                }
            ],
        )
        self.assertEqual(
            self.env["customer.archive"].search(
                [("grade_id", "=", self.grade_b.id), ("id", "=", archive.id)]
            ),
            archive,
        )
