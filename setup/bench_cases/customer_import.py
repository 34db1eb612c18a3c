"""A customer list in Excel: checked and imported, beside contacts that Odoo imports."""

import base64
import io

from openpyxl import Workbook
from stdnum.cn import uscc

from lib.in_odoo.bench import compare, in_turn
from lib.in_odoo.bench_customers import KEEPER

ROWS = 1000
HEADINGS = ("客户名称", "统一社会信用代码", "联系人", "联系电话", "首次接触日期")
CONTACT_FIELDS = ["name", "company_registry", "phone", "is_company", "country_id/.id"]


def run(env):
    """Check and import a list; beside it, Odoo's import of the same companies alone."""
    keeper = env["res.users"].search([("login", "=", KEEPER)])
    env = env(user=keeper)
    numbers = in_turn(ROWS)
    lists = [[row(number) for number in next(numbers)] for _round in range(3)]
    china = str(env.ref("base.cn").id)
    batch = checked_batch(env, lists[0])

    def import_contacts():
        rows = [[r[0], r[1], r[3], "1", china] for r in lists[2]]
        result = env["res.partner"].load(CONTACT_FIELDS, rows)
        assert result["ids"], result["messages"]

    yield compare(
        env,
        f"check {ROWS} rows",
        ours=("customer.import", lambda: checked_batch(env, lists[1])),
        repeat=1,
    )
    yield compare(
        env,
        f"import {ROWS} rows",
        ours=("customer.import", lambda: import_batch(batch)),
        peer=("res.partner load()", import_contacts),
        repeat=1,
    )


def row(number):
    """One customer of the list."""
    code = f"91330200MC{number:06}X"
    return [
        f"宁波进口{number}精密机械有限公司",
        code + uscc.calc_check_digit(code),
        "张三",
        f"0574-8{number:07}",
        "2025.3.5",
    ]


def checked_batch(env, rows):
    """Upload and check a list as the background worker does."""
    book = Workbook()
    for values in (HEADINGS, *rows):
        book.active.append(values)
    content = io.BytesIO()
    book.save(content)
    batch = env["customer.import.batch"].create(
        {
            "file_name": "list.xlsx",
            "file_data": base64.b64encode(content.getvalue()),
        }
    )
    batch.action_check()
    run_jobs(batch)
    return batch


def import_batch(batch):
    """Import a checked list as the background worker does."""
    batch.action_submit()
    batch.action_import()
    run_jobs(batch)
    assert batch.state == "imported", batch.state


def run_jobs(batch):
    """Run the waiting job to its end."""
    while batch.sudo().job:
        batch.sudo()._run_job()
        batch.env.invalidate_all()
