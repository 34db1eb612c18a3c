from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .sign_off_common import SignOffCommon


@tagged("post_install", "-at_install")
class TestSignOffAuthors(SignOffCommon):
    """A record remembers who wrote it; no author signs his own paper, whoever is named later (P5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._create_route(
            [
                {
                    "name": "主管",
                    "signer_type": "role",
                    "role": "responsible",
                    "sequence": 10,
                },
                {
                    "name": "经理",
                    "signer_type": "group",
                    "group_id": cls.group.id,
                    "sequence": 20,
                },
            ],
            name="Papers",
            model_id=cls.env["ir.model"]._get_id("test.sign.off.paper"),
        )

    def _create_paper(self, user=None, **values):
        return (
            self.env["test.sign.off.paper"]
            .with_user(user or self.manager)
            .create(
                {"name": "P", "line_ids": [Command.create({"name": "a"})], **values}
            )
        )

    def _ask(self, paper):
        paper.with_user(self.seller).action_request_sign_off()
        return paper

    def assertCannotSign(self, paper, user):
        with self.assertRaisesRegex(UserError, "you drew this up yourself"):
            paper.with_user(user)._sign_off()

    def test_new_form_opens(self):
        """The form of a new record shows who draws it up: the defaults are what the client can read."""
        paper = self.env["test.sign.off.paper"].with_user(self.manager)
        result = paper.onchange(
            {},
            [],
            {"name": {}, "author_ids": {"fields": {"display_name": {}}}},
        )
        self.assertEqual(
            [command[1] for command in result["value"]["author_ids"]], self.manager.ids
        )

    def test_author_stays_author(self):
        """P5: naming another responsible person does not let who wrote it sign."""
        paper = self._create_paper()
        self.assertEqual(paper.author_ids, self.manager)
        paper.with_user(self.stranger).user_id = self.supervisor
        self.assertEqual(paper.author_ids, self.manager)
        self._ask(paper).with_user(self.supervisor)._sign_off()
        self.assertNotIn(self.manager, paper.sign_off_waiting_user_ids)
        self.assertCannotSign(paper, self.manager)

    def test_author_as_deputy_of_the_responsible(self):
        """P5: an author does not sign in the place of the person responsible either."""
        self.env["sign.off.deputy"].with_user(self.supervisor).create(
            {"deputy_id": self.manager.id}
        )
        paper = self._create_paper(user_id=self.supervisor.id)
        self._ask(paper)
        self.assertEqual(paper.sign_off_waiting_user_ids, self.supervisor)
        self.assertCannotSign(paper, self.manager)
        self._set_absent(self.supervisor)
        paper.sudo().sign_off_request_id.step_ids._refresh_signers()
        self.assertNotIn(self.manager, paper.sign_off_waiting_user_ids)
        self.assertCannotSign(paper, self.manager)

    def test_every_road_makes_an_author(self):
        """P5: writing, importing, lines by themselves and through the record, deleting a line."""
        roads = (
            lambda paper: paper.write({"name": "Q"}),
            lambda paper: paper.load([".id", "name"], [[str(paper.id), "Q"]]),
            lambda paper: paper.line_ids.write({"name": "b"}),
            lambda paper: paper.line_ids.create({"paper_id": paper.id, "name": "b"}),
            lambda paper: paper.line_ids.unlink(),
            lambda paper: paper.write(
                {"line_ids": [Command.update(paper.line_ids.id, {"name": "b"})]}
            ),
            lambda paper: paper.write({"line_ids": [Command.clear()]}),
            lambda paper: (paper | self._create_paper()).write({"name": "Q"}),
        )
        for number, road in enumerate(roads):
            with self.subTest(road=number):
                paper = self._create_paper(user=self.stranger)
                road(paper.with_user(self.manager))
                self.assertEqual(paper.author_ids, self.stranger | self.manager)

    def test_line_moved_to_another_paper(self):
        """P5: who moves a line writes both papers."""
        papers = self._create_paper(self.stranger) | self._create_paper(self.stranger)
        papers[0].line_ids.with_user(self.manager).write(
            {"paper_id": papers[1].id, "name": "b"}
        )
        for paper in papers:
            self.assertEqual(paper.author_ids, self.stranger | self.manager)

    def test_no_substance(self):
        """What is not signed makes no author, nor does giving back the same value; nor the system."""
        paper = self._create_paper(user=self.stranger)
        manager = paper.with_user(self.manager)
        manager.write({"note": "x", "name": "P"})
        manager.line_ids.write({"remark": "x"})
        manager.sudo().write({"name": "R"})
        manager.sudo().line_ids.write({"name": "R"})
        self.assertEqual(paper.author_ids, self.stranger)
        self.assertFalse(paper.sudo().create({"name": "S"}).author_ids)

    def test_authors_are_not_entered(self):
        """P1: no road names or removes an author by hand."""
        paper = self._create_paper()
        defaults = self.env["ir.default"].with_user(self.manager)
        defaults.set("test.sign.off.paper", "author_ids", [], user_id=True)
        author = self._create_paper().author_ids
        self.assertEqual(author, self.manager)
        context = {"default_author_ids": [Command.set(self.stranger.ids)]}
        papers = paper.with_context(**context)
        self.assertEqual(papers.create({"name": "P"}).author_ids, self.manager)
        self.assertEqual(
            paper.with_user(self.stranger).copy().author_ids, self.stranger
        )
        roads = (
            lambda: paper.write({"author_ids": [Command.clear()]}),
            lambda: paper.write({"author_ids": [Command.unlink(self.manager.id)]}),
            lambda: paper.create({"name": "P", "author_ids": [Command.clear()]}),
            lambda: paper.copy({"author_ids": [Command.set(self.stranger.ids)]}),
        )
        for number, road in enumerate(roads):
            with self.subTest(road=number), self.assertRaises(UserError):
                road()
        result = paper.load(
            [".id", "author_ids/.id"], [[str(paper.id), str(self.stranger.id)]]
        )
        self.assertFalse(result["ids"])
        self.assertEqual(paper.author_ids, self.manager)
