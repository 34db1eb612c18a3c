import io

from openpyxl import load_workbook

from odoo.tests import tagged

from .common import SampleCase

#: code -> title in the words of the regulations
TITLES = {
    "SC-F01": "样件标示卡",
    "SC-F02": "工序间使用",
    "SC-F03": "禁用标识",
    "SC-F04": "首件合格标识",
    "SC-F05": "定置标识",
    "SC-F06": "样件申请单",
    "SC-F07": "封样件评审表",
    "SC-F08": "问题点整改跟踪表",
    "SC-F09": "样件台账",
    "SC-F10": "样件精度检验计划",
    "SC-F11": "样件精度检验管理台帐",
    "SC-F12": "样件精度检验记录表",
    "SC-F13": "样件更换计划",
    "SC-F14": "样件借用单",
    "SC-F15": "首件确认记录",
    "SC-F16": "样件比对报告",
    "SC-F17": "样件异常处理单",
    "SC-F18": "变更影响样件清单",
    "SC-F19": "样件处置(销毁)单",
    "SC-F20": "样品寄送单",
    "SC-F21": "样件履历卡",
    "SC-F22": "样件移交/发放清单",
    "SC-F23": "样件更换/异常通知函",
    "SC-X05": "样件借用台账",
    "SC-X06": "封样评审台账",
    "SC-X07": "首件确认台账",
    "SC-X08": "样件异常/问题点台账",
    "SC-X09": "样件处置台账",
    "SC-X10": "样品寄送台账",
    "SC-X11": "样件管理规则表",
    "SC-X13": "样件盘点表",
}


@tagged("post_install", "-at_install")
class TestFormTitles(SampleCase):
    """English source, and in zh_CN exactly the words of the regulations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_and_install_lang("zh_CN")

    def test_forms_in_both_languages(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "sample_control"), ("model", "=", "controlled.form")]
        )
        forms = self.env["controlled.form"].browse(data.mapped("res_id"))
        chinese = forms.with_context(lang="zh_CN")
        self.assertEqual({form.code: form.name for form in chinese}, TITLES)
        english = forms.with_context(lang="en_US").mapped("name")
        self.assertEqual([name for name in english if not name.isascii()], [])
        self.assertEqual(len(set(english)), len(TITLES), "no two forms share a title")

    def test_ledgers_have_the_title_of_their_form(self):
        for ledger in self.env["ledger.mixin"]._get_ledgers():
            if not ledger._name.startswith("report.sample_control."):
                continue
            with self.subTest(ledger=ledger._name):
                chinese = ledger.with_context(lang="zh_CN")._get_ledger_title()
                self.assertEqual(chinese, TITLES[ledger._ledger_form_code])
                english = ledger.with_context(lang="en_US")._get_ledger_title()
                self.assertTrue(english.isascii(), english)

    def test_workbook_of_figures_in_both_languages(self):
        """X12 is no form: its title is a term of the workbook."""
        figures = self.env["sample.figure"].with_user(self.manager)
        for lang, title in (
            ("zh_CN", "样件管理指标表 2026"),
            ("en_US", "Sample management figures 2026"),
        ):
            content = figures.with_context(lang=lang)._export_workbook(
                self.company, 2026
            )
            sheet = load_workbook(io.BytesIO(content)).worksheets[0]
            self.assertEqual(sheet["A1"].value, title)
