from odoo.fields import Command
from odoo.tests import tagged

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestBranches(ArchiveCommon):
    """Archives of a branch whose people are employed by the company above it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create(
            {"name": "Branch", "parent_id": cls.company.id}
        )
        (cls.sales1 | cls.supervisor).company_ids = [Command.link(cls.branch.id)]
        employees = cls.env["hr.employee"]
        chief = employees.create({"name": "Chief", "user_id": cls.supervisor.id})
        cls.employee = employees.create(
            {"name": "Sales", "user_id": cls.sales1.id, "parent_id": chief.id}
        )

    def test_ca_03_supervisor_is_the_manager_in_the_company_above(self):
        self.team.company_id = self.company
        self.supervisor.group_ids -= self.env.ref(
            "customer_archive.group_customer_archive_supervisor"
        )
        archive = (
            self.env["customer.archive"]
            .with_user(self.sales1)
            .with_company(self.branch)
            .create({"partner_id": self._new_partner("Branch customer").id})
        )
        self.assertEqual(archive.company_id, self.branch)
        self.assertEqual(archive.supervisor_id, self.supervisor)
        self.assertTrue(self.supervisor._is_ca_supervisor_of(self.sales1, self.branch))
        self.assertFalse(
            self.supervisor._is_ca_supervisor_of(
                self.sales1, self.env["res.company"].create({"name": "Elsewhere"})
            )
        )

    def test_ca_97_import_knows_the_customers_of_the_company_above(self):
        partner = self._new_partner("Known customer", company_id=self.company.id)
        batch = self.env["customer.import.batch"].create({"company_id": self.branch.id})
        row = type("Row", (), {"values": {"name": partner.name}, "findings": []})()
        known = batch._search_known_customers([row])
        self.assertIn(partner.ca_name_key, known["name_key"])
