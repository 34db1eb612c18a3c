import re
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

WAIT = """
    const wait = async (what) => {
        for (let i = 0; i < 200; i++) {
            const found = what();
            if (found) return found;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`gave up waiting for ${what}`);
    };
    const badge = (name) => [...document.querySelectorAll(".o_data_row")]
        .find((row) => row.textContent.includes(name))
        .querySelector(".o_clock_badge");
    const check = (name, text, color) => {
        const found = badge(name);
        if (found.textContent.trim() !== text || !found.classList.contains(`text-bg-${color}`)) {
            throw new Error(`${name}: ${found.textContent} ${found.className}`);
        }
    };
"""


@tagged("post_install", "-at_install")
class TestClockBadge(HttpCase):
    """The badge shows colour and time left, and a click explains the deadline."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.lang_en").active = True
        new_test_user(cls.env, "badge_user", groups="base.group_user", lang="en_US")
        model = cls.env["ir.model"]._get("test_record_control.clock")
        for code, amount in (("days", 72), ("hours", 6)):
            cls.env["clock.policy"].create(
                {
                    "name": f"Policy {code}",
                    "code": code,
                    "model_id": model.id,
                    "amount": amount,
                    "unit": "calendar_hour",
                }
            )
        now = fields.Datetime.now() + timedelta(minutes=30)
        cls.start("far", "days", now)
        cls.start("soon", "hours", now)
        cls.start("overdue", "days", now - timedelta(hours=99))
        cls.start("waiting", "days", now)._clock_pause("days", "spare part")
        cls.start("ontime", "days", now - timedelta(hours=1))._clock_stop("days")
        cls.start("missed", "days", now - timedelta(hours=99))._clock_stop("days")
        cls.env["ir.ui.view"].create(
            {
                "name": "badges",
                "model": model.model,
                "type": "list",
                "arch": """<list>
                    <field name="name"/>
                    <field name="clock_summary" widget="clock_badge"/>
                    <field name="next_deadline"/>
                </list>""",
            }
        )
        cls.action = cls.env["ir.actions.act_window"].create(
            {"name": "Badges", "res_model": model.model, "view_mode": "list,form"}
        )

    @classmethod
    def start(cls, name, code, at):
        record = cls.env["test_record_control.clock"].create({"name": name})
        record._clock_start(code, at)
        return record

    def build_bundles(self):
        """Build what the page loads beforehand: the browser waits ten seconds for a page at most."""
        self.authenticate("badge_user", "badge_user")
        page = self.url_open("/odoo", timeout=300).text
        for url in re.findall(r'(?:src|href)="(/web/assets/[^"]+)"', page):
            self.url_open(url, timeout=300)

    def test_badges_and_explanation(self):
        self.build_bundles()
        self.browser_js(
            f"/odoo/action-{self.action.id}",
            f"""(async () => {{ {WAIT}
                await wait(() => document.querySelector(".o_clock_badge"));
                check("far", "3 days left", "info");
                check("soon", "6 hours left", "warning");
                check("overdue", "overdue for 1 day", "danger");
                check("waiting", "paused", "secondary");
                check("ontime", "on time", "success");
                check("missed", "late", "danger");
                badge("waiting").click();
                const popover = await wait(() => document.querySelector(".o_clock_popover li"));
                const text = document.querySelector(".o_clock_popover").textContent;
                for (const part of ["Policy days", "72 hours around the clock", "Paused since", "spare part"]) {{
                    if (!text.includes(part)) throw new Error(`${{part}} is not in ${{text}}`);
                }}
                if (!document.querySelector(".o_list_view")) throw new Error("the click opened the record");
                console.log("test successful");
            }})().catch((error) => console.error(error.message));""",
            "Boolean(document.querySelector('.o_list_view .o_data_row'))",
            login="badge_user",
        )
