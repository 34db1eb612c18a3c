#!/usr/bin/env python3
"""Write the sample customer list that comes with the demo data.

Three hundred invented companies as a sales office would keep them: merged titles,
full-width digits, wrong codes, duplicates, missing contacts, two sheets with other
headings, dates as text. The same seed gives the same file; which rows are bad and
why is printed, and stands in the test of the import.

    make_sample_workbook.py addons/customer_archive/static/demo/customer_list_sample.xlsx
"""

import random
import sys
from datetime import date, timedelta

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from stdnum.cn import uscc

CITIES = {
    "宁波": "浙江省", "杭州": "浙江省", "台州": "浙江省", "苏州": "江苏省", "无锡": "江苏省",
    "常州": "江苏省", "合肥": "安徽省", "芜湖": "安徽省", "武汉": "湖北省", "十堰": "湖北省",
    "长春": "吉林省", "柳州": "广西壮族自治区", "广州": "广东省", "佛山": "广东省", "东莞": "广东省",
    "青岛": "山东省", "烟台": "山东省", "保定": "河北省", "西安": "陕西省", "成都": "四川省",
}  # fmt: skip
BRANDS = [
    "远达",
    "恒信",
    "华瑞",
    "博凌",
    "金泰",
    "永昌",
    "正元",
    "联创",
    "天工",
    "鼎盛",
    "宏图",
    "瑞丰",
    "新驰",
    "东岳",
    "锐进",
]
TRADES = [
    "汽车零部件",
    "汽车内饰",
    "密封件",
    "模具",
    "线束",
    "底盘系统",
    "座椅",
    "电子科技",
    "橡塑制品",
    "精密机械",
]
FORMS = ("有限公司", "有限责任公司", "股份有限公司")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = [
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "磊",
    "军",
    "洋",
    "勇",
    "艳",
    "杰",
    "涛",
    "明",
    "超",
    "秀英",
    "建国",
    "志强",
    "海燕",
    "晓东",
    "文博",
]
FUNCTIONS = ["采购经理", "采购主管", "质量经理", "总经理", "项目经理"]
SALESPERSONS = ("陈晓", "林静")
DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


