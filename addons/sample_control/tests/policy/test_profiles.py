from odoo.tests import tagged

from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestProfiles(SampleCase):
    """One test per delivered profile: what the clauses of its regulation say (section 3.3)."""

    def _sample_of(self, category=None, code="STD", **values):
        if category:
            category = self.env.ref(f"sample_control.product_category_{category}")
            product = self._new_product("Part", categ_id=category.id)
        else:
            product = self.product
        return self._new_sample(code, product_id=product.id, **values)

    def assertRule(self, sample, group, profile, **expected):
        policy = self.env.ref(f"sample_control.sample_policy_{profile}")
        self.assertEqual(sample._get_policy(group), policy)
        values = sample._get_policy_values(group)
        self.assertEqual({key: values[key] for key in expected}, expected)

    def _documents(self, sample, *applies_to):
        documents = sample._get_policy_values("sealing")["document_ids"]
        return [
            document["code"]
            for document in documents
            if document["applies_to"] in applies_to
        ]

    def test_p00_company_default(self):
        """P00: 12 months, loan; no valid sample blocks acceptance and first article, else warns."""
        sample = self._sample_of()
        self.assertRule(
            sample, "validity", "p00", validity_value=12, validity_unit="month"
        )
        self.assertRule(
            sample,
            "use",
            "p00",
            loan_mode="loan",
            first_article_mode="per_batch",
            first_article_inspector=True,
            use_final_acceptance="block",
            use_first_article="block",
            use_in_process="warn",
            use_comparison="warn",
            use_dispute="warn",
        )
        self.assertRule(
            sample,
            "end",
            "p00",
            failure_path="recalibrate_first",
            notify_customer="if_owned",
            disposal_role="technical",
            disposal_hold_days=0,
        )
        self.assertRule(
            sample,
            "checks",
            "p00",
            calibration_interval_months=0,
            customer_check_interval_months=0,
            patrol_interval_days=30,
        )

    def test_p01_stampings_standard_parts(self):
        """P01 (R4 4.3 row 1): 1 year."""
        for category in ("stamping", "standard_part"):
            self.assertRule(
                self._sample_of(category),
                "validity",
                "p01",
                validity_value=1,
                validity_unit="year",
            )

    def test_p02_plastics(self):
        """P02 (R4 4.3 row 2): 6 months."""
        self.assertRule(self._sample_of("plastic"), "validity", "p02", validity_value=6)

    def test_p03_rubber(self):
        """P03 (R4 4.3 row 3): 3 months, reminders 15, 5 and 0 days before."""
        self.assertRule(
            self._sample_of("rubber"),
            "validity",
            "p03",
            validity_value=3,
            reminder_days="15, 5, 0",
        )

    def test_p04_strip_material(self):
        """P04 (R6): 1 year, ≈20 cm, before mass production, borrow, technical destroys."""
        for code in ("COL", "TEX", "APP"):
            sample = self._sample_of("strip", code)
            self.assertRule(sample, "validity", "p04", validity_value=12)
            self.assertRule(
                sample,
                "sealing",
                "p04",
                sealing_stage="before_mass_production",
                piece_size_note="About 20 cm",
            )
            self.assertRule(
                sample, "use", "p04", loan_mode="loan", first_article_mode="per_batch"
            )
            self.assertIn(
                "20 cm", sample._get_policy_values("use")["first_article_piece"]
            )
            self.assertRule(
                sample,
                "keeping",
                "p04",
                register_role="technical",
                custodian_role="technical",
            )
            self.assertRule(
                sample, "end", "p04", disposal_role="technical", failure_path="replace"
            )
            self.assertEqual(sample.piece_size, "About 20 cm")
            self.assertEqual(
                sorted(sample.protection_tag_ids.mapped("name")),
                ["Light", "Moisture", "Oil"],
            )

    def test_p05_standard_sample_of_the_customer(self):
        """P05 (R9): 1 year, quarterly check, at the rack, every shift, the customer replaces."""
        sample = self._sample_of(
            "steel_wire", origin="customer", owner_id=self.customer.id
        )
        self.assertRule(
            sample, "validity", "p05", validity_value=12, replacement_by="customer"
        )
        self.assertRule(sample, "checks", "p05", customer_check_interval_months=3)
        self.assertRule(
            sample,
            "use",
            "p05",
            loan_mode="point_of_use",
            first_article_mode="per_shift",
        )
        self.assertRule(
            sample, "end", "p05", notify_customer="always", failure_path="replace"
        )
        own = self._sample_of("steel_wire")
        self.assertNotEqual(
            own._get_policy("checks"), self.env.ref("sample_control.sample_policy_p05")
        )

    def test_p06_precision_samples(self):
        """P06 (R1): calibration every 12 months on the fixture, correct before replacing."""
        sample = self._sample_of(code="DIM")
        self.assertRule(sample, "checks", "p06", calibration_interval_months=12)
        self.assertIn(
            "original measured range",
            sample._get_policy_values("checks")["calibration_method"],
        )
        self.assertRule(sample, "end", "p06", failure_path="recalibrate_first")
        self.assertRule(sample, "validity", "p00", validity_value=12)

    def test_p07_sealed_samples_a(self):
        """P07 (R3): half a day's notice, trial fit within a day, list of documents 5.2."""
        sample = self._sample_of(code="SEAL")
        self.assertRule(
            sample,
            "sealing",
            "p07",
            sealing_stage="after_first_batch",
            notice_hours=4.0,
            trial_fit_limit_value=1,
            trial_fit_limit_unit="working_day",
        )
        self.assertEqual(self._documents(sample, "all"), ["small_batch", "review_form"])
        self.assertEqual(
            self._documents(sample, "key_part"),
            ["random_pick", "performance", "third_party"],
        )
        self.assertEqual(self._documents(sample, "electrical"), ["on_site_test"])

    def test_p08_sealed_samples_b_vehicles(self):
        """P08 (R7): 90 minutes, auxiliary parts besides the documents of R3."""
        sample = self._sample_of("frame", "SEAL")
        self.assertRule(
            sample,
            "sealing",
            "p08",
            notice_hours=4.0,
            trial_fit_limit_value=90,
            trial_fit_limit_unit="minute",
        )
        self.assertEqual(
            self._documents(sample, "all"), ["small_batch", "auxiliary", "review_form"]
        )

    def test_p09_incoming_inspection(self):
        """P09 (R8): 1 year, use in the sample room only, users keep, four at replacement."""
        sample = self._sample_of(code="MAT")
        self.assertRule(sample, "validity", "p09", validity_value=12)
        self.assertRule(sample, "use", "p09", loan_mode="room_only")
        self.assertRule(sample, "keeping", "p09", custodian_role="using_department")
        self.assertIn(
            "purchasing",
            sample._get_policy_values("sign_off")["signatories_replacement"],
        )

    def test_p10_temporary_samples(self):
        """P10 (R2): capped at 6 months; no final acceptance without concession."""
        sample = self._sample_of(code="TEMP")
        self.assertRule(sample, "validity", "p10", validity_value=6)
        self.assertTrue(sample.type_id.concession_required)

    def test_p11_in_process_samples(self):
        """P11 (R9 三.2): the heads of the unit sign; never for final acceptance."""
        sample = self._sample_of(code="WIP", origin="in_process")
        self.assertRule(sample, "use", "p11", first_article_mode="none")
        self.assertTrue(sample.in_process_only)
        self.assertEqual(sample._get_use_mode("final_acceptance"), "block")

    def test_p12_samples_of_suppliers(self):
        """P12 (R11): testers and documents by class of material."""
        expected = {
            "farm_produce": ["quality_check"],
            "food_additive": [
                "licence",
                "composition",
                "trial_use",
                "authority_report",
                "permission",
                "test_standard",
                "test_method",
            ],
            "trademark": ["quality_check", "barcode_licence", "trade_licence"],
            "bag": ["workshop_trial", "print_check"],
        }
        for category, documents in expected.items():
            sample = self._sample_of(category, origin="purchased")
            self.assertRule(sample, "sealing", f"p12_{category}")
            self.assertEqual(self._documents(sample, "all"), documents)
            self.assertEqual(
                sample._get_policy_values("sealing")["applicant_role"], "purchasing"
            )

    def test_who_signs(self):
        """P04, P05, P09, P10, P11, P12 (SC-26): each regulation names its signatories, first and at replacement."""
        expected = {
            ("strip", "COL", ""): ("customer", "customer"),
            ("steel_wire", "STD", "customer"): ("customer_chosen", "customer_chosen"),
            (None, "MAT", ""): ("default", "replacement"),
            (None, "TEMP", ""): ("temporary", None),
            (None, "WIP", "in_process"): (None, None),
            ("farm_produce", "STD", "purchased"): ("quality", None),
            ("trademark", "STD", "purchased"): ("quality", None),
            ("bag", "STD", "purchased"): ("workshop", None),
        }
        for (category, code, origin), routes in expected.items():
            values = {"origin": origin} if origin else {}
            if origin == "customer":
                values["owner_id"] = self.customer.id
            sample = self._sample_of(category, code, **values)
            rule = sample._get_policy_values("sign_off")
            for phase, name in zip(("first", "replacement"), routes, strict=True):
                route = name and self.env.ref(
                    f"sample_control.sign_off_route_request_{name}"
                )
                with self.subTest(category=category, code=code, phase=phase):
                    self.assertEqual(
                        rule[f"sign_off_{phase}_route_id"] or None, route and route.id
                    )

    def test_default_route_is_technical_and_quality(self):
        """P00, P11: where no rule names a route, technical and quality sign, and nobody else."""
        steps = self.env.ref("sample_control.sign_off_route_request_default").step_ids
        self.assertEqual(
            steps.group_id,
            self.env.ref("sample_control.group_sample_technical")
            | self.env.ref("sample_control.group_sample_quality"),
        )
        self.assertEqual(set(steps.mapped("signer_type")), {"group"})
