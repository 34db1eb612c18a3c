from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from .use.common import UseCase

#: one o'clock on 10 March in Shanghai, ten in the morning of 9 March in Los Angeles
NIGHT = "2026-03-09 17:00:00"


@tagged("post_install", "-at_install")
class TestTwoCompanies(UseCase):
    """People who work in two companies at once, in whichever order they have ticked them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.companies = cls.company | cls.company_b
        cls.env.user.company_ids = [Command.link(cls.company_b.id)]
        users = (
            cls.user,
            cls.keeper,
            cls.technical,
            cls.quality,
            cls.administrator,
            cls.manager,
        )
        for user in users:
            user.company_ids = [Command.link(cls.company_b.id)]
        departments = {
            company: cls.env["hr.department"].create(
                {"name": company.name, "company_id": company.id}
            )
            for company in cls.companies
        }
        cls.department_b = departments[cls.company_b]
        for user in (cls.user, cls.keeper):
            cls.employees[user].department_id = departments[cls.company]
        for user in (cls.technical, cls.quality):
            cls.env["hr.employee"].create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": cls.company.id,
                    "department_id": departments[cls.company].id,
                }
            )
        cls.employees_b = {
            user: cls.env["hr.employee"].create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": cls.company_b.id,
                    "department_id": cls.department_b.id,
                }
            )
            for user in (cls.user, cls.keeper, cls.technical, cls.quality)
        }
        cls.room_b = cls._new_location("ROOM", kind="room", company_id=cls.company_b.id)
        cls._new_location("ISO", kind="isolation", company_id=cls.company_b.id)
        cls.sample = cls._new_active_sample()
        cls.sample_b = cls._new_sample_b()
        # each company counts for itself, so that numbers come twice
        cls.sample_b.sudo().name = cls.sample.name

    @classmethod
    def _new_sample_b(cls):
        """Return a valid sample of the other company; companies count alike."""
        env = cls.env
        cls.env = cls.env(
            context={**env.context, "allowed_company_ids": cls.companies.ids}
        )
        try:
            return cls._new_active_sample(
                company_id=cls.company_b.id, home_location_id=cls.room_b.id
            )
        finally:
            cls.env = env

    def _orders(self):
        """Return the ids of the companies in both orders in which they may be ticked."""
        return [self.companies.ids, self.companies.ids[::-1]]

    def _of_b(self, user, ids):
        return self.sample_b.with_user(user).with_context(allowed_company_ids=ids)

    def test_e18_exception_stops_the_sample(self):
        """E18, SC-49.1: a report stops the piece whichever company is worked in; the successor is asked for there."""
        for ids in self._orders():
            sample = self._new_sample_b().with_user(self.user)
            sample = sample.with_context(allowed_company_ids=ids)
            action = sample.action_report_exception()
            record = sample.env["sample.exception"].with_context(**action["context"])
            record = record.create({"kind": "damaged", "phenomenon": "Cracked"})
            self.assertEqual(record.company_id, self.company_b)
            self.assertEqual(sample.state, "suspended")
            request = record.sudo().request_id
            self.assertEqual(request.company_id, self.company_b)
            self.assertEqual(request.department_id, self.department_b)

    def test_colleagues_of_one_company_are_asked(self):
        """Who has ticked two companies asks people who work in one of them, and tells them about secret pieces."""
        self.assertNotIn(self.company_b, self.benchmark.company_ids)
        for ids in self._orders():
            env = self.env(
                user=self.administrator.id, context={"allowed_company_ids": ids}
            )
            sample = self._new_sample().with_env(env)
            sample.action_submit()
            sample.action_request_sign_off()
            self.assertIn(self.benchmark, sample.sign_off_waiting_user_ids)
            secret = self._new_sample(
                "BMK", user=self.benchmark, custodian_id=self.benchmark.id
            ).with_env(env)
            self.assertIn(self.benchmark, secret.sudo()._get_loan_keepers())

    def test_request_follows_the_old_sample(self):
        """SC-16: the successor is asked for in the company of the sample, by the department there."""
        for ids in self._orders():
            sample = self._new_sample_b()
            requests = self.env["sample.request"].with_user(self.technical)
            requests = requests.with_context(allowed_company_ids=ids)
            request = requests.create({"kind": "replace", "old_sample_id": sample.id})
            self.assertEqual(request.company_id, self.company_b)
            self.assertEqual(request.department_id, self.department_b)
            own = requests.create(
                {
                    "kind": "seal",
                    "product_id": self.product.id,
                    "company_id": self.company_b.id,
                }
            )
            self.assertEqual(own.department_id, self.department_b)

    def test_loan_of_the_company(self):
        """SC-37: borrowed from the form, or at the counter by himself, as the employee of that company."""
        for ids in self._orders():
            sample = self._of_b(self.user, ids)
            context = sample.action_request_loan()["context"]
            loan = sample.env["loan.loan"].with_context(**context)
            loan = loan.create({"purpose": "Comparison", "acknowledged": True})
            self.assertEqual(
                loan.borrower_id.sudo(), self.employees_b[self.user].sudo()
            )
            loan.action_submit()
            self.assertEqual(loan.state, "approved")
            loan.action_cancel()
            keeper = self._of_b(self.keeper, ids)
            code = keeper._get_qr_url()
            answer = keeper.env["loan.loan"].scan(code, myself=True)
            self.assertEqual(answer["status"], "lent", answer)
            self.assertTrue(self.sample_b.is_on_loan)
            loan = self.sample_b.current_loan_line_id.loan_id
            self._return(loan, user=self.manager)

    def test_first_article_of_the_company(self):
        for ids in self._orders():
            sample = self._of_b(self.user, ids)
            context = sample.action_new_first_article()["context"]
            record = sample.env["sample.first.article"].with_context(**context)
            record = record.create({"production_ref": "MO1"})
            self.assertEqual(record.company_id, self.company_b)
            self.assertEqual(record.sample_id, self.sample_b)
            self.assertEqual(
                record.operator_id.sudo(), self.employees_b[self.user].sudo()
            )

    def test_sc_29_3_card_opens_its_own_sample(self):
        """SC-29.3: two companies count alike; the code on a card names whose number it is."""
        for ids in self._orders():
            samples = self.sample.browse().with_user(self.keeper)
            samples = samples.with_context(allowed_company_ids=ids)
            for sample in self.sample | self.sample_b:
                code = sample._get_qr_url()
                self.assertEqual(samples._find_by_loan_code(code), sample)
                self.assertEqual(samples.scan_sample(code)["id"], sample.id)
            # a number that is typed is looked for where one works
            first = samples._find_by_loan_code(self.sample.name)
            self.assertEqual(first.company_id.id, ids[0])
        only = samples.with_context(allowed_company_ids=self.company.ids)
        self.assertFalse(only._find_by_loan_code(self.sample_b._get_qr_url()))

    def test_sc_56_3_stray_piece_of_another_company(self):
        """SC-56.3: a round counts the pieces of its company, by number and by code, whichever is worked in."""
        pairs = ((self.sample, self.sample_b), (self.sample_b, self.sample))
        for ids in self._orders():
            for sample, stray in pairs:
                rounds = self.env["sample.stocktake"].with_user(self.keeper)
                rounds = rounds.with_context(allowed_company_ids=ids)
                record = rounds.create(
                    {
                        "location_id": sample.location_id.id,
                        "company_id": sample.company_id.id,
                    }
                )
                record.action_count()
                self.assertEqual(record.scan(sample.name)["status"], "found")
                line = record.line_ids.filtered("is_found")
                self.assertEqual(line.sample_id, sample)
                answer = record.scan(sample._get_qr_url())
                self.assertEqual(answer["status"], "again")
                record.scan(stray._get_qr_url())
                self.assertNotIn(stray, record.line_ids.sample_id)
                record.sudo().action_cancel()
                self.env.flush_all()

    @freeze_time(NIGHT)
    def test_each_company_has_its_own_day(self):
        """Lists find what the badge shows: each record by the day it is in its own company."""
        self.company_b.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "West", "tz": "America/Los_Angeles", "company_id": False}
        )
        pieces = self.sample | self.sample_b
        pieces._write_protected({"valid_until": "2026-03-09"})
        self.assertEqual(pieces.mapped("validity_state"), ["overdue", "due"])
        for ids in self._orders():
            samples = self.sample.browse().with_context(allowed_company_ids=ids)
            within = Domain("id", "in", pieces.ids)
            for domain, found in (
                (Domain("validity_state", "=", "overdue"), self.sample),
                (Domain("validity_state", "in", ("ok", "due")), self.sample_b),
                (Domain("is_valid", "=", True), self.sample_b),
                (Domain("is_valid", "=", False), self.sample),
            ):
                self.assertEqual(samples.search(domain & within), found, domain)

    @freeze_time(NIGHT)
    def test_dates_are_those_of_the_company(self):
        """Issued and received on the day that it is where the sample is kept."""
        request = self.env["sample.request"].with_user(self.technical)
        request = request.with_context(tz="America/Los_Angeles").create(
            {"kind": "seal", "product_id": self.product.id}
        )
        line = request.env["sample.distribution"].create(
            {
                "request_id": request.id,
                "sample_id": self.sample.id,
                "department_id": self.employees[self.user].department_id.id,
                "receiver_id": self.user.id,
            }
        )
        line._ask_for_confirmation()
        line.with_user(self.user).action_confirm_receipt()
        self.assertEqual(
            (str(line.date_issued), str(line.date_received)),
            ("2026-03-10", "2026-03-10"),
        )

    def test_pieces_stay_in_their_company(self):
        """No road brings a piece into a place, a department or a round of another company."""
        for ids in self._orders():
            context = {"allowed_company_ids": ids}
            mover = self.env["sample.move"].with_user(self.keeper)
            mover = mover.with_context(**context).create(
                {
                    "sample_ids": [Command.set(self.sample.ids)],
                    "location_id": self.room_b.id,
                    "reason": "Moved",
                }
            )
            agreement = {
                "title": "Round",
                "line_ids": [
                    Command.create(
                        {
                            "sample_id": self.sample_b.id,
                            "blind_no": "1",
                            "truth": "pass",
                        }
                    )
                ],
                "company_id": self.company.id,
            }
            for road in (
                mover.action_apply,
                lambda: self.sample.sudo()._move(location=self.room_b, reason="Moved"),
                lambda context=context: (
                    self.sample.with_user(self.administrator)
                    .with_context(**context)
                    .write({"department_id": self.department_b.id})
                ),
                lambda context=context, agreement=agreement: (
                    self.env["sample.agreement"]
                    .with_user(self.quality)
                    .with_context(**context)
                    .create(agreement)
                ),
            ):
                with (
                    self.assertRaisesRegex(UserError, "another company"),
                    self.env.cr.savepoint(),
                ):
                    road()
        self.sample.invalidate_recordset()
        self.assertEqual(self.sample.location_id, self.room)

    def _own_and_foreign_lines(self):
        """Return lines of drafts of one company, their field to it, and the like draft of the other."""
        env = self.env(
            context={
                **self.env.context,
                "allowed_company_ids": self.companies.ids,
            }
        )
        item = {
            "characteristic_id": env.ref(
                "sample_control.sample_characteristic_width"
            ).id
        }
        product = {"product_id": self.product.id}
        piece = {
            company: {"sample_id": sample.id}
            for company, sample in (
                (self.company, self.sample),
                (self.company_b, self.sample_b),
            )
        }
        for model, values, line, of_piece in (
            ("sample.first.article", {**product, "production_ref": "1"}, item, True),
            ("sample.comparison", product, item, True),
            ("sample.dispatch", {"partner_id": self.customer.id}, product, False),
            ("sample.agreement", {"title": "1"}, {**piece[self.company]}, False),
            ("sample.disposal", {}, {**piece[self.company]}, False),
        ):
            own, foreign = (
                env[model].create(
                    {
                        **values,
                        **(piece[company] if of_piece else {}),
                        "company_id": company.id,
                    }
                )
                for company in self.companies
            )
            if model == "sample.agreement":
                line.update(blind_no="1", truth="pass")
            own.line_ids = [Command.create(line)]
            name = own._fields["line_ids"].inverse_name
            yield own.line_ids[-1], name, foreign
        readings = env["sample.location.reading"]
        reading = readings.create({"location_id": self.room.id, "temperature": 50})
        yield reading, "location_id", self.room_b
        yield reading, "location_id", self._new_location("OTHER")

    def test_p34_lines_stay_in_their_record(self):
        """P34: no line goes to a record of another company, nor a reading to another place, by whatever list."""
        everybody = self._new_user(
            "sc_everybody", "technical", "quality", "manager", "sales_assistant"
        )
        for line, name, foreign in self._own_and_foreign_lines():
            line = line.with_user(everybody)
            line = line.with_context(allowed_company_ids=self.company.ids)
            with (
                self.subTest(line=line._name),
                self.assertRaisesRegex(UserError, "cannot be moved"),
                self.env.cr.savepoint(),
            ):
                line.write({name: foreign.id})

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_p34_nothing_is_put_on_hidden_records(self):
        """P34: points and issues are not attached to a request or a piece that their writer may not see."""
        everybody = self._new_user("sc_everybody", "technical", "quality", "manager")
        secret = self._new_sample("BMK", user=self.benchmark)
        of_piece = {"sample_id": self.sample.id}
        request = self.env["sample.request"].create(
            {"kind": "seal", "product_id": self.product.id}
        )
        department = self.employees[self.user].department_id
        hidden = request.copy({"type_id": self._type("BMK").id, "kind": "new"})
        of_request = {"request_id": request.id}
        for subject, vals in (
            (of_piece, {"request_id": hidden.id}),
            (of_request, {"sample_id": secret.id}),
        ):
            point = self.env["sample.issue"].create({**subject, "description": "x"})
            issue = self.env["sample.distribution"].create(
                {
                    **subject,
                    "department_id": department.id,
                    "receiver_id": self.user.id,
                }
            )
            for record in (point, issue):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    record.with_user(everybody).write(vals)

    def test_sc_12_department_of_a_common_rule(self):
        """SC-12: a rule of all companies may name a department of one; the others go without."""
        self.env["sample.responsibility"].create(
            {
                "name": "Common",
                "sequence": -1,
                "line_ids": [
                    Command.create(
                        {
                            "part": part,
                            "role": "quality",
                            "department_id": self.employees[self.user].department_id.id,
                        }
                    )
                    for part in ("organise", "participate")
                ],
            }
        )
        for company in self.companies:
            requests = self.env["sample.request"].with_user(self.technical)
            requests = requests.with_context(allowed_company_ids=self.companies.ids)
            request = requests.create(
                {
                    "kind": "seal",
                    "product_id": self.product.id,
                    "company_id": company.id,
                }
            )
            ours = company == self.company
            self.assertEqual(bool(request.organiser_department_id), ours)
            self.assertEqual(bool(request.party_ids.department_id), ours)
            self.assertEqual(request.organiser_role, "quality")
