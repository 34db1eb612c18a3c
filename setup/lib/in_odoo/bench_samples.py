"""The data set of ``setup/bench``: samples, as many as are asked for.

Some patterns are entered and signed through Odoo; PostgreSQL copies them, one statement for
each table, with numbers and dates of their own. The dates leave a night's work to the nightly
scan: each month has a patrol for every sample, each year an end of validity.
"""

import json

from dateutil.relativedelta import relativedelta
from psycopg2.extras import execute_values

from odoo import fields
from odoo.fields import Command
from odoo.tools import split_every

from odoo.addons.record_control.tools import seal

from lib.in_odoo.bench_copy import copy_rows

PATTERNS = 60
SEALED_AT_A_TIME = 2000
SAMPLES_OF_A_PRODUCT = 5
NAMES = ("前保险杠", "门板", "后视镜壳", "密封条", "仪表罩", "轮毂盖")
COLOURS = ("钢琴黑", "珍珠白", "曜石灰", "星空蓝")
KINDS = ("SEAL", "SEAL", "DIM")
KEEPER, INSPECTOR = "bench_sample_keeper", "bench_sample_inspector"
TECHNICAL, QUALITY = "bench_sample_technical", "bench_sample_quality"
ADMINISTRATOR = "bench_sample_administrator"
ROLES = {
    KEEPER: ("keeper",),
    INSPECTOR: ("inspector",),
    TECHNICAL: ("technical",),
    QUALITY: ("quality",),
    ADMINISTRATOR: ("administrator",),
}
#: state of a pattern and its copies; the rest is valid
STATES = {0: "suspended", 1: "expired", 2: "expired", 3: "replaced", 4: "obsolete"}


def build_samples(env, size):
    """Fill a database with ``size`` samples, signed and measured.

    :return: the number of samples
    """
    env.company.resource_calendar_id.tz = "Asia/Shanghai"
    users = create_users(env)
    create_rule(env)
    samples = create_patterns(env, users, min(PATTERNS, size))
    env.flush_all()
    list_copies(env, samples, size)
    copy_tables(env)
    spread_dates(env)
    end_some(env)
    seal_copies(env)
    env.cr.execute("DROP TABLE bench_sample, bench_product, bench_round, bench_step")
    env.invalidate_all()
    return env["sample.sample"].search_count([])


# --- Patterns: entered through Odoo ---


def create_users(env):
    """One user for each role that a sample needs."""
    users = env["res.users"].with_context(no_reset_password=True)
    return {
        login: users.create(
            {
                "name": login,
                "login": login,
                "group_ids": [
                    Command.set(
                        [
                            env.ref(f"sample_control.group_sample_{role}").id
                            for role in roles
                        ]
                        + [env.ref("base.group_allow_export").id]
                    )
                ],
            }
        )
        for login, roles in ROLES.items()
    }


def create_rule(env):
    """Everything that a clock can ask for: calibration, customer's check, patrol."""
    env["sample.policy"].create(
        {
            "name": "Bench",
            "sequence": -1,
            "type_ids": [
                Command.set(
                    [
                        env.ref(f"sample_control.sample_type_{kind.lower()}").id
                        for kind in set(KINDS)
                    ]
                )
            ],
            "defines_checks": True,
            "calibration_interval_months": 12,
            "customer_check_interval_months": 12,
            "patrol_interval_days": 30,
        }
    )


