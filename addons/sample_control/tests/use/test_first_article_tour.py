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

    def test_inspector_releases(self):
        """SC-35: the inspector enters the result of each line by hand and releases."""
        record = self._new_first_article(self._new_active_sample())
        self._compare(record, result=False)
        self.start_tour(
            f"/odoo/sample-first-articles/{record.id}",
            "sample_control_first_article_release",
            login=self.inspector.login,
            timeout=300,
        )
        self.assertEqual(record.state, "released")
        self.assertEqual(record.line_ids.mapped("result"), ["pass"])
        self.assertEqual(record.line_ids.product_value, "10.01")
        self.assertEqual(record.piece_place, "Line 1")
