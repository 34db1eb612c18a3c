from odoo.tests import HttpCase, new_test_user, tagged

# Helpers of the page: wait for an element, and catch what would be downloaded.
HELPERS = """
    const wait = async (selector, text) => {
        for (let i = 0; i < 600; i++) {
            const found = [...document.querySelectorAll(selector)].find((el) => !text || el.textContent.includes(text));
            if (found) return found;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`not found: ${selector} ${text || ""}`);
    };
    const sent = [];
    const { download } = odoo.loader.modules.get("@web/core/network/download");
    download._download = async (options) => { sent.push(options); return "x.xlsx"; };
    const until = async (count) => {
        for (let i = 0; i < 600 && sent.length < count; i++) await new Promise((resolve) => setTimeout(resolve, 50));
        return { url: sent[count - 1].url, ...JSON.parse(sent[count - 1].data.data) };
    };
    const check = (condition, message) => { if (!condition) throw new Error(message + " " + JSON.stringify(sent)); };
"""


@tagged("post_install", "-at_install")
class TestLedgerMenu(HttpCase):
    """The entry in the cog menu sends the search, or the records that are picked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env,
            "menu_clerk",
            groups="base.group_user,base.group_allow_export",
            lang="en_US",
        )
        new_test_user(cls.env, "menu_viewer", groups="base.group_user", lang="en_US")
        cls.env.ref("base.user_admin").lang = "en_US"
        cls.env["test.ledger.thing"].create(
            [{"name": f"Thing {number}", "quantity": number} for number in range(100)]
        )
        cls.action = cls.env["ir.actions.act_window"].create(
            {
                "name": "Things",
                "res_model": "test.ledger.thing",
                "view_mode": "list",
                "domain": "[('quantity', '>=', 10)]",
            }
        )

    def run_js(self, login, code):
        self.browser_js(
            f"/odoo/action-{self.action.id}",
            f"(async () => {{ {HELPERS} {code} console.log('test successful'); }})().catch((e) => console.error(e.message));",
            "Boolean(document.querySelector('.o_list_view .o_data_row'))",
            login=login,
            timeout=150,
        )

    def test_whole_search_is_sent_as_domain(self):
        self.run_js(
            "menu_clerk",
            """
            (await wait("th[data-name=name]")).click();
            await new Promise((resolve) => setTimeout(resolve, 500));
            (await wait(".o_cp_action_menus button")).click();
            (await wait(".o_export_ledger_menu", "Export Ledger")).click();
            const data = await until(1);
            check(data.url === "/record_control/ledger/report.test_record_control.ledger_thing", "url");
            check(data.ids === null, "ids are sent");
            check(data.order === "name asc", "order");
            check(data.context.allowed_company_ids.length === 1, "companies");
            check(JSON.stringify(data.domain) === '[["quantity",">=",10]]', "domain");
            await wait(".o_notification", "has been exported");
            """,
        )

    def test_picked_records_are_sent_as_ids(self):
        self.run_js(
            "menu_clerk",
            """
            (await wait(".o_data_row input[type=checkbox]")).click();
            (await wait(".o_selection_container .o_cp_action_menus button:has(.fa-cog)")).click();
            (await wait(".o_menu_item", "Export Ledger")).click();
            const data = await until(1);
            check(data.ids.length === 1, "one id");
            """,
        )

    def test_select_all_is_sent_as_domain(self):
        self.run_js(
            "menu_clerk",
            """
            (await wait("thead input[type=checkbox]")).click();
            (await wait(".o_select_domain")).click();
            (await wait(".o_selection_container .o_cp_action_menus button:has(.fa-cog)")).click();
            (await wait(".o_menu_item", "Export Ledger")).click();
            const data = await until(1);
            check(data.ids === null, "ids are sent");
            """,
        )

    def test_several_ledgers_are_offered_by_title(self):
        self.run_js(
            "admin",
            """
            (await wait(".o_cp_action_menus button")).click();
            (await wait(".o_export_ledger_menu")).click();
            (await wait(".o_ledger_choice button", "Short register of things")).click();
            const data = await until(1);
            check(data.url.endsWith("ledger_thing_short"), "chosen ledger");
            """,
        )

    def test_no_entry_without_right(self):
        self.run_js(
            "menu_viewer",
            """
            const cog = document.querySelector(".o_cp_action_menus button");
            if (cog) {
                cog.click();
                await new Promise((resolve) => setTimeout(resolve, 500));
            }
            check(!document.querySelector(".o_export_ledger_menu"), "entry is shown");
            """,
        )
