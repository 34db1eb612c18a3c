from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.record_control.tests.common_jobs import one_fails

from .common import NOW, EndOfLifeCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSampleStocktake(EndOfLifeCase):
    """Books and shelf agree (SC-56.3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.room.manager_id = cls.keeper
        cls.drawer = cls._new_location("DRAWER", kind="drawer", parent_id=cls.room.id)
        cls.other = cls._new_location("OTHER", kind="room")

    def _round(self, user=None, count=True, **values):
        record = (
            self.env["sample.stocktake"]
            .with_user(user or self.keeper)
            .create({"location_id": self.room.id, **values})
        )
        if count:
            record.action_count()
        return record

    def _line(self, record, sample):
        return record.line_ids.filtered(lambda line: line.sample_id == sample)

    def test_map(self):
        self.assertTransitionMapClosed(self.env["sample.stocktake"])

    def test_sc_56_3_new_form_asks_for_the_place(self):
        """SC-56.3: a round without a place is not called ready."""
        for user in (self.keeper, self.administrator):
            record = self.env["sample.stocktake"].with_user(user).new()
            reasons = record._get_transition_reasons("counting")
            self.assertIn("Choose the place to count.", reasons)

    def test_sc_56_3_four_results(self):
        """SC-56.3: matching, missing, misplaced and surplus, with their corrections."""
        there = self._new_active_sample()
        inside = self._new_active_sample(home_location_id=self.drawer.id)
        gone = self._new_active_sample()
        stray = self._new_active_sample(home_location_id=self.other.id)
        lost = self._new_active_sample(home_location_id=self.other.id)
        lost.sudo()._end("lost", "Gone")
        lent = self._new_active_sample()
        self._lend(lent)
        record = self._round()
        self.assertEqual(record.line_ids.sample_id, there | inside | gone)
        self.assertEqual(record.scan(there._get_qr_url())["status"], "found")
        self.assertEqual(record.scan(there.name)["status"], "again")
        answer = record.scan(self.drawer._get_qr_url())
        self.assertEqual((answer["status"], answer["place"]), ("place", self.drawer.id))
        record.scan(inside.name, self.drawer.id)
        self.assertEqual(record.scan(stray.name)["status"], "difference")
        self.assertEqual(record.scan(lost.name)["status"], "difference")
        self.assertEqual(record.scan("NO-SUCH")["status"], "unknown")
        self.assertEqual(record.scan("NO\x00-SUCH")["status"], "again")
        for odd in ("\ud800", ["x"], 7):
            with self.assertRaisesRegex(UserError, "Nothing was scanned"):
                record.scan(odd)
        record.action_counted()
        results = {line.code: line.result for line in record.line_ids}
        self.assertEqual(
            results,
            {
                there.name: "match",
                inside.name: "match",
                gone.name: "missing",
                stray.name: "misplaced",
                lost.name: "surplus",
                "NO-SUCH": "surplus",
            },
        )
        self.assertTransitionRefused(record, "done", "NO-SUCH", gone.name)
        corrections = {
            gone: "report_lost",
            stray: "move",
            lost: "report_found",
            self.env["sample.sample"]: "none",
        }
        for sample, correction in corrections.items():
            self._line(record, sample).write(
                {"reason": "Found out", "correction": correction}
            )
        record.action_done()
        self.assertEqual(stray.location_id, self.room)
        self.assertEqual((gone.state, gone.exception_ids.kind), ("suspended", "lost"))
        self.assertRecordValues(
            lost, [{"state": "suspended", "location_id": self.isolation.id}]
        )
        self.assertEqual(record.match_count, 2)
        self.assertEqual(record.difference_count, 4)
        self.assertEqual(self.room.last_stocktake_date, date(2026, 3, 10))

    def test_sc_56_3_piece_that_came_during_the_round(self):
        """SC-56.3: what the books put here after the round began is where it belongs; elsewhere it is misplaced."""
        self._new_active_sample()
        record = self._round()
        came = self._new_active_sample()
        other = self._new_active_sample(home_location_id=self.drawer.id)
        self.assertEqual(record.scan(came.name)["status"], "found")
        self.assertEqual(record.scan(other.name)["status"], "difference")
        self.assertEqual(self._line(record, came).result, "match")
        self.assertEqual(self._line(record, other).result, "misplaced")

    def test_c18_nobody_enters_when_a_place_was_counted(self):
        """C18: the day of the last round follows from the rounds."""
        with self.assertRaisesRegex(UserError, "Last Stock-take is set by the system"):
            self.room.with_user(self.administrator).last_stocktake_date = "2026-03-01"
        self.room.with_user(self.administrator).name = "Another room"

    def test_results_are_frozen(self):
        sample = self._new_active_sample()
        record = self._round()
        record.scan(sample.name)
        line = record.line_ids
        for vals in ({"is_found": False}, {"location_id": self.other.id}):
            with self.assertRaises(UserError):
                line.write(vals)
        with self.assertRaises(UserError):
            line.unlink()
        record.action_counted()
        record.action_done()
        with self.assertRaisesRegex(UserError, "fixed"):
            line.write({"reason": "Later"})
        with self.assertRaises(UserError):
            record.scan(sample.name)

    def test_correction_fits_the_result(self):
        sample = self._new_active_sample()
        record = self._round()
        record.action_counted()
        with self.assertRaises(ValidationError):
            self._line(record, sample).correction = "move"

    def test_count_again(self):
        sample = self._new_active_sample()
        record = self._round()
        record.action_counted()
        self.assertEqual(self._line(record, sample).result, "missing")
        record.action_count_again()
        self.assertEqual(self._line(record, sample).result, "waiting")
        record.scan(sample.name)
        self.assertEqual(self._line(record, sample).result, "match")

    def test_who_counts(self):
        """Keepers count their own places, administrators all of them (closing 1.4)."""
        stranger = self._new_user("sc_keeper_b", "keeper")
        record = self._round(stranger, count=False)
        with self.assertRaisesRegex(UserError, "responsible"):
            record.action_count()
        record.with_user(self.administrator).action_count()
        with self.assertRaisesRegex(UserError, "responsible"):
            record.scan("X")
        with self.assertRaises(AccessError):
            record.with_user(self.user).scan("X")

    def test_places_outside_the_round(self):
        record = self._round()
        with self.assertRaisesRegex(UserError, "not part"):
            record.scan("X", self.other.id)

    def test_sc_56_3_what_is_no_scan(self):
        """SC-56.3: an empty scan is none, and the scan page opens while the round is counted."""
        record = self._round(count=False)
        with self.assertRaisesRegex(UserError, "is not being counted"):
            record.action_scan()
        record.action_count()
        self.assertEqual(record.action_scan()["params"]["stocktake_id"], record.id)
        with self.assertRaisesRegex(UserError, "Nothing was scanned"):
            record.scan("  ")

    def test_sc_56_3_corrections_that_cannot_be_carried_out(self):
        """SC-56.3: no return to no place, and no loss of what never was in use."""
        stray = self._new_sample(home_location_id=False)
        draft = self._new_sample()
        draft.sudo()._move(location=self.room)
        record = self._round()
        record.scan(stray.name)
        record.action_counted()
        record.line_ids.write({"reason": "Looked twice", "correction": "none"})
        for sample, correction, sentence in (
            (stray, "return", "has no place to go back to"),
            (draft, "report_lost", "was never in use"),
        ):
            line = self._line(record, sample)
            line.correction = correction
            with self.assertRaisesRegex(UserError, sentence):
                record.action_done()
            line.correction = "none"
        record.action_done()

    def test_nothing_past_the_gates(self):
        record = self._round(count=False)
        for state in ("counted", "done"):
            self.assertTransitionRefused(record, state)
            with self.assertRaises(UserError):
                self.env["sample.stocktake"].with_user(self.keeper).create(
                    {"location_id": self.other.id, "state": state}
                )

    @mute_logger("odoo.sql_db")
    def test_each_piece_once(self):
        """Two scanners at once: the database keeps one line for each piece and code."""
        record = self._round()
        record.scan("NO-SUCH")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            record.line_ids.sudo().create(
                {"stocktake_id": record.id, "code": "NO-SUCH", "is_found": True}
            )
            self.env.flush_all()

    def test_hidden_samples(self):
        """What the counter may not see looks like an unknown code and is not listed."""
        hidden = self._new_sample("BMK", self.benchmark, origin="benchmark")
        hidden.sudo()._move(location=self.room)
        record = self._round()
        self.assertFalse(record.line_ids)
        self.assertEqual(record.scan(hidden.name)["status"], "unknown")

    def test_c18_rounds_are_prepared_once(self):
        """C18: a year after the last round, one draft per place, also when the job runs twice or late."""
        self.room.sudo().last_stocktake_date = "2025-03-11"
        self.other.sudo().last_stocktake_date = "2025-03-11"
        self.assertEqual(self.drawer.stocktake_months, 0)
        rounds = self.env["sample.stocktake"]
        places = self.room | self.other
        domain = [("location_id", "in", places.ids)]
        with freeze_time("2026-03-10 10:00:00"):
            self.env["sample.location"]._cron_stocktake()
            self.assertFalse(rounds.search(domain))
        with freeze_time("2026-03-20 02:00:00"):
            self.env["sample.location"]._cron_stocktake()
            self.env["sample.location"]._cron_stocktake()
        found = rounds.search(domain)
        self.assertEqual(len(found), 2)
        counted = found.filtered(lambda record: record.location_id == self.room)
        self.assertEqual(counted.user_id, self.keeper)
        self.assertEqual(counted.activity_ids.user_id, self.keeper)

    def test_c18_a_place_that_fails_stops_no_other(self):
        """C18: the round of a place is prepared whatever is wrong with another place."""
        places = self.room | self.other
        places.sudo().last_stocktake_date = "2025-03-11"
        with (
            freeze_time("2026-03-20 02:00:00"),
            one_fails(self, self.room, "_get_managers"),
        ):
            self.env["sample.location"]._cron_stocktake()
        rounds = self.env["sample.stocktake"].search(
            [("location_id", "in", places.ids)]
        )
        self.assertEqual(rounds.location_id, self.other)

    def test_two_companies(self):
        record = self._round()
        stranger = self._new_user("sc_stranger", "administrator")
        stranger.write(
            {
                "company_ids": [(6, 0, self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        found = self.env["sample.stocktake"].with_user(stranger).search([])
        self.assertNotIn(record, found)

    # --- Roads around the rules (SC-56.3) ---

    def test_sc_56_3_result_is_computed(self):
        """Nobody enters that a missing piece matches, nor hides its line in another company."""
        sample = self._new_active_sample()
        record = self._round()
        record.action_counted()
        for vals in ({"result": "match"}, {"company_id": self.company_b.id}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "system"):
                self._line(record, sample).write(vals)

    def test_sc_56_3_line_stays_in_its_round(self):
        """A difference does not move to another round that is counted."""
        self._new_active_sample()
        self.other.manager_id = self.keeper
        record = self._round()
        second = self._round(location_id=self.other.id)
        record.action_counted()
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            record.line_ids.write({"stocktake_id": second.id})
        with self.assertRaises(UserError):
            second.write({"line_ids": [Command.link(record.line_ids.id)]})

    def test_sc_56_3_who_deletes_results(self):
        """Only the counters take back a scan, and only while they count."""
        record = self._round()
        record.scan("NO-SUCH")
        stranger = self._new_user("sc_keeper_b", "keeper")
        with self.assertRaisesRegex(UserError, "responsible"):
            record.line_ids.with_user(stranger).unlink()
        record.action_counted()
        with self.assertRaisesRegex(UserError, "after the count"):
            record.line_ids.unlink()
        record.action_count_again()
        record.line_ids.unlink()

    def test_sc_56_3_what_stands_is_carried_out(self):
        """A correction that is written together with the last step is the one that is carried out."""
        sample = self._new_active_sample()
        record = self._round()
        record.action_counted()
        line = self._line(record, sample)
        line.write({"reason": "Looked twice", "correction": "report_lost"})
        change = Command.update(line.id, {"correction": "none"})
        record.write({"state": "done", "line_ids": [change]})
        self.assertEqual(line.correction, "none")
        self.assertFalse(sample.exception_ids)

    def test_sc_56_3_hidden_differences_count(self):
        """Who finishes a round cannot step over the pieces that he may not see, and reads no number."""
        hidden = self._new_sample("BMK", self.benchmark, origin="benchmark")
        hidden.sudo()._move(location=self.room)
        keeper = self._new_user("sc_keeper_c", "administrator", "benchmark")
        record = self._round()
        vals = {"stocktake_id": record.id, "sample_id": hidden.id, "code": hidden.name}
        self.env["sample.stocktake.line"].sudo().create({**vals, "is_expected": True})
        record.invalidate_recordset()
        record.action_counted()
        with self.assertRaisesRegex(UserError, "may not see") as caught:
            record.action_done()
        self.assertNotIn(hidden.name, str(caught.exception))
        line = record.with_user(keeper).line_ids
        self.assertEqual(line.result, "missing")
        line.write({"reason": "With the developer", "correction": "none"})
        record.invalidate_recordset()
        record.action_done()

    def test_given_up_and_begun_again(self):
        """A round that was cancelled and taken back lists each piece once."""
        self._new_active_sample()
        record = self._round()
        record.action_cancel()
        with self.assertRaises(UserError):
            record.line_ids.unlink()
        record.action_draft()
        self._new_active_sample()
        record.action_count()
        self.assertEqual(len(record.line_ids), 2)
