"""The baseline: how long the everyday operations of ``res.partner`` take here."""

from faker import Faker

from lib.in_odoo.bench import batches, compare

LIST_FIELDS = ("complete_name", "email", "phone", "country_id", "user_id")


def company_names(count):
    """Names as Chinese companies have them, the same ones in each run."""
    fake = Faker("zh_CN")
    fake.seed_instance(19)
    return [fake.company() for _ in range(count)]


def partner_values(first, count):
    """Values of companies numbered from ``first``."""
    names = company_names(200)
    return [
        {
            "name": f"{names[number % len(names)]}{number:06}",
            "is_company": True,
            "ref": f"BENCH{number:06}",
        }
        for number in range(first, first + count)
    ]


def build(env, size):
    """As many customers as there are archives."""
    for first, count in batches(size):
        env["res.partner"].create(partner_values(first, count))
        env.cr.commit()


def run(env):
    """Create, list, search and open partners."""
    partners = env["res.partner"]
    specification = {name: {} for name in LIST_FIELDS}
    some = partners.search([("ref", "=like", "BENCH%")], limit=1)
    form = partners.get_view(view_type="form")["models"]["res.partner"]
    operations = {
        "create 1": lambda: partners.create(partner_values(900000, 1)),
        "create 100": lambda: partners.create(partner_values(900000, 100)),
        "list of 80": lambda: partners.web_search_read([], specification, limit=80),
        "search by name": lambda: partners.name_search("汽车", limit=8),
        "open form": lambda: some.web_read({name: {} for name in form}),
        "group by country": lambda: partners.formatted_read_group([], ["country_id"]),
    }
    for operation, function in operations.items():
        yield compare(env, operation, ours=("res.partner", function))
