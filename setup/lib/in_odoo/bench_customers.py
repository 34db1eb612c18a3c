"""The data set of ``setup/bench``: customers with archives, as many as are asked for.

Some hundred patterns are entered through Odoo, so that every rule has had its say and
every row that belongs to an archive is there: contact, checklist, clock, activity,
order. The patterns are then copied by PostgreSQL, one statement for each table, with
names, codes and numbers of their own.
"""

import random
from itertools import chain, product

from dateutil.relativedelta import relativedelta
from psycopg2.extras import execute_values
from stdnum.cn import uscc

from odoo import fields
from odoo.fields import Command

from odoo.addons.customer_archive.tools.pinyin import pinyin_text

from lib.in_odoo.bench_copy import copy_rows

PATTERNS = 120
PLACES = [
    "宁波",
    "台州",
    "温州",
    "杭州",
    "绍兴",
    "嘉兴",
    "苏州",
    "无锡",
    "常州",
    "上海",
    "佛山",
    "东莞",
    "青岛",
    "重庆",
    "武汉",
    "长沙",
]
TRADES = [
    "汽车零部件",
    "精密机械",
    "密封件",
    "电子科技",
    "塑料制品",
    "模具",
    "五金",
    "电器",
    "轴承",
    "橡胶",
]
FORMS = ("有限公司", "股份有限公司", "贸易有限公司")
SYLLABLES = "远华泰鑫宏盛恒瑞中德锦海永安凯利嘉丰旭东金龙天成新光正大博友立信"
KEEPER, SALESPERSON = "bench_keeper", "bench_sales_0"
STATES = (  # share of the archives in each state
    *["active"] * 15,
    *["draft"] * 2,
    "review",
    "stopped",
    "cancelled",
)


def build_customers(env, size):
    """Fill an empty database with ``size`` customers, each with an archive.

    :return: the number of archives
    """
    prepare_company(env)
    users = create_users(env)
    patterns = min(PATTERNS, size)
    ask_department(env)
    archives = create_patterns(env, users, patterns)
    env.flush_all()
    list_copies(env, archives, size)
    copy_tables(env)
    leave_work(env)
    env.cr.execute("DROP TABLE bench_copy, bench_order")
    env.invalidate_all()
    return env["customer.archive"].search_count([])


# --- Patterns: entered through Odoo ---


def prepare_company(env):
    """A Chinese company that has worked with archives for years."""
    env.company.write(
        {
            "country_id": env.ref("base.cn").id,
            "ca_opening_since": "2020-01-01",
            "ca_auto_open": True,
        }
    )


def create_users(env):
    """Twenty salespeople in two teams with their leaders, and a keeper."""
    group = "customer_archive.group_customer_archive_"

    def user(login, *groups):
        return {
            "name": login,
            "login": login,
            "group_ids": [Command.set([env.ref(name).id for name in groups])],
        }

    users = env["res.users"].with_context(no_reset_password=True)
    sales = users.create(
        [
            user(
                f"bench_sales_{number}",
                f"{group}user",
                "sales_team.group_sale_salesman_all_leads",
            )
            for number in range(20)
        ]
    )
    leaders = users.create(
        [user(f"bench_leader_{number}", f"{group}supervisor") for number in range(2)]
    )
    users.create(
        [
            user(
                KEEPER,
                f"{group}keeper",
                "sales_team.group_sale_salesman_all_leads",
                "base.group_partner_manager",
            )
        ]
    )
    for number, leader in enumerate(leaders):
        env["crm.team"].create(
            {
                "name": f"Team {number}",
                "user_id": leader.id,
                "member_ids": [Command.set(sales[number::2].ids)],
            }
        )
    return sales


def ask_department(env):
    """A department that answers for one of the mandatory documents."""
    department = env["hr.department"].create({"name": "Sales administration"})
    env["customer.archive.document.type"].search(
        [("is_mandatory", "=", True)], limit=1
    ).department_id = department


def create_patterns(env, users, number):
    """Archives in all states, with contact, checklist, clock, activity and orders."""
    generator = random.Random(19)
    partners = env["res.partner"].create(
        [partner_values(env, index, users, generator) for index in range(number)]
    )
    env["res.partner"].create(
        [contact_values(partner, generator) for partner in partners]
    )
    today = fields.Date.today()
    archives = env["customer.archive"].create(
        [
            {
                "partner_id": partner.id,
                "user_id": partner.user_id.id,
                "date_first_contact": today
                - relativedelta(days=generator.randint(1, 1500)),
            }
            for partner in partners
        ]
    )
    create_orders(env, archives[::3], today)
    put_on_file(env, archives, today)
    archives._refresh_classes()
    return archives


