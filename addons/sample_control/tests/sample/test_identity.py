from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestIdentity(SampleCase):
    """Number, product, quantity, reason, rights and companies of a sample."""

    def test_numbers_count_by_type(self):
        """D-31: each type counts on its own, YJ-TYPE-YYYY-00001."""
        first, second = self._new_sample("SEAL"), self._new_sample("SEAL")
        other = self._new_sample("STD")
        self.assertEqual(first.name[:-5], second.name[:-5])
        self.assertEqual(int(second.name[-5:]), int(first.name[-5:]) + 1)
        self.assertRegex(other.name, r"^YJ-STD-\d{4}-\d{5}$")

    def test_new_type_gets_its_own_numbers(self):
        """SC-02: a new type needs no code, its numbers neither."""
        kind = (
            self.env["sample.type"]
            .with_user(self.administrator)
            .create({"code": "NEW", "name": "New kind"})
        )
        sample = self._new_sample(type_id=kind.id)
        self.assertRegex(sample.name, r"^YJ-NEW-\d{4}-00001$")

    def test_numbers_are_unique_per_company(self):
        """E23: the database refuses a number that is taken."""
        sample = self._new_sample()
        values = {"type_id": sample.type_id.id, "product_id": self.product.id}
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError) as caught:
            self.env["sample.sample"].sudo().create({**values, "name": sample.name})
            self.env.flush_all()
        self.assertIn("sample_sample_name_unique", str(caught.exception))

    def test_batch_gets_distinct_numbers(self):
        """E23: samples confirmed at the same moment have distinct numbers."""
        samples = self.env["sample.sample"].create(
            [{"type_id": self._type("SEAL").id, "product_id": self.product.id}] * 5
        )
        self.assertEqual(len(set(samples.mapped("name"))), 5)

    def test_number_is_not_typed(self):
        sample = self._new_sample().with_user(self.administrator)
        with self.assertRaises(UserError):
            sample.name = "YJ-1"

    def test_more_than_one_piece_needs_a_reason(self):
        """E21, SC-15.1: 2 pieces without reason are refused by create, write and import."""
        with self.assertRaises(ValidationError):
            self._new_sample(qty=2)
        sample = self._new_sample().with_user(self.administrator)
        with self.assertRaises(ValidationError):
            sample.qty = 2
        result = sample.load(["id", "qty"], [[self._xmlid(sample), "2"]])
        self.assertTrue(result["messages"])
        sample.write({"qty": 2, "qty_reason": "One piece for each side"})
        self.assertEqual(sample.qty, 2)

    def test_quantity_is_positive(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._new_sample(qty=0)

    def test_product_is_needed(self):
        """SC-01.2: a product, except for gauge blocks and pieces of competitors."""
        with self.assertRaises(ValidationError):
            self._new_sample(product_id=False, title="Something")
        block = self._new_sample("TST", product_id=False, title="Gauge block 10 mm")
        self.assertIn("Gauge block 10 mm", block.display_name)
        with self.assertRaises(ValidationError):
            block.with_user(self.administrator).title = False

    def test_stand_in_names_its_document(self):
        """SC-14.1: T05 asks for the document and the day when it takes effect."""
        with self.assertRaises(ValidationError):
            self._new_sample(reason_id=self._reason("T05").id)
        sample = self._new_sample(
            reason_id=self._reason("T05").id,
            pending_document="WI-17",
            pending_effective_date="2027-01-01",
        )
        self.assertEqual(sample.pending_document, "WI-17")

    def test_reasons_are_complete(self):
        """SC-14: T01 to T18; T13, T15, T16 stop the old sample, T12 marks it only."""
        reasons = self.env["sample.reason"].search([])
        self.assertEqual(
            reasons.mapped("code"), [f"T{number:02}" for number in range(1, 19)]
        )
        stopping = reasons.filtered(lambda reason: reason.effect_on_old == "suspend")
        self.assertEqual(stopping.mapped("code"), ["T13", "T15", "T16"])
        contested = reasons.filtered(lambda r: r.effect_on_old == "contested")
        self.assertEqual(contested.code, "T12")

    def test_types_are_complete(self):
        """SC-02: the fifteen types of the catalogue."""
        codes = [
            "STD",
            "SEAL",
            "TEMP",
            "LIM",
            "APP",
            "COL",
            "TEX",
            "FUN",
            "DIM",
            "SIM",
            "REF",
            "BMK",
            "MAT",
            "WIP",
            "TST",
        ]
        self.assertEqual(self.env["sample.type"].search([]).mapped("code"), codes)

    def test_in_process_type_cannot_be_lifted(self):
        """SC-09: a sample of the in-process type stays for in-process use."""
        sample = self._new_sample("WIP", origin="in_process")
        with self.assertRaises(ValidationError):
            sample.with_user(self.administrator).in_process_only = False

    def test_confirmed_sample_is_not_deleted(self):
        """SC-01.3: no deletion after confirmation, whoever tries."""
        sample = self._new_active_sample()
        for user in (self.administrator, self.manager):
            with self.assertRaises(UserError):
                sample.with_user(user).unlink()
        with self.assertRaisesRegex(UserError, "confirmed sample is not deleted"):
            sample.unlink()
        draft = self._new_sample()
        draft.with_user(self.administrator).unlink()
        self.assertFalse(draft.exists())

    def test_benchmark_samples_are_hidden(self):
        """SC-07.2: pieces of competitors are seen by the benchmark group alone, by every road."""
        sample = self._new_sample(
            "BMK",
            user=self.benchmark,
            product_id=False,
            title="Competitor lamp",
            origin="benchmark",
            note="Bought at the fair",
        )
        samples = self.env["sample.sample"]
        self.assertEqual(sample.confidentiality, "secret")
        for user in (self.user, self.quality, self.manager, self.technical):
            mine = samples.with_user(user)
            self.assertFalse(mine.search([("id", "=", sample.id)]))
            self.assertFalse(mine.search_count([("title", "=", "Competitor lamp")]))
            with self.assertRaises(AccessError):
                sample.with_user(user).read(["note"])
        other = self._new_user("sc_benchmark2", "user", "benchmark")
        self.assertEqual(
            samples.with_user(other).search([("id", "=", sample.id)]), sample
        )
        with self.assertRaises(UserError):
            sample.with_user(self.benchmark).confidentiality = "internal"

    def test_companies_are_apart(self):
        """A user of another company sees neither sample nor place."""
        sample = self._new_sample()
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "sc_stranger",
                "company_id": self.company_b.id,
                "company_ids": [Command.set(self.company_b.ids)],
                "group_ids": [
                    Command.link(self.env.ref("sample_control.group_sample_manager").id)
                ],
            }
        )
        with self.assertRaises(AccessError):
            sample.with_user(stranger).read(["name"])
        self.assertFalse(
            self.env["sample.location"]
            .with_user(stranger)
            .search([("id", "=", self.room.id)])
        )

    def test_rights_by_role(self):
        """Closing 1.4: users read, keepers write, technical and quality create, administrators delete."""
        sample = self._new_sample()
        samples = self.env["sample.sample"]
        expected = {
            self.user: "r",
            self.assistant: "r",
            self.inspector: "r",
            self.keeper: "rw",
            self.technical: "rwc",
            self.quality: "rwc",
            self.administrator: "rwcu",
            self.manager: "rwcu",
        }
        operations = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
        for user, rights in expected.items():
            for letter, operation in operations.items():
                self.assertEqual(
                    samples.with_user(user).has_access(operation),
                    letter in rights,
                    f"{user.login} {operation}",
                )
        self.assertTrue(sample.with_user(self.user).name)

    def test_smart_buttons(self):
        """SC-01, SC-59: products and partners count their samples."""
        first = self._new_sample(partner_id=self.customer.id)
        self._new_sample(supplier_id=self.supplier.id, origin="purchased")
        product = self.product.with_user(self.user)
        self.assertEqual(product.sample_count, 2)
        self.assertEqual(product.product_tmpl_id.sample_count, 2)
        partner = self.customer.with_user(self.user)
        self.assertEqual(partner.sample_count, 1)
        self.assertEqual(
            self.env["sample.sample"].search(partner.action_view_samples()["domain"]),
            first,
        )
        clerk = self.env["res.users"].create({"name": "Clerk", "login": "sc_clerk"})
        self.assertEqual(self.customer.with_user(clerk).sample_count, 0)

    def test_product_leaves_the_market(self):
        """SC-55: the day is noted with the flag and goes with it."""
        template = self.product.product_tmpl_id
        template.sample_discontinued = True
        self.assertTrue(template.sample_discontinued_date)
        template.sample_discontinued = False
        self.assertFalse(template.sample_discontinued_date)

    def test_custodian_keeps_only(self):
        """1.4: the custodian enters how a piece is kept, not what it is or who confirmed it."""
        sample = self._new_sample().with_user(self.keeper)
        for name, value in (
            ("customer_confirmed_on", "2026-01-01"),
            ("owner_id", self.customer.id),
            ("authorized_user_ids", [Command.link(self.keeper.id)]),
            ("confidentiality", "secret"),
            ("measured_value", "10.000 mm"),
            ("accuracy_class", "0"),
            ("calibrating_body", "Nobody"),
            ("tooling_state", "accepted"),
            ("seal_deadline", "2049-01-01"),
            ("sampling_method", "random"),
        ):
            with self.subTest(name), self.assertRaisesRegex(UserError, "only keeps"):
                sample.write({name: value})
        sample.write({"packing_note": "Box", "owner_id": False})

    def test_hidden_samples_are_not_replaced(self):
        """SC-07.2: nobody ends a piece that he may not see by naming a successor."""
        hidden = self._new_sample("BMK", self.benchmark, origin="benchmark")
        sample = self._new_sample()
        with self.assertRaises(AccessError):
            self._new_sample(user=self.technical, replaces_id=hidden.id)
        with self.assertRaises(AccessError):
            sample.with_user(self.technical).replaces_id = hidden

    def test_not_pushed_into_a_company(self):
        """P7: a record does not leave for a company in which the user may not work."""
        sample = self._new_sample(home_location_id=False)
        with self.assertRaises(AccessError):
            sample.with_user(self.administrator).company_id = self.company_b

    def test_lines_show_where_their_record_is(self):
        """P7: nobody hides a line by entering another company for it than that of its record."""
        sample = self._new_sample(line_ids=[self._new_line("width", nominal=10)])
        dispatch = (
            self.env["sample.dispatch"]
            .with_user(self.user)
            .create(
                {
                    "partner_id": self.customer.id,
                    "line_ids": [Command.create({"product_id": self.product.id})],
                }
            )
        )
        reading = (
            self.env["sample.location.reading"]
            .with_user(self.keeper)
            .create({"location_id": self.room.id, "temperature": 20})
        )
        for line, vals in (
            (
                sample.line_ids.with_user(self.technical),
                {"company_id": self.company_b.id},
            ),
            (dispatch.line_ids, {"company_id": self.company_b.id}),
            (reading, {"is_out_of_limits": True}),
        ):
            refused = self.assertRaisesRegex(UserError, "set by the system")
            with self.subTest(line._name), refused:
                line.write(vals)

    def test_nobody_chooses_the_secret_of_a_link(self):
        """Whoever knows it reads the messages of the sample without logging in."""
        sample = self._new_sample()
        with self.assertRaisesRegex(UserError, "set by the system"):
            sample.with_user(self.technical).access_token = "known to me"

    def test_hidden_samples_are_neither_stopped_nor_sent(self):
        """SC-07.2: a piece that somebody may not see is not stopped by a problem point, nor sent to a customer."""
        sample = self._new_active_sample()
        sample.with_user(self.administrator).confidentiality = "secret"
        vals = {"sample_id": sample.id, "description": "x", "stage": "after"}
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["sample.issue"].with_user(self.user).create(vals)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["sample.dispatch"].with_user(self.user).create(
                {
                    "partner_id": self.customer.id,
                    "line_ids": [Command.create({"sample_id": sample.id})],
                }
            )
        self.assertEqual(sample.state, "active")

    def test_rules_are_not_pushed_into_a_company(self):
        """P7: nobody makes a rule for a company in which he may not work."""
        rule = self._new_policy("Ours", ["use"]).with_user(self.technical)
        with self.assertRaises(AccessError):
            rule.company_id = self.company_b

    def test_sc_01_3_what_a_sample_names_is_not_deleted(self):
        """SC-01.3: product, customer, owner and characteristic of a sample stay as long as it names them."""
        item = self.env["sample.characteristic"].create({"name": "Gloss", "code": "GL"})
        owner = self.customer.copy({"name": "Owner"})
        product = self._new_product("Handle")
        sample = self._new_sample(
            product_id=product.id,
            partner_id=self.customer.id,
            owner_id=owner.id,
            characteristic_ids=item.ids,
        )
        self.env.flush_all()
        for record in (product, self.customer, owner, item):
            with (
                self.subTest(record=record),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                record.unlink()
        sample.invalidate_recordset()
        self.assertEqual(sample.product_id, product)
        self.assertEqual(sample.owner_id, owner)

    def test_sc_01_3_variant_of_a_sample_is_archived(self):
        """SC-01.3: variants that fall away with their attribute are archived, the sample keeps its own."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour of the test",
                "value_ids": [Command.create({"name": name}) for name in ("A", "B")],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Panel",
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        variant = template.product_variant_ids[1]
        sample = self._new_sample(product_id=variant.id)
        self.env.flush_all()
        with mute_logger("odoo.sql_db"):
            template.attribute_line_ids.value_ids = attribute.value_ids[:1]
        sample.invalidate_recordset()
        self.assertEqual(sample.product_id, variant)
        self.assertFalse(variant.active)