def make_company(rng, number):
    """Return one clean customer as a dict."""
    # numbers, not chance, so that no two of the three hundred share a name
    city = list(CITIES)[(number + number // 150) % len(CITIES)]
    brand = BRANDS[number % len(BRANDS)]
    trade = TRADES[number // len(BRANDS) % len(TRADES)]
    code = "9133" + f"{rng.randrange(10**4):04d}" + f"MA{number:06d}X"
    code += uscc.calc_check_digit(code)
    mobile = "13" + f"{rng.randrange(10**9):09d}"
    return {
        "name": f"{city}{brand}{trade}{FORMS[number % 3]}",
        "code": code,
        "contact": rng.choice(SURNAMES) + rng.choice(GIVEN),
        "function": rng.choice(FUNCTIONS),
        "phone": f"0574-8{rng.randrange(10**7):07d}",
        "mobile": mobile,
        "email": f"sales{number}@example.cn",
        "state": CITIES[city],
        "city": city + "市",
        "street": f"工业园区{rng.randrange(1, 200)}号",
        "salesperson": rng.choice(SALESPERSONS),
        "date": date(2024, 1, 8) + timedelta(days=rng.randrange(600)),
        "comment": rng.choice(["", "", "老客户", "展会认识", "老客户介绍"]),
    }


def as_typed(rng, company):
    """Return the company as different colleagues type it: still understandable."""
    typed = dict(company)
    day = company["date"]
    formats = (
        day,
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y%m%d}",
        f"{day:%Y/%m/%d}".translate(DIGITS),
    )
    typed["date"] = rng.choice(formats)
    if rng.random() < 0.2:
        typed["mobile"] = company["mobile"].translate(DIGITS)
    elif rng.random() < 0.2:
        typed["mobile"] = int(company["mobile"])
    if rng.random() < 0.1:
        typed["code"] = company["code"].lower()
    if rng.random() < 0.1:
        typed["name"] = f" {company['name']}　"
    return typed


def spoil(companies):
    """Put thirty known mistakes into the list; return {position: reason}."""
    reasons = {}

    def bad(position, reason, **cells):
        companies[position].update(cells)
        reasons[position] = reason

    for position in (11, 47, 83, 120, 201, 260):  # one digit mistyped
        code = companies[position]["code"].upper()
        bad(
            position,
            "bad_code_checksum",
            code=code[:-1] + ("0" if code[-1] != "0" else "1"),
        )
    for position in (23, 222):
        bad(position, "bad_code", code="913302001234567")
    for position in (5, 64, 130, 188, 275):
        bad(position, "missing_contact", contact=None, phone=None, mobile=None)
    for position in (31, 99, 210, 290):  # the same company again, typed differently
        twin = companies[position - 20]
        name = twin["name"].strip().replace("有限责任公司", "有限公司")
        bad(position, "duplicate_name", name=name, code=None)
    for position in (78, 142, 233):
        bad(position, "duplicate_code", code=companies[position - 30]["code"])
    for position in (14, 108, 176, 250):
        bad(position, "bad_date", date="去年三月")
    for position in (38, 155, 240):
        bad(position, "bad_phone", mobile="见名片")
    for position in (55, 281):
        bad(position, "bad_email", email="wang.example.cn")
    bad(167, "missing_name", name=None)
    return reasons


FIRST = [
    ("序号", None), ("客户名称", "name"), ("统一社会信用代码", "code"), ("联系人", "contact"),
    ("职务", "function"), ("联系电话", "phone"), ("手机", "mobile"), ("电子邮箱", "email"),
    ("省份", "state"), ("城市", "city"), ("详细地址", "street"), ("业务员", "salesperson"),
    ("首次接触日期", "date"), ("备注", "comment"),
]  # fmt: skip
SECOND = [
    ("公司全名", None), ("手机号码", "mobile"), ("联络人", "contact"), ("公司名称", "name"),
    ("信用代码", "code"), ("接触日期", "date"), ("负责业务员", "salesperson"),
    ("联系地址", "street"), ("城市", "city"), ("Ｅ－mail", "email"), ("说明", "comment"),
]  # fmt: skip


def write_sheet(sheet, title, columns, companies, first_number):
    """Write a titled list; return {position: Excel row}."""
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    sheet["A1"].font = Font(size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.append(["制表：销售内勤　　更新日期：２０２５年１０月"])
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=len(columns))
    sheet.append([])
    sheet.append([heading for heading, _key in columns])
    for cell in sheet[4]:
        cell.font = Font(bold=True)
    rows = {}
    for offset, company in enumerate(companies):
        serial = offset + 1
        sheet.append(
            [
                company[key] if key else (serial if h == "序号" else None)
                for h, key in columns
            ]
        )
        rows[first_number + offset] = sheet.max_row
    sheet.append(["合计", f"{len(companies)}家"])
    sheet.freeze_panes = "A5"
    return rows


def main(path):
    """Write the workbook and print the bad rows."""
    rng = random.Random(20251101)
    companies = [as_typed(rng, make_company(rng, number)) for number in range(300)]
    reasons = spoil(companies)
    workbook = Workbook()
    first, second = workbook.active, workbook.create_sheet("新接触客户")
    first.title = "２０２４年客户"
    rows = write_sheet(first, "客 户 一 览 表", FIRST, companies[:200], 0)
    rows |= write_sheet(second, "新接触客户登记", SECOND, companies[200:], 200)
    workbook.create_sheet("填写说明").append(["请各位同事按月更新。"])
    workbook.save(path)
    for position in sorted(reasons):
        sheet = first.title if position < 200 else second.title
        sys.stdout.write(f"{sheet}\t{rows[position]}\t{reasons[position]}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