def partner_values(env, index, users, generator):
    """One customer; its name is replaced in the copies."""
    place, trade, form = list(product(PLACES, TRADES, FORMS))[index]
    return {
        "name": f"{place}齐白{trade}{form}",
        "is_company": True,
        "ref": f"P{index:06}",
        "phone": f"0574-8{generator.randint(1000000, 9999999)}",
        "email": f"office{index}@example.com",
        "street": f"人民路{generator.randint(1, 999)}号",
        "city": f"{place}市",
        "zip": f"{generator.randint(310000, 319999)}",
        "country_id": env.ref("base.cn").id,
        "state_id": generator.choice(env.ref("base.cn").state_ids).id,
        "industry_id": generator.choice(env["res.partner.industry"].search([])).id,
        "user_id": users[index % len(users)].id,
    }


def contact_values(partner, generator):
    """The purchaser of a customer."""
    surname = generator.choice("王李张刘陈杨黄赵吴周")
    return {
        "name": surname + generator.choice(["伟", "芳", "娜", "秀英", "敏", "静"]),
        "parent_id": partner.id,
        "function": "采购经理",
        "phone": f"139{generator.randint(10000000, 99999999)}",
    }


def create_orders(env, archives, today):
    """Two confirmed orders for each customer: of this year and of two years ago."""
    article = env["product.product"].create({"name": "轴承座", "list_price": 100})
    orders = env["sale.order"].create(
        [
            {
                "partner_id": archive.partner_id.id,
                "user_id": archive.user_id.id,
                "order_line": [
                    Command.create({"product_id": article.id, "product_uom_qty": 5})
                ],
            }
            for archive in archives
            for _order in range(2)
        ]
    )
    orders.action_confirm()
    for years, some in ((0, orders[::2]), (2, orders[1::2])):
        some.date_order = today - relativedelta(years=years, days=1)


def put_on_file(env, archives, today):
    """Bring archives to the states that they would have reached; half the documents are there."""
    env.flush_all()
    for state in set(STATES) - {"draft"}:
        some = archives.filtered(
            lambda archive, state=state: STATES[archive.id % len(STATES)] == state
        )
        # SQL: the states are part of the data, not of what is measured
        env.cr.execute(
            "UPDATE customer_archive SET state = %s, date_filed = %s WHERE id IN %s",
            [state, today - relativedelta(days=30), some._ids],
        )
    env.invalidate_all()
    archives.filtered(lambda archive: archive.state != "draft")._finish_opening()
    env.flush_all()
    env.cr.execute(
        """
        UPDATE customer_archive_document document
           SET date_received = %s
          FROM customer_archive archive
         WHERE archive.id = document.archive_id
           AND archive.state != 'draft' AND document.id %% 2 = 0
        """,
        [today - relativedelta(days=20)],
    )


# --- Copies: made by PostgreSQL ---


def list_copies(env, archives, size):
    """Write into a temporary table what tells each copy from its pattern."""
    words = chain.from_iterable(product(SYLLABLES, repeat=length) for length in (2, 3))
    pairs = ((archive, "".join(word)) for word in words for archive in archives)
    rows = [
        copy_values(archive, word, number)
        for number, (archive, word) in zip(
            range(len(archives), size), pairs, strict=False
        )
    ]
    env.cr.execute(
        """
        CREATE TEMPORARY TABLE bench_copy (
            pattern_partner_id int, pattern_archive_id int, partner_id int, archive_id int,
            name text, pinyin text, code text, ref text, archive_no text
        )
        """
    )
    execute_values(
        env.cr._obj,
        "INSERT INTO bench_copy VALUES %s",
        rows,
        "(%s, %s, nextval('res_partner_id_seq'), nextval('customer_archive_id_seq'),"
        " %s, %s, %s, %s, %s)",
        page_size=1000,
    )
    env.cr.execute("CREATE INDEX ON bench_copy (pattern_partner_id)")
    env.cr.execute("CREATE INDEX ON bench_copy (pattern_archive_id)")
    env.cr.execute("ANALYZE bench_copy")


