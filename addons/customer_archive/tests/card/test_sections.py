from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import CardCommon

PRIVATE = "customer_archive.group_customer_archive_private"


@tagged("post_install", "-at_install")
class TestSections(CardCommon):
    """The typed sections: CA-31, CA-34, CA-38."""

    def test_shares_of_sales_make_at_most_100_percent(self):
        """CA-31: by form, by write, by file and for two archives at once."""
        self.archive.write({"domestic_share": 70, "export_share": 30})
        with self.assertRefused(ValidationError, "more than 100 %"):
            self.archive.export_share = 30.5
        second = self._new_archive("South")
        with self.assertRefused(ValidationError, "(?s)North.*South"):
            (self.archive | second).write({"domestic_share": 60, "export_share": 41})
        result = self.env["customer.archive"].load(
            [".id", "domestic_share", "export_share"],
            [[str(self.archive.id), "90", "20"]],
        )
        self.assertIn("more than 100 %", result["messages"][0]["message"])

    def test_staff_is_added_up_or_typed(self):
        self.archive.staff_total = 40
        self.assertEqual(self.archive.staff_total, 40)
        self.archive.write({"staff_male": 30, "staff_female": 25})
        self.assertEqual(self.archive.staff_total, 55)

    def test_profit_of_the_half_year(self):
        """CA-34, K-13: operating profit, profit and profitability follow from what is typed."""
        self.archive.write(
            {"pl_sales": 1000, "pl_cost": 600, "pl_expenses": 200, "pl_interest": 50}
        )
        self.assertRecordValues(
            self.archive, [{"pl_operating": 200, "pl_net": 150, "pl_margin": 0.15}]
        )
        self.archive.pl_sales = 0
        self.assertEqual(self.archive.pl_margin, 0)

    def test_estate_is_summed_by_kind_place_and_tenure(self):
        self.archive.estate_ids = [
            Command.create(
                {
                    "place": "headquarters",
                    "kind": "land",
                    "area": 100,
                    "tenure": "owned",
                }
            ),
            Command.create(
                {
                    "place": "headquarters",
                    "kind": "land",
                    "area": 50,
                    "tenure": "rented",
                }
            ),
            Command.create(
                {"place": "branch", "kind": "building", "area": 7, "tenure": "rented"}
            ),
        ]
        self.assertEqual(self.archive._card_estate("land", "headquarters"), 150)
        self.assertEqual(
            self.archive._card_estate("land", "headquarters", "owned"), 100
        )
        self.assertEqual(self.archive._card_estate("building", "headquarters"), 0)

    def test_channels_keep_their_side(self):
        with Form(self.archive) as form:
            with form.purchase_channel_ids.new() as line:
                line.name = "Steel works"
            with form.sale_channel_ids.new() as line:
                line.name = "Car maker"
        self.assertEqual(
            self.archive.purchase_channel_ids.mapped("name"), ["Steel works"]
        )
        self.assertEqual(self.archive.sale_channel_ids.mapped("name"), ["Car maker"])

    @mute_logger("odoo.sql_db")
    def test_one_turnover_for_a_year(self):
        with self.assertRaises(IntegrityError):
            self.archive.turnover_ids = [
                Command.create({"year": 2024, "amount": 1}) for _number in range(2)
            ]
            self.env.flush_all()

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_lines_are_as_restricted_as_the_archive(self):
        """CA-11: another salesperson reads neither the archive nor its lists."""
        self.archive.write(
            {
                "turnover_ids": [Command.create({"year": 2024, "amount": 5})],
                "competitor_ids": [Command.create({"name": "Rival"})],
            }
        )
        self.env.flush_all()
        for fname in ("turnover_ids", "competitor_ids"):
            lines = self.archive[fname]
            self.assertEqual(
                lines.with_user(self.sales1).search([("id", "in", lines.ids)]), lines
            )
            self.assertFalse(
                lines.with_user(self.sales2).search([("id", "in", lines.ids)])
            )
            with self.assertRaises(AccessError):
                lines.with_user(self.sales2).write({"sequence": 3})
        with self.assertRaises(AccessError):
            self.env["customer.archive.turnover"].with_user(self.sales2).create(
                {"archive_id": self.archive.id, "year": 2020}
            )


