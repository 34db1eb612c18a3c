from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import SampleCase

PIXEL = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestKinds(SampleCase):
    """What only some kinds of samples have: customer's standard, limits, guiding pieces, gauge blocks."""

    # --- Standard sample of the customer ---

    def test_customer_standard_names_its_owner(self):
        """SC-03.1, SC-13: the customer selects and provides it, so the card names him as the owner."""
        sample = self._new_sample("STD", origin="customer", partner_id=self.customer.id)
        with self.assertRaisesRegex(UserError, "owner"):
            sample.with_user(self.administrator).action_submit()
        sample.owner_id = self.customer
        sample.with_user(self.administrator).action_submit()
        self.assertEqual(sample.state, "to_sign")

    def test_hand_over_names_two_people(self):
        """SC-03.1: the hand-over to the production unit names giver and taker, by write, create, import."""
        sample = self._new_sample("STD")
        day = "2026-03-02"
        both = {
            "date_handed_over": day,
            "handed_over_by_id": self.quality.id,
            "handed_over_to_id": self.keeper.id,
        }
        for wrong in (
            {"date_handed_over": day},
            {**both, "handed_over_to_id": self.quality.id},
            {**both, "handed_over_by_id": False},
        ):
            with self.assertRaises(ValidationError):
                sample.with_user(self.administrator).write(wrong)
            with self.assertRaises(ValidationError):
                self._new_sample("STD", **wrong)
        result = (
            self.env["sample.sample"]
            .with_user(self.administrator)
            .load(["id", "date_handed_over"], [[self._xmlid(sample), day]])
        )
        self.assertTrue(result["messages"])
        sample.with_user(self.administrator).write(both)
        self.assertEqual(sample.handed_over_to_id, self.keeper)

    def test_standard_is_the_yardstick_of_acceptance(self):
        """SC-03.5: products are finally accepted by a standard sample, not by an in-process one."""
        standard = self._new_active_sample("STD")
        self.assertEqual(standard._check_use("final_acceptance"), [])
        in_process = self._new_active_sample("WIP", origin="in_process")
        with self.assertRaises(UserError):
            in_process._check_use("final_acceptance")

    def test_characteristic_is_complete(self):
        """SC-01: what is measured has a unit, what comes from the variant its attribute."""
        for kind, message in (("measure", "enter its unit"), ("attribute", "choose")):
            with (
                self.subTest(kind=kind),
                self.assertRaisesRegex(ValidationError, message),
                self.cr.savepoint(),
            ):
                self.env["sample.characteristic"].create(
                    {"name": "Test", "code": f"test_{kind}", "kind": kind}
                )

    def test_unit_of_a_value_can_be_converted(self):
        """SC-43, P22: a length is not entered in kilograms, by no road."""
        kilogram = self.env.ref("uom.product_uom_kgm")
        line = self._new_line("width", uom_id=kilogram.id)
        with self.assertRaisesRegex(ValidationError, "cannot be converted"):
            self._new_sample("DIM", line_ids=[line])
        sample = self._new_sample("DIM", line_ids=[self._new_line("width")])
        with self.assertRaisesRegex(ValidationError, "cannot be converted"):
            sample.line_ids.with_user(self.administrator).uom_id = kilogram

    def test_benchmark_is_secret(self):
        """SC-08: a benchmark sample is opened to everybody by nobody, not even by the system."""
        sample = self._new_sample("BMK")
        self.assertNotEqual(sample.confidentiality, "internal")
        with self.assertRaisesRegex(ValidationError, "secret at least"):
            sample.sudo().confidentiality = "internal"

    # --- Limit samples ---

    def _new_limit(self, direction, **values):
        return self._new_sample(
            "LIM",
            limit_direction=direction,
            defect_note="Scratch up to 2 mm, not on the visible face",
            image_1920=PIXEL,
            **values,
        )

    def test_limit_needs_defect_and_photograph(self):
        """SC-06: direction, defect and marked photograph are on the card before it is signed."""
        sample = self._new_sample("LIM")
        with self.assertRaises(UserError) as caught:
            sample.with_user(self.administrator).action_submit()
        self.assertIn("which limit", str(caught.exception))
        self.assertIn("photograph", str(caught.exception))
        sample = self._sign(self._new_limit("last_ok"))
        self.assertEqual(sample.sign_off_state, "sealed")

    def test_limit_is_sealed_with_its_sentence(self):
        """SC-06.1: both sides sign the sentence of acceptance; changing it stops the sample."""
        sample = self._new_limit("last_ok")
        self._sign(sample).with_user(self.quality).action_activate()
        sample.with_user(self.administrator).defect_note = "Scratch up to 20 mm"
        self.assertEqual(sample.state, "suspended")

    def test_limits_make_a_pair(self):
        """SC-06.3: last good and first bad of one product point at each other."""
        good, bad = self._new_limit("last_ok"), self._new_limit("first_ng")
        good.with_user(self.administrator).limit_pair_id = bad
        self.assertEqual(bad.limit_pair_id, good)
        other = self._new_limit("first_ng", limit_pair_id=good.id)
        self.assertEqual(good.limit_pair_id, other)
        self.assertFalse(bad.limit_pair_id)
        other.with_user(self.administrator).limit_pair_id = False
        self.assertFalse(good.limit_pair_id)

    def test_no_pair_of_the_same_limit(self):
        """SC-06.3: two equal limits, two products, or another kind are no pair, from either side."""
        good = self._new_limit("last_ok")
        product = self._new_product("Other cover")
        for wrong in (
            self._new_limit("last_ok"),
            self._new_limit("first_ng", product_id=product.id),
            self._new_sample("SEAL"),
            good,
        ):
            with self.assertRaises(ValidationError):
                good.with_user(self.administrator).limit_pair_id = wrong
        bad = self._new_limit("first_ng", limit_pair_id=good.id)
        for values in ({"limit_direction": "upper"}, {"product_id": product.id}):
            with self.assertRaises(ValidationError):
                bad.with_user(self.administrator).write(values)

    def test_first_bad_piece_finds_nothing_good(self):
        """SC-06: the first bad piece shows what is refused, whatever the rule says."""
        bad = self._new_limit("first_ng")
        self._sign(bad).with_user(self.quality).action_activate()
        for purpose in ("first_article", "final_acceptance"):
            with self.assertRaisesRegex(UserError, "not accepted"):
                bad.with_user(self.manager)._check_use(purpose, override="hurry")
        self.assertEqual(bad._check_use("comparison"), [])

    def test_first_article_shows_the_limits(self):
        """SC-06.3: the first article is judged by the standard; all limits are shown beside it."""
        standard = self._new_active_sample("APP")
        limits = self._new_limit("last_ok") | self._new_limit("first_ng")
        self._sign(limits)
        limits.with_user(self.quality).action_activate()
        form = Form(self.env["sample.first.article"].with_user(self.inspector))
        form.product_id = self.product
        self.assertEqual(form.sample_id, standard)
        self.assertEqual(set(form.limit_sample_ids.ids), set(limits.ids))

    def test_standards_come_before_limits(self):
        """SC-38.1: a limit is proposed for a comparison only when there is no standard."""
        standard = self._new_active_sample("APP")
        limit = self._new_limit("last_ok")
        self._sign(limit).with_user(self.quality).action_activate()
        found = self.env["sample.sample"]._find_valid_on(
            self.product, self.company._record_control_today()
        )
        self.assertEqual(found, standard + limit)

    # --- Guiding pieces ---

    def test_colour_comes_from_the_variant(self):
        """SC-08.1, SC-60: the colour of a variant is its product attribute, not typed again."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [
                    Command.create({"name": "RAL 9005"}),
                    Command.create({"name": "RAL 9010"}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Trim",
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
        colour = self.env["sample.characteristic"].create(
            {
                "name": "Colour of the variant",
                "code": "variant_colour",
                "kind": "attribute",
                "attribute_id": attribute.id,
            }
        )
        samples = [
            self._new_sample(
                "COL",
                product_id=variant.id,
                line_ids=[Command.create({"characteristic_id": colour.id})],
            )
            for variant in template.product_variant_ids
        ]
        self.assertEqual(
            [sample.line_ids.text_value for sample in samples], ["RAL 9005", "RAL 9010"]
        )

    def test_guiding_samples_are_confirmed_jointly(self):
        """SC-08.3: one side alone makes no guiding sample valid."""
        for code in ("COL", "TEX", "APP", "FUN", "SIM"):
            sample = self._new_sample(code)
            for line in sample.type_id.label_characteristic_ids:
                sample.line_ids = [
                    Command.create({"characteristic_id": line.id, "text_value": "x"})
                ]
            sample.with_user(self.administrator).action_submit()
            sample.with_user(self.administrator).action_request_sign_off()
            sample.with_user(self.technical)._sign_off()
            with self.assertRaises(UserError):
                sample.with_user(self.quality).action_activate()
            sample.with_user(self.quality)._sign_off()
            sample.with_user(self.quality).action_activate()
            self.assertEqual(sample.state, "active", code)

    # --- Gauge blocks ---

    def test_gauge_block_needs_no_product_but_a_baseline(self):
        """SC-10.1: no product and no first article, but calibration by the original range."""
        kind = self._type("TST")
        self.assertFalse(kind.needs_product)
        self.assertTrue(kind.needs_calibration)
        self.assertFalse(kind.needs_first_article)
        block = self._sign(
            self._new_sample("TST", product_id=False, title="Gauge block 10 mm")
        )
        with self.assertRaisesRegex(UserError, "original measured range"):
            block.with_user(self.quality).action_activate()

    def test_certificate_of_a_gauge_block(self):
        """SC-10.2: calibrating body, number and validity of the certificate stay on the ledger record."""
        block = self._new_sample(
            "TST",
            product_id=False,
            title="Gauge block 10 mm",
            calibrating_body="Metrology institute",
            certificate_no="C-2026-17",
            certificate_valid_until="2027-03-01",
        )
        found = self.env["sample.sample"].search([("certificate_no", "=", "C-2026-17")])
        self.assertEqual(found, block)

    # --- Protection ---

    def test_protection_of_the_type_and_the_rule(self):
        """SC-31.3: appearance samples are kept from light; a rule for the category says more."""
        kind = self._type("APP")
        self.assertTrue(kind.protection_tag_ids)
        self.assertEqual(
            self._new_sample("APP").protection_tag_ids, kind.protection_tag_ids
        )
        tag = self.env["sample.protection.tag"].create({"name": "Clear sleeve"})
        self._new_policy(
            "Strips",
            ["keeping"],
            categ_ids=[Command.set(self.plastics.ids)],
            protection_tag_ids=[Command.set(tag.ids)],
        )
        self.assertEqual(self._new_sample("FUN").protection_tag_ids, tag)

    # --- Standard data ---

    def test_nothing_of_product_and_partner_is_copied(self):
        """SC-60: name, code, customer and equipment are links; renaming shows at once, nothing is stored."""
        sample = self._new_sample(partner_id=self.customer.id)
        self.product.write({"name": "Cover, new name", "default_code": "C-9"})
        self.assertIn("Cover, new name", sample.display_name)
        fields = self.env["sample.sample"]._fields
        links = {
            "product_id": "product.product",
            "partner_id": "res.partner",
            "supplier_id": "res.partner",
            "owner_id": "res.partner",
            "department_id": "hr.department",
            "custodian_id": "res.users",
            "fixture_id": "maintenance.equipment",
            "uom_id": "uom.uom",
        }
        self.assertEqual({name: fields[name].comodel_name for name in links}, links)
        copied = {"default_code", "barcode", "product_name", "customer_name", "phone"}
        self.assertFalse(
            [name for name in copied if name in fields and fields[name].store]
        )
