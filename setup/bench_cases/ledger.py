"""The customer ledger in Excel, beside XlsxWriter writing the same cells."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import load_workbook
from xlsxwriter import Workbook

from lib.in_odoo.bench import compare
from lib.in_odoo.bench_customers import KEEPER

LEDGER = "report.customer_archive.ledger_customer_list"


def run(env):
    """Write the ledger of all archives, as the keeper does."""
    keeper = env["res.users"].search([("login", "=", KEEPER)])
    ledger = env(user=keeper)[LEDGER]
    with TemporaryDirectory() as folder:
        yield from measured(env, ledger, Path(folder) / "ledger.xlsx")


def measured(env, ledger, path):
    """Measure with the cells of the ledger that is written first."""
    ledger._export_ledger(str(path))
    book = load_workbook(path, read_only=True)
    cells = [row for sheet in book for row in sheet.iter_rows(values_only=True)]

    def write_cells():
        with Workbook(io.BytesIO(), {"constant_memory": True}) as workbook:
            sheet = workbook.add_worksheet()
            for number, row in enumerate(cells):
                sheet.write_row(number, 0, row)

    yield compare(
        env,
        f"ledger of {len(cells)} rows",
        ours=("customer list", lambda: ledger._export_ledger(str(path))),
        peer=("XlsxWriter", write_cells),
        repeat=2,
    )
