from odoo.tests import HttpCase, new_test_user, tagged

from .common import run_jobs_when_asked_for_progress


@tagged("post_install", "-at_install")
class TestCustomerImportTour(HttpCase):
    """CA-97: an office's list becomes archives, in the browser."""

    test_cursor_lock_timeout = 120  # imports take long on a busy machine

    def setUp(self):
        super().setUp()
        group = "customer_archive.group_customer_archive_"
        new_test_user(self.env, "tour_sales1", group + "user", name="陈晓")
        new_test_user(self.env, "tour_sales2", group + "user", name="林静")
        self.keeper = new_test_user(self.env, "tour_keeper", group + "keeper")
        run_jobs_when_asked_for_progress(self)

    def test_ca_97_sample_list_from_upload_to_archives(self):
        self.start_tour(
            "/odoo/customer-imports",
            "customer_archive_import",
            login="tour_sales1",
            timeout=180,
        )
        batch = self.env["customer.import.batch"].search([], limit=1)
        self.start_tour(
            f"/odoo/customer-imports/{batch.id}",
            "customer_archive_import_audit",
            login="tour_keeper",
            timeout=180,
        )
        self.assertEqual(batch.imported_by_id, self.keeper)
        archives = batch.line_ids.archive_id
        self.assertEqual(len(archives), 270)
        self.assertEqual(set(archives.mapped("state")), {"draft"})
        self.assertTrue(all(archives.mapped("date_opening_deadline")))
