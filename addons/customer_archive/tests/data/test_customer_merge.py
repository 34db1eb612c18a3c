from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.base.tests.common import BaseCommon


@tagged("post_install", "-at_install")
class TestCustomerMerge(BaseCommon):
    """CA-100: merging contacts merges their archives and loses none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"归并{i}有限公司", "is_company": True} for i in range(2)]
        )
        cls.archives = cls.env["customer.archive"].create(
            [{"partner_id": partner.id} for partner in cls.partners]
        )
        kind = cls.env["customer.archive.event.type"].search([], limit=1)
        cls.env["customer.archive.event"].create(
            [
                {"archive_id": archive.id, "type_id": kind.id, "subject": archive.name}
                for archive in cls.archives
            ]
        )

    def merge(self, user):
        wizard = (
            self.env["base.partner.merge.automatic.wizard"].with_user(user).create({})
        )
        wizard.with_user(user)._merge(
            self.partners.ids, self.partners[0], extra_checks=False
        )

    def test_ca_100_archives_are_merged_with_their_lines(self):
        user = new_test_user(
            self.env,
            "merge_keeper",
            "customer_archive.group_customer_archive_keeper,base.group_partner_manager",
        )
        source_name = self.archives[1].name
        self.merge(user)
        kept, retired = self.archives
        self.assertTrue(kept.exists() and retired.exists(), "no archive is deleted")
        self.assertEqual(retired.merged_into_id, kept)
        self.assertFalse(retired.active)
        self.assertEqual(kept.partner_id, self.partners[0])
        subjects = kept.event_ids.mapped("subject")
        self.assertIn(source_name, subjects)
        self.assertTrue(any(source_name in s for s in subjects if s != source_name))

    def test_ca_100_key_persons_and_reports_are_merged(self):
        """The key persons follow their contacts, who move with core; a second report of a new customer is kept aside."""
        reports = self.env["customer.new.report"].create(
            [{"partner_id": partner.id} for partner in self.partners]
        )
        contacts = self.env["res.partner"].create(
            [{"name": f"Buyer {p.id}", "parent_id": p.id} for p in self.partners]
        )
        persons = self.env["customer.archive.person"].create(
            [
                {"archive_id": archive.id, "partner_id": contact.id}
                for archive, contact in zip(self.archives, contacts, strict=True)
            ]
        )
        manager = new_test_user(
            self.env, "merger", "customer_archive.group_customer_archive_manager"
        )
        manager_report = reports[0].with_user(manager)
        manager_report.write({"remark": "By the manager"})
        with self.assertRaises(UserError):
            manager_report.write({"is_merged": True})
        self.merge(self.env.user)
        self.assertEqual(persons.archive_id, self.archives[0])
        self.assertEqual(persons.partner_id.parent_id, self.partners[0])
        self.assertEqual(reports.partner_id, self.partners[0])
        self.assertEqual(reports.mapped("is_merged"), [False, True])

    def test_ca_15_destroyed_archives_are_not_merged(self):
        """Of a customer who came back the new archive is merged; the destroyed one stays as it was."""
        kept, destroyed = self.archives
        destroyed.flush_recordset()
        self.env.cr.execute(
            "UPDATE customer_archive SET state = 'destroyed' WHERE id = %s",
            [destroyed.id],
        )
        destroyed.invalidate_recordset(["state"])
        new = destroyed.create({"partner_id": destroyed.partner_id.id})
        with self.assertRaisesRegex(UserError, "trade has ended"):
            self.merge(self.env.user)
        new._write_protected({"date_filed": "2025-01-01"})
        self.merge(self.env.user)
        self.assertEqual(new.merged_into_id, kept)
        self.assertFalse(destroyed.merged_into_id)
        self.assertEqual(destroyed.partner_id, self.partners[0])

    def test_ca_100_only_keeper_or_manager_merges_archives(self):
        user = new_test_user(
            self.env,
            "merge_clerk",
            "customer_archive.group_customer_archive_user,base.group_partner_manager",
        )
        with self.assertRaisesRegex(AccessError, "have archives"):
            self.merge(user)
        self.assertFalse(self.archives.merged_into_id)

    def test_ca_100_archives_of_another_company_are_merged_there(self):
        """CA-01, CA-100: a keeper elsewhere, who may merge the shared contacts, merges no archives that he may not see."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env,
            "merge_elsewhere",
            "customer_archive.group_customer_archive_keeper,base.group_partner_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        with self.assertRaisesRegex(AccessError, "who works there"):
            self.merge(user)
        self.assertFalse(self.archives.merged_into_id)
        user.company_ids += self.env.company
        self.merge(user)
        self.assertTrue(self.archives[1].merged_into_id)

    def test_ca_12_what_is_merged_stays_protected(self):
        """CA-12, CA-15: neither the level nor the hold of an archive ends by merging it into another one."""
        kept, merged = self.archives
        merged.write(
            {"confidentiality": "secret", "is_on_hold": True, "hold_reason": "Dispute"}
        )
        self.merge(self.env.user)
        self.assertEqual(merged.merged_into_id, kept)
        self.assertEqual(kept.confidentiality, "secret")
        self.assertTrue(kept.is_on_hold)
        self.assertEqual(kept.hold_reason, "Dispute")

    def test_ca_100_nobody_waits_for_a_merged_archive(self):
        """CA-02, CA-03, CA-100: neither a signature nor a reminder is asked of an archive that was merged."""
        kept, merged = self.archives
        self.assertTrue(merged.clock_ids.filtered(lambda clock: not clock.stopped_at))
        document = merged.document_ids.filtered("type_id.blocks_active")
        document.date_received = merged.company_id._record_control_today()
        merged.partner_id.phone = "1"
        merged.supervisor_id = new_test_user(
            self.env,
            "merge_supervisor",
            "customer_archive.group_customer_archive_supervisor",
        )
        merged.action_submit()
        self.assertEqual(merged.sign_off_state, "open")
        self.merge(self.env.user)
        self.assertEqual(merged.merged_into_id, kept)
        self.assertEqual(merged.sign_off_state, "none")
        self.assertFalse(merged._get_open_clocks("archive_opening"))
        self.assertTrue(kept._get_open_clocks("archive_opening"))
        self.assertFalse(merged.activity_ids)

    def test_ca_100_no_account_that_the_keeper_does_not_see_gets_another_email(self):
        """CA-100: whose e-mail an account has decides who sets its password; the keeper stands in for nobody there."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        portal = new_test_user(
            self.env,
            "merge_portal",
            "base.group_portal",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        archived = new_test_user(self.env, "merge_archived", "base.group_portal")
        archived.active = False
        keeper = self._new_keeper()
        self.partners[0].email = "somebody@example.com"
        for user in (portal, archived):
            with (
                self.subTest(user=user.login),
                self.assertRaisesRegex(UserError, "same email"),
            ):
                self._merge_with(keeper, user.partner_id)

    def test_ca_100_contacts_of_another_company_are_not_merged(self):
        """CA-100: the keeper merges what he may change; contacts that other companies keep for themselves are theirs."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.env["res.partner"].create(
            {"name": "Hidden", "company_id": company.id}
        )
        with self.assertRaises(AccessError):
            self._merge_with(self._new_keeper(), hidden)

    def _new_keeper(self):
        return new_test_user(
            self.env,
            "merge_keeper",
            "customer_archive.group_customer_archive_keeper,base.group_partner_manager",
        )

    def _merge_with(self, user, partner):
        """Merge a contact into the first customer as the automatic search does, which takes the ids of its lines."""
        wizard = (
            self.env["base.partner.merge.automatic.wizard"].with_user(user).create({})
        )
        ids = (self.partners[0] | partner).ids
        wizard._merge(ids, self.partners[0].with_user(user))
