"""Everyday work with samples, beside the same work with Odoo's products."""

from odoo.addons.record_control.tests.common_views import view_specification

from lib.in_odoo.bench import compare, read_list
from lib.in_odoo.bench_samples import KEEPER, build_samples

SEARCHES = {  # fragment -> what is looked for
    "number": "09912",
    "name of a piece": "密封条",
    "nothing": "QXZ",
}


def build(env, sizes):
    """The samples of all cases."""
    build_samples(env, sizes["samples"])


def run(env):
    """Compare lists, forms and searches; measure the scan page and the nightly jobs."""
    user = env["res.users"].search([("login", "=", KEEPER)])
    yield from reading(env(user=user))
    yield from scanning(env(user=user))
    yield from at_night(env)


def reading(env):
    """A list of 80, a form, and searches."""
    samples, products = env["sample.sample"], env["product.product"]
    lists = {model: view_specification(model, "list") for model in (samples, products)}
    forms = {model: view_specification(model, "form") for model in (samples, products)}
    some = samples.search([], limit=1)
    yield compare(
        env,
        "list of 80",
        ours=("sample.sample", lambda: read_list(samples, [], lists[samples])),
        peer=("product.product", lambda: read_list(products, [], lists[products])),
    )
    yield compare(
        env,
        "open form",
        ours=("sample.sample", lambda: some.web_read(forms[samples])),
        peer=("product.product", lambda: some.product_id.web_read(forms[products])),
    )
    for title, fragment in SEARCHES.items():
        yield searching(env, title, fragment)


def searching(env, title, fragment):
    """Find by a fragment as the search views ask."""
    samples, products = env["sample.sample"], env["product.product"]
    found = [("display_name", "ilike", fragment)]  # as the search views ask
    peers = ["|", ("default_code", "ilike", fragment), ("name", "ilike", fragment)]
    return compare(
        env,
        f"search: {title}",
        ours=("sample.sample", lambda: read_list(samples, found, {"name": {}})),
        peer=("product.product", lambda: read_list(products, peers, {"name": {}})),
    )


def scanning(env):
    """What the scan page asks when a code was read."""
    code = env["sample.sample"].search([("state", "=", "active")], limit=1).name
    for model, method in (("sample.sample", "scan_sample"), ("loan.loan", "scan")):
        ask = getattr(env[model], method)
        yield compare(
            env, "scan page", ours=(f"{model} {method}", lambda ask=ask: ask(code))
        )


def at_night(env):
    """The nightly jobs when a night's work waits, and when nothing is due."""
    samples = env["sample.sample"]
    jobs = {
        "nightly scan": samples._cron_due_scan,
        "patrols": samples._cron_open_patrols,
    }
    for title, job in jobs.items():
        yield compare(env, f"{title}, due", ours=("sample.sample", job), repeat=1)
        yield compare(env, f"{title}, idle", ours=("sample.sample", job, job), repeat=1)
