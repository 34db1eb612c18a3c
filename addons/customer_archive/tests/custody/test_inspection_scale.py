from odoo import SUPERUSER_ID
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CustodyCommon

ARCHIVES = 1000


@tagged("post_install", "-at_install")
class TestInspectionScale(CustodyCommon):
    """CA-09: the complete inspection of a keeper with many archives costs a fixed number of queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pattern = cls._new_filed_archive("Pattern")
        cls.big_keeper = cls._new_user(
            "ca_big_keeper", "customer_archive.group_customer_archive_keeper"
        )
        cls.small_keeper = cls._new_user(
            "ca_small_keeper", "customer_archive.group_customer_archive_keeper"
        )
        cls._insert_archives(cls.big_keeper, ARCHIVES)
        cls._insert_archives(cls.small_keeper, 10)

    @classmethod
    def _insert_archives(cls, keeper, count):
        """Multiply an archive on file in the database: how it got there is not the question."""
        partners = cls.env["res.partner"].create(
            [
                {"name": f"{keeper.login} {number}", "is_company": True}
                for number in range(count)
            ]
        )
        cls.env.flush_all()
        columns = [
            name
            for name, field in cls.pattern._fields.items()
            if field.store
            and field.column_type
            and name not in ("id", "name", "partner_id", "keeper_id", "position")
        ]
        names = SQL(", ").join(map(SQL.identifier, columns))
        cls.env.cr.execute(
            SQL(
                "INSERT INTO customer_archive (name, partner_id, keeper_id, position, %s)"
                " SELECT 'SCALE/' || partner.id, partner.id, %s, 0, %s"
                " FROM customer_archive pattern, unnest(%s) partner(id) WHERE pattern.id = %s",
                names,
                keeper.id,
                names,
                partners.ids,
                cls.pattern.id,
            )
        )
        cls.env.invalidate_all()

    def _inspect(self, keeper):
        """Load, begin and answer the inspection of a keeper.

        :return: inspection and number of queries
        """
        inspection = (
            self.env["customer.archive.inspection"]
            .with_user(keeper)
            .create(
                {
                    "year": 2025,
                    "half": "1",
                    "keeper_id": keeper.id,
                    "inspector_ids": self.keeper2.ids,
                    "date_inspected": "2025-06-20",
                }
            )
        )
        self.env.flush_all()
        self.env.invalidate_all()
        queries = self.env.cr.sql_log_count
        inspection.action_load_archives()
        inspection.action_begin()
        self.env.flush_all()
        return inspection, self.env.cr.sql_log_count - queries

    def test_ca_09_queries_do_not_grow_with_archives(self):
        self._inspect(self.keeper)  # fills the caches of the registry
        small, few = self._inspect(self.small_keeper)
        big, many = self._inspect(self.big_keeper)
        self.assertEqual(small.line_count, 10)
        self.assertEqual(big.line_count, ARCHIVES)
        self.assertEqual(
            self.env["customer.archive.inspection.check"].search_count(
                [("inspection_id", "=", big.id)]
            ),
            ARCHIVES * len(big.item_ids),
        )
        self.assertEqual(many, few)

    def test_ca_09_the_rest_is_passed_at_once(self):
        """What has no result is passed in a fixed number of queries; results that are there stay."""
        self._pass(self.keeper)  # fills the caches of the registry
        __, few = self._pass(self.small_keeper)
        big, many = self._pass(self.big_keeper)
        # not by the archive: the ORM may read ids by the thousand in one query more
        self.assertLessEqual(many, few + 1)
        checks = self.env["customer.archive.inspection.check"].search(
            [("inspection_id", "=", big.id)]
        )
        by_result = checks.grouped("result")
        self.assertEqual(by_result.keys(), {"pass", "fail"})
        self.assertEqual(len(by_result["fail"]), 1)
        # what the system knows is recorded by the system, the rest by whoever passed it
        known = checks.filtered("item_id.known_from")
        self.assertEqual(known.write_uid.id, SUPERUSER_ID)
        self.assertEqual((checks - known).write_uid, self.big_keeper)
        failed = by_result["fail"].line_id
        self.assertEqual(failed.result, "fail")
        self.assertEqual(
            set((big.line_ids - failed).mapped("result")),
            {"pass"},
        )

    def _pass(self, keeper):
        """Begin an inspection, let one item fail and pass what is unanswered.

        :return: inspection and number of queries
        """
        inspection, __ = self._inspect(keeper)
        checks = inspection.line_ids[:1].check_ids
        checks.filtered(lambda check: not check.result)[:1].result = "fail"
        checks.env.flush_all()  # written by the keeper
        self.env.invalidate_all()
        queries = self.env.cr.sql_log_count
        inspection.action_pass_unanswered()
        self.env.flush_all()
        return inspection, self.env.cr.sql_log_count - queries
