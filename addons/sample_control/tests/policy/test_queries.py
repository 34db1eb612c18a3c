from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import SampleCase
from ..common_queries import FEW, MANY, QueryBudget


@tagged("post_install", "-at_install")
class TestPolicyQueries(QueryBudget, SampleCase):
    """Queries of the screens of policies and sample types."""

    def test_policies(self):
        """List 8: count and page of rules (2), types, categories, companies, customers (4), products (2).

        Form 9: the rule (1), the same names (6), its documents and tags of protection (2).
        """
        policies = self.env["sample.policy"]
        for number in range(MANY):
            policies |= self._new_policy(
                f"Rule {number}",
                ["validity"],
                product_tmpl_ids=self.product.product_tmpl_id.ids,
            )
        self.assertScreens(policies, self.manager, list=8, form=9)

    def test_types(self):
        """List 3: the companies above, count and page. Form 5: the type, characteristics, tags, company and authorized users."""
        types = self.env["sample.type"].create(
            [{"name": f"Type {number}", "code": f"T{number}"} for number in range(MANY)]
        )
        self.assertScreens(types, self.manager, list=3, form=5)

    def test_kind_of_a_characteristic(self):
        """5: the characteristic, which of them stand on samples, and their names; no line of a sample is read.

        Two are the savepoint of the test.
        """
        item = self.env.ref("sample_control.sample_characteristic_width")
        for __ in range(FEW):
            self._new_sample(line_ids=[self._new_line("width", nominal=10)])

        def change():
            with self.assertRaises(UserError):
                item.kind = "text"

        self.assertQueries(5, change)