@tagged("post_install", "-at_install")
class TestSectionTracking(CardCommon):
    @classmethod
    def default_env_context(cls):
        return {}  # with tracking

    def _track(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_changes_of_sections_are_in_the_change_ledger(self):
        """CA-08: old and new value of a typed section."""
        self._track()
        self.archive.business_nature = "Trade"
        self._track()
        change = self.env["customer.archive.change"].search(
            [
                ("archive_id", "=", self.archive.id),
                ("field_id.name", "=", "business_nature"),
            ]
        )
        self.assertEqual(change.new_value, "Trade")


@tagged("post_install", "-at_install")
class TestPersons(CardCommon):
    """Key persons and private data: CA-32, CA-37, A-22."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["res.partner"].create(
            {"name": "Chen", "parent_id": cls.partner.id, "phone": "13900001111"}
        )

    def _person(self, user=None, **values):
        Person = self.env["customer.archive.person"].with_user(user or self.env.user)
        return Person.create(
            {"archive_id": self.archive.id, "partner_id": self.contact.id, **values}
        )

    def test_private_data_is_refused_until_the_company_keeps_it(self):
        """A-22: by create and by write, also under superuser rights."""
        with self.assertRefused(UserError, "keeps no private data.*Chen"):
            self._person(birth_date="1970-01-01", private_purpose="Congratulation")
        person = self._person(character="calm")
        for values in (
            {"family": "two children"},
            {"education": "master"},
            {"birth_date": "1970-01-01"},
        ):
            with self.assertRefused(UserError, "keeps no private data"):
                person.sudo().write(values)

    def test_company_says_a_purpose(self):
        with self.assertRefused(ValidationError, "for which purpose"):
            self.company.ca_personal_data = True

    def test_private_data_needs_a_purpose_and_the_right(self):
        self.company.write(
            {
                "ca_personal_data": True,
                "ca_personal_data_purpose": "Reception of guests",
            }
        )
        self.sales1.group_ids |= self.env.ref(PRIVATE)
        with self.assertRefused(
            UserError, "for which purpose the private data of Chen"
        ):
            self._person(self.sales1, birth_date="1970-01-01")
        person = self._person(
            self.sales1, birth_date="1970-01-01", private_purpose="Birthday greetings"
        )
        with self.assertRefused(UserError, "for which purpose"):
            person.private_purpose = " "
        # the manager sees the person, and none of the private data
        seen = person.with_user(self.manager)
        self.assertEqual(seen.character, False)
        self.assertNotIn("birth_date", seen.fields_get())
        with (
            self.assertRaises(AccessError),
            mute_logger("odoo.orm.models", "odoo.models"),
        ):
            seen.read(["birth_date"])
        with (
            self.assertRaises(AccessError),
            mute_logger("odoo.orm.models", "odoo.models"),
        ):
            seen.search([("birth_date", "<", "1980-01-01")])

    def test_nobody_has_the_right_from_the_start(self):
        for user in (
            self.sales1,
            self.supervisor,
            self.keeper,
            self.manager,
            self.director,
            self.finance,
        ):
            self.assertFalse(user.has_group(PRIVATE), user.login)

    def test_private_data_is_printed_only_where_the_company_prints_it(self):
        self.company.write(
            {
                "ca_personal_data": True,
                "ca_personal_data_purpose": "Reception of guests",
            }
        )
        self.sales1.group_ids |= self.env.ref(PRIVATE)
        person = self._person(
            self.sales1, birth_date="1970-01-01", private_purpose="Birthday greetings"
        )
        self.assertFalse(person.with_user(self.sales1)._may_print_private_data())
        self.company.ca_print_personal_data = True
        self.assertTrue(person.with_user(self.sales1)._may_print_private_data())
        self.assertFalse(person.with_user(self.manager)._may_print_private_data())

    def test_person_belongs_to_the_customer(self):
        stranger = self._new_partner("Somebody else")
        with self.assertRefused(
            ValidationError, "Somebody else is no contact of North Bearings"
        ):
            self.env["customer.archive.person"].create(
                {"archive_id": self.archive.id, "partner_id": stranger.id}
            )

    def test_contacts_are_taken_over_once(self):
        self.archive.action_load_contacts()
        self.archive.action_load_contacts()
        self.assertEqual(self.archive.person_ids.partner_id, self.contact)

    def test_persons_are_ordered_by_role(self):
        chief = self.env["res.partner"].create(
            {"name": "Zhao", "parent_id": self.partner.id}
        )
        chief.ca_role_ids = self.env.ref(
            "customer_archive.customer_contact_role_legal_representative"
        )
        self.contact.ca_role_ids = self.env.ref(
            "customer_archive.customer_contact_role_purchasing_manager"
        )
        self.archive.action_load_contacts()
        self.assertEqual(
            self.archive._card_persons().partner_id.mapped("name"), ["Zhao", "Chen"]
        )
        self.assertEqual(self.archive._card_names("purchasing_manager"), "Chen")

    def test_phone_is_masked_for_who_is_not_in_charge(self):
        """CA-13, AC-03: 132****3550 for the supervisor; in full for the person in charge, keepers and managers."""
        seen = {
            user.login: self.archive.with_user(user).phone
            for user in (self.sales1, self.supervisor, self.keeper, self.manager)
        }
        self.assertEqual(
            seen,
            {
                "ca_sales1": "13212343550",
                "ca_supervisor": "132****3550",
                "ca_keeper": "13212343550",
                "ca_manager": "13212343550",
            },
        )
        self.assertEqual(self.archive.with_user(self.finance).phone, "132****3550")
