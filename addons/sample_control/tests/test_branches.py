from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SampleCase


@tagged("post_install", "-at_install")
class TestBranches(SampleCase):
    """SC-40: what a company has set up holds in its branches, unless these have their own; not elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = cls.env["res.company"]
        cls.branch = companies.create({"name": "Branch", "parent_id": cls.company.id})
        cls.shop = companies.create({"name": "Shop", "parent_id": cls.branch.id})
        cls.users = cls.technical | cls.quality | cls.administrator
        cls.users.company_ids = [
            Command.link(company.id)
            for company in cls.branch | cls.shop | cls.company_b
        ]

    def _sample_in(self, company, **values):
        samples = self.env["sample.sample"].with_user(self.administrator)
        return samples.with_context(allowed_company_ids=company.ids).create(
            {
                "type_id": self._type("SEAL").id,
                "product_id": self.product.id,
                "company_id": company.id,
                **values,
            }
        )

    def _request_in(self, company, **values):
        requests = self.env["sample.request"].with_user(self.technical)
        return requests.with_context(allowed_company_ids=company.ids).create(
            {
                "kind": "seal",
                "product_id": self.product.id,
                "company_id": company.id,
                **values,
            }
        )

    def _setup(self, model, company, **values):
        return self.env[model].create(
            {"name": company.name, "company_id": company.id, **values}
        )

    def test_rules(self):
        """SC-40: the rule of the company counts in its branches, the nearer one first."""
        above = self._new_policy(
            "Above",
            ["validity"],
            categ_ids=self.plastics.ids,
            company_id=self.company.id,
            sequence=1,
        )
        for company, holds in (
            (self.company, True),
            (self.branch, True),
            (self.shop, True),
            (self.company_b, False),
        ):
            policy = self._sample_in(company)._get_policy("validity")
            self.assertEqual(policy == above, holds, company.name)
        own = above.copy({"company_id": self.branch.id, "sequence": 99})
        for company, policy in (
            (self.company, above),
            (self.branch, own),
            (self.shop, own),
        ):
            self.assertEqual(self._sample_in(company)._get_policy("validity"), policy)

    def test_responsibility(self):
        """SC-12: who organises is filled in by the rule of the company in its branches, too."""
        self._setup(
            "sample.responsibility",
            self.company,
            sequence=-1,
            line_ids=[Command.create({"part": "organise", "role": "workshop"})],
        )
        roles = [
            self._request_in(company).organiser_role
            for company in (self.company, self.branch, self.company_b)
        ]
        self.assertEqual(roles[:2], ["workshop"] * 2)
        self.assertNotEqual(roles[2], "workshop")

    def test_types_and_reasons(self):
        """SC-02, SC-14: types and reasons of the company are proposed and may be chosen in its branches."""
        kind = self._type("SEAL").copy({"code": "SEAL", "company_id": self.company.id})
        reason = self._request_in(self.branch).reason_id.sudo()
        own_reason = reason.copy({"code": reason.code, "company_id": self.company.id})
        for company in (self.branch, self.shop):
            request = self._request_in(company)
            self.assertEqual((request.type_id, request.reason_id), (kind, own_reason))
            sample = self._sample_in(company, type_id=kind.id, reason_id=own_reason.id)
            self.assertEqual(sample.type_id, kind)
        request = self._request_in(self.company_b)
        self.assertEqual(request.type_id, self._type("SEAL"))
        self.assertEqual(request.reason_id, reason)

    def test_classes(self):
        """SC-37, SC-51: classes of loans and of problem points of the company hold in its branches."""
        lending = self.env["loan.class"].create(
            {"name": "Above", "code": "sample", "company_id": self.company.id}
        )
        classes = [
            self._sample_in(company).sudo()._get_loan_class() == lending
            for company in (self.company, self.shop, self.company_b)
        ]
        self.assertEqual(classes, [True, True, False])
        request = self._request_in(self.shop)
        point = request.env["sample.issue"].create(
            {
                "request_id": request.id,
                "description": "Scratch",
                "class_id": self._setup("sample.issue.class", self.company).id,
            }
        )
        self.assertEqual(point.class_id.name, self.company.name)

    def test_k01_products_of_the_company(self):
        """K01: what is made of the products of the company needs its samples in the branches, too."""

        def needing(company):
            month = (date(2026, 3, 1), date(2026, 3, 31))
            found = self.env["sample.figure"]._compute_figures(company, *month)
            return next(item["denominator"] for item in found if item["code"] == "K01")

        companies = self.company | self.branch | self.company_b
        before = [needing(company) for company in companies]
        self.product.write({"sample_required": True, "company_id": self.company.id})
        after = [needing(company) for company in companies]
        changes = [new - old for old, new in zip(before, after, strict=True)]
        self.assertEqual(changes, [1, 1, 0])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_read_and_not_changed_in_the_branch(self):
        """SC-40: whoever works in the branch alone sees what holds there, and leaves it as it is."""
        self.administrator.write(
            {
                "company_id": self.branch.id,
                "company_ids": [Command.set(self.branch.ids)],
            }
        )
        policy = self._setup("sample.policy", self.company)
        responsibility = self._setup("sample.responsibility", self.company)
        unit = self.env.ref("uom.product_uom_unit")
        setup = [
            policy,
            self.env["sample.policy.document"].create(
                {"policy_id": policy.id, "code": "X", "name": "X"}
            ),
            responsibility,
            self.env["sample.responsibility.line"].create(
                {"responsibility_id": responsibility.id, "role": "workshop"}
            ),
            self._setup("sample.type", self.company, code="X"),
            self._setup("sample.reason", self.company, code="X"),
            self._setup(
                "sample.characteristic", self.company, code="X", uom_id=unit.id
            ),
            self._setup("sample.protection.tag", self.company),
            self._setup("sample.issue.class", self.company),
        ]
        for record in setup:
            theirs = record.with_user(self.administrator)
            theirs.read(["company_id"])
            for call in (lambda: theirs.write({"sequence": 3}), theirs.unlink):  # noqa: B023
                with self.assertRaises(AccessError), self.cr.savepoint():
                    call()
