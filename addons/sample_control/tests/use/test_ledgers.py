import io

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.tests import tagged

from .common import NOW, UseCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestUseLedgers(UseCase):
    """Ledgers X05 loans, X07 first articles, X10 dispatches, and the note F20."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        colour = cls._new_line("colour", text_value="RAL 9005")
        cls.sample = cls._new_active_sample(line_ids=[colour])
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.customer.id, "street": "Long road 1"}
        )

    def _export(self, name, user, domain=()):
        """Return the rows of a ledger below its headings, by heading."""
        ledger = self.env[f"report.sample_control.ledger_{name}"].with_user(user)
        with ledger._open_ledger_file(list(domain)) as file:
            sheet = load_workbook(io.BytesIO(file.read())).active
        self.assertTrue(sheet.freeze_panes)
        self.assertTrue(sheet.auto_filter.ref)
        rows = list(sheet.iter_rows(values_only=True))
        number = int(sheet.freeze_panes[1:]) - 1
        heads = rows[number - 1]
        return rows[0][0], [dict(zip(heads, row, strict=True)) for row in rows[number:]]

    def test_x05_loans(self):
        """X05: one row per sample and loan, with borrower and condition on return."""
        loan = self._lend(self.sample)
        self._return(loan, "soiled", note="Dust")
        title, [row] = self._export("loan", self.keeper)
        self.assertEqual(title, "Ledger of sample loans")
        self.assertEqual(row["Borrower"], self.user.name)
        self.assertEqual(row["Loan No."], loan.name)
        self.assertEqual(row["Condition on Return"], "Soiled")

    def test_x07_first_articles(self):
        record = self._compare(self._new_first_article(self.sample))
        record.with_user(self.inspector).action_release()
        title, [row] = self._export("first_article", self.inspector)
        self.assertEqual(title, "Ledger of first articles")
        self.assertEqual(row["Sample No."], self.sample.name)
        self.assertEqual(row["Operator"], self.operator.name)

    def _new_dispatch(self):
        return self.env["sample.dispatch"].create(
            {
                "partner_id": self.contact.id,
                "requester_id": self.user.id,
                "line_ids": [(0, 0, {"product_id": self.product.id, "qty": 3})],
            }
        )

    def test_x10_dispatches(self):
        """X10: what was sent stands in one cell, with its quantity."""
        self._new_dispatch()
        title, [row] = self._export("dispatch", self.assistant)
        self.assertEqual(title, "Ledger of dispatches")
        self.assertIn("Cover × 3", row["Contents"])

    def test_f20_note(self):
        """F20: address, contents and the signatures of who asked and who sent; drafts are not signed."""
        dispatch = self._new_dispatch()
        cells = dispatch._get_note_cells()
        self.assertFalse(cells[0]["user"])
        dispatch.with_user(self.user).action_submit()
        dispatch.with_user(self.assistant).action_send()
        cells = dispatch._get_note_cells()
        self.assertEqual(
            [cell.get("user") for cell in cells[:2]],
            [self.user.name, self.assistant.name],
        )
        page = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                "sample_control.action_report_sample_dispatch", dispatch.ids
            )[0]
            .decode()
        )
        for text in ("Dispatch note", "SC-F20", "Long road 1", "Cover"):
            self.assertIn(text, page)

    def test_f09_print(self):
        """F09: the ledger on paper, grouped by type or by place, with the samples of each."""
        for name, group in (
            ("ledger", self.sample.type_id.name),
            ("ledger_place", "ROOM"),
        ):
            page = (
                self.env["ir.actions.report"]
                ._render_qweb_html(
                    f"sample_control.action_report_sample_{name}", self.sample.ids
                )[0]
                .decode()
            )
            for text in ("Sample ledger", "SC-F09", self.sample.name, group):
                self.assertIn(text, page)

    def test_boards_read_in_the_order_of_the_steps(self):
        """The columns of a board stand in the order of the steps, the empty ones left out."""
        for model in ("sample.dispatch", "sample.first.article", "sample.inspection"):
            states = [state for state, __ in self.env[model]._fields["state"].selection]
            wanted = states[:3]
            found = self.env[model]._group_expand_states(wanted[::-1], [])
            self.assertEqual(found, wanted)
