import base64
from datetime import date
from operator import attrgetter

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.record_control.tests.common_jobs import one_fails

from .common import DocumentCommon


@tagged("post_install", "-at_install")
class TestDocumentChecklist(DocumentCommon):
    """CA-05: document types and the checklist of each archive."""

    def test_new_archive_is_named_in_what_it_lacks(self):
        """AC-05: a sentence about an archive that has no number yet does not begin with a blank."""
        sentences = (
            self.env["customer.archive"].new()._get_indispensable_document_reasons()
        )
        self.assertTrue(sentences)
        for sentence in sentences:
            self.assertRegex(sentence, "^The archive lacks ")

    def test_types_of_the_regulation_are_there(self):
        """CA-05: D01 to D27 and CA-06: Q01 to Q18; what is noise is inactive."""
        types = self.Type.with_context(active_test=False).search([])
        codes = set(types.mapped("code"))
        self.assertLessEqual({f"D{number:02d}" for number in range(1, 28)}, codes)
        self.assertLessEqual({f"Q{number:02d}" for number in range(1, 19)}, codes)
        forms = types.filtered("form_number")
        self.assertEqual(
            forms.filtered(lambda t: t.code.startswith("Q")).mapped("form_number"),
            [f"qms-pm-313{number:02d}" for number in range(1, 19)],
        )
        self.assertEqual(set(forms.filtered("active").mapped("code")), {"Q01", "Q02"})
        self.assertEqual(
            set(types.filtered("is_printable").mapped("code")), {"Q01", "Q02"}
        )
        self.assertFalse(types.filtered(lambda t: t.code == "D26").active)

    def test_archive_gets_checklist(self):
        """CA-05: each archive gets one line for each type that fits; persons have no business licence."""
        archive = self._new_archive("Company")
        self.assertEqual(self._line(archive, "D01").status, "missing")
        self.assertFalse(self._line(archive, "D26"))
        self.assertFalse(self._line(archive, "Q01"))
        person = self._new_archive(
            "Person", partner=self._new_partner("Person", is_company=False)
        )
        self.assertFalse(self._line(person, "D01"))
        self.assertTrue(self._line(person, "D05"))

    def test_checklist_follows_types(self):
        """CA-05: a new type, or one that is unarchived, reaches all archives; repeating changes nothing."""
        archives = self._new_archives(3)
        created = self.Type.create(
            {"code": "X1", "name": "Crash test report", "is_mandatory": True}
        )
        lines = self.Document.search(
            [("type_id", "=", created.id), ("archive_id", "in", archives.ids)]
        )
        self.assertEqual(len(lines), 3)
        self.assertEqual(set(lines.mapped("is_mandatory")), {True})
        self.env.ref(
            "customer_archive.customer_archive_document_type_d26"
        ).active = True
        self.assertTrue(all(self._line(archive, "D26") for archive in archives))
        before = self.Document.search_count([])
        self.Document._sync_checklist()
        self.assertEqual(self.Document.search_count([]), before)

    def test_what_blocks_is_on_the_checklist(self):
        """CA-05: nobody waits for a document for which archives have no place."""
        vals = {"code": "X9", "name": "Pass", "blocks_active": True}
        with self.assertRaisesRegex(ValidationError, "must therefore be on"):
            self.Type.create({**vals, "on_checklist": False})
        with self.assertRaisesRegex(ValidationError, "must therefore be on"):
            self.d01.on_checklist = False

    def test_checklist_follows_customer(self):
        """CA-05: a person that becomes a company needs a business licence from then on."""
        partner = self._new_partner("Founder", is_company=False)
        archive = self._new_archive("Founder", partner=partner)
        # core takes the kind out of the values of those who manage contacts
        self.sales1.group_ids |= self.env.ref("base.group_partner_manager")
        partner.with_user(self.sales1).is_company = True
        self.assertTrue(self._line(archive, "D01"))

    def test_type_of_one_company_reaches_its_archives_only(self):
        """Two companies: a type of one company does not appear in the archives of the other."""
        other = self.env["res.company"].create({"name": "Second plant"})
        mine = self._new_archive("Mine")
        theirs = self.env["customer.archive"].create(
            {
                "partner_id": self._new_partner("Theirs").id,
                "company_id": other.id,
                "user_id": False,
            }
        )
        created = self.Type.create(
            {"code": "X2", "name": "Plant pass", "company_id": other.id}
        )
        self.assertFalse(
            mine.document_ids.filtered(lambda line: line.type_id == created)
        )
        self.assertTrue(
            theirs.document_ids.filtered(lambda line: line.type_id == created)
        )

    def test_mandatory_by_category_grade_and_lifecycle(self):
        """CA-05: mandatory by archive category, lifecycle and grade."""
        archive = self._new_archive("Graded", category_id=self.category.id)
        created = self.Type.create(
            {
                "code": "X3",
                "name": "Frame contract",
                "is_mandatory": True,
                "mandatory_lifecycle": "on_file",
                "mandatory_category_ids": self.category.ids,
                "mandatory_grade_ids": self.grade_a.ids,
            }
        )
        line = archive.document_ids.filtered(lambda line: line.type_id == created)
        self.assertFalse(line.is_mandatory)
        self._put_on_file(archive)
        self.assertFalse(line.is_mandatory)
        archive.partner_id.ca_grade_id = self.grade_a
        self.assertTrue(line.is_mandatory)
        archive.partner_id.ca_grade_id = self.grade_b
        self.assertFalse(line.is_mandatory)
        created.mandatory_grade_ids = False
        self.assertTrue(line.is_mandatory)
        archive.category_id = False
        self.assertFalse(line.is_mandatory)

    def test_archived_condition_stays_a_condition(self):
        """CA-05: a type for one grade, category or department asks it of nobody else when that is archived."""
        department = self.env["hr.department"].create({"name": "Acceptance"})
        conditions = {
            "mandatory_category_ids": self.category,
            "mandatory_grade_ids": self.grade_a,
            "review_department_ids": department,
        }
        created = self.Type.create(
            {
                "code": "X9",
                "name": "Frame contract",
                "is_mandatory": True,
                "mandatory_lifecycle": "any",
                **{name: records.ids for name, records in conditions.items()},
            }
        )
        for records in conditions.values():
            records.active = False
        self.env.flush_all()
        self.env.invalidate_all()
        archive = self._new_archive("Unlike", category_id=False)
        line = archive.document_ids.filtered(lambda line: line.type_id == created)
        self.assertFalse(line.is_mandatory)
        self.assertTrue(line.needs_review)
        for name, records in conditions.items():
            with self.subTest(condition=name):
                self.assertEqual(created[name], records)
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(IntegrityError),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(
                        SQL(
                            "DELETE FROM %s WHERE id = %s",
                            SQL.identifier(records._table),
                            records.id,
                        )
                    )

    def test_one_checklist_line_per_type(self):
        """The database holds one place per type; a second line is an edition of its own."""
        archive = self._new_archive("Once")
        extra = self.Document.with_user(self.sales1).create(
            {"archive_id": archive.id, "type_id": self.d01.id}
        )
        self.assertFalse(extra.is_checklist)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            extra.sudo().is_checklist = True
            extra.flush_recordset()

    def test_batch_queries(self):
        """Creating archives asks a number of queries that does not grow with the types or the archives."""
        archives = self._new_archives(50)
        self.env.flush_all()
        types = len(self.Type.search([]))
        # the types; one insert per company and applicability; one update per type
        for chosen in (archives[:1], archives):
            with self.assertQueryCount(types + 5):
                self.Document._sync_checklist(chosen)

    def test_import_status_fields(self):
        """load(): what the system knows alone cannot be imported; facts can."""
        archive = self._new_archive("Imported")
        line = self._line(archive, "D01")
        model = self.Document.with_user(self.sales1)
        result = model.load(
            [".id", "date_received", "paper_place"],
            [[str(line.id), "2025-01-02", "A-1"]],
        )
        self.assertFalse([m for m in result["messages"] if m["type"] == "error"])
        self.assertEqual(line.status, "received")
        result = model.load([".id", "date_destroyed"], [[str(line.id), "2025-01-02"]])
        self.assertTrue(result["messages"])
        self.assertFalse(line.date_destroyed)


