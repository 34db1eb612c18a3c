"""Everyday work with archives, beside the same work with Odoo's contacts."""

from odoo.addons.record_control.tests.common_views import view_specification

from lib.in_odoo.bench import compare, in_turn, read_list
from lib.in_odoo.bench_customers import KEEPER, SALESPERSON, build_customers

SEARCHES = {  # fragment -> who is looked for
    "three characters": "华远汽",
    "pinyin initials": "hyqclbj",
    "common characters": "汽车零",
}


def build(env, sizes):
    """The customers and archives of all cases."""
    build_customers(env, sizes["archives"])


def run(env):
    """Compare lists, forms, searches and creation."""
    users = env["res.users"]
    for login in (KEEPER, SALESPERSON):
        user = users.search([("login", "=", login)])
        yield from reading(env(user=user), login)
    yield from creating(env)


def reading(env, who):
    """Lists of 80, a form, and names, as one user."""
    env = env(context=env.context | {"bin_size": True})  # as the web client reads
    archives, partners = env["customer.archive"], env["res.partner"]
    lists = {model: view_specification(model, "list") for model in (archives, partners)}
    forms = {model: view_specification(model, "form") for model in (archives, partners)}
    some = archives.search([], limit=1)
    yield compare(
        env,
        f"list of 80 ({who})",
        ours=(
            "customer.archive",
            lambda: read_list(archives, [], lists[archives]),
        ),
        peer=(
            "res.partner",
            lambda: read_list(partners, [], lists[partners]),
        ),
    )
    yield compare(
        env,
        f"open form ({who})",
        ours=("customer.archive", lambda: some.web_read(forms[archives])),
        peer=("res.partner", lambda: some.partner_id.web_read(forms[partners])),
    )
    for title, fragment in SEARCHES.items():
        yield from searching(env, f"{title} ({who})", fragment)


def searching(env, title, fragment):
    """Find by a fragment: with our indexes and as core would do without them."""
    archives, partners = env["customer.archive"], env["res.partner"]

    found = [("display_name", "ilike", fragment)]  # as the search views ask

    def search():
        partners.name_search(fragment, limit=8)

    def drop_indexes():
        for index in trigram_indexes(env):
            env.cr.execute(f"DROP INDEX {index}")  # until the savepoint is rolled back

    yield compare(
        env,
        f"search partner: {title}",
        ours=("indexed", search),
        peer=("without index", search, drop_indexes),
    )
    yield compare(
        env,
        f"search archive: {title}",
        ours=(
            "customer.archive",
            lambda: read_list(archives, found, {"name": {}}),
        ),
        peer=(
            "res.partner",
            lambda: read_list(partners, found, {"name": {}}),
        ),
    )


def trigram_indexes(env):
    """The indexes of contacts that this suite adds."""
    env.cr.execute(
        "SELECT indexname FROM pg_indexes WHERE tablename = 'res_partner'"
        " AND indexdef LIKE '%gin_trgm_ops%' AND indexname LIKE '%\\_ca\\_%'"
    )
    return [name for (name,) in env.cr.fetchall()]


def creating(env):
    """One and a hundred archives, beside as many opportunities with their activity."""
    for number in (1, 100):
        numbers = in_turn(number)
        yield compare(
            env,
            f"create {number}",
            ours=("customer.archive", lambda n=numbers: create_archives(env, next(n))),
            peer=("crm.lead", lambda n=numbers: create_leads(env, next(n))),
        )


def create_partners(env, numbers):
    """Create companies; both sides need them."""
    return env["res.partner"].create(
        [{"name": f"新客户{number}有限公司", "is_company": True} for number in numbers]
    )


def create_archives(env, numbers):
    """Open the archives of new customers: number, checklist, clock, activity."""
    partners = create_partners(env, numbers)
    env["customer.archive"].create([{"partner_id": partner.id} for partner in partners])


def create_leads(env, numbers):
    """The same with opportunities of Odoo: each with an activity."""
    partners = create_partners(env, numbers)
    leads = env["crm.lead"].create(
        [{"name": partner.name, "partner_id": partner.id} for partner in partners]
    )
    for lead in leads:
        lead.activity_schedule("mail.mail_activity_data_todo")
