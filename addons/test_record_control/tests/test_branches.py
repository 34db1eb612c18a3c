from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .sign_off_common import SignOffCommon


@tagged("post_install", "-at_install")
class TestBranches(SignOffCommon):
    """What a company has set up holds in its branches, unless these have their own; not in companies elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = cls.env["res.company"]
        cls.branch = companies.create({"name": "Branch", "parent_id": cls.company.id})
        cls.other = companies.create({"name": "Elsewhere"})

    def test_routes(self):
        self.route.company_id = self.company
        orders = self.env["test.sign.off.order"].create(
            [
                {"name": company.name, "company_id": company.id}
                for company in (self.company, self.branch, self.other)
            ]
        )
        found = self.env["sign.off.route"]._match(orders)
        self.assertEqual(
            [found[order.id] == self.route for order in orders], [True, True, False]
        )
        own = self._create_route(
            [{"name": "经理", "signer_type": "user", "user_id": self.director.id}],
            company_id=self.branch.id,
            sequence=1,
        )
        self.assertEqual(self.env["sign.off.route"]._match(orders)[orders[1].id], own)

    def test_deputies(self):
        """Who stands in for somebody in the company does so in its branches, too."""
        self.env["sign.off.deputy"].create(
            {
                "user_id": self.supervisor.id,
                "deputy_id": self.substitute.id,
                "company_id": self.company.id,
            }
        )
        now = self.env.cr.now()
        found = [
            bool(self.supervisor._get_sign_off_deputies(now, company))
            for company in (self.company, self.branch, self.other)
        ]
        self.assertEqual(found, [True, True, False])

    def test_clock_policies(self):
        model_id = self.env["ir.model"]._get_id("test_record_control.clock")
        common, above, own = self.env["clock.policy"].create(
            [
                {
                    "name": name,
                    "code": "branch",
                    "model_id": model_id,
                    "company_id": company.id,
                    "sequence": sequence,
                }
                for name, company, sequence in (
                    ("Common", self.company.browse(), 1),
                    ("Above", self.company, 2),
                    ("Own", self.branch, 3),
                )
            ]
        )
        record, elsewhere = self.env["test_record_control.clock"].create(
            [
                {"name": company.name, "company_id": company.id}
                for company in (self.branch, self.other)
            ]
        )
        choose = self.env["clock.policy"]._choose
        found = choose(record | elsewhere, "branch")
        self.assertEqual((found[record], found[elsewhere]), (own, common))
        own.active = False
        self.assertEqual(choose(record, "branch")[record], above)

    def test_holidays(self):
        """A branch keeps the holidays of its company, and its own before them."""
        days = self.env["clock.calendar.day"]
        days.create(
            [
                {
                    "name": name,
                    "date": day,
                    "kind": kind,
                    "company_id": company.id,
                    "is_official": True,
                }
                for name, day, kind, company in (
                    ("National Day", "2025-10-01", "holiday", self.company),
                    ("National Day", "2025-10-02", "holiday", self.company),
                    ("We work", "2025-10-02", "working", self.branch),
                )
            ]
        )
        pairs = [
            (company, company.resource_calendar_id)
            for company in (self.branch, self.other)
        ]
        calendars = days._get_work_calendars(pairs)
        branch, other = (calendars[pair] for pair in pairs)
        special = {day: found.kind for day, found in branch.special_days.items()}
        self.assertEqual(special[date(2025, 10, 1)], "holiday")
        self.assertEqual(special[date(2025, 10, 2)], "working")
        self.assertIn(2025, branch.listed_years)
        self.assertFalse(other.special_days)

    def test_clocks_of_a_branch_follow_the_holidays_of_the_company(self):
        self.env["clock.policy"].create(
            {
                "name": "Reply",
                "code": "branch",
                "model_id": self.env["ir.model"]._get_id("test_record_control.clock"),
            }
        )
        record = self.env["test_record_control.clock"].create(
            {"name": "Case", "company_id": self.branch.id}
        )
        clock = record._clock_start("branch")
        before = clock.deadline
        self.env["clock.calendar.day"].create(
            {
                "name": "Closed",
                "date": before.date(),
                "kind": "holiday",
                "company_id": self.company.id,
            }
        )
        self.env["clock.clock"]._cron_replay()
        self.assertGreater(clock.deadline, before)

    def test_forms_and_loan_classes(self):
        forms, classes = self.env["controlled.form"], self.env["loan.class"]
        common, above = forms.create(
            [
                {"name": "F", "key": "branch", "code": code, "company_id": company.id}
                for code, company in (
                    ("F-COMMON", self.company.browse()),
                    ("F-ABOVE", self.company),
                )
            ]
        )
        self.assertEqual(forms._get_by_key("branch", self.branch), above)
        self.assertEqual(forms._get_by_key("branch", self.other), common)
        lending = classes.create(
            {"name": "Above", "code": "branch", "company_id": self.company.id}
        )
        self.assertIn(self.branch._sort_setup(classes.search([]))[:1], lending)
        self.assertNotEqual(classes._find("test.loan.thing", self.other), lending)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_read_and_not_changed_in_the_branch(self):
        """Whoever works in the branch alone sees what holds there, and leaves it as it is."""
        self.route.company_id = self.company
        user = new_test_user(
            self.env,
            "branch_manager",
            "record_control.group_record_control_manager",
            company_id=self.branch.id,
            company_ids=[Command.set(self.branch.ids)],
        )
        route = self.route.with_user(user)
        self.assertEqual(route.read(["name"])[0]["name"], "Orders")
        for call in (lambda: route.write({"name": "x"}), route.unlink):
            with self.assertRaises(AccessError), self.cr.savepoint():
                call()

    def test_steps_and_revisions_stay_where_they_are(self):
        """Whoever sets up one company puts nothing into the set-up of another (P34)."""
        manager = new_test_user(
            self.env,
            "setup_manager",
            "record_control.group_record_control_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        policies = self.env["clock.policy"]
        forms = self.env["controlled.form"]
        own, foreign = self.company, self.other
        values = {
            "name": "C",
            "model_id": self.env["ir.model"]._get_id("test_record_control.clock"),
        }
        lines = []
        for company in (own, foreign):
            route = self._create_route(
                [{"name": "x", "signer_type": "user", "user_id": self.director.id}],
                company_id=company.id,
            )
            policy = policies.create(
                {
                    **values,
                    "code": company.name,
                    "company_id": company.id,
                    "step_ids": [Command.create({"name": "x"})],
                }
            )
            form = forms.create(
                {
                    "name": "F",
                    "key": "stays",
                    "code": company.name,
                    "company_id": company.id,
                    "revision_ids": [
                        Command.create({"name": "A", "date_effective": "2020-01-01"})
                    ],
                }
            )
            lines.append((route.step_ids, policy.step_ids, form.revision_ids))
        names = ("route_id", "policy_id", "form_id")
        for name, line, other in zip(names, *lines, strict=True):
            with (
                self.assertRaisesRegex(UserError, "cannot be moved"),
                self.cr.savepoint(),
            ):
                line.with_user(manager).write({name: other[name].id})

    def test_borrower_is_employed_above(self):
        """People of the company who work in the branch borrow there; others do not."""
        self.seller.company_ids = [Command.link(self.branch.id)]
        employee = self.seller._get_own_employee(self.branch)
        self.assertEqual(employee, self.employees[self.seller])
        loans = self.env["loan.loan"].with_user(self.seller)
        loan = loans.with_context(default_company_id=self.branch.id).create(
            {"purpose": "Visit"}
        )
        self.assertEqual(loan.sudo().borrower_id, employee)
        with self.assertRaisesRegex(ValidationError, "no employee of Elsewhere"):
            loan.sudo().company_id = self.other
