import base64
import io

from openpyxl import Workbook
from stdnum.cn import uscc

from odoo.tests import new_test_user
from odoo.tools import file_open

from odoo.addons.base.tests.common import BaseCommon

HEADINGS = ("客户名称", "统一社会信用代码", "联系人", "联系电话", "首次接触日期")


def credit_code(number):
    """Return a valid unified social credit code for a running number below 10**6."""
    code = f"91330200MA{number:06d}X"
    return code + uscc.calc_check_digit(code)


def workbook(rows, headings=HEADINGS, title=None):
    """Return the bytes of a one-sheet workbook."""
    book = Workbook()
    sheet = book.active
    sheet.title = "客户"
    if title:
        sheet.append([title])
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def run_jobs_when_asked_for_progress(case):
    """Let the page go through its steps without the background worker, which tests have not.

    The work is done when the page asks how far it is.

    :param case: the test, whose patches end with it
    """
    batches = type(case.env["customer.import.batch"])
    read = batches.read

    def read_after_work(batch, fields=None, load="_classic_read"):
        if fields == ["progress"]:
            for running in batch.sudo().filtered("job"):
                running._run_job()
        return read(batch, fields, load)

    case.patch(batches, "read", read_after_work)
    case.patch(
        type(case.env["customer.import.progress"]), "_report", lambda *args: None
    )


class ImportCommon(BaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "customer_archive.group_customer_archive_"
        # the job speaks the language of its user, whatever the default of the database
        cls.clerk = new_test_user(
            cls.env, "import_clerk", group + "user", name="陈晓", lang="en_US"
        )
        cls.colleague = new_test_user(
            cls.env, "import_other", group + "user", name="林静", lang="en_US"
        )
        cls.keeper = new_test_user(
            cls.env, "import_keeper", group + "keeper", lang="en_US"
        )
        # the progress is written by a connection of its own, which a test has not
        cls.classPatch(
            type(cls.env["customer.import.progress"]),
            "_report",
            lambda self, batch_ref, done, total: None,
        )

    def upload(self, data, user=None, **vals):
        """Upload a list as the clerk."""
        batches = self.env["customer.import.batch"].with_user(user or self.clerk)
        return batches.create(
            {
                "file_name": "list.xlsx",
                "file_data": base64.b64encode(data),
                **vals,
            }
        )

    def check(self, batch):
        """Check a list as the background worker does."""
        batch.action_check()
        self.run_jobs(batch)

    def run_jobs(self, batch):
        """Run the waiting job of a list to its end, as the background worker does."""
        while (batch_sudo := batch.sudo()).job:
            batch_sudo._run_job()
            self.env.invalidate_all()

    def import_list(self, batch, user=None):
        """Import a checked list as the keeper."""
        batch.action_submit()
        batch = batch.with_user(user or self.keeper)
        batch.action_import()
        self.run_jobs(batch)
        return batch

    @staticmethod
    def sample():
        """Return the sample list that comes with the demo data."""
        with file_open(
            "customer_archive/static/demo/customer_list_sample.xlsx", "rb"
        ) as sample:
            return sample.read()

    def partners(self, names):
        return self.env["res.partner"].search([("name", "in", names)])