def copy_values(archive, word, number):
    """Ids of the pattern and texts of one copy."""
    place, trade = archive.partner_id.name.split("齐白")
    full, initials = zip(
        *(_pinyin(text).split() for text in (place, word, trade)), strict=True
    )
    code = f"91330200MB{number:06}X"
    return (
        archive.partner_id.id,
        archive.id,
        f"{place}{word}{trade}",
        f"{''.join(full)} {''.join(initials)}",
        code + uscc.calc_check_digit(code),
        f"C{number:06}",
        f"B{number:08}",
    )


_known_pinyin = {}


def _pinyin(text):
    if text not in _known_pinyin:
        _known_pinyin[text] = pinyin_text(text)
    return _known_pinyin[text]


def copy_tables(env):
    """Copy everything that belongs to a pattern; one statement for each table."""
    in_pattern = "JOIN bench_copy copy ON copy.pattern_%s_id = source.%s"
    by_partner = in_pattern % ("partner", "partner_id")
    by_archive = in_pattern % ("archive", "archive_id")
    of_archive = (
        in_pattern % ("archive", "res_id") + " AND source.%s = 'customer.archive'"
    )
    copy_rows(
        env,
        "res_partner",
        in_pattern % ("partner", "id"),
        id="copy.partner_id",
        commercial_partner_id="copy.partner_id",
        name="copy.name",
        complete_name="copy.name",
        commercial_company_name="copy.name",
        ca_name_key="copy.name",
        ca_pinyin="copy.pinyin",
        company_registry="copy.code",
        ref="copy.ref",
    )
    copy_rows(
        env,
        "res_partner",
        in_pattern % ("partner", "parent_id"),
        parent_id="copy.partner_id",
        commercial_partner_id="copy.partner_id",
        complete_name="copy.name || ', ' || source.name",
        commercial_company_name="copy.name",
    )
    copy_rows(
        env,
        "customer_archive",
        in_pattern % ("archive", "id"),
        id="copy.archive_id",
        partner_id="copy.partner_id",
        name="copy.archive_no",
        index_no="copy.archive_no",
        search_key="lower(concat_ws(E'\\n', copy.archive_no, copy.name, copy.ref,"
        " copy.code, copy.pinyin))",
    )
    copy_rows(
        env,
        "customer_archive_document",
        by_archive,
        archive_id="copy.archive_id",
        partner_id="copy.partner_id",
    )
    copy_rows(env, "clock_clock", of_archive % "res_model", res_id="copy.archive_id")
    copy_rows(
        env,
        "mail_activity",
        of_archive % "res_model",
        res_id="copy.archive_id",
        res_name="copy.archive_no || ' ' || copy.name",
    )
    copy_rows(env, "mail_followers", of_archive % "res_model", res_id="copy.archive_id")
    copy_orders(env, by_partner)


def copy_orders(env, by_partner):
    """Copy orders with their lines; a line has to find its new order."""
    env.cr.execute(
        f"""
        CREATE TEMPORARY TABLE bench_order AS
        SELECT source.id AS pattern_id, copy.partner_id,
               nextval('sale_order_id_seq')::int AS id
          FROM sale_order source {by_partner}
        """
    )
    copy_rows(
        env,
        "sale_order",
        "JOIN bench_order copy ON copy.pattern_id = source.id",
        id="copy.id",
        partner_id="copy.partner_id",
        partner_invoice_id="copy.partner_id",
        partner_shipping_id="copy.partner_id",
        name="'B' || copy.id",
        access_token="NULL",
    )
    copy_rows(
        env,
        "sale_order_line",
        "JOIN bench_order copy ON copy.pattern_id = source.order_id",
        order_id="copy.id",
        order_partner_id="copy.partner_id",
    )


def leave_work(env):
    """Leave as much to the nightly jobs as a day brings: something in each hundredth archive."""
    today = fields.Date.today()
    env.cr.execute(
        """
        UPDATE customer_archive_document
           SET date_received = %s
         WHERE date_received IS NOT NULL AND archive_id %% 100 = 0
        """,
        [today - relativedelta(days=40)],
    )
    env.cr.execute(
        """
        UPDATE customer_archive_document
           SET date_missing_reported = %s
         WHERE is_mandatory AND date_received IS NULL AND archive_id %% 100 != 0
        """,
        [today - relativedelta(days=20)],
    )