@tagged("post_install", "-at_install")
class TestDocumentStatus(DocumentCommon):
    """CA-05: the status follows from facts and from the day, on screen, in searches and in groups alike."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("Status")
        cls.line = cls.archive.document_ids.filtered(
            lambda line: line.type_id == cls.d01
        )

    def _assert_status(self, line, status):
        line.invalidate_recordset(["status"])
        self.assertEqual(line.status, status)
        everything = dict(self.Document._fields["status"].selection)
        found = [
            key
            for key in everything
            if line in self.Document.search([("status", "=", key)])
        ]
        self.assertEqual(found, [status], "search must agree with the screen")
        groups = self.Document._read_group(
            [("id", "=", line.id)], ["status"], ["__count"]
        )
        self.assertEqual(groups, [(status, 1)], "groups must agree with the screen")

    @freeze_time("2025-06-30 04:00:00")
    def test_expired_from_the_day_after(self):
        """Valid until 30 June: received on the 30th, expired on 1 July, untouched by any job."""
        self.line.write(
            {"date_received": "2025-01-01", "date_valid_until": "2025-06-30"}
        )
        self._assert_status(self.line, "received")
        with freeze_time("2025-07-01 04:00:00"):
            self._assert_status(self.line, "expired")

    @freeze_time("2025-06-30 04:00:00")
    def test_licence_without_an_end(self):
        """CA-05: 9999-12-31, as licences without an end are entered, is a date like others; no clock runs to it."""
        self.line.write(
            {"date_received": "2025-01-01", "date_valid_until": "2026-06-30"}
        )
        running = Domain("stopped_at", "=", False) & Domain("deadline", "!=", False)
        self.assertTrue(self.line._get_clocks(running))
        self.line.date_valid_until = "9999-12-31"
        self._assert_status(self.line, "received")
        self.assertFalse(self.line._get_clocks(running))
        with freeze_time("2026-07-01 04:00:00"):
            self._assert_status(self.line, "received")

    def test_statuses(self):
        """Missing, received, to refresh, not applicable."""
        line = self._line(self.archive, "D03")
        self._assert_status(line, "missing")
        line.date_received = "2025-01-01"
        self._assert_status(line, "received")
        line.needs_refresh = True
        self._assert_status(line, "to_refresh")
        line.write(
            {"is_not_applicable": True, "not_applicable_reason": "No other papers"}
        )
        self._assert_status(line, "not_applicable")

    def test_evidence_in_the_system(self):
        """Contact data, orders, messages and emergency contacts are read, never filed twice."""
        contact, trade = (
            self._line(self.archive, "D05"),
            self._line(self.archive, "D08"),
        )
        letters, emergency = (
            self._line(self.archive, "D18"),
            self._line(self.archive, "D22"),
        )
        for line in (contact, trade, letters, emergency):
            self._assert_status(line, "missing")
        self.archive.partner_id.phone = "021 5555 0100"
        self._assert_status(contact, "received")
        self._new_order(self.archive.partner_id).action_confirm()
        self._assert_status(trade, "received")
        body = "Call of 3 March"
        self.archive.message_post(body=body, message_type="comment")
        self._assert_status(letters, "received")
        tag = self.env.ref("customer_archive.res_partner_category_emergency")
        person = self.env["res.partner"].create(
            {
                "name": "Night shift",
                "parent_id": self.archive.partner_id.id,
                "category_id": tag.ids,
            }
        )
        self._assert_status(emergency, "received")
        self.assertEqual(self.archive._get_emergency_contacts(), person)

    def test_status_of_many_lines_in_one_query(self):
        """A list of any length reads its statuses in a fixed number of queries."""
        lines = self._new_archives(20).document_ids
        lines.mapped("status")
        for chosen in (lines[:10], lines):
            lines.invalidate_recordset(["status"])
            with self.assertQueryCount(1):  # the probe for evidence in the system
                chosen.mapped("status")

    def test_not_applicable_needs_reason(self):
        line = self._line(self.archive, "D03")
        with self.assertRaises(ValidationError):
            line.is_not_applicable = True
        with self.assertRaises(ValidationError):
            self.line.write(
                {"is_not_applicable": True, "not_applicable_reason": "We trust them"}
            )

    def test_receipt_in_the_future_refused(self):
        with freeze_time("2025-06-30 04:00:00"), self.assertRaises(ValidationError):
            self.line.date_received = "2025-07-01"

    @freeze_time("2025-03-31 04:00:00")
    def test_receive_many(self):
        """Receiving sets day, person and validity of the type, for many lines at once."""
        lines = self._new_archives(2).document_ids.filtered(
            lambda line: line.type_id == self.d09
        )
        lines.with_user(self.keeper).action_receive()
        self.assertEqual(set(lines.mapped("date_received")), {date(2025, 3, 31)})
        self.assertEqual(set(lines.mapped("date_valid_until")), {date(2026, 3, 31)})
        self.assertEqual(lines.received_by_id, self.keeper)
        self.assertEqual(set(lines.mapped("volume_year")), {2025})

    def test_renew_keeps_former_edition(self):
        """Renewing keeps the former edition with its files on a line of its own."""
        self.line.write(
            {
                "date_received": "2024-01-01",
                "date_valid_until": "2024-12-31",
                "paper_place": "A-1",
                "copies": 2,
            }
        )
        file = self.env["ir.attachment"].create(
            {
                "name": "licence.pdf",
                "raw": b"old",
                "res_model": self.Document._name,
                "res_id": self.line.id,
            }
        )
        self.line.with_user(self.keeper).action_renew()
        former = self.line.former_document_ids
        self.assertRecordValues(
            former,
            [
                {
                    "is_checklist": False,
                    "date_received": date(2024, 1, 1),
                    "date_valid_until": date(2024, 12, 31),
                    "paper_place": "A-1",
                    "copies": 2,
                    "volume_year": 2024,
                }
            ],
        )
        self.assertEqual(file.res_id, former.id)
        self._assert_status(self.line, "missing")

    def test_only_an_edition_is_renewed(self):
        """CA-05: an empty place has no edition to renew, and a former edition is not renewed."""
        keeper = self.line.with_user(self.keeper)
        with self.assertRaisesRegex(UserError, "no edition that could be renewed"):
            keeper.action_renew()
        self.line.date_received = "2024-01-01"
        keeper.action_renew()
        for line in (self.line, self.line.former_document_ids):
            with self.assertRaisesRegex(UserError, "no edition that could be renewed"):
                line.with_user(self.keeper).action_renew()
        self.assertEqual(len(self.line.former_document_ids), 1)

    def test_countersigned_once_received(self):
        """CA-101: departments countersign what is there, not the place where it will be."""
        line = self._line(self.archive, "D11")
        self.assertTrue(line.type_id.review_department_ids)
        with self.assertRaisesRegex(UserError, "has not been received"):
            line.action_request_sign_off()

    def test_countersigned_by_the_departments_of_its_type(self):
        """CA-101: a type that names no department has nobody to countersign it."""
        self.assertFalse(self.line.type_id.review_department_ids)
        self.line.date_received = "2025-01-01"
        with self.assertRaisesRegex(UserError, "No department countersigns"):
            self.line.action_request_sign_off()

    def test_form_receipt(self):
        """Attaching a file in the form fills in day and person."""
        with Form(self.line.with_user(self.sales1)) as form:
            form.date_received = "2025-01-02"
        self.assertEqual(self.line.received_by_id, self.sales1)

    def test_properties_of_the_type(self):
        """CA-06: attributes of a form that nobody programmed are defined on the type."""
        self.d12.properties_definition = [
            {"name": "plate", "type": "char", "string": "Plate"}
        ]
        line = self._line(self.archive, "D12")
        line.document_properties = {"plate": "沪A 12345"}
        self.assertEqual(line.document_properties["plate"], "沪A 12345")


@tagged("post_install", "-at_install")
class TestDocumentGuards(DocumentCommon):
    """CA-05: what a button refuses, every other road refuses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("Guarded")
        cls.archive.sudo().keeper_id = cls.keeper
        cls.line = cls.archive.document_ids.filtered(
            lambda line: line.type_id == cls.d01
        )

    def test_system_fields_refused(self):
        """Write, create and a default in the context: status facts of the system are refused to everybody."""
        documents = self.Document.with_user(self.manager)
        for vals in (
            {"date_destroyed": "2025-01-01"},
            {"is_checklist": False},
            {"is_mandatory": False},
            {"date_missing_reported": "2025-01-01"},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                documents.browse(self.line.id).write(vals)
        with self.assertRaises(UserError):
            documents.create(
                {
                    "archive_id": self.archive.id,
                    "type_id": self.d01.id,
                    "date_destroyed": "2025-01-01",
                }
            )
        created = documents.with_context(
            default_date_destroyed="2025-01-01", default_is_checklist=True
        ).create({"archive_id": self.archive.id, "type_id": self.d01.id})
        self.assertFalse(created.date_destroyed)
        self.assertFalse(created.is_checklist)

    def test_copy_is_empty(self):
        """A copy is an empty line: what was received is a fact about one document."""
        self.line.write({"date_received": "2025-01-01", "paper_place": "A-1"})
        copy = self.line.with_user(self.sales1).copy()
        self.assertRecordValues(
            copy,
            [
                {
                    "date_received": False,
                    "paper_place": False,
                    "is_checklist": False,
                    "status": "missing",
                }
            ],
        )

    def test_place_kept(self):
        """A line keeps its archive and a checklist line its type."""
        other = self._new_archive("Other")
        with self.assertRaises(UserError):
            self.line.with_user(self.keeper).archive_id = other
        with self.assertRaises(UserError):
            self.line.type_id = self.d12

    def test_delete_refused(self):
        """Documents leave an archive by a destruction record only; empty extra lines may go."""
        with self.assertRaises(UserError):
            self.line.with_user(self.manager).unlink()
        extra = self.Document.with_user(self.sales1).create(
            {"archive_id": self.archive.id, "type_id": self.d01.id}
        )
        extra.unlink()
        received = self.Document.with_user(self.sales1).create(
            {
                "archive_id": self.archive.id,
                "type_id": self.d01.id,
                "date_received": "2025-01-01",
            }
        )
        with self.assertRaises(UserError):
            received.unlink()

    def test_access_follows_archive(self):
        """CA-05: lines and files are as secret as their archive."""
        file = self.env["ir.attachment"].create(
            {
                "name": "licence.pdf",
                "datas": base64.b64encode(b"secret"),
                "res_model": self.Document._name,
                "res_id": self.line.id,
            }
        )
        self.assertEqual(self.line.with_user(self.sales1).attachment_ids, file)
        self.assertEqual(file.with_user(self.keeper).raw, b"secret")
        for stranger in (self.sales2, self.clerk):
            with self.subTest(stranger=stranger.login):
                self.assertFalse(
                    self.Document.with_user(stranger).search(
                        [("id", "=", self.line.id)]
                    )
                )
                with self.assertRaises(AccessError):
                    self.line.with_user(stranger).read(["note"])
                with self.assertRaises(AccessError):
                    file.with_user(stranger).read(["datas"])
                with self.assertRaises(AccessError):
                    self.line.with_user(stranger).write({"note": "x"})

    def test_grant_opens_one_document(self):
        """A colleague with a grant on one document sees it, not the archive, and not after the last day."""
        with freeze_time("2025-03-03 04:00:00"):
            grant = (
                self.env["access.grant"]
                .with_user(self.clerk)
                .create(
                    {
                        "res_model": self.Document._name,
                        "line_ids": [Command.create({"res_id": self.line.id})],
                        "date_from": "2025-03-03",
                        "date_to": "2025-03-05",
                        "purpose": "Audit",
                        "reason": "Supplier audit",
                    }
                )
            )
            grant.with_user(self.director).action_approve()
        line = self.line.with_user(self.clerk)
        with freeze_time("2025-03-05 04:00:00"):
            self.assertTrue(
                self.Document.with_user(self.clerk).search([("id", "=", self.line.id)])
            )
            self.assertEqual(line.read(["note"])[0]["note"], False)
            self.assertFalse(self.archive.with_user(self.clerk).has_access("read"))
            with self.assertRaises(AccessError):
                line.write({"note": "x"})
        self.env.invalidate_all()
        with freeze_time("2025-03-06 04:00:00"):
            self.assertFalse(
                self.Document.with_user(self.clerk).search([("id", "=", self.line.id)])
            )

    def test_confidentiality_of_the_type(self):
        """CA-05: a line is as secret as its type."""
        self.assertEqual(
            self._line(self.archive, "D09").confidentiality, "confidential"
        )
        extra = self.Document.create(
            {"archive_id": self.archive.id, "type_id": self.d09.id}
        )
        self.assertEqual(extra.confidentiality, "confidential")

    def test_as_secret_as_type_and_archive(self):
        """CA-05, CA-12: another type, a more secret type and a more secret archive make the document more secret."""
        plain, secret = self.d12, self.d09
        documents = self.Document.create(
            [{"archive_id": self.archive.id, "type_id": plain.id} for __ in range(2)]
        )
        self.assertEqual(set(documents.mapped("confidentiality")), {"internal"})
        documents[0].with_user(self.sales1).type_id = secret
        self.assertEqual(documents[0].confidentiality, secret.confidentiality)
        plain.confidentiality = "secret"
        self.assertEqual(documents[1].confidentiality, "secret")
        plain.confidentiality = "internal"
        self.assertEqual(documents[1].confidentiality, "secret")
        document = self.Document.create(
            {"archive_id": self.archive.id, "type_id": plain.id, "note": "Note"}
        ).with_user(self.sales1)
        self.assertFalse(document._get_right_reasons("print"))
        self.archive.confidentiality = "confidential"
        self.assertIn(
            "Confidential: you need an approved release",
            "".join(document._get_right_reasons("print")),
        )
        with self.assertRaises(AccessError):
            self.sales1.group_ids |= self.env.ref("base.group_allow_export")
            document.export_data(["note"])
        document.read(["note"])
        log = self.env["access.log"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)]
        )
        self.assertEqual(log.action, "read")

    def test_receipt_of_nothing_refused(self):
        """CA-05: neither paper nor file was received, whatever the order of the entries."""
        line = self._line(self.archive, "D01").with_user(self.sales1)
        today = self.company._record_control_today()
        with self.assertRaisesRegex(UserError, "paper copies"), self.env.cr.savepoint():
            line.write({"date_received": today, "copies": 0})
        line.write({"date_received": today})
        with self.assertRaisesRegex(UserError, "paper copies"), self.env.cr.savepoint():
            line.copies = 0
        with self.assertRaisesRegex(UserError, "paper copies"), self.env.cr.savepoint():
            line.create(
                {
                    "archive_id": self.archive.id,
                    "type_id": self.d01.id,
                    "date_received": today,
                    "copies": 0,
                }
            )
        file = line.env["ir.attachment"].create(
            {"name": "licence", "raw": b"x", "res_model": line._name, "res_id": 0}
        )
        line.write({"copies": 0, "file_ids": [(4, file.id)]})
        self.assertEqual(line.status, "received")


