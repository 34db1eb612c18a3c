import base64
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.record_control.tests.common_jobs import one_fails

from .common import NOW, PIXEL, EndOfLifeCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSampleDisposal(EndOfLifeCase):
    """Expiry and destruction with two names, and discontinued products (SC-54, SC-55)."""

    def test_map(self):
        self.assertTransitionMapClosed(self.env["sample.disposal"])

    def _sheet(self, sample):
        return sample.sudo().disposal_line_ids.disposal_id.sudo(False)

    def _ready(self, sample=None):
        """Return an approved sheet with a photograph."""
        sample = sample or self._new_active_sample()
        self._end(sample)
        sheet = self._approve(self._sheet(sample))
        sheet.with_user(self.technical).photo = PIXEL
        return sheet

    def test_ended_samples_get_a_sheet(self):
        """SC-54.2: without days to keep, the sheet is opened with the end; once."""
        samples = self._new_active_sample() | self._new_active_sample()
        self._end(samples)
        sheet = self._sheet(samples)
        self.assertRecordValues(
            sheet, [{"state": "draft", "reason": "expired", "sample_count": 2}]
        )
        samples.sudo()._open_disposals()
        self.env["sample.disposal"]._cron_follow_up()
        self.assertEqual(self._sheet(samples), sheet)

    def test_sc_54_5_days_to_keep(self):
        """SC-54.5: the sheet comes and is executed on the day after which nothing is kept, not before."""
        self._end_policy(disposal_hold_days=30)
        sample = self._new_active_sample()
        self._end(sample)
        self.assertFalse(sample.disposal_line_ids)
        self.assertEqual(sample.date_disposal, date(2026, 4, 9))
        disposals = self.env["sample.disposal"]
        with freeze_time("2026-04-08 02:00:00"):
            disposals._cron_follow_up()
            self.assertFalse(sample.disposal_line_ids)
        with freeze_time("2026-04-09 02:00:00"):
            disposals._cron_follow_up()
            disposals._cron_follow_up()
            self.assertEqual(len(sample.disposal_line_ids), 1)

    def test_held_sample_is_not_destroyed_early(self):
        self._end_policy(disposal_hold_days=30)
        sample = self._new_active_sample()
        self._end(sample)
        sample.sudo()._open_disposals()
        sheet = self._approve(self._sheet(sample))
        sheet.with_user(self.technical).photo = PIXEL
        with self.assertRaisesRegex(UserError, "kept for late complaints"):
            sheet.with_user(self.technical).action_confirm_execution()

    def test_sc_54_3_two_people(self):
        """SC-54.3: executor and witness confirm themselves, are two, and the photograph is there."""
        sample = self._new_active_sample()
        self._end(sample)
        sheet = self._approve(self._sheet(sample))
        with self.assertRaisesRegex(UserError, "photograph"):
            sheet.with_user(self.technical).action_confirm_execution()
        sheet.with_user(self.technical).photo = PIXEL
        with self.assertRaisesRegex(UserError, "another role"):
            sheet.with_user(self.keeper).action_confirm_execution()
        sheet.with_user(self.technical).action_confirm_execution()
        with self.assertRaisesRegex(UserError, "two different people"):
            sheet.with_user(self.technical).action_confirm_witness()
        self.assertEqual(sheet.state, "approved")
        sheet.with_user(self.user).action_confirm_witness()
        self.assertRecordValues(
            sheet,
            [
                {
                    "state": "done",
                    "executor_id": self.technical.id,
                    "witness_id": self.user.id,
                    "date_disposed": date(2026, 3, 10),
                }
            ],
        )
        self.assertRecordValues(
            sample, [{"state": "disposed", "active": False, "location_id": False}]
        )

    def test_names_cannot_be_entered(self):
        sheet = self._ready()
        for user in (self.technical, self.administrator, self.manager):
            for name in ("executor_id", "witness_id", "executed_at", "date_disposed"):
                with self.assertRaises(UserError):
                    sheet.with_user(user).write(
                        {name: NOW if "at" in name else user.id}
                    )
        self.assertTransitionRefused(
            sheet.with_user(self.manager), "done", "executor", "witness"
        )
        with self.assertRaises(UserError):
            self.env["sample.disposal"].with_user(self.administrator).create(
                {"executor_id": self.technical.id}
            )

    @mute_logger("odoo.sql_db")
    def test_database_refuses_one_person(self):
        sheet = self._ready()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            sheet.sudo().write(
                {"executor_id": self.technical.id, "witness_id": self.technical.id}
            )
            self.env.flush_all()

    def test_sample_is_not_disposed_of_otherwise(self):
        """The state of the sample alone does not get past the two people."""
        sample = self._new_active_sample()
        self._end(sample)
        for user in (self.quality, self.manager):
            with self.assertRaisesRegex(UserError, "disposal sheet"):
                sample.with_user(user)._transition("disposed")
            with self.assertRaises(UserError):
                sample.with_user(user).write({"state": "disposed"})
        for system in (sample.sudo(), sample.with_user(self.quality).sudo()):
            with self.assertRaisesRegex(UserError, "disposal sheet"):
                system._end("disposed", "By the system")
        sheet = self._approve(self._sheet(sample))
        with self.assertRaisesRegex(UserError, "disposal sheet"):
            sample.sudo().write({"state": "disposed"})
        self.assertEqual(sheet.state, "approved")

    def test_who_opens_the_sheet_from_the_sample_does_not_approve(self):
        """Closing 2.2: the button on the sample asks for the disposal as the form does."""
        self._end_policy(disposal_hold_days=30)
        sample = self._end(self._new_active_sample())
        sample.with_user(self.manager).action_dispose()
        sheet = self._sheet(sample)
        self.assertEqual(sheet.requester_id, self.manager)
        self.assertFalse(sheet.is_automatic)
        sheet.with_user(self.technical).action_submit()
        with self.assertRaisesRegex(UserError, "drew this up yourself"):
            sheet.with_user(self.manager)._sign_off()
        self.assertEqual(sheet.state, "to_approve")

    def test_living_samples_are_not_disposed_of(self):
        """SC-54: asked for by RPC, too: samples in use are named, and no sheet is opened."""
        living, ended = self._new_active_sample(), self._end(self._new_active_sample())
        draft = self._new_sample()
        sheets = self.env["sample.disposal"].search_count([])
        with self.assertRaises(UserError) as caught:
            (living | ended | draft).with_user(self.manager).action_dispose()
        for sample in (living, draft):
            self.assertIn(sample.name, str(caught.exception))
        self.assertNotIn(ended.name, str(caught.exception))
        self.assertEqual(self.env["sample.disposal"].search_count([]), sheets)

    def test_author_does_not_approve(self):
        """Closing 2.2: who asked for the disposal does not approve it, though a colleague submits it."""
        self._end_policy(disposal_hold_days=30)
        sample = self._end(self._new_active_sample())
        sheet = (
            self.env["sample.disposal"]
            .with_user(self.manager)
            .create({"line_ids": [Command.create({"sample_id": sample.id})]})
        )
        sheet.with_user(self.technical).action_submit()
        with self.assertRaisesRegex(UserError, "drew this up yourself"):
            sheet.with_user(self.manager)._sign_off()
        self.assertEqual(sheet.state, "to_approve")
        sheet.with_user(self._new_user("sc_manager2", "manager"))._sign_off()
        self.assertEqual(sheet.state, "approved")

    def test_author_stays_author(self):
        """Closing 2.2: naming another requester does not let who drew up the sheet approve it."""
        sample = self._end(self._new_active_sample())
        self._sheet(sample).sudo().action_cancel()
        for road in ("create", "action_dispose"):
            with self.subTest(road=road):
                if road == "create":
                    lines = [Command.create({"sample_id": sample.id})]
                    sheets = self.env["sample.disposal"].with_user(self.manager)
                    sheet = sheets.create({"line_ids": lines})
                else:
                    sample.with_user(self.manager).action_dispose()
                    sheet = self._sheet(sample).with_user(self.manager)
                    sheet = sheet.filtered(lambda sheet: sheet.state == "draft")
                sheet.requester_id = self.keeper
                sheet.with_user(self.technical).action_submit()
                with self.assertRaisesRegex(UserError, "drew this up yourself"):
                    sheet._sign_off()
                self.assertEqual(sheet.state, "to_approve")
                sheet.sudo().action_cancel()

    def test_editor_of_an_automatic_sheet_is_its_author(self):
        """Closing 2.2: nobody wrote what the system opened, until somebody changes it by hand."""
        other = self._end(self._new_active_sample())
        self._sheet(other).sudo().action_cancel()
        roads = (
            lambda sheet: sheet.write({"method": "scrap"}),
            lambda sheet: sheet.write({"requester_id": self.keeper.id}),
            lambda sheet: sheet.line_ids.create(
                {"disposal_id": sheet.id, "sample_id": other.id}
            ),
            lambda sheet: sheet.load([".id", "method"], [[str(sheet.id), "Scrapped"]]),
        )
        for number, road in enumerate(roads):
            with self.subTest(road=number):
                sheet = self._sheet(self._end(self._new_active_sample()))
                self.assertTrue(sheet.is_automatic)
                self.assertFalse(sheet.author_ids)
                road(sheet.with_user(self.manager))
                self.assertEqual(sheet.author_ids, self.manager)
                sheet.with_user(self.technical).action_submit()
                with self.assertRaisesRegex(UserError, "drew this up yourself"):
                    sheet.with_user(self.manager)._sign_off()
                self.assertEqual(sheet.state, "to_approve")

    def test_gate_judges_the_whole_sheet(self):
        """Whoever reads the sheet first, a sample hidden from him still counts, and is not named."""
        seen = self._end(self._new_active_sample())
        seen.disposal_line_ids.disposal_id.sudo().action_cancel()
        hidden = self._new_sample("BMK", self.benchmark, origin="benchmark")
        sheet = (
            self.env["sample.disposal"]
            .with_user(self.benchmark)
            .create(
                {
                    "line_ids": [
                        Command.create({"sample_id": sample.id})
                        for sample in seen | hidden
                    ]
                }
            )
        )
        self.env.invalidate_all()
        mine = sheet.with_user(self.technical)
        self.assertEqual(mine.line_ids.sample_id, seen)
        with self.assertRaisesRegex(UserError, "only ended samples"):
            mine.action_submit()
        self.assertEqual(mine.line_ids.sample_id, seen)
        self.assertEqual(mine.sudo().line_ids.sample_id, seen | hidden)

    def test_lines_are_sealed(self):
        sheet = self._ready()
        other = self._end(self._new_active_sample())
        for road in (
            lambda: sheet.with_user(self.technical).write(
                {"line_ids": [Command.create({"sample_id": other.id})]}
            ),
            lambda: sheet.line_ids.with_user(self.technical).write(
                {"sample_id": other.id}
            ),
            lambda: sheet.line_ids.with_user(self.administrator).unlink(),
            lambda: sheet.with_user(self.technical).write({"method": "scrap"}),
        ):
            with self.assertRaises(UserError):
                road()

    def test_requester_does_not_approve(self):
        sample = self._end(self._new_active_sample())
        sheet = self._sheet(sample)
        sheet.with_user(self.manager).action_submit()
        with self.assertRaises(UserError):
            sheet.with_user(self.manager)._sign_off()

    def test_refused_sheet_returns_to_draft(self):
        sample = self._end(self._new_active_sample())
        sheet = self._sheet(sample)
        sheet.with_user(self.technical).action_submit()
        sheet.with_user(self.manager)._sign_off("refuse", "Keep it")
        self.assertEqual(sheet.state, "draft")

    def test_sheet_taken_back_is_signed_anew(self):
        """Taken back before or after the approval: nobody signs the draft, and it is submitted again."""
        sample = self._end(self._new_active_sample())
        sheet = self._sheet(sample)
        for signed in (False, True):
            sheet.with_user(self.technical).action_submit()
            if signed:
                sheet.with_user(self.manager)._sign_off()
                self.assertEqual(sheet.state, "approved")
            sheet.with_user(self.technical).action_draft()
            self.assertNotIn(sheet.sign_off_state, ("open", "sealed"))
            with self.assertRaises(UserError):
                sheet.with_user(self.manager)._sign_off()
        self._approve(sheet)
        self.assertEqual(sheet.state, "approved")

    def test_sc_54_4_customer_property(self):
        """SC-54.4: back to the owner, or his written consent."""
        sample = self._end(self._new_active_sample(**self.customer_origin))
        sheet = self._sheet(sample)
        self.assertEqual(sheet.method, "return")
        tech = sheet.with_user(self.technical)
        tech.method = "destroy"
        self.assertTransitionRefused(tech, "to_approve", "written consent")
        tech.write({"consent_date": "2026-03-09"})
        self.assertTransitionRefused(tech, "to_approve", "written consent")
        tech.write(
            {
                "consent_attachment_ids": [
                    Command.set(self._attachment(self.technical).ids)
                ]
            }
        )
        self._approve(sheet)
        self.assertEqual(sheet.state, "approved")

    def test_return_to_the_owner(self):
        sample = self._end(self._new_active_sample(**self.customer_origin))
        sheet = self._approve(self._sheet(sample))
        sheet.with_user(self.technical).photo = PIXEL
        with self.assertRaisesRegex(UserError, "proof"):
            sheet.with_user(self.technical).action_confirm_execution()
        sheet.with_user(self.technical).return_ref = "LS 4711"
        sheet.with_user(self.technical).action_confirm_execution()
        sheet.with_user(self.quality).action_confirm_witness()
        self.assertEqual(sample.date_returned, date(2026, 3, 10))

    def test_kept_as_reference(self):
        sample = self._end(self._new_active_sample())
        sheet = self._sheet(sample)
        sheet.with_user(self.technical).method = "reference"
        self._approve(sheet)
        sheet.with_user(self.technical).photo = PIXEL
        sheet.with_user(self.technical).action_confirm_execution()
        sheet.with_user(self.quality).action_confirm_witness()
        kept = self.env["sample.sample"].search([("note", "=", sample.name)])
        self.assertEqual((kept.type_id.code, kept.state), ("REF", "draft"))

    @mute_logger("odoo.sql_db")
    def test_one_open_sheet_per_sample(self):
        sample = self._end(self._new_active_sample())
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env["sample.disposal"].create(
                {"line_ids": [Command.create({"sample_id": sample.id})]}
            )
            self.env.flush_all()

    def test_samples_in_use_are_not_disposed_of(self):
        sample = self._new_active_sample()
        sheet = (
            self.env["sample.disposal"]
            .with_user(self.technical)
            .create({"line_ids": [Command.create({"sample_id": sample.id})]})
        )
        self.assertTransitionRefused(sheet, "to_approve", "only ended samples")

    def test_confirmation_locks_the_sheet(self):
        """Two confirmations at once: the row is locked before the names are looked at."""
        sheet = self._ready()
        queries = []
        execute = type(self.env.cr).execute

        def spy(cursor, query, *args, **kwargs):
            queries.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", spy):
            sheet.with_user(self.technical).action_confirm_execution()
        locks = [
            i for i, q in enumerate(queries) if "FOR UPDATE" in q and "disposal" in q
        ]
        writes = [i for i, q in enumerate(queries) if 'UPDATE "sample_disposal"' in q]
        self.assertTrue(locks)
        self.assertTrue(not writes or locks[0] < writes[0])

    def test_e08_discontinued_product(self):
        """E08: expired on 21 January 2027, disposal sheet, no task for a successor."""
        self._new_policy(
            "Rubber",
            ["validity"],
            product_tmpl_ids=self.product.product_tmpl_id.ids,
            validity_value=3,
            validity_unit="month",
            no_expiry=False,
        )
        with freeze_time("2026-10-20 02:00:00"):
            sample = self._new_active_sample()
        self.assertEqual(sample.valid_until, date(2027, 1, 20))
        self.product.sample_discontinued = True
        samples = self.env["sample.sample"]
        with freeze_time("2027-01-20 02:00:00"):
            self.assertNotIn(sample, samples.search(samples._get_expired_domain()))
        with freeze_time("2027-01-21 02:00:00"):
            expired = samples.search(samples._get_expired_domain())
            self.assertIn(sample, expired)
            (expired & sample).sudo()._end("expired", "Over")
            self.assertEqual(sample.state, "expired")
            self.assertEqual(self._sheet(sample).reason, "discontinued")
            self.assertFalse(sample.successor_request_ids)

    def test_e19_disposed_sample_is_still_found(self):
        """E19: the standard of a production day is found after its destruction, with values and photo."""
        colour = self._new_line("colour", text_value="RAL 9005")
        with freeze_time("2024-07-01 02:00:00"):
            sample = self._new_active_sample(line_ids=[colour], image_1920=PIXEL)
        sheet = self._ready(sample)
        sheet.with_user(self.technical).action_confirm_execution()
        sheet.with_user(self.quality).action_confirm_witness()
        found = self.env["sample.sample"]._find_valid_on(
            self.product, date(2024, 12, 15)
        )
        self.assertEqual(found, sample)
        self.assertTrue(found.image_1920)
        self.assertEqual(found.line_ids.text_value, "RAL 9005")
        with self.assertRaisesRegex(UserError, "photo"):
            sample.with_user(self.administrator).write({"image_1920": False})

    def test_chased_once_a_day(self):
        sheet = self._ready()
        sheet.activity_ids.unlink()
        disposals = self.env["sample.disposal"]
        disposals._cron_follow_up()
        disposals._cron_follow_up()
        self.assertEqual(len(sheet.activity_ids), 1)

    def test_c15_a_sheet_that_fails_stops_no_other(self):
        """C15: a sheet is chased whatever is wrong with another one, which is chased again the next night."""
        bad, good = self._ready(), self._ready()
        (bad | good).activity_ids.unlink()
        with one_fails(self, bad, "_chase"):
            self.env["sample.disposal"]._cron_follow_up()
        self.assertEqual(len(good.activity_ids), 1)
        self.assertTrue(good.reminded_on)
        self.assertFalse(bad.reminded_on)

    def test_hidden_lines(self):
        hidden = self._new_sample("BMK", self.benchmark, origin="benchmark")
        self.env.cr.execute(
            "UPDATE sample_sample SET state = 'expired' WHERE id = %s", [hidden.id]
        )
        hidden.invalidate_recordset()
        sheet = self.env["sample.disposal"].create(
            {"line_ids": [Command.create({"sample_id": hidden.id})]}
        )
        lines = self.env["sample.disposal.line"]
        domain = [("disposal_id", "=", sheet.id)]
        self.assertFalse(lines.with_user(self.technical).search(domain))
        self.assertTrue(lines.with_user(self.benchmark).search(domain))

    def test_sc_54_what_a_sheet_lacks(self):
        """SC-54: no sheet of nothing, nothing of our own returned, no approval before it is submitted."""
        sample = self._end(self._new_active_sample())
        sheet = self._sheet(sample).with_user(self.technical)
        with self.assertRaisesRegex(UserError, "is approved after it is submitted"):
            sheet.action_request_sign_off()
        sheet.method = "return"
        self.assertTransitionRefused(sheet, "to_approve", "not returned", sample.name)
        empty = sheet.create({"method": "scrap"})
        self.assertTransitionRefused(empty, "to_approve", "Enter the samples")
        with self.assertRaisesRegex(UserError, "may not dispose of samples"):
            sample.with_user(self.user).action_dispose()

    def test_sc_54_3_confirmed_sheet_is_not_taken_back(self):
        """SC-54.3: after the first confirmation no way back, and what is gone does not go once more."""
        sheet = self._ready()
        sheet.with_user(self.technical).action_confirm_execution()
        for target in ("draft", "cancelled"):
            self.assertTransitionRefused(
                sheet.with_user(self.manager), target, "confirmed already"
            )
        sheet.with_user(self.quality).action_confirm_witness()
        with self.assertRaisesRegex(ValidationError, "disposed of already"):
            sheet.create(
                {
                    "line_ids": [
                        Command.create({"sample_id": sheet.line_ids.sample_id.id})
                    ]
                }
            )

    # --- Roads around the approval ---

    def test_sc_54_4_property_stays_property(self):
        """SC-54.4: who draws up the disposal does not first make the customer's piece our own."""
        sample = self._new_active_sample(**self.customer_origin)
        sample.sudo().customer_confirmed_on = "2026-03-01"
        for state in ("active", "expired"):
            if state == "expired":
                self._end(sample)
            for vals in (
                {"origin": "self_made", "owner_id": False},
                {"owner_id": self.company.partner_id.id},
                {"owner_id": self.supplier.id},
                {"customer_confirmed_on": "2026-02-01"},
            ):
                for user in (self.technical, self.quality, self.administrator):
                    with (
                        self.subTest(state=state, vals=vals, user=user.login),
                        self.assertRaisesRegex(UserError, "only the sample manager"),
                    ):
                        sample.with_user(user).write(vals)
        sheet = self._sheet(sample).with_user(self.technical)
        sheet.method = "destroy"
        self.assertTransitionRefused(sheet, "to_approve", "written consent")
        # what was bought from the customer is ours
        sample.with_user(self.manager).owner_id = self.company.partner_id
        self.assertFalse(sheet._get_transition_reasons("to_approve"))

    def test_sc_54_4_consent_is_kept(self):
        """The written consent is neither deleted nor replaced by who attached it, once submitted."""
        sample = self._end(self._new_active_sample(**self.customer_origin))
        consent = self._attachment(self.technical)
        sheet = sample.disposal_line_ids.disposal_id.with_user(self.technical)
        sheet.write(
            {
                "method": "destroy",
                "consent_date": "2026-03-01",
                "consent_attachment_ids": [Command.set(consent.ids)],
            }
        )
        consent.write({"datas": base64.b64encode(b"We agree.")})
        self._approve(sheet)
        with self.assertRaisesRegex(UserError, "are kept"):
            consent.unlink()
        with self.assertRaisesRegex(UserError, "are kept"):
            consent.write({"datas": base64.b64encode(b"We do not")})

    def test_sc_54_3_requester_stays(self):
        """Who asked for the disposal is not rewritten after it was approved."""
        sample = self._end(self._new_active_sample())
        sheet = self._approve(sample.disposal_line_ids.disposal_id)
        with self.assertRaisesRegex(UserError, "fixed"):
            sheet.with_user(self.keeper).write({"requester_id": self.user.id})

    def test_hidden_samples_are_not_named(self):
        """What is missing of a sheet does not tell the numbers of benchmark samples."""
        hidden = self._new_sample("BMK", self.benchmark, origin="benchmark")
        sheet = (
            self.env["sample.disposal"]
            .with_user(self.benchmark)
            .create({"line_ids": [Command.create({"sample_id": hidden.id})]})
        )
        self.assertIn(hidden.name, str(sheet.readiness))
        self.env.invalidate_all()
        seen = str(sheet.with_user(self.keeper).readiness)
        self.assertNotIn(hidden.name, seen)
        self.assertIn("1 more that you may not see", seen)

    def test_line_stays_open(self):
        """A sample does not come onto a second open sheet by calling its line closed."""
        sample = self._end(self._new_active_sample())
        with self.assertRaisesRegex(UserError, "set by the system"):
            sample.disposal_line_ids.with_user(self.keeper).is_open = False

    def test_sc_54_4_property_told_after_the_approval(self):
        """SC-54.4: a piece that turns out to be the customer's is not destroyed by a sheet approved before."""
        sample = self._end(self._new_active_sample())
        sheet = self._approve(self._sheet(sample))
        self.assertEqual(sheet.method, "destroy")
        sheet.with_user(self.technical).photo = PIXEL
        sample.with_user(self.quality).owner_id = self.customer
        with self.assertRaisesRegex(UserError, "written consent"):
            sheet.with_user(self.technical).action_confirm_execution()
