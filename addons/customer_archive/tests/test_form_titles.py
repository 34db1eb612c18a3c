from odoo.tests import tagged

from .archive.common import ArchiveCommon

#: code -> title in the words of the regulation
TITLES = {
    "DA-01": "档案借阅登记表",
    "DA-02": "借阅单",
    "DA-03": "档案检查记录",
    "DA-04": "档案移交清单",
    "DA-05": "档案销毁清单",
    "DA-06": "归档清单",
    "E01": "新开发客户报告表",
    "E03": "客户资料管理卡",
    "F15": "现在、过去、将来顾客情况分析表",
    "F16": "客户资料卡",
    "F18": "客户基本资料",
    "F19": "客户管理卡",
    "F20": "客户分析表",
    "KH-EVENTS": "客户接触记录（大事记）",
    "KH-RELEASE": "客户信息打印/提供申请",
    "L-01": "客户一览表",
    "L-02": "客户档案索引台账",
    "L-03": "档案更新台账",
    "L-04": "档案文件目录及缺失清单",
    "L-05": "档案借阅台账",
    "L-06": "客户资料变更记录",
    "L-07": "查阅/打印/导出日志",
    "L-09": "客户分析表（按区域）",
    "L-24": "客户信息导入结果",
    "L-25": "档案检查结果汇总",
    "qms-pm-31301": "客户档案登记表",
    "qms-pm-31302": "客户紧急联络表",
}
#: cells of the routes of the forms, in the words of the regulation and in English
CELLS = {
    "E01": (["报告人", "主管", "经理"], ["Reporter", "Superior", "Manager"]),
    "E03": (
        ["制卡", "主管", "经理", "总经理"],
        ["Card Prepared By", "Superior", "Manager", "General Manager"],
    ),
    "F19": (
        ["承办人", "直接主管", "部长", "总经理", "董事长"],
        [
            "Card Handled By",
            "Direct Superior",
            "Head of Department",
            "General Manager",
            "Chairman",
        ],
    ),
}


@tagged("post_install", "-at_install")
class TestFormTitles(ArchiveCommon):
    """A-51: English source, and in zh_CN exactly the words of the regulation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_and_install_lang("zh_CN")
        data = cls.env["ir.model.data"].search(
            [("module", "=", "customer_archive"), ("model", "=", "controlled.form")]
        )
        cls.forms = cls.env["controlled.form"].browse(data.mapped("res_id"))

    def test_forms_in_both_languages(self):
        chinese = self.forms.with_context(lang="zh_CN")
        self.assertEqual({form.code: form.name for form in chinese}, TITLES)
        english = self.forms.with_context(lang="en_US").mapped("name")
        self.assertEqual([name for name in english if not name.isascii()], [])
        self.assertEqual(len(set(english)), len(TITLES), "no two forms share a title")

    def test_each_print_is_a_controlled_form(self):
        reports = self.env["ir.actions.report"].search(
            [("report_name", "like", "customer_archive.")]
        )
        self.assertEqual(self.forms.report_id, reports)

    def test_ledgers_have_the_title_of_their_form(self):
        """L-25 is two ledgers: the lines have a title of their own."""
        details = "report.customer_archive.ledger_inspection_line"
        for ledger in self.env["ledger.mixin"]._get_ledgers():
            if not ledger._name.startswith("report.customer_archive."):
                continue
            wanted = TITLES[ledger._ledger_form_code]
            if ledger._name == details:
                wanted = "档案检查记录明细"
            with self.subTest(ledger=ledger._name):
                chinese = ledger.with_context(lang="zh_CN")
                self.assertEqual(chinese._get_ledger_title(), wanted)
                english = ledger.with_context(lang="en_US")._get_ledger_title()
                self.assertTrue(english.isascii(), english)

    def test_cells_in_both_languages(self):
        for code, (chinese, english) in CELLS.items():
            route = self.env.ref(f"customer_archive.sign_off_route_{code.lower()}")
            for lang, words in (("zh_CN", chinese), ("en_US", english)):
                steps = route.with_context(lang=lang).step_ids
                self.assertEqual(steps.mapped("name"), words, code)

    def test_signatures_stand_in_their_cells_in_both_languages(self):
        """E03 and F19: a signature finds its cell by who signs, whatever language the cells are read in."""
        archive = self._put_on_file(self._new_archive("Signed in two languages"))
        signers = [self.sales1.name, self.supervisor.name]
        for code in ("E03", "F19"):
            for lang, words in zip(("zh_CN", "en_US"), CELLS[code], strict=True):
                cells = archive.with_context(lang=lang)._card_sign_off_cells(code)[::-1]
                self.assertEqual([cell["title"] for cell in cells], words)
                self.assertEqual(
                    [cell["user"] for cell in cells if cell.get("user")], signers
                )
                self.assertTrue(all(cell.get("user") for cell in cells[:2]), cells)
