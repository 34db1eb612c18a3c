from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..use.common import UseCase
from .common import NOW, VerificationCase

PIXEL = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestQualification(VerificationCase, UseCase):
    """Who judges by eye is qualified for it by an agreement round, is warned or stopped (features 3c.7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what is judged by eye is not calibrated
        cls.checks.active = False
        cls.second = cls._new_user("sc_inspector2", "inspector")
        cls.kind = cls._type("APP")
        cls.kind.qualification = "warn"
        colour = cls._new_line("colour", text_value="RAL 9005")
        cls.sample = cls._new_active_sample("APP", line_ids=[colour])

    def _hold_round(self, truths, verdicts, kind="APP"):
        """Hold a round in which the first inspector judges as given, the second agrees with the truth."""
        samples = [self._new_sample(kind) for __ in truths]
        lines = [
            Command.create({"sample_id": sample.id, "blind_no": str(n), "truth": truth})
            for n, (sample, truth) in enumerate(zip(samples, truths, strict=True))
        ]
        values = {
            "title": "Gloss",
            "user_ids": [Command.set((self.inspector | self.second).ids)],
            "line_ids": lines,
        }
        rounds = self.env["sample.agreement"].with_user(self.quality)
        agreement = rounds.create(values)
        agreement.action_start()
        for user, given in ((self.inspector, verdicts), (self.second, truths)):
            items = self.env["sample.agreement.verdict"].with_user(user)
            items = items.search([("agreement_id", "=", agreement.id)])
            for item, verdict in zip(items.sorted("blind_no"), given, strict=True):
                item.verdict = verdict
        agreement.action_close()
        return agreement

    def _unqualified(self, user=None, company=None):
        return self.env["sample.agreement.result"]._get_unqualified_types(
            user or self.inspector, company or self.company, self.kind
        )

    def test_last_round_of_the_type_decides(self):
        """Passing qualifies for the type; a later round that is not passed takes it away."""
        self.assertEqual(self._unqualified(), self.kind)
        truths = ("pass", "fail", "pass", "fail")
        self._hold_round(truths, truths, kind="SEAL")
        self.assertEqual(self._unqualified(), self.kind)
        self._hold_round(truths, truths)
        self.assertFalse(self._unqualified())
        self._hold_round(truths, ("pass", "pass", "pass", "fail"))
        self.assertEqual(self._unqualified(), self.kind)
        self.assertFalse(self._unqualified(self.second))

    def test_qualification_lapses(self):
        """12 months: qualified through 10 March 2027, not on the day after."""
        truths = ("pass", "fail")
        agreement = self._hold_round(truths, truths)
        result = agreement.result_ids[:1]
        for day, expected in (("2027-03-10", True), ("2027-03-11", False)):
            with freeze_time(f"{day} 02:00:00"):
                result.invalidate_recordset()
                self.assertEqual(not self._unqualified(), expected)
                found = result.search(
                    [
                        ("is_qualified", "=", True),
                        ("id", "in", agreement.result_ids.ids),
                    ]
                )
                self.assertEqual(bool(found), expected)

    def test_round_of_another_company_does_not_count(self):
        truths = ("pass", "fail")
        self._hold_round(truths, truths)
        self.assertEqual(self._unqualified(company=self.company_b), self.kind)

    def test_types_of_a_round(self):
        """The types are read and searched without the right to see the pieces."""
        truths = ("pass", "fail")
        results = self._hold_round(truths, truths).result_ids.with_user(self.inspector)
        self.assertEqual(results.type_ids, self.kind)
        found = results.search([("type_ids", "in", self.kind.ids)])
        self.assertEqual(found & results, results)
        self.assertFalse(
            results.search([("type_ids", "in", self._type("TEX").ids)]) & results
        )

    def test_first_article_warns_and_keeps_it(self):
        """Warn: shown to the inspector before, kept with the record; the operator is not concerned."""
        record = self._compare(self._new_first_article(self.sample))
        self.assertFalse(record.with_user(self.operator).qualification_warning)
        shown = record.with_user(self.inspector)
        self.assertIn("not qualified", shown.qualification_warning)
        shown.action_release()
        self.assertEqual(record.state, "released")
        self.assertIn(self.inspector.name, record.use_warning)

    def test_qualified_inspector_is_not_warned(self):
        truths = ("pass", "fail")
        self._hold_round(truths, truths)
        record = self._compare(self._new_first_article(self.sample))
        record.with_user(self.inspector).action_release()
        self.assertFalse(record.use_warning)

    def test_first_article_blocks_by_every_road(self):
        """Block: neither the button nor a plain write releases, fails; a qualified inspector does."""
        self.kind.qualification = "block"
        record = self._compare(self._new_first_article(self.sample))
        mine = record.with_user(self.inspector)
        self.assertTransitionRefused(mine, "released", "not qualified")
        truths = ("pass", "fail")
        self._hold_round(truths, truths)
        record.with_user(self.inspector).action_release()
        self.assertEqual(record.state, "released")

    def test_limits_of_the_product_count(self):
        """A sealed sample asks for nothing; the limit samples of its product do."""
        self._type("LIM").write({"qualification": "warn", "is_limit": True})
        sealed = self._new_active_sample(
            "SEAL", line_ids=[self._new_line("colour", text_value="RAL")]
        )
        record = self._compare(self._new_first_article(sealed))
        self.assertFalse(record.with_user(self.inspector).qualification_warning)
        self._new_active_sample(
            "LIM",
            limit_direction="upper",
            defect_note="Scratch up to 2 mm",
            image_1920=PIXEL,
        )
        record.invalidate_recordset()
        self.assertIn(
            "not qualified", record.with_user(self.inspector).qualification_warning
        )

    def test_comparison_warns(self):
        record = self.env["sample.comparison"].create(
            {
                "product_id": self.product.id,
                "sample_id": self.sample.id,
                "quality_id": self.quality.id,
            }
        )
        record = record.with_user(self.inspector)
        record.action_start()
        record.line_ids.result = "pass"
        record.write({"conclusion": "equal", "treatment": "Answer"})
        record.action_conclude()
        self.assertIn("not qualified", record.use_warning)

    def test_inspection_by_eye(self):
        """What is judged by eye asks for it; what is measured does not (SC-45)."""
        self.kind.qualification = "block"
        inspection = self._new_inspection(self.sample, "1", inspection_type="exception")
        self.assertIn(
            "not qualified", inspection.with_user(self.inspector).qualification_notice
        )
        self.assertTransitionRefused(
            inspection.with_user(self.inspector), "submitted", "not qualified"
        )
        self.kind.qualification = "warn"
        inspection.with_user(self.inspector).action_submit()
        self.assertIn("not qualified", inspection.qualification_warning)
        measured = self._new_inspection(
            self._new_measured_sample("2026-03-02"), "10.03"
        )
        self.assertFalse(measured.qualification_notice)

    def test_many_results_in_a_fixed_number_of_queries(self):
        """Results, their rounds, lines, samples and types are read together."""
        truths = ("pass", "fail")
        for __ in range(3):
            self._hold_round(truths, truths)
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            self._unqualified()
