from tempfile import TemporaryDirectory

from odoo.tests import tagged

from odoo.addons.record_control.models.access import restricted_content

from ..common import SampleCase
from ..common_queries import MANY, QueryBudget


@tagged("post_install", "-at_install")
class TestSampleQueries(QueryBudget, SampleCase):
    """Queries of the screens of samples, of the scan page and of the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.samples = cls.env["sample.sample"]
        for number in range(MANY):
            cls.samples |= cls._new_active_sample(
                product_id=cls._new_product(f"Cover {number}").id,
                partner_id=cls.env["res.partner"]
                .create({"name": f"Customer {number}"})
                .id,
                line_ids=[cls._new_line("colour_no", text_value="RAL 9005")],
            )

    def test_samples(self):
        """What the main screens ask, the number of samples notwithstanding.

        List 12: count, page and restricted ones (3), company and calendar for today (2), names of
        products (3), types, customers, custodians, places (4); nothing for the log of what is not secret.
        Kanban 11: the same without places and customers, with the pictures.
        Form 52: the sample with its eleven lists of records, each with the names in it, the counts of
        the smart buttons, the gates of the next steps, the signatures and the policies.
        """
        self.assertScreens(self.samples, self.user, list=12, kanban=11, form=52)

    def test_scan_page(self):
        """12: the sample by its number, its fields and restriction (3), type, copies that are recalled,
        company and calendar (4), name of the product (3), place and loan (2).
        """
        for user in (self.user, self.keeper):
            samples = self.env["sample.sample"].with_user(user)
            self.assertQueries(
                12, lambda samples=samples: samples.scan_sample(self.samples[0].name)
            )

    def test_lending(self):
        """13: a savepoint (2), the other kind of thing that is lent (1), the sample by its number with its
        fields and restriction (3), name of the product (3), whether it is out (1), the loan class (2) of the company or those above (1).
        """
        loans = self.env["loan.loan"].with_user(self.keeper)
        code = self.samples[0].name
        self.assertQueries(13, lambda: loans.scan(code))

    def test_ledger_columns(self):
        """The characteristics (2), which the companies above have set up, too (1), and all values of all cards (1);
        links of the samples, rounds, signers (3).
        """
        ledger = self.env["report.sample_control.ledger_sample"].with_user(
            self.administrator
        )
        for size in (2, MANY):
            records = self.samples[:size].with_user(self.administrator)
            for name, number in (("_columns_card", 4), ("_column_signers", 3)):
                column = getattr(ledger, name)
                self.assertQueries(
                    number, lambda column=column, records=records: column(records)
                )

    def test_ledger(self):
        """SC-30, 32: the rows (1), company and its day (4), form with its title and revision (6), who takes it out (2),
        rights (3) and samples (1), names of products (3), of types, customers, custodians and places (6),
        cards with units (4), signers (1), fields of the samples (1), the register of prints (1).
        """
        ledger = self.env["report.sample_control.ledger_sample"].with_user(
            self.administrator
        )
        for size in (2, MANY):
            for bulk in (1000, 1):  # asked one by one, or in the database
                self.patch(restricted_content, "BULK", bulk)
                self._assert_ledger(ledger, self.samples[:size].ids)

    def _assert_ledger(self, ledger, ids):
        with TemporaryDirectory() as folder:
            self.assertQueries(
                33, lambda: ledger._export_ledger(f"{folder}/x.xlsx", ids=ids)
            )
