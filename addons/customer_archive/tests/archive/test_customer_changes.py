from odoo.tests import tagged

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestCustomerChanges(ArchiveCommon):
    """CA-08: the timeline learns of a new name and of changed bank accounts by every road."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("宁波旧名汽车部件有限公司")
        cls.customer = cls.archive.partner_id
        cls.bank = cls.env["res.bank"].create({"name": "Bank of Ningbo"})
        cls.accountant = cls._new_user(
            "ca_accountant", "base.group_user,base.group_partner_manager"
        )

    def _subjects(self, code, archive=None):
        events = (archive or self.archive).event_ids.filtered(
            lambda event: event.type_id.code == code
        )
        return events.sorted("id").mapped("subject")

    def _new_account(self, number="6222020200112233", partner=None, **vals):
        return (
            self.env["res.partner.bank"]
            .with_user(self.accountant)
            .create(
                {
                    "acc_number": number,
                    "partner_id": (partner or self.customer).id,
                    "bank_id": self.bank.id,
                    **vals,
                }
            )
        )

    # --- Name ---

    def test_ca_08_new_name_by_every_road(self):
        customer = self.customer.with_user(self.accountant)
        roads = {
            "write": lambda name: customer.write({"name": name}),
            "many": lambda name: (customer | self._new_partner("Other")).write(
                {"name": name, "ca_duplicate_reason": "Same name in a test"}
            ),
            "import": lambda name: customer.load(
                [".id", "name"], [[str(customer.id), name]]
            ),
            "parent": lambda name: customer.with_user(self.env.user)
            .create({"name": "Group", "is_company": True})
            .write({"child_ids": [(4, customer.id), (1, customer.id, {"name": name})]}),
        }
        for number, (road, rename) in enumerate(roads.items(), start=1):
            with self.subTest(road=road):
                former = customer.name
                rename(f"Name by {road}")
                self.assertEqual(
                    self._subjects("rename")[-1],
                    f"{former} is now called Name by {road}",
                )
                self.assertEqual(len(self._subjects("rename")), number)

    def test_ca_08_reporter_is_who_renamed(self):
        self.customer.with_user(self.accountant).name = "宁波新名汽车部件有限公司"
        event = self.archive.event_ids[0]
        self.assertEqual(event.reporter_id, self.accountant)
        self.assertEqual(event.action_open_source()["res_id"], self.customer.id)

    def test_ca_08_no_event_without_a_new_name_or_archive(self):
        self.customer.write({"name": self.customer.name, "phone": "1"})
        self.env["res.partner"].create(
            {"name": "Person", "parent_id": self.customer.id}
        ).name = "Person, married"
        self.assertFalse(self._subjects("rename"))
        supplier = self._new_partner("Supplier")
        supplier.name = "Supplier and sons"
        self._new_account(partner=supplier)
        self.assertFalse(supplier.ca_archive_ids, "a new name is no contact")

    def test_ca_08_every_company_with_an_archive_learns_of_it(self):
        other = self.env["res.company"].create({"name": "Second works"})
        second = self.env["customer.archive"].create(
            {"partner_id": self.customer.id, "company_id": other.id}
        )
        self.customer.with_user(self.accountant).name = "New name"
        for archive in (self.archive, second):
            self.assertEqual(len(self._subjects("rename", archive)), 1)

    # --- Bank account ---

    def test_ca_08_accounts_opened_changed_and_closed(self):
        account = self._new_account()
        account.acc_number = "6222020200998877"
        account.acc_holder_name = "宁波新名"
        account.active = False
        account.active = True
        account.unlink()
        self.assertEqual(
            self._subjects("bank"),
            [
                f"Bank account Bank of Ningbo {self.customer.name} *2233 added",
                f"Bank account Bank of Ningbo {self.customer.name} *2233 changed to "
                f"Bank of Ningbo {self.customer.name} *8877",
                f"Bank account Bank of Ningbo {self.customer.name} *8877 changed to "
                "Bank of Ningbo 宁波新名 *8877",
                "Bank account Bank of Ningbo 宁波新名 *8877 removed",
                "Bank account Bank of Ningbo 宁波新名 *8877 added",
                "Bank account Bank of Ningbo 宁波新名 *8877 removed",
            ],
        )

    def test_ca_08_account_from_the_customer_form_and_of_a_contact(self):
        self.customer.with_user(self.accountant).write(
            {"bank_ids": [(0, 0, {"acc_number": "1111000011112222"})]}
        )
        person = self.env["res.partner"].create(
            {"name": "Cashier", "parent_id": self.customer.id, "type": "contact"}
        )
        self._new_account("3333000033334444", partner=person)
        self.assertEqual(len(self._subjects("bank")), 2)
        self.assertNotIn("11110000", "".join(self._subjects("bank")))

    def test_ca_08_account_passes_to_another_customer(self):
        other = self._new_archive("Other customer")
        account = self._new_account()
        account.sudo().partner_id = other.partner_id
        self.assertIn("removed", self._subjects("bank")[-1])
        self.assertIn("added", self._subjects("bank", other)[-1])

    def test_ca_08_events_of_accounts_are_not_written_by_hand(self):
        self._new_account()
        event = self.archive.event_ids[0].with_user(self.manager)
        with self.assertRaisesRegex(Exception, "written by the system"):
            event.subject = "Nothing changed"

    def test_ca_08_queries_do_not_grow_with_customers(self):
        archives = self.archive.concat(
            *(self._new_archive(f"Bank {number}") for number in range(10))
        )

        def queries(numbers, customers):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["res.partner"]._note_ca_changes(
                [(customer, "rename", f"New name {numbers}") for customer in customers]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(0, archives.partner_id)
        few = queries(1, archives[:2].partner_id)
        self.assertLessEqual(queries(2, archives.partner_id), few + 1)
