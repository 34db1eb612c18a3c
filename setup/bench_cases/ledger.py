"""Ledgers in Excel, beside XlsxWriter writing the same cells."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import load_workbook
from xlsxwriter import Workbook

from lib.in_odoo.bench import compare
from lib.in_odoo.bench_customers import KEEPER
from lib.in_odoo.bench_samples import ADMINISTRATOR

LEDGERS = {  # title -> model of the ledger, who writes it
    "customer list": ("report.customer_archive.ledger_customer_list", KEEPER),
    "sample ledger": ("report.sample_control.ledger_sample", ADMINISTRATOR),
}


def run(env):
    """Write the ledgers of all records, as those do who keep them."""
    for title, (model, login) in LEDGERS.items():
        user = env["res.users"].search([("login", "=", login)])
        with TemporaryDirectory() as folder:
            ledger = env(user=user)[model]
            yield from measured(env, title, ledger, Path(folder) / "ledger.xlsx")


def measured(env, title, ledger, path):
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
        ours=(title, lambda: ledger._export_ledger(str(path))),
        peer=("XlsxWriter", write_cells),
        repeat=2,
    )
