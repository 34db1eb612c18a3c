from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import NOW, VerificationCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAgreement(VerificationCase):
    """Agreement rounds of inspectors (features 3c.7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._new_user("sc_inspector2", "inspector")
        cls.samples = [cls._new_sample("LIM") for __ in range(4)]
        cls.round = (
            cls.env["sample.agreement"]
            .with_user(cls.quality)
            .create(
                {
                    "title": "Gloss",
                    "user_ids": [Command.set((cls.inspector | cls.second).ids)],
                    "line_ids": [
                        Command.create(
                            {"sample_id": sample.id, "blind_no": str(n), "truth": truth}
                        )
                        for n, (sample, truth) in enumerate(
                            zip(
                                cls.samples,
                                ("pass", "fail", "pass", "fail"),
                                strict=True,
                            )
                        )
                    ],
                }
            )
        )

    def _judge(self, user, *verdicts):
        items = self.env["sample.agreement.verdict"].with_user(user).search([])
        for item, verdict in zip(items.sorted("blind_no"), verdicts, strict=True):
            item.verdict = verdict

    def test_round(self):
        """Truth P F P F: one agrees fully, one passes a bad piece: kappa 1 and 0.5, Fleiss 0.467."""
        self.round.action_start()
        self._judge(self.inspector, "pass", "fail", "pass", "fail")
        self.assertTransitionRefused(self.round, "closed", "Still to judge")
        self._judge(self.second, "pass", "fail", "pass", "pass")
        self.round.action_close()
        first, second = (
            self.round.result_ids.filtered(lambda r, user=user: r.user_id == user)
            for user in (self.inspector, self.second)
        )
        self.assertEqual((first.cohen, first.miss_rate), (1, 0))
        self.assertEqual(str(first.qualified_until), "2027-03-10")
        self.assertAlmostEqual(second.cohen, 0.5)
        self.assertEqual(second.miss_rate, 0.5)
        self.assertFalse(second.qualified_until)
        # observed 3/4; chance (5/8)² + (3/8)² = 34/64
        self.assertAlmostEqual(self.round.fleiss, (3 / 4 - 34 / 64) / (30 / 64), 3)

    def test_blind(self):
        """Nobody sees the verdicts of others or the truth while the round runs."""
        self.round.action_start()
        verdicts = self.env["sample.agreement.verdict"]
        self.assertEqual(
            verdicts.with_user(self.inspector).search([]).user_id, self.inspector
        )
        self.assertFalse(verdicts.with_user(self.quality).search([]))
        foreign = verdicts.search([("user_id", "=", self.second.id)])
        with self.assertRaises(AccessError):
            foreign.with_user(self.inspector).verdict = "pass"
        for read in (
            lambda: self.round.with_user(self.inspector).line_ids,
            lambda: self.env["sample.agreement.line"]
            .with_user(self.inspector)
            .search([]),
            lambda: foreign.with_user(self.second).line_id,
        ):
            with self.assertRaises(AccessError):
                read()

    def test_blind_for_quality_too(self):
        """Who takes part sees the truth by no road until the round is closed, whatever else he is."""
        judge = self._new_user("sc_judge", "quality")
        judge.group_ids += self.env.ref("base.group_allow_export")
        self.round.user_ids = self.inspector | judge
        lines = self.env["sample.agreement.line"].with_user(judge)
        pieces = self.round.sudo().line_ids
        verdicts = self.env["sample.agreement.verdict"].with_user(judge)

        def assert_hidden():
            self.env.invalidate_all()
            mine = self.round.with_user(judge)
            self.assertFalse(mine.line_ids)
            self.assertFalse(lines.search([("agreement_id", "=", mine.id)]))
            self.assertFalse(lines.search([("truth", "=", "fail")]))
            self.assertFalse(lines._read_group([], ["truth"], ["__count"]))
            self.assertFalse(mine.search([("line_ids.truth", "=", "fail")]))
            self.assertEqual(mine.export_data(["line_ids/truth"])["datas"], [[""]])
            for read in (
                lambda: pieces.with_user(judge).read(["truth"]),
                lambda: pieces.with_user(judge).export_data(["truth"]),
                lambda: pieces[0].with_user(judge).truth,
                lambda: pieces[0].with_user(judge).write({"truth": "pass"}),
            ):
                with self.assertRaises(AccessError):
                    self.env.invalidate_all()
                    read()

        assert_hidden()
        self.round.action_start()
        assert_hidden()
        self.assertEqual(len(verdicts.search([])), 4)
        self.assertFalse(verdicts.search([("line_id.truth", "=", "fail")]))
        groups = verdicts._read_group([], ["line_id.truth"], ["__count"])
        self.assertNotIn("fail", dict(groups))
        self._judge(self.inspector, "pass", "fail", "pass", "fail")
        self._judge(judge, "pass", "fail", "pass", "fail")
        # the system closes by all pieces, also after somebody read what he may see
        self.assertFalse(self.round.with_user(judge).line_ids)
        self.round.with_user(judge).action_close()
        self.assertEqual(set(self.round.result_ids.mapped("cohen")), {1})
        self.env.invalidate_all()
        self.assertEqual(self.round.with_user(judge).line_ids, pieces)

    def test_cancelled_round_tells_nothing(self):
        judge = self._new_user("sc_judge", "quality")
        self.round.user_ids = self.inspector | judge
        self.round.action_cancel()
        self.assertFalse(self.round.with_user(judge).line_ids)

    def test_who_knows_does_not_judge(self):
        """Who entered a piece takes no part, and nobody of quality steps in or out by himself."""
        with (
            self.assertRaisesRegex(ValidationError, "does not judge"),
            self.env.cr.savepoint(),
        ):
            self.round.with_user(self.env.user).user_ids = self.inspector | self.quality
        judge = self._new_user("sc_judge", "quality")
        joined = self.inspector | judge
        cases = (
            (self.inspector | self.second, joined),
            (joined, self.inspector | self.second),
        )
        for before, after in cases:
            self.round.user_ids = before
            with (
                self.assertRaisesRegex(UserError, "Somebody else of quality"),
                self.env.cr.savepoint(),
            ):
                self.round.with_user(judge).user_ids = after
        self.round.user_ids = joined
        with self.assertRaises(UserError):
            self.env["sample.agreement.line"].with_user(judge).create(
                {
                    "agreement_id": self.round.id,
                    "sample_id": self.samples[0].id,
                    "blind_no": "9",
                    "truth": "pass",
                }
            )

    def test_no_piece_moves_to_the_own_round(self):
        """Features 3c.7: who judges moves no piece of another round into his own."""
        judge = self._new_user("sc_judge", "quality")
        other = self.round.with_user(self.env.user).copy({"title": "Other"})
        piece = (
            self.env["sample.agreement.line"]
            .with_user(judge)
            .create(
                {
                    "agreement_id": other.id,
                    "sample_id": self.samples[0].id,
                    "blind_no": "9",
                    "truth": "pass",
                }
            )
        )
        self.round.user_ids = self.inspector | judge
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            piece.agreement_id = self.round

    def test_nobody_brings_himself_in_with_a_new_round(self):
        """Creating, copying and importing name oneself as little as writing does."""
        judge = self._new_user("sc_judge", "quality")
        rounds = self.env["sample.agreement"].with_user(judge)
        people = (self.inspector | judge).ids
        self.round.user_ids = people
        for road in (
            lambda: rounds.create({"title": "x", "user_ids": [Command.set(people)]}),
            lambda: self.round.with_user(judge).copy(),
            lambda: rounds.with_context(default_user_ids=people).create({"title": "x"}),
        ):
            with self.assertRaisesRegex(UserError, "Somebody else of quality"):
                road()
        result = rounds.load(["title", "user_ids"], [["x", judge.name]])
        self.assertIn("Somebody else of quality", str(result["messages"]))

    def test_fixed_afterwards(self):
        self.round.action_start()
        with self.assertRaises(UserError):
            self.round.line_ids[0].truth = "fail"
        self._judge(self.inspector, "pass", "fail", "pass", "fail")
        self._judge(self.second, "pass", "fail", "pass", "fail")
        self.round.action_close()
        own = self.env["sample.agreement.verdict"].with_user(self.inspector)
        with self.assertRaises(UserError):
            own.search([("user_id", "=", self.inspector.id)]).verdict = "pass"
        with self.assertRaises(UserError):
            self.round.result_ids.sudo().write({"cohen": 1})

    def test_gates(self):
        self.assertTransitionMapClosed(self.env["sample.agreement"])
        self.round.user_ids = self.inspector
        self.assertTransitionRefused(self.round, "running", "two inspectors")
        with self.assertRaisesRegex(UserError, "Quality holds"):
            self.round.with_user(self.inspector).action_start()
        # every reason is told at once
        self.round.line_ids[1:].unlink()
        reasons = self.round.with_user(self.inspector)._get_transition_reasons(
            "running"
        )
        for part in ("Quality holds", "two pieces", "two inspectors"):
            self.assertIn(part, str(reasons))