def create_patterns(env, users, number):
    """Samples with places and characteristics, signed by two and valid."""
    places = env["sample.location"].create(
        [
            {"name": f"柜{index}", "code": f"BENCH-{index}", "kind": "room"}
            for index in range(10)
        ]
    )
    customers = env["res.partner"].create(
        [{"name": f"客户{index}", "is_company": True} for index in range(10)]
    )
    products = env["product.product"].create(
        [
            {
                "name": f"{NAMES[index % len(NAMES)]}{index}",
                "default_code": f"BP{index:06}",
            }
            for index in range(number)
        ]
    )
    samples = env["sample.sample"].create(
        [
            {
                "type_id": env.ref(
                    f"sample_control.sample_type_{KINDS[index % len(KINDS)].lower()}"
                ).id,
                "product_id": product.id,
                "partner_id": customers[index % len(customers)].id,
                "custodian_id": users[KEEPER].id,
                "home_location_id": places[index % len(places)].id,
                "drawing_no": f"T{index:05}",
                "lot_name": f"2026{index:04}",
                "line_ids": characteristics(env, index),
            }
            for index, product in enumerate(products)
        ]
    )
    samples = samples.with_context(tracking_disable=True)
    samples.action_submit()
    samples.action_request_sign_off()
    for login in (TECHNICAL, QUALITY):
        for sample in samples:
            sample.with_user(users[login])._sign_off()
    samples.with_user(users[QUALITY]).action_activate()
    inspect_patterns(env, users, samples)
    return samples


def inspect_patterns(env, users, samples):
    """A patrol of each sample that found nothing."""
    patrols = samples._create_inspection("patrol").with_user(users[INSPECTOR])
    patrols.line_ids.judged = "pass"
    patrols.date_inspected = env.company._record_control_today()
    patrols.action_submit()
    patrols.action_confirm()


def characteristics(env, index):
    """The commands for what stands on a card."""
    values = {
        "colour_no": {"text_value": COLOURS[index % len(COLOURS)]},
        "pattern": {"text_value": "细纹"},
        "width": {
            "nominal": 10,
            "tol_lower": -0.1,
            "tol_upper": 0.1,
            "has_baseline": True,
            "baseline_min": 9.98,
            "baseline_max": 10.02,
        },
    }
    return [
        Command.create(
            {
                "characteristic_id": env.ref(
                    f"sample_control.sample_characteristic_{name}"
                ).id,
                **vals,
            }
        )
        for name, vals in values.items()
    ]


# --- Copies: made by PostgreSQL ---


