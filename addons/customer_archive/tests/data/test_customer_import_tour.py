from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCustomerImportTour(HttpCase):
    """CA-97: an office's list becomes archives, in the browser."""

    def setUp(self):
        super().setUp()
        group = "customer_archive.group_customer_archive_"
        new_test_user(self.env, "tour_sales1", group + "user", name="陈晓")
        new_test_user(self.env, "tour_sales2", group + "user", name="林静")
        self.keeper = new_test_user(self.env, "tour_keeper", group + "keeper")
        self._run_jobs_when_asked_for_progress()

    def _run_jobs_when_asked_for_progress(self):
        """Tests have no background worker: its work is done when the page asks how
        far it is, so that the page goes through the same steps."""
        batches = type(self.env["customer.import.batch"])
        read = batches.read

        def read_after_work(batch, fields=None, load="_classic_read"):
            if fields == ["progress"]:
                for running in batch.sudo().filtered("job"):
                    running._run_job()
            return read(batch, fields, load)

        self.patch(batches, "read", read_after_work)
        self.patch(
            type(self.env["customer.import.progress"]), "_report", lambda *args: None
        )

    def test_ca_97_sample_list_from_upload_to_archives(self):
        self.start_tour(
            "/odoo/customer-imports",
            "customer_archive_import",
            login="tour_keeper",
            timeout=180,
        )
        batch = self.env["customer.import.batch"].search([], limit=1)
        self.assertEqual(batch.imported_by_id, self.keeper)
        archives = batch.line_ids.archive_id
        self.assertEqual(len(archives), 270)
        self.assertEqual(set(archives.mapped("state")), {"draft"})
        self.assertTrue(all(archives.mapped("date_opening_deadline")))
