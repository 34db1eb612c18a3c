from odoo.tests import HttpCase, tagged

from .common import UseCase


@tagged("post_install", "-at_install")
class TestFirstArticleTour(UseCase, HttpCase):
    """SC-35: a sample user makes a first article in the browser."""

    def test_first_article_by_hand(self):
        product = self._new_product("First article by hand")
        sample = self._new_active_sample(product_id=product.id)
        self.start_tour(
            "/odoo/sample-first-articles",
            "sample_control_first_article",
            login=self.user.login,
            timeout=300,
        )
        article = self.env["sample.first.article"].search(
            [("product_id", "=", product.id)]
        )
        self.assertEqual(article.sample_id, sample)
        self.assertEqual(article.production_ref, "BATCH-1")
        self.assertEqual(article.state, "comparing")
        self.assertTrue(article.name)
