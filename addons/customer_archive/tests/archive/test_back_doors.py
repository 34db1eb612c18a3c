from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestBackDoors(ArchiveCommon):
    """CA-01 to CA-18: what a salesperson might try instead of the way that is meant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("Back doors")
        cls.partner = cls.archive.partner_id

    def test_an_archive_once_on_file_keeps_its_customer(self):
        """CA-01: back in the draft state after a change it still is the archive of that customer."""
        self._put_on_file(self.archive)
        self.archive.with_user(self.sales1).category_id = self.env.ref(
            "customer_archive.customer_archive_category_supplier"
        )
        self.assertEqual(self.archive.state, "draft")
        with self.assertRaisesRegex(UserError, "first put on file"):
            self.archive.with_user(self.sales1).partner_id = self._new_partner("Other")
        draft = self._new_archive("Wrong customer")
        draft.with_user(self.sales1).partner_id = self._new_partner("Right customer")

    def test_the_second_contact_passes_nothing_on(self):
        """CA-11, CA-14: he sees the archive, but neither takes charge of it nor puts somebody in his place."""
        self.archive.second_user_id = self.sales2
        supervisor = self.archive.with_user(self.supervisor)
        second = self.archive.with_user(self.sales2)
        for vals in (
            {"user_id": self.sales2.id, "second_user_id": self.supervisor.id},
            {"second_user_id": self.supervisor.id},
            {"user_id": False},
        ):
            with (
                self.subTest(vals),
                self.assertRaisesRegex(UserError, "customers of somebody else"),
            ):
                second.write(vals)
        second.write({"user_id": self.sales1.id, "second_user_id": self.sales2.id})
        self.archive.with_user(self.sales1).second_user_id = False
        supervisor.second_user_id = self.sales2

    def test_customers_of_others_are_not_taken_over(self):
        """CA-11, CA-14: another salesperson does not make himself that of the customer."""
        self.partner.user_id = self.sales1
        report = self.env["customer.new.report"].create(
            {"partner_id": self.partner.id, "user_id": self.sales1.id}
        )
        with self.assertRaisesRegex(UserError, "customers of somebody else"):
            self.partner.with_user(self.sales2).user_id = self.sales2
        self.assertFalse(report.with_user(self.sales2).search([("id", "=", report.id)]))
        for user in (self.sales1, self.supervisor, self.keeper):
            self.partner.with_user(user).user_id = self.sales2
            self.partner.user_id = self.sales1
        free = self._new_partner("Without archive")
        free.with_user(self.sales2).user_id = self.sales2

    def test_customers_of_others_without_archive_are_not_taken_over(self):
        """CA-11: nobody makes himself salesperson of a colleague's customer to open the archive with all its trade."""
        taken, untraded = (
            self._new_partner(name, user_id=self.sales1.id)
            for name in ("Traded before", "Not traded yet")
        )
        self._new_order(taken, user_id=self.sales1.id, state="sale")
        (taken | untraded).sudo().ca_archive_ids.unlink()
        for user in self.sales2, self.env["res.users"]:
            with self.assertRaisesRegex(UserError, "customers of somebody else"):
                (untraded | taken).with_user(self.sales2).user_id = user
        untraded.with_user(self.sales2).user_id = self.sales2
        for user in self.sales1, self.supervisor, self.keeper:
            taken.with_user(user).user_id = self.sales2
            taken.user_id = self.sales1

    def test_a_customer_of_nobody_is_taken_on(self):
        """CA-02: whoever enters a customer names the salesperson afterwards, too; then it is that person's."""
        Partner = self.env["res.partner"].with_user(self.sales1)
        partner = Partner.create(
            {"name": "Of nobody", "is_company": True, "customer_rank": 1}
        )
        self.assertFalse(partner.sudo().ca_archive_ids.user_id)
        partner.user_id = self.sales1
        with self.assertRaisesRegex(UserError, "customers of somebody else"):
            partner.with_user(self.sales2).user_id = self.sales2
        partner.user_id = self.supervisor
        partner.sudo().user_id = False
        partner.sudo().ca_archive_ids.user_id = self.sales1
        with self.assertRaisesRegex(UserError, "customers of somebody else"):
            partner.with_user(self.sales2).user_id = self.sales2

    def test_a_second_contact_is_no_second_start(self):
        """CA-16: a reason does not let a customer begin anew whose trade has ended; a manager may."""
        self._put_on_file(self.archive)
        self._decide(self.archive, "stop")
        vals = {
            "name": self.partner.name,
            "is_company": True,
            "ca_duplicate_reason": "Branch",
        }
        Partner = self.env["res.partner"]
        with self.assertRaisesRegex(ValidationError, "only a manager"):
            Partner.with_user(self.sales1).create(vals)
        renamed = self._new_partner("Renamed later")
        with self.assertRaisesRegex(ValidationError, "only a manager"):
            renamed.with_user(self.sales1).write(vals)
        self._decide(self.archive, "resume")
        Partner.with_user(self.sales1).create(vals)

    def test_documents_are_not_made_less_secret_than_their_type(self):
        """CA-12: the level of the type is the least, whatever is said at the creation."""
        document_type = self.archive.document_ids[:1].type_id
        document_type.confidentiality = "secret"
        Document = self.env["customer.archive.document"].with_user(self.sales1)
        vals = {"archive_id": self.archive.id, "type_id": document_type.id}
        for level, expected in (
            ("internal", "secret"),
            ("confidential", "confidential"),
            (None, "secret"),
        ):
            said = {"confidentiality": level} if level else {}
            self.assertEqual(
                Document.create({**vals, **said}).confidentiality, expected
            )
        brought = Document.with_context(default_confidentiality="internal")
        self.assertEqual(brought.create(vals).confidentiality, "secret")

    def test_the_first_tick_stays(self):
        """CA-18: who consulted the archive, and when, is not rewritten by ticking once more."""
        orders = self.env["sale.order"].union(
            *(self._new_order(self.partner, user=self.sales1) for __ in range(2))
        )
        orders[0].with_user(self.sales1).ca_archive_checked = True
        first = orders[0].ca_archive_checked_at
        orders.with_user(self.manager).sudo().write({"ca_archive_checked": True})
        self.assertEqual(orders[1].ca_archive_checked_by_id, self.manager)
        self.assertEqual(orders[0].ca_archive_checked_by_id, self.sales1)
        self.assertEqual(orders[0].ca_archive_checked_at, first)

    def test_hold_is_not_set_at_creation(self):
        """CA-15: managers and legal alone put on hold, by no value and no default."""
        Archive = self.env["customer.archive"].with_user(self.sales1)
        Document = self.env["customer.archive.document"].with_user(self.sales1)
        document = {
            "archive_id": self.archive.id,
            "type_id": self.archive.document_ids[:1].type_id.id,
        }
        customer = {"partner_id": self._new_partner("Held").id}
        for model, vals in ((Archive, customer), (Document, document)):
            with self.assertRaises(AccessError):
                model.create({**vals, "is_on_hold": True})
            brought = model.with_context(default_is_on_hold=True).create(vals)
            self.assertFalse(brought.is_on_hold)

    def test_received_lists_and_receivers_stay(self):
        """CA-14, CA-15: a received filing list is not changed, nor the receiver who received items."""
        filing = self.env["customer.archive.filing"].create(
            {"date_month": "2025-03-01"}
        )
        document = self.archive.document_ids.filtered("date_received")[:1]
        document.copies = 0
        document.filing_id = filing
        filing.with_user(self.manager).action_hand_over()
        filing.with_user(self.keeper).action_file()
        for vals in (
            {"keeper_id": self.manager.id},
            {"date_month": "2025-02-01"},
            {"user_id": self.sales1.id},
        ):
            with self.assertRaisesRegex(UserError, "was received is not changed"):
                filing.with_user(self.keeper).write(vals)
        handover = (
            self.env["customer.archive.handover"]
            .with_user(self.keeper)
            .create({"leaver_id": self.sales1.id, "receiver_id": self.sales2.id})
        )
        handover.action_load()
        handover.action_begin()
        lines = handover.line_ids.filtered(lambda line: line.kind == "archive")
        lines.with_user(self.sales2).action_receive()
        with self.assertRaisesRegex(UserError, "stays the receiver"):
            handover.receiver_id = self.supervisor

    def test_lists_of_the_archive_from_the_customer(self):
        """CA-01: no command of the customer's list of archives moves or deletes one."""
        other = self._new_partner("Other customer")
        self._put_on_file(self.archive)
        for command in (
            Command.link(self.archive.id),
            Command.set(self.archive.ids),
            Command.update(self.archive.id, {"partner_id": other.id}),
        ):
            with self.assertRaises(UserError):
                other.with_user(self.sales1).ca_archive_ids = [command]
        self.assertEqual(self.archive.partner_id, self.partner)

    def test_customers_are_not_taken_over_by_way_of_another_company(self):
        """CA-11: the salesperson of a shared customer is kept, wherever the other one works at the moment."""
        other = self.env["res.company"].create({"name": "Second works"})
        self.sales2.company_ids |= other
        self.partner.user_id = self.sales1
        with self.assertRaisesRegex(UserError, "customers of somebody else"):
            self.partner.with_user(self.sales2).with_context(
                allowed_company_ids=other.ids
            ).user_id = self.sales2

    def test_who_takes_back_has_not_submitted(self):
        """CA-02: the week of an archive that was withdrawn goes on, and somebody is asked; a returned one was in time."""
        for road in ("withdraw", "change", "return"):
            archive = self._new_archive(f"Taken back: {road}")
            deadline = archive.date_opening_deadline
            self._submit(archive)
            self.assertFalse(archive._get_open_clocks("archive_opening"))
            mine = archive.with_user(self.sales1)
            if road == "withdraw":
                mine.action_withdraw_sign_off()
            elif road == "change":
                mine.category_id = self.env.ref(
                    "customer_archive.customer_archive_category_supplier"
                )
            else:
                archive.with_user(self.supervisor)._sign_off(
                    "refuse", opinion="Incomplete"
                )
            with self.subTest(road=road):
                self.assertEqual(archive.state, "draft")
                self.assertEqual(archive.activity_ids.user_id, self.sales1)
                self.assertEqual(archive.date_opening_deadline, deadline)
                self.assertEqual(
                    bool(archive._get_open_clocks("archive_opening")), road != "return"
                )

    def test_the_archive_is_that_of_the_company(self):
        """CA-01: who turns out to work for a company takes a draft along; what was submitted stays or is merged."""
        person = self.env["res.partner"].create({"name": "Free"})
        draft, draft_of_two = (
            self._new_archive("Person", partner=partner)
            for partner in (person, self.env["res.partner"].create({"name": "Two"}))
        )
        employer = self._new_partner("Employer without archive")
        person.with_user(self.sales2).parent_id = employer
        self.assertEqual(draft.partner_id, employer)
        self.assertFalse(draft.merged_into_id)
        draft_of_two.partner_id.with_user(self.sales2).parent_id = employer
        self.assertEqual(draft_of_two.merged_into_id, draft)
        self._put_on_file(self.archive)
        with (
            self.assertRaisesRegex(UserError, "archives of their own"),
            self.env.cr.savepoint(),
        ):
            self.partner.with_user(self.sales1).write(
                {"parent_id": employer.id, "is_company": False}
            )
        self.partner.with_user(self.sales1).parent_id = employer

    def test_what_changes_while_the_trade_rests_is_reviewed(self):
        """CA-03: a reviewed value that is changed while trading is stopped does not come back on file unseen."""
        unchanged = self._new_archive("Unchanged")
        changed = self._new_archive("Changed")
        archives = unchanged | changed
        for ended, back in (("stop", "resume"), ("deregister", "restore")):
            self._put_on_file(archives.filtered(lambda a: a.state == "draft"))
            self._decide(archives, ended)
            changed.with_user(self.sales1).category_id = self.env.ref(
                "customer_archive.customer_archive_category_"
                + ("supplier" if back == "resume" else "customer")
            )
            self._decide(archives, back)
            with self.subTest(back=back):
                self.assertEqual(unchanged.state, "active")
                self.assertEqual(changed.state, "draft")
                self.assertFalse(changed.partner_id.ca_trading_stopped)

    def test_archives_of_customers_of_others(self):
        """CA-11: nobody makes himself that of another salesperson's customer by opening the archive first."""
        self.company.ca_auto_open = False
        customer = self._new_partner("Of the first", user_id=self.sales1.id)
        vals = {"partner_id": customer.id}
        Archive = self.env["customer.archive"].with_user(self.sales2)
        draft = self._new_archive(
            "Own draft", user=self.sales2, second_user_id=self.keeper.id
        )
        for road in (
            lambda: Archive.create({**vals, "user_id": self.sales2.id}),
            lambda: Archive.create({**vals, "user_id": False}),
            # the second contact sees it as well
            lambda: Archive.create(
                {
                    **vals,
                    "user_id": self.sales1.id,
                    "second_user_id": self.sales2.id,
                }
            ),
            lambda: Archive.with_context(default_second_user_id=self.sales2.id).create(
                {**vals, "user_id": self.sales1.id}
            ),
            lambda: draft.with_user(self.sales2).write(
                {**vals, "user_id": self.sales1.id}
            ),
        ):
            with (
                self.assertRaisesRegex(UserError, "customers of somebody else"),
                self.env.cr.savepoint(),
            ):
                road()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            Archive.create(vals)
        archive = Archive.with_user(self.keeper).create(vals)
        self.assertEqual(archive.user_id, self.sales1)

    def test_people_of_an_archive_work_in_the_company(self):
        """CA-01: neither outsiders nor people of other companies, and an archive on file has somebody in charge."""
        elsewhere = self._new_user(
            "ca_elsewhere", "customer_archive.group_customer_archive_user"
        )
        other = self.env["res.company"].create({"name": "Second works"})
        elsewhere.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        mine = self.archive.with_user(self.sales1)
        for field in ("user_id", "second_user_id"):
            for user in (elsewhere, self.env.ref("base.public_user")):
                with (
                    self.subTest(field=field, user=user.login),
                    self.assertRaisesRegex(ValidationError, "does not work in"),
                    self.env.cr.savepoint(),
                ):
                    mine[field] = user
        # a contact is shared, its salesperson is not
        shared = self._new_partner("Shared", user_id=elsewhere.id)
        self._new_order(shared, user=self.sales2, user_id=self.sales2.id)
        self.assertEqual(shared.ca_archive_ids.user_id, self.sales2)
        self._put_on_file(self.archive)
        with self.assertRaisesRegex(ValidationError, "name the person in charge"):
            mine.user_id = False

    def test_first_contact_is_past(self):
        """CA-02: no first contact in the future gives more time."""
        tomorrow = self.company._record_control_today() + timedelta(days=1)
        with self.assertRaisesRegex(ValidationError, "future"):
            self.archive.with_user(self.keeper).date_first_contact = tomorrow

    def test_receipt_by_which_the_archive_was_filed(self):
        """CA-05: what keeps an archive from being filed is not taken back afterwards."""
        licence = self.archive.document_ids.filtered(
            lambda document: document.type_id.code == "D01"
        ).with_user(self.sales1)
        received = licence.date_received
        licence.date_received = False
        licence.date_received = received
        self._put_on_file(self.archive)
        for user in (self.sales1, self.keeper):
            with self.assertRaisesRegex(UserError, "Renew the document"):
                licence.with_user(user).date_received = False
        licence.action_renew()
        self.assertEqual(licence.status, "missing")

    def test_what_is_imported_outlives_the_next_update(self):
        """CA-08, CA-11: evidence is not imported under a name of the addon, to vanish when the addon is updated."""
        grants = self.env["access.grant"].with_user(self.sales2)
        result = grants.load(
            ["id", "res_model", "res_id", "date_to", "purpose", "reason"],
            [
                [
                    "customer_archive.vanishing",
                    "customer.archive",
                    str(self._new_archive("Vanishing").id),
                    str(self.company._record_control_today()),
                    "x",
                    "x",
                ]
            ],
        )
        self.assertTrue(result["ids"], result["messages"])
        grant = grants.browse(result["ids"])
        names = self.env["ir.model.data"].search([("module", "=", "customer_archive")])
        loaded = set(names.mapped("complete_name")) - {"customer_archive.vanishing"}
        self.patch(self.registry, "loaded_xmlids", loaded)
        # as at the end of an update
        self.env["ir.model.data"]._process_end(["customer_archive"])
        self.assertTrue(grant.exists())

    def test_a_hidden_draft_is_not_drawn_into_an_own_archive(self):
        """CA-01, CA-11: who enters that a customer of somebody else works for his own customer gets nothing of it."""
        draft = self._new_archive("Draft of sales2", user=self.sales2)
        moved = {"is_company": False, "parent_id": self.partner.id}
        with self.assertRaisesRegex(UserError, "somebody else"):
            draft.partner_id.with_user(self.sales1).write(moved)
        self.assertFalse(draft.merged_into_id)
        nobodys = self._new_archive("Draft of nobody", user=self.sales2)
        nobodys.user_id = False
        nobodys.partner_id.with_user(self.sales1).write(moved)
        self.assertEqual(nobodys.merged_into_id, self.archive)
        draft.partner_id.with_user(self.keeper).write(moved)
        self.assertEqual(draft.merged_into_id, self.archive)

    def test_the_trade_of_others_is_not_drawn_into_an_own_archive(self):
        """CA-11, CA-31: the contact who ordered stays with the customer of somebody else; others change jobs freely."""
        other = self._new_archive("Of sales2", user=self.sales2).partner_id
        buyer, clerk, guest = self.env["res.partner"].create(
            [{"name": name, "parent_id": other.id} for name in "BCG"]
        )
        self._new_order(buyer).action_confirm()
        with self.assertRaisesRegex(UserError, "somebody else"):
            buyer.with_user(self.sales1).parent_id = self.partner
        clerk.with_user(self.sales1).parent_id = self.partner
        with self.assertRaisesRegex(UserError, "somebody else"):
            guest.with_user(self.sales1).write(
                {"child_ids": [Command.link(buyer.id)], "parent_id": self.partner.id}
            )
        self.assertFalse(self.archive.amount_trade_12_months)
        for user in self.sales2, self.keeper, self.supervisor:
            buyer.with_user(user).parent_id = self.partner
            self.assertEqual(buyer.commercial_partner_id, self.partner)
            buyer.parent_id = other