def list_copies(env, samples, size):
    """Write into temporary tables what tells each copy from its pattern."""
    env.cr.execute(
        """
        CREATE TEMPORARY TABLE bench_product AS
        SELECT product.id AS pattern_id, product.product_tmpl_id AS pattern_template_id,
               number,
               nextval('product_template_id_seq')::int AS template_id,
               nextval('product_product_id_seq')::int AS id
          FROM generate_series(1, %(products)s) number
          JOIN product_product product
            ON product.id = (%(pattern_products)s)[1 + number %% %(patterns)s]
        """,
        {
            "products": max(size // SAMPLES_OF_A_PRODUCT, 1),
            "pattern_products": samples.product_id.ids,
            "patterns": len(samples),
        },
    )
    env.cr.execute(
        """
        CREATE TEMPORARY TABLE bench_sample AS
        SELECT sample.id AS pattern_id, copy.number,
               'BS-' || lpad(copy.number::text, 6, '0') AS name,
               product.id AS product_id, product.template_id,
               nextval('sample_sample_id_seq')::int AS id
          FROM generate_series(1, %(copies)s) copy (number)
          JOIN sample_sample sample
            ON sample.id = (%(samples)s)[1 + copy.number %% %(patterns)s]
          JOIN bench_product product ON product.number = 1 + copy.number / %(share)s
        """,
        {
            "copies": max(size - len(samples), 0),
            "samples": samples.ids,
            "patterns": len(samples),
            "share": SAMPLES_OF_A_PRODUCT,
        },
    )
    env.cr.execute(
        """
        CREATE TEMPORARY TABLE bench_round AS
        SELECT round.id AS pattern_id, copy.id AS sample_id, copy.name,
               nextval('sign_off_request_id_seq')::int AS id
          FROM sign_off_request round
          JOIN bench_sample copy
            ON round.res_model = 'sample.sample' AND round.res_id = copy.pattern_id
        """
    )
    env.cr.execute(
        """
        CREATE TEMPORARY TABLE bench_step AS
        SELECT step.id AS pattern_id, copy.id AS request_id,
               nextval('sign_off_request_step_id_seq')::int AS id
          FROM sign_off_request_step step
          JOIN bench_round copy ON copy.pattern_id = step.request_id
        """
    )
    for table in ("bench_product", "bench_sample", "bench_round", "bench_step"):
        env.cr.execute(f"CREATE INDEX ON {table} (pattern_id)")
        env.cr.execute(f"ANALYZE {table}")


def copy_tables(env):
    """Copy everything that belongs to a pattern; one statement for each table."""
    of_sample = "JOIN bench_sample copy ON copy.pattern_id = source.%s"
    of_round = "JOIN bench_round copy ON copy.pattern_id = source.%s"
    copy_products(env)
    copy_rows(
        env,
        "sign_off_request",
        of_round % "id",
        id="copy.id",
        res_id="copy.sample_id",
        name="copy.name",
    )
    copy_rows(
        env,
        "sample_sample",
        of_sample % "id" + " JOIN bench_round round ON round.sample_id = copy.id",
        id="copy.id",
        name="copy.name",
        product_id="copy.product_id",
        product_tmpl_id="copy.template_id",
        sign_off_request_id="round.id",
        access_token="NULL",
    )
    for table in ("sample_sample_line", "sample_custody_log"):
        copy_rows(env, table, of_sample % "sample_id", sample_id="copy.id")
    copy_inspections(env)
    copy_rows(
        env,
        "mail_followers",
        of_sample % "res_id" + " AND source.res_model = 'sample.sample'",
        res_id="copy.id",
    )
    of_step = "JOIN bench_step copy ON copy.pattern_id = source.%s"
    copy_rows(
        env,
        "sign_off_request_step",
        of_step % "id",
        id="copy.id",
        request_id="copy.request_id",
    )
    copy_rows(
        env,
        "sign_off_signature",
        of_step % "step_id",
        step_id="copy.id",
        request_id="copy.request_id",
    )


def copy_inspections(env):
    """Copy the patrols with what they looked at."""
    env.cr.execute(
        """
        CREATE TEMPORARY TABLE bench_inspection AS
        SELECT inspection.id AS pattern_id, copy.id AS sample_id, copy.product_id,
               'P' || copy.name AS name, nextval('sample_inspection_id_seq')::int AS id
          FROM sample_inspection inspection
          JOIN bench_sample copy ON copy.pattern_id = inspection.sample_id
        """
    )
    env.cr.execute("CREATE INDEX ON bench_inspection (pattern_id)")
    env.cr.execute("ANALYZE bench_inspection")
    by_pattern = "JOIN bench_inspection copy ON copy.pattern_id = source.%s"
    copy_rows(
        env,
        "sample_inspection",
        by_pattern % "id",
        id="copy.id",
        sample_id="copy.sample_id",
        product_id="copy.product_id",
        name="copy.name",
    )
    copy_rows(
        env,
        "sample_inspection_line",
        by_pattern % "inspection_id",
        inspection_id="copy.id",
    )
    env.cr.execute("DROP TABLE bench_inspection")


def copy_products(env):
    """Copy the products; five samples share one."""
    copy_rows(
        env,
        "product_template",
        "JOIN bench_product copy ON copy.pattern_template_id = source.id",
        id="copy.template_id",
        name="jsonb_build_object('en_US', (source.name->>'en_US') || ' ' || copy.number)",
        default_code="'BPC' || copy.number",
    )
    copy_rows(
        env,
        "product_product",
        "JOIN bench_product copy ON copy.pattern_id = source.id",
        id="copy.id",
        product_tmpl_id="copy.template_id",
        default_code="'BPC' || copy.number",
    )


def seal_copies(env):
    """Seal the copies as their patterns are: the seal covers the ids of record and lines."""
    env.cr.execute("SELECT sample_id, id FROM bench_round")
    rounds = dict(env.cr.fetchall())
    for ids in split_every(SEALED_AT_A_TIME, rounds):
        payloads = env["sample.sample"].browse(ids)._get_seal_payloads()
        execute_values(
            env.cr._obj,
            """
            UPDATE sign_off_request round
               SET payload = value.payload::jsonb, current_payload = value.payload::jsonb,
                   digest = value.digest
              FROM (VALUES %s) value (id, payload, digest)
             WHERE round.id = value.id
            """,
            [
                (rounds[key], json.dumps(payload), seal.digest(payload))
                for key, payload in payloads.items()
            ],
            page_size=SEALED_AT_A_TIME,
        )
        env.invalidate_all()
    env.cr.execute(
        """
        UPDATE sign_off_signature signature
           SET digest = round.digest
          FROM sign_off_request round
         WHERE round.id = signature.request_id
           AND round.id IN (SELECT id FROM bench_round)
        """
    )


# --- Dates: what each night brings ---


def spread_dates(env):
    """Spread the ends of validity over a year, the patrols over a month; some are due today."""
    env.cr.execute(
        """
        UPDATE sample_sample sample
           SET confirm_date = %(today)s - 365 + copy.number %% 365,
               valid_until = %(today)s + copy.number %% 365,
               next_calibration_date = CASE WHEN sample.next_calibration_date IS NOT NULL
                   THEN %(today)s + copy.number %% 359 END,
               next_customer_check_date = CASE WHEN copy.number %% 10 = 0
                   THEN %(today)s + copy.number / 10 %% 365 END,
               next_patrol_date = %(today)s + copy.number %% 30
          FROM bench_sample copy
         WHERE copy.id = sample.id
        """,
        {"today": env.company._record_control_today()},
    )
    set_reminders(env)


def set_reminders(env):
    """Set the days that follow from the spread ones, as the fields are computed."""
    env.cr.execute(
        """
        UPDATE sample_sample
           SET date_validity_due = valid_until - 30,
               date_replacement = valid_until - 30,
               date_calibration_due = next_calibration_date - 30,
               date_validity_reminder = CASE
                   WHEN valid_until - 30 >= %(today)s THEN valid_until - 30
                   WHEN valid_until - 7 >= %(today)s THEN valid_until - 7
                   ELSE valid_until END,
               date_calibration_reminder = CASE
                   WHEN next_calibration_date - 30 >= %(today)s THEN next_calibration_date - 30
                   WHEN next_calibration_date - 7 >= %(today)s THEN next_calibration_date - 7
                   ELSE next_calibration_date END,
               date_customer_reminder = CASE
                   WHEN next_customer_check_date - 15 >= %(today)s
                   THEN next_customer_check_date - 15
                   WHEN next_customer_check_date - 3 >= %(today)s
                   THEN next_customer_check_date - 3
                   ELSE next_customer_check_date END
        """,
        {"today": env.company._record_control_today()},
    )
    # the last day of these was yesterday: they expire tonight
    env.cr.execute(
        """
        UPDATE sample_sample SET valid_until = %(yesterday)s, date_validity_reminder = NULL
         WHERE id IN (SELECT id FROM bench_sample WHERE number %% 365 = 0)
        """,
        {
            "yesterday": env.company._record_control_today() - relativedelta(days=1),
        },
    )


def end_some(env):
    """Bring some samples to the ends that they would have reached."""
    today = fields.Date.today()
    for number, state in STATES.items():
        # SQL: the states are part of the data, not of what is measured
        env.cr.execute(
            """
            UPDATE sample_sample sample
               SET state = %(state)s,
                   ended_on = CASE WHEN %(ended)s THEN %(day)s::date END,
                   next_patrol_date = NULL
              FROM bench_sample copy
             WHERE copy.id = sample.id AND copy.number %% 61 = %(number)s
            """,
            {
                "state": state,
                "ended": state != "suspended",
                "day": today - relativedelta(days=100),
                "number": number,
            },
        )
