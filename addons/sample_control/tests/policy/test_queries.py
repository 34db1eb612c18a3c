from odoo.tests import tagged

from ..common import SampleCase
from ..common_queries import MANY, QueryBudget


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
        """List 2: count and page. Form 5: the type, characteristics, tags, company and authorized users."""
        types = self.env["sample.type"].create(
            [{"name": f"Type {number}", "code": f"T{number}"} for number in range(MANY)]
        )
        self.assertScreens(types, self.manager, list=2, form=5)
