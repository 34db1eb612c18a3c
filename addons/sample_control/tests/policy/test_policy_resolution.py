from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestPolicyResolution(SampleCase):
    """Which rule holds for a sample, and that it keeps it (SC-39, SC-40)."""

    def _validity(self, sample):
        values = sample._get_policy_values("validity")
        return values["validity_value"], values["validity_unit"]

    def test_sc_02_category_proposes_its_type(self):
        """SC-02: the form of a new sample proposes the type of the category, if it is one of this company."""
        kind = self._type("STD")
        self.plastics.sample_type_id = kind
        samples = self.env["sample.sample"].with_user(self.administrator)
        with Form(samples) as form:
            form.product_id = self.product
            self.assertEqual(form.type_id, kind)
            form.type_id = self._type("SEAL")
            form.product_id = self._new_product("Lid", categ_id=self.plastics.id)
            self.assertEqual(form.type_id, self._type("SEAL"))
        kind.company_id = self.company_b
        form = Form(samples)
        form.product_id = self.product
        self.assertFalse(form.type_id)

    def test_category_below_inherits(self):
        """E04: a category without own line takes the 6 months of the one above."""
        child = self._new_category("Moulded covers", parent_id=self.plastics.id)
        self._new_policy(
            "Six", ["validity"], categ_ids=self.plastics.ids, validity_value=6
        )
        product = self._new_product("Cover", categ_id=child.id)
        sample = self._new_sample(product_id=product.id)
        self.assertEqual(self._validity(sample), (6, "month"))

    def test_partner_outweighs_category(self):
        """E05: 4 months of the customer against 6 months of the category."""
        self._new_policy(
            "Six", ["validity"], categ_ids=self.plastics.ids, validity_value=6
        )
        self._new_policy(
            "Four", ["validity"], partner_ids=self.customer.ids, validity_value=4
        )
        sample = self._new_sample(partner_id=self.customer.id)
        self.assertEqual(self._validity(sample), (4, "month"))
        self.assertEqual(self._validity(self._new_sample()), (6, "month"))

    def test_groups_from_different_rules(self):
        """E05b: sealed frame cover of plastic: 6 months from P02, 90 minutes from P08."""
        plastic = self.env.ref("sample_control.product_category_plastic")
        frame = self.env.ref("sample_control.product_category_frame")
        plastic.parent_id = frame
        product = self._new_product("Frame cover", categ_id=plastic.id)
        sample = self._new_sample(product_id=product.id)
        self.assertEqual(self._validity(sample), (6, "month"))
        sealing = sample._get_policy_values("sealing")
        self.assertEqual(sealing["trial_fit_limit_value"], 90)
        self.assertEqual(sealing["trial_fit_limit_unit"], "minute")
        self.assertEqual(
            sample._get_policy("validity"),
            self.env.ref("sample_control.sample_policy_p02"),
        )
        self.assertEqual(
            sample._get_policy("sealing"),
            self.env.ref("sample_control.sample_policy_p08"),
        )

    @freeze_time("2026-01-15 02:00:00")
    def test_changed_rule_leaves_samples_alone(self):
        """E06: the sample keeps 12 months until the wizard recalculates, with a log."""
        policy = self._new_policy(
            "Twelve", ["validity"], categ_ids=self.plastics.ids, validity_value=12
        )
        sample = self._new_active_sample()
        policy.validity_value = 6
        self.assertEqual(str(sample.valid_until), "2027-01-15")
        sample.with_user(self.administrator).note = "Touched"
        self.assertEqual(self._validity(sample), (12, "month"))
        wizard = (
            self.env["sample.policy.recalculate"]
            .with_user(self.administrator)
            .with_context(active_model="sample.sample", active_ids=sample.ids)
            .create({"reason": "New regulation"})
        )
        self.assertEqual(wizard.changed_count, 1)
        self.assertIn("12 → 6", wizard.preview)
        wizard.action_apply()
        self.assertEqual(str(sample.valid_until), "2026-07-15")
        log = self.env["sample.policy.log"].search(
            [("res_model", "=", "sample.sample"), ("res_id", "=", sample.id)]
        )
        self.assertEqual(log.user_id, self.administrator)
        self.assertIn("12 → 6", log.changes)
        self.assertEqual(wizard.changed_count, 1)

    def test_recalculation_log_is_append_only(self):
        """Nobody writes, changes or deletes lines of the log (P6)."""
        log = self.env["sample.policy.log"].create(
            {
                "res_model": "sample.sample",
                "res_id": 1,
                "res_name": "x",
                "company_id": self.company.id,
                "user_id": self.manager.id,
                "reason": "x",
                "changes": "x",
            }
        )
        with self.assertRaises(UserError):
            log.reason = "y"
        with self.assertRaises(UserError):
            log.unlink()
        with self.assertRaises(UserError):
            log.with_user(self.manager).copy()

    def test_recalculation_by_quality_and_administrator_only(self):
        sample = self._new_sample()
        wizard = (
            self.env["sample.policy.recalculate"]
            .with_context(active_model="sample.sample", active_ids=sample.ids)
            .create({"reason": "x"})
        )
        with self.assertRaises(UserError):
            wizard.with_user(self.user).action_apply()

    def test_sc_39_6_recalculation_needs_records_and_a_reason(self):
        """SC-39.6: records of the list, of a model with rules, and a reason that says something."""
        wizard = self.env["sample.policy.recalculate"].with_user(self.quality)
        sample = self._new_sample()
        for context in ({}, {"active_model": "res.partner", "active_ids": [1]}):
            with self.assertRaisesRegex(UserError, "Choose the records in their list"):
                wizard.with_context(**context).create({"reason": "x"}).action_apply()
        chosen = wizard.with_context(
            active_model="sample.sample", active_ids=sample.ids
        )
        with self.assertRaisesRegex(UserError, "Enter the reason"):
            chosen.create({"reason": "  "}).action_apply()

    def test_draft_follows_its_fields(self):
        """While not signed, a change of type, product or customer looks the rules up again."""
        self._new_policy(
            "Four", ["validity"], partner_ids=self.customer.ids, validity_value=4
        )
        sample = self._new_sample()
        self.assertEqual(self._validity(sample), (12, "month"))
        sample.with_user(self.administrator).partner_id = self.customer
        self.assertEqual(self._validity(sample), (4, "month"))

    def test_snapshot_is_written_by_the_system_only(self):
        """By write, create, import and RPC the rules of a sample cannot be made up."""
        sample = self._new_sample().with_user(self.administrator)
        for attempt in (
            lambda: sample.write({"policy_snapshot": {}}),
            lambda: sample.copy({"policy_snapshot": {"validity": {}}}),
            lambda: sample.create(
                {
                    "type_id": self._type("SEAL").id,
                    "product_id": self.product.id,
                    "policy_snapshot": {"validity": {}},
                }
            ),
        ):
            with self.assertRaises(UserError):
                attempt()

    def test_default_rule_stays(self):
        """The company default defines everything and cannot be deleted, archived or narrowed."""
        default = self.env.ref("sample_control.sample_policy_p00")
        with self.assertRaises(UserError):
            default.unlink()
        for vals in (
            {"active": False},
            {"defines_use": False},
            {"type_ids": self._type("STD").ids},
            {"origin": "customer"},
        ):
            with self.assertRaises(ValidationError):
                default.write(vals)
        default = default.with_user(self.administrator)
        other = self._new_policy("Other", ["use"]).with_user(self.administrator)
        for road in (
            lambda: default.write({"is_default": False}),
            lambda: default.write({"company_id": self.company.id}),
            lambda: other.write({"is_default": True}),
            lambda: other.copy({"is_default": True, "company_id": self.company.id}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                road()
        rows = default.load(
            [".id", "is_default"], [[str(default.id), "0"], [str(other.id), "1"]]
        )
        self.assertFalse(rows["ids"])

    def test_rules_of_another_company_do_not_hold(self):
        self._new_policy(
            "Other",
            ["validity"],
            validity_value=1,
            product_tmpl_ids=self.product.product_tmpl_id.ids,
            company_id=self.company_b.id,
        )
        self.assertEqual(self._validity(self._new_sample()), (12, "month"))

    def test_wrong_parameters_are_refused(self):
        """Negative periods, a validity of nothing and unreadable reminders (P17)."""
        policy = self._new_policy("Some", ["validity"])
        for vals in (
            {"validity_value": 0},
            {"reminder_days": "soon"},
            {"loan_max_hours": float("nan")},
            {"loan_max_hours": float("inf")},
            {"patrol_interval_days": 10**12},
        ):
            with self.assertRaises(ValidationError):
                policy.write(vals)

    def test_who_may_edit_rules(self):
        """SC-39.4: production and quality fix the periods; users read."""
        policy = self._new_policy("Some", ["validity"])
        for user in (self.technical, self.quality, self.administrator, self.manager):
            policy.with_user(user).validity_value = 3
        for user in (self.user, self.keeper, self.inspector, self.assistant):
            with self.assertRaises(AccessError):
                policy.with_user(user).validity_value = 4

    def test_explanation_names_rule_and_reason(self):
        """The form says which rule won each group, and why."""
        self._new_policy(
            "Six months", ["validity"], categ_ids=self.plastics.ids, validity_value=6
        )
        text = self._new_sample().policy_explanation
        self.assertIn("Six months", text)
        self.assertIn("product category 10", text)
        self.assertIn("P07", text)

    def test_queries_do_not_grow(self):
        """Resolving 50 samples takes no more queries than 2."""

        def count(number):
            samples = self.env["sample.sample"].create(
                [
                    {
                        "type_id": self._type("SEAL").id,
                        "product_id": self._new_product(f"P{index}").id,
                    }
                    for index in range(number)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            samples._resolve_policies()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(2), count(50))

    def test_lines_follow_their_rule(self):
        """P7: a required document and a party belong to the company of their rule and stay on it."""
        ours = self._new_policy("Ours", ["sealing"], company_id=self.company.id)
        theirs = self._new_policy("Theirs", ["sealing"], company_id=self.company_b.id)
        rules = self.env["sample.responsibility"]
        own_rule = rules.create({"name": "Ours", "company_id": self.company.id})
        foreign_rule = rules.create({"name": "Theirs", "company_id": self.company_b.id})
        for user, line, link, foreign in (
            (
                self.technical,
                ours.document_ids.create(
                    {"policy_id": ours.id, "code": "x", "name": "Report"}
                ),
                "policy_id",
                theirs,
            ),
            (
                self.administrator,
                own_rule.line_ids.create(
                    {"responsibility_id": own_rule.id, "role": "quality"}
                ),
                "responsibility_id",
                foreign_rule,
            ),
        ):
            with self.subTest(model=line._name):
                line = line.with_user(user)
                with self.assertRaisesRegex(UserError, "set by the system"):
                    line.company_id = self.company_b
                with self.assertRaisesRegex(UserError, "set by the system"):
                    line.create(
                        {
                            **line.copy_data()[0],
                            link: line[link].id,
                            "company_id": self.company_b.id,
                        }
                    )
                with self.assertRaisesRegex(UserError, "cannot be moved"):
                    line[link] = foreign
                self.assertEqual(line.company_id, self.company)

    def test_sc_40_archived_condition_stays_a_condition(self):
        """SC-40: a rule for one customer, product or type does not become one for all when that is archived."""
        kind = self.env["sample.type"].create({"name": "Own type", "code": "OWN"})
        product = self._new_product("Handle")
        conditions = {
            "partner_ids": self.customer,
            "product_tmpl_ids": product.product_tmpl_id,
            "type_ids": kind,
        }
        for name, records in conditions.items():
            self._new_policy(
                name,
                ["validity"],
                company_id=self.company.id,
                validity_value=99,
                **{name: records.ids},
            )
            records.active = False
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertNotEqual(self._validity(self._new_sample("SEAL"))[0], 99)

    def test_sc_40_condition_is_not_deleted(self):
        """SC-40: nor when the category is deleted."""
        category = self._new_category("Handles")
        self._new_policy("One", ["validity"], categ_ids=category.ids, validity_value=9)
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            category.unlink()
