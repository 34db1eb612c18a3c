from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import VerificationCase

#: in December 2026 the plans of 2027 are drawn up
DECEMBER = "2026-12-20 02:00:00"


@tagged("post_install", "-at_install")
@freeze_time(DECEMBER)
class TestPlans(VerificationCase):
    """Plans of replacement and of precision inspection (SC-41, SC-43, E07, E08, C07, C08)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rubber = cls._new_policy(
            "Rubber",
            ["validity"],
            product_tmpl_ids=cls.product.product_tmpl_id.ids,
            validity_value=3,
            reminder_days="15, 5, 0",
            replacement_lead_days=15,
        )
        # confirmed on 20 October, three months: valid to 2027-01-20
        cls.sample = cls._new_measured_sample("2026-10-20")

    @classmethod
    def _new_plan(cls, plan_type="replacement", **values):
        user = cls.technical if plan_type == "replacement" else cls.quality
        return (
            cls.env["sample.plan"]
            .with_user(cls.administrator)
            .create({"plan_type": plan_type, "year": 2027, **values})
            .with_user(user)
        )

    @classmethod
    def _approve(cls, plan):
        signer = cls.technical if plan.plan_type == "replacement" else cls.quality
        plan.with_user(cls.administrator).action_submit()
        plan.with_user(signer)._sign_off()
        plan.with_user(cls.manager)._sign_off()
        return plan

    def _lines(self, plan):
        lines = plan.line_ids.filtered(
            lambda line: self.sample in (line.sample_id, line.current_sample_id)
        )
        return lines.sorted("id")

    def test_maps(self):
        self.assertTransitionMapClosed(self.env["sample.plan"])
        self.assertTransitionMapClosed(self.env["sample.plan.line"])

    def test_e07_repeats_by_period(self):
        """E07, SC-41.1, SC-41.5: rubber valid to 2027-01-20: four lines, each minus 15 days."""
        self.assertEqual(self.sample.valid_until, date(2027, 1, 20))
        plan = self._new_plan()
        plan.action_generate()
        self.assertEqual(
            [
                (str(line.date_due), str(line.planned_date))
                for line in self._lines(plan)
            ],
            [
                ("2027-01-20", "2027-01-05"),
                ("2027-04-20", "2027-04-05"),
                ("2027-07-20", "2027-07-05"),
                ("2027-10-20", "2027-10-05"),
            ],
        )
        self.assertEqual(self._lines(plan).user_id, self.keeper)
        plan.action_generate()  # again: nothing comes twice
        self.assertEqual(len(self._lines(plan)), 4)

    def test_e08_discontinued(self):
        """E08, SC-41.2, SC-55: no replacement; expired on 21 January, without a successor."""
        self.product.sample_discontinued = True
        plan = self._new_plan()
        plan.action_generate()
        line = self._lines(plan)
        self.assertEqual((len(line), line.state), (1, "dropped"))
        self._approve(plan)
        with freeze_time("2027-01-20 02:00:00"):
            self.env["sample.sample"]._cron_due_scan()
            self.assertEqual(self.sample.state, "active")
        with freeze_time("2027-01-21 02:00:00"):
            self.env["sample.sample"]._cron_due_scan()
        self.assertEqual(self.sample.state, "expired")
        self.assertFalse(self.sample.successor_request_ids)
        self.assertEqual(self._lines(plan).state, "dropped")

    def test_discontinued_after_the_approval(self):
        """SC-55.2: the scan gives up the lines of a product that is discontinued later."""
        plan = self._new_plan()
        plan.action_generate()
        self._approve(plan)
        self.product.sample_discontinued = True
        self.env["sample.sample"]._cron_due_scan()
        self.assertEqual(set(self._lines(plan).mapped("state")), {"dropped"})

    def test_precision_plan(self):
        """SC-43.1: the line of the day of calibration; done by the inspection, later ones move."""
        self.checks.calibration_interval_months = 6
        sample = self._new_measured_sample("2026-10-20")
        plan = self._new_plan("precision")
        plan.action_generate()
        lines = plan.line_ids.filtered(lambda line: line.sample_id == sample)
        self.assertEqual(
            [str(day) for day in lines.mapped("planned_date")],
            ["2027-04-20", "2027-10-20"],
        )
        self._approve(plan)
        lines[0].with_user(self.quality).action_begin()
        inspection = lines[0].inspection_id
        self.assertEqual(lines[0].state, "notified")
        self.assertEqual(inspection.date_planned, date(2027, 4, 20))
        self.assertEqual(plan.state, "running")
        with self.assertRaises(UserError):
            lines[0].with_user(self.manager).write({"state": "done"})
        with freeze_time("2027-03-01 02:00:00"):
            inspection.write(
                {"date_inspected": "2027-03-01", "equipment_id": self.gauge.id}
            )
            inspection.line_ids.with_user(self.inspector).readings = "10.03"
            self._confirm(inspection)
        self.assertEqual(lines[0].state, "done")
        self.assertEqual(lines[0].actual_date, date(2027, 3, 1))
        self.assertEqual(lines[1].planned_date, date(2027, 9, 1))
        self.assertEqual(lines[1].date_approved, date(2027, 10, 20))
        self.assertFalse(plan._get_seal_reasons())

    def test_line_named_twice_is_begun_once(self):
        """SC-43.1: a call that names an overdue line twice opens one inspection."""
        self.checks.calibration_interval_months = 6
        sample = self._new_measured_sample("2026-10-20")
        plan = self._new_plan("precision")
        plan.action_generate()
        line = plan.line_ids.filtered(lambda line: line.sample_id == sample)[:1]
        self._approve(plan)
        line.sudo()._transition("overdue")
        twice = line.with_user(self.quality).browse([line.id, line.id])
        twice.action_begin()
        found = self.env["sample.inspection"].search(
            [("sample_id", "=", sample.id), ("inspection_type", "=", "periodic")]
        )
        self.assertEqual(
            found.filtered(lambda r: r.state == "draft"), line.inspection_id
        )

    def test_approval(self):
        """Reviewed and approved by signature; what was approved is fixed by every road."""
        plan = self._new_plan()
        technical = plan.with_user(self.technical)
        self.assertTransitionRefused(technical, "to_approve", "no line")
        plan.action_generate()
        self.assertTransitionRefused(technical, "approved", "cannot become")
        plan.with_user(self.administrator).action_submit()
        self.assertTransitionRefused(technical, "approved", "waits for the signature")
        plan.with_user(self.technical)._sign_off()
        plan.with_user(self.manager)._sign_off()
        self.assertEqual(plan.state, "approved")
        line = self._lines(plan)[0].with_user(self.technical)
        for change in (
            lambda: line.write({"planned_date": "2027-12-31"}),
            lambda: plan.write(
                {"line_ids": [Command.update(line.id, {"planned_date": "2027-12-31"})]}
            ),
            lambda: plan.write({"line_ids": [Command.delete(line.id)]}),
            lambda: line.write({"date_approved": "2027-12-31"}),
            lambda: line.unlink(),
            lambda: plan.write({"year": 2028}),
            lambda: line.create({"plan_id": plan.id, "sample_id": self.sample.id}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
        result = line.load([".id", "planned_date"], [[str(line.id), "2027-12-31"]])
        self.assertFalse(result["ids"])
        line.write({"delay_reason": "The mould is late", "user_id": self.user.id})
        self.assertFalse(plan._get_seal_reasons())

    def test_sc_43_what_a_plan_lacks(self):
        """SC-41, SC-43: every line has its day; signed when submitted; nothing is begun or added meanwhile."""
        plan = self._new_plan()
        with self.assertRaises(AccessError):
            plan.with_user(self.user).action_generate()
        plan.action_generate()
        line = self._lines(plan)[0].with_user(self.technical)
        day = line.planned_date
        line.planned_date = False
        self.assertTransitionRefused(plan, "to_approve", "Enter the planned day")
        line.planned_date = day
        with self.assertRaisesRegex(UserError, "is signed when it is submitted"):
            plan.action_request_sign_off()
        plan.with_user(self.administrator).action_submit()
        self.assertTransitionRefused(line, "notified", "not been approved", "successor")
        with self.assertRaisesRegex(UserError, "takes no lines in its present state"):
            line.create(
                {
                    "plan_id": plan.id,
                    "sample_id": self._new_measured_sample("2026-12-01").id,
                    "reason": "Forgotten",
                    "is_supplementary": True,
                }
            )
        with self.assertRaisesRegex(UserError, "not generated anew"):
            plan.action_generate()

    def test_sc_41_begun_line_ends_with_its_successor(self):
        """SC-41: nobody notes a replacement as done, or cancels its plan, before the successor is valid."""
        plan = self._new_plan()
        plan.action_generate()
        self._approve(plan)
        line = self._lines(plan)[0].with_user(self.technical)
        line.action_begin()
        with self.assertRaisesRegex(UserError, "when the successor is valid"):
            line.sudo().write({"state": "done"})
        plan.with_user(self.administrator)._transition("draft")
        self.assertTransitionRefused(plan, "cancelled", "Lines have been begun")

    def test_reader_learns_nothing_by_beginning(self):
        """Who only reads plans is refused before he is told what stands against it."""
        plan = self._new_plan()
        plan.action_generate()
        with self.assertRaises(AccessError):
            self._lines(plan)[0].with_user(self.user).action_begin()

    def test_refused(self):
        plan = self._new_plan()
        plan.action_generate()
        plan.with_user(self.administrator).action_submit()
        plan.with_user(self.technical)._sign_off("refuse", "Too late")
        self.assertEqual(plan.state, "draft")

    def test_sc_41_new_line_asks_for_the_sample(self):
        """SC-41: the form of a new line opens before its sample is chosen."""
        plan = self._new_plan()
        lines = plan.env["sample.plan.line"].with_context(default_plan_id=plan.id)
        form = Form(lines)
        self.assertFalse(form.sample_id)
        self.assertEqual(form.replaced_by, "us")

    def test_dates_are_imported(self):
        """X03: days of a draft are changed in bulk by file."""
        plan = self._new_plan()
        plan.action_generate()
        lines = self._lines(plan).with_user(self.administrator)
        rows = [[str(line.id), f"2027-0{n}-10"] for n, line in enumerate(lines, 1)]
        result = lines.load([".id", "planned_date"], rows)
        self.assertTrue(result["ids"], result["messages"])
        self.assertEqual(lines[3].planned_date, date(2027, 4, 10))
        self.assertEqual(lines[3].date_approved, date(2027, 4, 10))

    def test_supplementary(self):
        """SC-41.3, SC-43.3: later samples come by themselves, others with a reason."""
        plans = self._new_plan(), self._new_plan("precision")
        for plan in plans:
            plan.action_generate()
            self._approve(plan)
        new = self._new_measured_sample("2026-12-20")
        for plan, days in zip(plans, (4, 1), strict=True):
            lines = plan.line_ids.filtered(lambda line: line.sample_id == new)
            self.assertEqual(len(lines), days)
            self.assertEqual(set(lines.mapped("is_supplementary")), {True})
            self.assertFalse(plan._get_seal_reasons())
        extra = plans[1].line_ids.with_user(self.quality)
        vals = {
            "plan_id": plans[1].id,
            "sample_id": new.id,
            "planned_date": "2027-05-05",
        }
        line = extra.create({**vals, "reason": "Before the audit"})
        self.assertTrue(line.is_supplementary)

    def test_sc_43_3_nobody_leaves_a_line_out_of_the_approval(self):
        """SC-43.3: what is planned before the approval is covered by it; the system alone says what came later."""
        plan = self._new_plan()
        plan.action_generate()
        line = self._lines(plan)[0].with_user(self.technical)
        with self.assertRaisesRegex(UserError, "set by the system"):
            line.is_supplementary = True
        self._approve(plan)
        values = {"sample_id": self._new_measured_sample("2026-11-01").id}
        with self.assertRaisesRegex(UserError, "enter the reason"):
            line.with_context(default_plan_id=plan.id).create(values)
        late = line.with_context(default_plan_id=plan.id).create(
            {**values, "reason": "Forgotten"}
        )
        self.assertTrue(late.is_supplementary)
        self.assertEqual(plan.state, "approved")

    def test_replacement_moves_later_lines(self):
        """SC-41.4, SC-42.1: the request comes from the line; the successor settles it."""
        plan = self._new_plan()
        plan.action_generate()
        self._approve(plan)
        lines = self._lines(plan)
        lines[0].with_user(self.technical).action_begin()
        request = lines[0].request_id
        self.assertEqual(request.reason_id, self._reason("T14"))
        self.assertEqual(self.sample.state, "active")  # SC-42.2
        successor = self._new_measured_sample("2027-01-10", replaces_id=self.sample.id)
        self.assertEqual(self.sample.state, "replaced")
        self.assertRecordValues(
            lines,
            [
                {"state": "done", "new_sample_id": successor.id},
                *({"state": "todo", "new_sample_id": False} for __ in range(3)),
            ],
        )
        self.assertEqual(lines[0].actual_date, date(2027, 1, 10))
        self.assertEqual(lines[1:].current_sample_id, successor)
        self.assertEqual(
            [str(day) for day in lines[1:].mapped("planned_date")],
            ["2027-03-26", "2027-06-25", "2027-09-25"],
        )
        self.assertEqual(len(plan.line_ids), 4)
        self.assertFalse(plan._get_seal_reasons())

    def test_begun_once_and_when_approved(self):
        """SC-43.1: nothing is opened for lines that are begun, settled, or of a plan that is no longer approved."""
        self.checks.calibration_interval_months = 6
        sample = self._new_measured_sample("2026-10-20")
        plan = self._new_plan("precision")
        plan.action_generate()
        lines = plan.line_ids.filtered(lambda line: line.sample_id == sample)
        line = lines[0].with_user(self.quality)
        inspections = self.env["sample.inspection"]
        before = inspections.search_count([])
        with self.assertRaisesRegex(UserError, "has not been approved"):
            line.action_begin()
        self._approve(plan)
        line.action_begin()
        for state in ("notified", "overdue"):
            line.sudo()._transition(state)
            with self.assertRaisesRegex(UserError, "begun already|nothing to begin"):
                (lines[1] | line).action_begin()
        self.assertEqual(inspections.search_count([]), before + 1)
        # given up: the line is to do again, and may be begun again
        line.inspection_id.action_cancel()
        self.assertEqual((line.state, line.inspection_id.id), ("overdue", False))
        plan.sudo()._transition("draft")
        with self.assertRaisesRegex(UserError, "has not been approved"):
            line.action_begin()
        self.assertEqual(inspections.search_count([]), before + 1)

    def test_cancelled_inspection(self):
        self.checks.calibration_interval_months = 6
        sample = self._new_measured_sample("2026-10-20")
        plan = self._new_plan("precision")
        plan.action_generate()
        self._approve(plan)
        line = plan.line_ids.filtered(lambda line: line.sample_id == sample)[0]
        line = line.with_user(self.quality)
        line.action_begin()
        line.inspection_id.action_cancel()
        self.assertEqual((line.state, line.inspection_id.id), ("todo", False))
        line.action_begin()
        self.assertEqual(line.state, "notified")

    def test_author_does_not_approve(self):
        """Closing 2.2: who drew up the plan does not sign it, though a colleague submits it."""
        plan = self._new_plan().with_user(self.env.user)
        plan.prepared_by_id = self.manager
        plan.action_generate()
        plan.with_user(self.administrator).action_submit()
        steps = plan.sudo().sign_off_request_id.step_ids
        authors = self.manager | self.administrator  # named, and who wrote it
        self.assertEqual(plan.sudo().sign_off_request_id.author_ids, authors)
        for step in steps:
            self.assertIn(self.manager, step._get_blocked_users())

    def test_author_stays_author(self):
        """Closing 2.2: who wrote the plan or its lines stays an author under another name."""
        roads = (
            lambda plan, line: plan.write({"note": "Mine"}),
            lambda plan, line: line.write({"planned_date": "2027-01-04"}),
            lambda plan, line: line.load(
                [".id", "planned_date"], [[str(line.id), "2027-01-04"]]
            ),
            lambda plan, line: plan.write(
                {"line_ids": [Command.update(line.id, {"planned_date": "2027-01-04"})]}
            ),
            lambda plan, line: line.unlink(),
            lambda plan, line: line.action_drop(),
        )
        for number, road in enumerate(roads):
            with self.subTest(road=number):
                plan = self._new_plan()
                plan.action_generate()  # the system draws up the lines
                self.assertEqual(plan.author_ids, self.administrator)
                line = self._lines(plan)[0]
                road(plan.with_user(self.manager), line.with_user(self.manager))
                plan.with_user(self.manager).prepared_by_id = self.keeper
                plan.with_user(self.administrator).action_submit()
                plan.with_user(self.technical)._sign_off()
                with self.assertRaisesRegex(UserError, "drew this up yourself"):
                    plan.with_user(self.manager)._sign_off()
                self.assertEqual(plan.state, "to_approve")
                plan.sudo().action_cancel()
                self.env.flush_all()  # one plan of a kind in a year

    def test_cancelled_request(self):
        plan = self._new_plan()
        plan.action_generate()
        self._approve(plan)
        line = self._lines(plan)[0]
        line.with_user(self.technical).action_begin()
        line.request_id.sudo().action_cancel()
        self.assertEqual((line.state, line.request_id.id), ("todo", False))

    def test_c08_overdue_and_escalated(self):
        """C08: overdue the day after, the responsible asked once, managers after a week."""
        plan = self._new_plan()
        plan.action_generate()
        self._approve(plan)
        line = self._lines(plan)[0]  # planned on 2027-01-05
        scan = self.env["sample.sample"]._cron_due_scan
        with freeze_time("2027-01-05 02:00:00"):
            scan()
            self.assertEqual(line.state, "todo")
            self.assertEqual(line.activity_ids.user_id, self.keeper)
        for __ in range(2):
            with freeze_time("2027-01-06 02:00:00"):
                scan()
            self.assertEqual(line.state, "overdue")
            self.assertEqual(len(line.activity_ids), 1)
        for __ in range(2):
            with freeze_time("2027-01-15 02:00:00"):
                scan()
            self.assertIn(self.manager, line.activity_ids.user_id)
            count = len(line.activity_ids)
        self.assertEqual(count, len(line.activity_ids))

    def test_dropped_with_a_reason(self):
        plan = self._new_plan()
        plan.action_generate()
        self._approve(plan)
        line = self._lines(plan)[0].with_user(self.technical)
        self.assertTransitionRefused(line, "dropped", "Enter why")
        line.delay_reason = "The customer stops"
        line.action_drop()
        self.assertTransitionRefused(
            plan.with_user(self.technical), "done", "cannot become"
        )

    def test_c07_job(self):
        """C07: drafts from 20 December, once, with activities; checked in January."""
        plans = self.env["sample.plan"]
        domain = [("company_id", "=", self.company.id), ("year", "=", 2027)]
        with freeze_time("2026-12-19 02:00:00"):
            plans._cron_annual_plans()
        self.assertFalse(plans.search(domain))
        for day in ("2026-12-20", "2026-12-25", "2027-01-02"):
            with freeze_time(f"{day} 02:00:00"):
                plans._cron_annual_plans()
            found = plans.search(domain)
            self.assertEqual(
                set(found.mapped("plan_type")), {"replacement", "precision"}
            )
            self.assertEqual(len(found), 2)
            self.assertTrue(all(plan.line_ids for plan in found))
        by_type = {plan.plan_type: plan for plan in found}
        users = by_type["replacement"].activity_ids.user_id
        self.assertIn(self.technical, users)
        self.assertEqual(len(by_type["replacement"].activity_ids), len(users))
        self.assertIn(self.quality, by_type["precision"].activity_ids.user_id)

    def test_c07_catches_up_in_january(self):
        """2 Jan check: after downtime over the holidays the plans of the year are still drawn up."""
        with freeze_time("2027-01-03 02:00:00"):
            self.env["sample.plan"]._cron_annual_plans()
        domain = [("company_id", "=", self.company.id), ("year", "=", 2027)]
        self.assertEqual(self.env["sample.plan"].search_count(domain), 2)

    def test_one_plan_a_year(self):
        self._new_plan()
        with self.assertRaisesRegex(Exception, "already"), self.env.cr.savepoint():
            self._new_plan()
            self.env.flush_all()

    def test_roles_and_companies(self):
        plan = self._new_plan()
        plan.action_generate()
        with self.assertRaises(AccessError):
            plan.with_user(self.user).note = "x"
        with self.assertRaises(AccessError):
            plan.line_ids.with_user(self.inspector).unlink()
        self.assertFalse(self.env["sample.plan.line"]._get_leaking_fields())
        self.user.sudo().write(
            {
                "company_ids": [Command.set(self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        self.assertNotIn(plan, plan.with_user(self.user).search([]))
        lines = plan.line_ids
        self.assertFalse(lines & lines.with_user(self.user).search([]))

    # --- Roads around the approval ---

    def _approved_plan(self):
        reviewer = self._new_user("sc_reviewer", "quality")
        self._new_measured_sample()
        plan = (
            self.env["sample.plan"]
            .with_user(self.quality)
            .create({"plan_type": "precision", "year": 2027})
        )
        plan.action_generate()
        plan.action_submit()
        plan.with_user(reviewer)._sign_off()
        plan.with_user(self.manager)._sign_off()
        self.assertEqual(plan.state, "approved")
        return plan

    def test_sc_43_1_preparer_stays(self):
        """Who drew up a plan that was submitted, and when, is not rewritten on the sheet."""
        plan = self._approved_plan()
        for vals in ({"prepared_by_id": self.user.id}, {"date_prepared": "2020-01-01"}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "fixed"):
                plan.write(vals)

    def test_sc_41_4_nobody_ticks_off_lines(self):
        """SC-41.4: lines of an approved plan follow what is done; nobody sets their state by hand."""
        line = self._approved_plan().line_ids[:1]
        for target in ("overdue", "done"):
            for road in (
                lambda target=target: line.write({"state": target}),
                lambda target=target: line._transition(target),
            ):
                with self.assertRaisesRegex(UserError, "follows what is done"):
                    road()
        self.assertEqual(line.state, "todo")

    def test_sc_43_3_line_stays_on_its_plan(self):
        """A line of a draft does not slip onto an approved plan without a reason."""
        plan = self._approved_plan()
        other = plan.create({"plan_type": "precision", "year": 2030})
        sample = self._new_measured_sample()
        line = plan.line_ids.create(
            {"plan_id": other.id, "sample_id": sample.id, "planned_date": "2030-02-02"}
        )
        with self.assertRaisesRegex(UserError, "stays on its plan"):
            line.write({"plan_id": plan.id})
        with self.assertRaisesRegex(UserError, "stays on its plan"):
            line.write({"plan_id": plan.id, "reason": "Later"})

    def test_sc_43_3_hidden_lines_count(self):
        """A plan is not finished over lines that the user may not see, and names none of them."""
        plan = self._approved_plan()
        plan.line_ids.write({"delay_reason": "Away", "state": "dropped"})
        hidden = self._new_sample("BMK", self.benchmark, origin="benchmark")
        self.env["sample.plan.line"].sudo().create(
            {
                "plan_id": plan.id,
                "sample_id": hidden.id,
                "planned_date": "2027-02-02",
                "reason": "Came in",
            }
        )
        plan.sudo()._transition("running")
        self.env.invalidate_all()
        reasons = plan._get_transition_reasons("done")
        self.assertIn("1 more that you may not see", " ".join(reasons))
        self.assertNotIn(hidden.name, " ".join(reasons))
