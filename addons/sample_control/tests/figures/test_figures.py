import io
from datetime import date, datetime

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from ...models.figures.sample_figure import FIGURES
from ..end_of_life.common import EndOfLifeCase

NOW = "2026-03-10 02:00:00"
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestFigures(EndOfLifeCase):
    """Figures K01 to K28, their monthly snapshot C12 and the workbook X12 (closing 3, 4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.figures = cls.env["sample.figure"]
        cls.own = cls.env["res.company"].create({"name": "Figures"})

    def _get(self, code, company=None, start=MARCH[0], end=MARCH[1]):
        """Return (numerator, denominator, value) of one figure."""
        found = self.figures._compute_figures(company or self.company, start, end)
        [figure] = [item for item in found if item["code"] == code]
        return figure["numerator"], figure["denominator"], round(figure["value"], 2)

    def _change(self, code, action):
        """Return by how much an action changes numerator and denominator of a figure."""
        before = self._get(code)
        action()
        self.env.flush_all()
        after = self._get(code)
        return tuple(new - old for old, new in zip(before[:2], after[:2], strict=True))

    def test_every_figure_is_computed(self):
        """K01 to K28 without K22, which needs complaints; each with group and unit; 0 of nothing."""
        found = self.figures._compute_figures(self.own, *MARCH)
        self.assertEqual({item["code"] for item in found}, set(FIGURES) - {"K22"})
        self.assertEqual(set(self.figures._get_figure_labels()), set(FIGURES))
        for item in found:
            if item["code"] != "K01":
                self.assertFalse(item["value"], item["code"])

    def test_k01_coverage(self):
        """K01: a product that needs a sample counts once, with a valid one; a discontinued one not at all."""
        product = self._new_product("Needs one", sample_required=True)
        sample = None

        def cover():
            nonlocal sample
            sample = self._new_active_sample(product_id=product.id)
            self._new_active_sample(product_id=product.id)

        self.assertEqual(self._change("K01", cover), (1, 0))
        samples = self.env["sample.sample"].search([("product_id", "=", product.id)])
        self.assertEqual(
            self._change("K01", lambda: samples._suspend("Worn", origin=None)), (-1, 0)
        )

        def discontinue():
            product.sample_discontinued = True

        self.assertEqual(self._change("K01", discontinue), (0, -1))

    def test_k02_expired(self):
        """K02: expired and not disposed of, of the live ones."""
        sample = self._new_active_sample()
        self.assertEqual(self._change("K02", lambda: self._end(sample)), (1, -1))

    def test_k06_overdue_calibration(self):
        """K06: overdue on the day after it was due, not on the day."""
        sample = self._new_active_sample()
        for day, expected in (("2026-03-10", 0), ("2026-03-09", 1)):
            before = self._get("K06")[0]
            sample._write_protected({"next_calibration_date": day})
            self.env.flush_all()
            self.assertEqual(self._get("K06")[0] - before, expected)

    def _set(self, record, **vals):
        """Set what the steps of a plan would, below its gates: the figures read the database."""
        self.env.flush_all()
        columns = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value) for name, value in vals.items()
        )
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = %s",
                SQL.identifier(record._table),
                columns,
                record.id,
            )
        )
        record.invalidate_recordset()

    def test_k03_k05_plans(self):
        """K03 to K05: done by the day; a day late or after the old sample's end does not count."""

        def plan(kind):
            record = self.env["sample.plan"].create({"plan_type": kind, "year": 2026})
            samples = [self._new_active_sample() for __ in range(2)]
            lines = self.env["sample.plan.line"].create(
                [
                    {
                        "plan_id": record.id,
                        "sample_id": sample.id,
                        "date_due": "2026-03-20",
                        "planned_date": "2026-03-20",
                    }
                    for sample in samples
                ]
            )
            self._set(record, state="running")
            return lines

        good, late = plan("precision")
        self._set(good, actual_date="2026-03-20", state="done")
        self._set(late, actual_date="2026-03-21", state="done")
        self.assertEqual(self._get("K05"), (1, 2, 50))
        good, late = plan("replacement")
        with freeze_time("2026-03-20 02:00:00"):
            successor = self._new_active_sample()
        self._set(good, new_sample_id=successor.id, state="done")
        with freeze_time("2026-03-21 02:00:00"):
            successor = self._new_active_sample()
        self._set(late, new_sample_id=successor.id, state="done")
        self.assertEqual(self._get("K03"), (1, 2, 50))
        self.assertEqual(self._get("K04"), (2, 2, 100))
        self._set(late, state="dropped")
        self.assertEqual(self._get("K04"), (1, 1, 100))

    def test_k17_k18_loans(self):
        """K17, K18: a loan past its time is late, returned or not; one in time is not."""
        first, second = self._new_active_sample(), self._new_active_sample()
        self._lend(first)
        loan = self._lend(second, user=self.operator)
        # due at 17:00 in Shanghai
        with freeze_time("2026-03-10 08:59:00"):
            self._return(loan)
        with freeze_time("2026-03-10 09:01:00"):
            self.env.flush_all()
            late, due, __ = self._get("K17")
            self.assertEqual((late, due), (1, 2))

    def test_k17_lost_is_not_late(self):
        """K17: what is lost was neither returned late nor is it still out; it was due all the same."""
        missing, reported = self._new_active_sample(), self._new_active_sample()
        back = self._lend(missing)
        told = self._lend(reported, user=self.operator)
        self.assertEqual(len(back.line_ids | told.line_ids), 2)
        with freeze_time("2026-03-10 09:01:00"):
            self.env.flush_all()
            self.assertEqual(self._get("K17")[:2], (2, 2))
        with freeze_time("2026-03-11 02:00:00"):
            lines = back.line_ids
            back.with_user(self.keeper)._return_lines(
                lines, {lines: ("missing", "Gone")}
            )
            told._report_problem(told.line_ids, "lost", "Fell into the press")
            self.env.flush_all()
            self.assertEqual(self._get("K17")[:2], (0, 2))
            self.env.invalidate_all()
            self.assertFalse(any((back | told).line_ids.mapped("is_overdue")))

    def test_k16_first_articles(self):
        """K15, K16: released at once; a second attempt does not count as a first."""
        sample = self._new_active_sample(
            line_ids=[self._new_line("colour", text_value="x")]
        )
        sample_id = sample.id

        def release():
            record = self._new_first_article(
                self.env["sample.sample"].browse(sample_id)
            )
            self._compare(record).with_user(self.inspector).action_release()

        self.assertEqual(self._change("K16", release), (1, 1))

        def fail():
            record = self._new_first_article(sample, production_ref="MO002")
            self._compare(record, "fail").with_user(self.operator).failure_note = "Stop"
            record.with_user(self.inspector).action_fail()

        self.assertEqual(self._change("K16", fail), (0, 1))
        self.assertEqual(self._get("K15")[:2], (1, 2))

    def test_k15_one_day_of_the_company(self):
        """K15: a shift from 07:50 to 08:10 in Shanghai is of one day, whatever the reader's time zone."""
        sample = self._new_active_sample()

        def begin():
            for moment in ("2026-03-09 23:50:00", "2026-03-10 00:10:00"):
                record = self._new_first_article(
                    sample, production_ref=False, shift="Early"
                )
                self._set(record, started_at=moment)

        self.assertEqual(self._change("K15", begin), (0, 1))
        self.figures = self.figures.with_context(tz="America/New_York")
        self.assertEqual(self._get("K15")[1], 1)

    def test_k23_disposed_samples_count(self):
        """K23: a piece that is gone, and archived with it, counts; a day late it was not in time."""
        sample = self._new_active_sample()

        def dispose():
            self._end(sample)
            sheet = sample.disposal_line_ids.disposal_id
            self._set(sheet, state="done", date_disposed="2026-03-17")
            self._set(sample, state="disposed", active=False)

        self._end_policy(disposal_hold_days=0)
        sample._recalculate_policies("Test")
        self.assertEqual(self._change("K23", dispose), (1, 1))
        self._set(sample.disposal_line_ids.disposal_id, date_disposed="2026-03-18")
        self.assertEqual(self._get("K23")[:2], (0, 1))

    def test_k23_holidays_and_make_up_days(self):
        """K23: five working days as the company works: holidays do not count, make-up days do."""
        sample = self._new_active_sample()
        self._end_policy(disposal_hold_days=0)
        sample._recalculate_policies("Test")
        self._end(sample)
        sheet = sample.disposal_line_ids.disposal_id
        days = self.env["clock.calendar.day"]

        def kept(day):
            self._set(sheet, state="done", date_disposed=day)
            return self._get("K23")[:2] == (1, 1)

        # ended on Tuesday 10 March; Friday 13 is free
        days.create(
            {"company_id": self.company.id, "date": "2026-03-13", "name": "Free"}
        )
        self.assertTrue(kept("2026-03-18"))
        self.assertFalse(kept("2026-03-19"))
        # it is worked on Saturday 14 and Sunday 15 instead
        for day in ("2026-03-14", "2026-03-15"):
            days.create(
                {
                    "company_id": self.company.id,
                    "date": day,
                    "kind": "working",
                    "name": "Make-up",
                }
            )
        self.assertTrue(kept("2026-03-16"))
        self.assertFalse(kept("2026-03-17"))

    def test_k24_day_of_the_company(self):
        """K24: carried out on the last second of the cut-over in Shanghai is in time, a second later is not."""
        sample = self._new_active_sample()
        change = self._new_change(date_cutover="2026-03-20")
        change.with_user(self.technical).action_assess()
        line = change.line_ids
        line.decision = "keep"
        request = sample.sudo()._request_successor("T08", "Test", origin=change)
        self.assertEqual(line.request_id, request)
        self._set(change, state="executing")
        for moment, kept in (("2026-03-20 15:59:59", 1), ("2026-03-20 16:00:00", 0)):
            self._set(request, done_at=moment)
            self.env.invalidate_all()
            self.assertEqual(self._get("K24")[:2], (kept, 1), moment)

    def test_k20_losses_by_department(self):
        """K20: lost or damaged, by department of the sample."""
        department = self.env["hr.department"].create({"name": "Press shop"})
        sample = self._new_active_sample(department_id=department.id)
        self.assertEqual(self._change("K20", lambda: self._report(sample))[0], 1)
        found = self.figures._compute_figures(self.company, *MARCH)
        [figure] = [item for item in found if item["code"] == "K20"]
        self.assertIn("Press shop: 1", figure["note"])

    def test_month_begins_in_the_time_zone_of_the_company(self):
        """The month begins at midnight in Shanghai, which is 16:00 UTC of the day before."""
        period = self.figures._get_period(self.company, *MARCH)
        self.assertEqual(period.begins_at, datetime(2026, 2, 28, 16))
        self.assertEqual(period.ends_at, datetime(2026, 3, 31, 16))
        sample = self._new_active_sample()
        exception = self._report(sample)
        for moment, expected in (
            ("2026-02-28 15:59:59", 0),
            ("2026-02-28 16:00:00", 1),
            ("2026-03-31 15:59:59", 1),
            ("2026-03-31 16:00:00", 0),
        ):
            exception._write_protected({"reported_at": moment})
            self.env.flush_all()
            self.assertEqual(self._get("K20")[0], expected, moment)

    def test_another_company_is_not_counted(self):
        """What happens in one company changes no figure of another."""
        before = self.figures._compute_figures(self.company_b, *MARCH)
        self._report(self._new_active_sample())
        self._end(self._new_active_sample())
        self.env.flush_all()
        after = self.figures._compute_figures(self.company_b, *MARCH)
        self.assertEqual(before, after)

    # --- C12 ---

    def _kept(self, company=None):
        return self.figures.search([("company_id", "=", (company or self.company).id)])

    def test_c12_keeps_the_last_month_once(self):
        """C12: on the first of April the figures of March are kept; run again nothing is added."""
        self._new_active_sample()
        with freeze_time("2026-04-01 02:00:00"):
            self.figures._cron_snapshot()
            kept = self._kept()
            self.assertEqual(set(kept.mapped("month")), {date(2026, 3, 1)})
            self.assertEqual(len(kept), len(FIGURES) - 1)
            self.figures._cron_snapshot()
            self.assertEqual(self._kept(), kept)

    def test_c12_past_months_do_not_change(self):
        """What happens later changes no kept figure; nobody changes or deletes one, whoever he is."""
        sample = self._new_active_sample()
        with freeze_time("2026-04-01 02:00:00"):
            self.figures._cron_snapshot()
            values = {figure.code: figure.value for figure in self._kept()}
            self._report(sample)
            self.figures._cron_snapshot()
            self.assertEqual({f.code: f.value for f in self._kept()}, values)
        figure = self._kept()[:1]
        for user in (self.manager, self.env.ref("base.user_root")):
            with self.assertRaises(UserError):
                figure.with_user(user).write({"value": 1})
            with self.assertRaises(UserError):
                figure.with_user(user).unlink()
        with self.assertRaises(UserError):
            self.figures.with_user(self.manager).create(
                {"company_id": self.company.id, "month": "2026-01-01", "code": "K01"}
            )

    def test_c12_catches_up(self):
        """After a downtime the months between are made up for, without figures of the state on a day."""
        self._new_active_sample()
        with freeze_time("2026-04-01 02:00:00"):
            self.figures._cron_snapshot()
        with freeze_time("2026-07-15 02:00:00"):
            self.figures._cron_snapshot()
        months = self._kept().grouped("month")
        self.assertEqual(
            sorted(months), [date(2026, month, 1) for month in (3, 4, 5, 6)]
        )
        self.assertNotIn("K06", months[date(2026, 5, 1)].mapped("code"))
        self.assertIn("K06", months[date(2026, 6, 1)].mapped("code"))

    # --- Rights, screens, X12 ---

    def test_who_sees_figures(self):
        """Managers, quality and administrators read them, of their companies; others do not."""
        with freeze_time("2026-04-01 02:00:00"):
            self.figures._keep_month(self.company, date(2026, 3, 1))
            self.figures._keep_month(self.company_b, date(2026, 3, 1))
        for user in (self.manager, self.quality, self.administrator):
            seen = self.figures.with_user(user).search([])
            self.assertEqual(seen.company_id, self.company)
        for user in (self.user, self.inspector, self.assistant):
            with self.assertRaises(AccessError):
                self.figures.with_user(user).search([])

    def test_running_month(self):
        """The wizard shows any days; not those of a company that the user does not work in."""
        periods = self.env["sample.figure.period"].with_user(self.manager)
        action = periods.action_open()
        period = periods.browse(action["res_id"])
        self.assertEqual(
            (period.date_from, period.date_to), (MARCH[0], date(2026, 3, 10))
        )
        self.assertEqual(len(period.line_ids), len(FIGURES) - 1)
        period.date_to = "2026-02-01"
        with self.assertRaisesRegex(UserError, "ends before"):
            period.action_compute()
        for start, end in (
            ("0001-01-01", "2026-03-10"),
            ("2026-03-01", "9999-12-31"),
            ("1999-12-31", "2026-03-10"),
        ):
            period.write({"date_from": start, "date_to": end})
            with self.assertRaisesRegex(UserError, "between the years 2000 and 2200"):
                period.action_compute()
        period.write({"date_from": "2000-01-01", "date_to": "2200-12-31"})
        period.action_compute()
        with self.assertRaises(UserError):
            periods.create({"company_id": self.company_b.id}).action_compute()
        with self.assertRaises(AccessError):
            self.env["sample.figure.period"].with_user(self.user).action_open()

    def test_running_month_of_another_company(self):
        """What a manager of company B looked up is read, changed or grouped by nobody of company A."""
        other = self._new_user("sc_manager_b", "manager")
        other.write(
            {
                "company_ids": [Command.set(self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        periods = self.env["sample.figure.period"].with_user(other)
        periods = periods.with_context(allowed_company_ids=self.company_b.ids)
        period = periods.create({})
        period.action_compute()
        self.assertEqual(period.company_id, self.company_b)
        self.env.invalidate_all()
        for records in (period, period.line_ids):
            mine = records.with_user(self.manager)
            mine = mine.with_context(allowed_company_ids=self.company.ids)
            self.assertFalse(mine.search([("id", "in", mine.ids)]))
            self.assertFalse(
                mine.formatted_read_group([], [], ["__count"])[0]["__count"]
            )
            with self.assertRaises(AccessError):
                mine.read(["display_name"])
            with self.assertRaises(AccessError):
                mine.write({"create_date": False})

    def test_x12_workbook(self):
        """X12: one sheet for each group, twelve months, numbers as numbers, head frozen and filtered."""
        with freeze_time("2026-04-01 02:00:00"):
            self.figures._keep_month(self.company, date(2026, 3, 1))
        figures = self.figures.with_user(self.manager)
        book = load_workbook(io.BytesIO(figures._export_workbook(self.company, 2026)))
        self.assertEqual(len(book.sheetnames), 5)
        sheet = book.worksheets[0]
        self.assertIn("Sample management figures", sheet["A1"].value)
        self.assertEqual(sheet.freeze_panes, "D5")
        self.assertTrue(sheet.auto_filter.ref)
        self.assertEqual([cell.value for cell in sheet[5]][0], "K01")
        self.assertIsInstance(sheet.cell(5, 6).value, int | float)
        self.assertIsNone(sheet.cell(5, 7).value)
        with self.assertRaises(AccessError):
            figures._export_workbook(self.company_b, 2026)
        with self.assertRaises(AccessError):
            self.figures.with_user(self.user)._export_workbook(self.company, 2026)

    def test_queries_do_not_grow(self):
        """Each figure takes a fixed number of queries, however many samples there are."""

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.figures._compute_figures(self.company, *MARCH)
            return self.env.cr.sql_log_count - start

        count()  # fills the caches
        before = count()
        for __ in range(3):
            self._report(self._new_active_sample())
        self.assertLessEqual(count() - before, 2)


@tagged("post_install", "-at_install")
class TestFigureWorkbook(EndOfLifeCase, HttpCase):
    """X12 over HTTP."""

    def test_year(self):
        """X12: a workbook for a possible year, not found for another one."""
        self.authenticate("sc_manager", "sc_manager")
        for year, status in ((2026, 200), (1999, 404), (1, 404), (99999, 404)):
            with self.subTest(year=year):
                response = self.url_open(f"/sample_control/figures/{year}")
                self.assertEqual(response.status_code, status)

    def test_company_of_the_period(self):
        """X12: the workbook is that of the company that was asked for, and of none not worked in."""
        asked = []
        self.patch(
            self.registry["sample.figure"],
            "_export_workbook",
            lambda self, company, year: asked.append(company.id) or b"",
        )
        self.authenticate("sc_manager", "sc_manager")
        period = self.env["sample.figure.period"].with_user(self.manager)
        period = period.create({"date_from": "2026-01-01", "date_to": "2026-12-31"})
        period.company_id = self.company_b
        url = period.action_workbook()["url"]
        self.assertEqual(self.url_open(url).status_code, 404)
        self.manager.company_ids = [Command.link(self.company_b.id)]
        self.assertEqual(self.url_open(url).status_code, 200)
        self.assertEqual(asked, self.company_b.ids)