@tagged("post_install", "-at_install")
class TestDocumentCompleteness(DocumentCommon):
    """K-25 and the gate of CA-05: missing D01 or a contact keeps an archive from being put on file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("Complete")

    def test_completeness(self):
        """K-25: present mandatory documents and filled mandatory fields by all mandatory ones."""
        fields = len(self.archive._get_completeness_fields())
        mandatory = self.archive.document_ids.filtered("is_mandatory")
        self.assertEqual(mandatory.type_id.mapped("code"), ["D01", "D05"])
        filled = sum(
            bool(attrgetter(name)(self.archive))
            for name in self.archive._get_completeness_fields()
        )
        self.assertAlmostEqual(
            self.archive.completeness, 100.0 * filled / (fields + 2), 1
        )
        self.assertEqual(self.archive.missing_document_count, 2)
        self._line(self.archive, "D01").date_received = "2025-01-01"
        self.archive.invalidate_recordset()
        self.assertAlmostEqual(
            self.archive.completeness, 100.0 * (filled + 1) / (fields + 2), 1
        )
        self.assertEqual(self.archive.missing_document_count, 1)

    def test_completeness_is_explained(self):
        """K-25: the form says what is counted, what is empty, and what will be asked for once on file."""
        self.archive.user_id = self.sales1
        self.archive.partner_id.street = False
        self.d09.write({"is_mandatory": True, "mandatory_lifecycle": "on_file"})
        said = self.archive.with_user(self.sales1).completeness_explanation.splitlines()
        self.assertEqual(said[0], "Mandatory documents: 0 of 2.")
        self.assertIn("Street", said[1])
        self.assertIn(self.d09.display_name, said[2])
        self._line(self.archive, "D01").date_received = "2025-01-01"
        self.archive.invalidate_recordset()
        said = self.archive.completeness_explanation.splitlines()
        self.assertEqual(said[0], "Mandatory documents: 1 of 2.")
        self._put_on_file(self.archive)
        self.archive.invalidate_recordset()
        said = self.archive.completeness_explanation.splitlines()
        self.assertEqual(len(said), 2, "what was to come is counted now")
        mandatory = self.archive.document_ids.filtered("is_mandatory")
        self.assertIn(self.d09, mandatory.type_id)
        self.assertEqual(said[0], f"Mandatory documents: 1 of {len(mandatory)}.")

    def test_completeness_of_many_archives(self):
        """A list of archives computes completeness in a number of queries that does not grow."""
        archives = self._new_archives(30)
        archives.mapped("completeness")
        for chosen in (archives[:10], archives):
            archives.invalidate_recordset(
                ["completeness", "missing_document_count", "has_missing_documents"]
            )
            with self.assertQueryCount(1):  # the count of mandatory documents by status
                chosen.mapped("completeness")

    def test_search_missing(self):
        complete = self._new_archive(
            "Filed", partner=self._new_partner("Filed", phone="1")
        )
        self._line(complete, "D01").date_received = "2025-01-01"
        both = self.archive | complete
        domain = [("id", "in", both.ids)]
        self.assertEqual(
            both.search([*domain, ("has_missing_documents", "=", True)]), self.archive
        )
        self.assertEqual(
            both.search([*domain, ("has_missing_documents", "=", False)]), complete
        )

    def test_not_active_without_licence_and_contact(self):
        """Both reasons at once; neither system nor manager gets past the gate."""
        self._put_on_file(self.archive, "review")
        reasons = self.archive._get_indispensable_document_reasons()
        self.assertEqual(len(reasons), 2)
        for user in (self.manager, self.director, self.env.ref("base.user_root")):
            with (
                self.subTest(user=user.login),
                self.assertRaisesRegex(UserError, "lacks D01"),
            ):
                self.archive.with_user(user).write({"state": "active"})
        self._line(self.archive, "D01").date_received = "2025-01-01"
        self.archive.partner_id.phone = "021 5555 0100"
        self.assertFalse(self.archive._get_indispensable_document_reasons())

    def test_expired_licence_blocks(self):
        """An expired licence is no licence."""
        self.archive.partner_id.phone = "021 5555 0100"
        line = self._line(self.archive, "D01")
        with freeze_time("2025-06-30 04:00:00"):
            line.write(
                {"date_received": "2025-01-01", "date_valid_until": "2025-06-30"}
            )
            self.assertFalse(self.archive._get_indispensable_document_reasons())
        with freeze_time("2025-07-01 04:00:00"):
            line.invalidate_recordset(["status"])
            self.assertTrue(self.archive._get_indispensable_document_reasons())


@tagged("post_install", "-at_install")
class TestDepartmentDocuments(DocumentCommon):
    """CA-101: documents that departments obtain and countersign."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality = cls._new_user(
            "ca_quality", "customer_archive.group_customer_archive_user"
        )
        cls.employee = cls.env["hr.employee"].create(
            {"name": "Quality manager", "user_id": cls.quality.id}
        )
        cls.env.ref("customer_archive.hr_department_quality").manager_id = cls.employee
        cls.archive = cls._new_archive("Supplier approval")
        cls._put_on_file(cls.archive)
        cls.line = cls.archive.document_ids.filtered(
            lambda line: line.type_id == cls.d12
        )

    def test_missing_reported_once(self):
        """The department is told once that its mandatory document is missing, also after a second run."""
        self.assertTrue(self.line.is_mandatory)
        waiting = self.Document._get_missing_report_domain()
        self.assertIn(self.line, self.Document.search(waiting))
        self.line._report_missing()
        self.assertEqual(self.line.activity_ids.user_id, self.quality)
        self.assertTrue(self.line.date_missing_reported)
        self.assertNotIn(self.line, self.Document.search(waiting))

    def test_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "customer_archive.ir_cron_customer_archive_document_missing"
            ).method_direct_trigger()
        self.assertEqual(len(self.line.activity_ids), 1)

    def test_a_document_that_fails_stops_no_other(self):
        """CA-101: a missing document is reported whatever is wrong with another one."""
        waiting = self.Document.search(self.Document._get_missing_report_domain())
        bad = (waiting - self.line)[0]
        with (
            one_fails(self, bad, "_report_missing"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref(
                "customer_archive.ir_cron_customer_archive_document_missing"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(self.line.date_missing_reported)
        self.assertFalse(bad.date_missing_reported)

    def test_missing_is_told_to_somebody_who_can_obtain_it(self):
        """CA-101: neither to a manager who has left nor to one of another company, as long as there is anybody else."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        for values, told in (
            ({}, self.quality),
            ({"active": False}, self.sales1),
            ({"active": True, "company_id": other.id}, self.sales1),
        ):
            if "company_id" in values:
                values["company_ids"] = [Command.set(other.ids)]
            self.quality.sudo().write(values)
            self.line.sudo().activity_ids.unlink()
            self.line._report_missing()
            with self.subTest(values):
                self.assertEqual(self.line.sudo().activity_ids.user_id, told)
                self.assertIn(told, self.line._get_clock_recipients("responsible"))
        people = self.archive.user_id | self.archive.supervisor_id
        people.sudo().active = False
        self.line.sudo()._write_protected({"date_missing_reported": False})
        self.line._report_missing()
        self.assertFalse(self.line.date_missing_reported, "told to nobody yet")

    def test_responsible_departments(self):
        """D11 to D15 have the departments the process names."""
        names = {
            code: self.Type.search([("code", "=", code)]).department_id
            for code in ("D11", "D12", "D13", "D14", "D15")
        }
        quality = self.env.ref("customer_archive.hr_department_quality")
        self.assertEqual(names["D12"], quality)
        self.assertEqual(names["D15"], quality)
        self.assertEqual(
            names["D11"], self.env.ref("customer_archive.hr_department_sales")
        )
        self.assertEqual(
            names["D13"], self.env.ref("customer_archive.hr_department_system")
        )
        self.assertEqual(
            names["D14"], self.env.ref("customer_archive.hr_department_development")
        )


@tagged("post_install", "-at_install")
class TestDocumentMerge(DocumentCommon):
    """CA-100: documents of merged customers find their places in the archive that stays."""

    def test_documents_are_merged(self):
        kept, retired = self._new_archive("Kept"), self._new_archive("Retired")
        both, only = "D01", "D03"
        for archive in (kept, retired):
            self._line(archive, both).write(
                {"date_received": "2025-01-01", "paper_place": archive.name}
            )
        moved = self._line(retired, only)
        moved.write({"date_received": "2025-02-02"})
        second = self._line(retired, both)
        refresh = self.env["customer.archive.refresh"].create(
            {"archive_id": retired.id, "date_quarter": "2025-04-01"}
        )
        retired.sudo()._merge_into(kept.sudo())
        self.env.invalidate_all()
        self.assertEqual(moved.archive_id, kept)
        self.assertEqual(self._line(kept, only), moved)
        self.assertEqual(second.archive_id, kept)
        self.assertFalse(second.is_checklist)
        self.assertEqual(second.current_document_id, self._line(kept, both))
        self.assertEqual(self._line(kept, both).paper_place, kept.name)
        self.assertEqual(refresh.archive_id, kept)
