from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestFixedLines(ArchiveCommon):
    """CA-01, CA-08, CA-11: what is in an archive stays there; nobody puts anything into the archive of others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls._new_archive("Of A")
        cls.own2 = cls._new_archive("Of A too")
        cls.foreign = cls._new_archive("Of B", user=cls.sales2)
        cls.person = cls._new_contact(cls.own)
        cls.foreign_person = cls._new_contact(cls.foreign)

    @classmethod
    def _new_contact(cls, archive):
        return cls.env["res.partner"].create(
            {"name": f"Contact {archive.id}", "parent_id": archive.partner_id.id}
        )

    def _prepare_lines(self, archive):
        """Return model -> values of a line of each list inside an archive."""
        person = self.person if archive == self.own else self.foreign_person
        event_type = self.env.ref(
            "customer_archive.customer_archive_event_type_personnel"
        )
        return {
            "customer.archive.turnover": {"year": 2023},
            "customer.archive.estate": {"note": "x"},
            "customer.archive.channel": {"name": "x"},
            "customer.archive.competitor": {"name": "x"},
            "customer.archive.person": {"partner_id": person.id},
            "customer.archive.event": {"type_id": event_type.id, "subject": "x"},
            "customer.archive.document": {
                "type_id": archive.document_ids[:1].type_id.id
            },
        }

    def _get_lists(self):
        """Return model -> the list of the archive that holds its lines."""
        return {
            field.comodel_name: fname
            for fname, field in self.own._fields.items()
            if field.type == "one2many"
            and field.inverse_name == "archive_id"
            and not field.domain
        }

    def test_every_list_is_tried(self):
        """A new list inside the archive has to be added here."""
        restricted = {
            name
            for name, cls in self.registry.items()
            if getattr(cls, "_restricted_parent_field", None) == "archive_id"
            and not cls._abstract
            and self.env[name].with_user(self.sales1).has_access("create")
        }
        self.assertEqual(restricted, set(self._prepare_lines(self.own)))

    def _get_moves(self, mine, theirs, fname):
        """Return how a line might change hands; through the list ``fname`` of the archives, if they have one."""
        own, foreign = (self.own | self.foreign).with_user(self.sales1)
        moves = [
            lambda: mine.write({"archive_id": foreign.id}),
            lambda: mine.write({"archive_id": self.own2.id}),
            lambda: theirs.write({"archive_id": own.id}),
        ]
        if fname:
            away, here = {"archive_id": foreign.id}, {"archive_id": own.id}
            moves += [
                lambda: own.write({fname: [Command.link(theirs.id)]}),
                lambda: foreign.write({fname: [Command.link(mine.id)]}),
                lambda: own.write({fname: [Command.update(mine.id, away)]}),
                lambda: own.write({fname: [Command.update(theirs.id, here)]}),
            ]
        return moves

    def test_lines_do_not_move(self):
        """By ``write`` and by the commands of the lists, into and out of the archive of somebody else."""
        lists = self._get_lists()
        for model, vals in self._prepare_lines(self.own).items():
            Line = self.env[model]
            mine = Line.with_user(self.sales1).create(
                {"archive_id": self.own.id, **vals}
            )
            theirs = Line.with_user(self.sales2).create(
                {
                    "archive_id": self.foreign.id,
                    **self._prepare_lines(self.foreign)[model],
                }
            )
            moves = self._get_moves(
                mine, theirs.with_user(self.sales1), lists.get(model)
            )
            for number, move in enumerate(moves):
                with self.subTest(model=model, move=number):
                    self.assertRaises(UserError, move)
            self.env.invalidate_all()
            self.assertEqual(mine.sudo().archive_id, self.own)
            self.assertEqual(theirs.sudo().archive_id, self.foreign)

    def test_lines_are_not_put_into_the_archive_of_others(self):
        """By ``create`` or by a command of the list, also with the archive in the context."""
        foreign = self.foreign.with_user(self.sales1)
        lists = self._get_lists()
        for model, vals in self._prepare_lines(self.foreign).items():
            Line = self.env[model].with_user(self.sales1)
            brought = Line.with_context(default_archive_id=foreign.id)
            with self.subTest(model=model):
                with self.assertRaises(UserError):
                    Line.create({"archive_id": foreign.id, **vals})
                with self.assertRaises(UserError):
                    brought.create(vals)
                if model in lists:
                    with self.assertRaises(UserError):
                        foreign.write({lists[model]: [Command.create(vals)]})

    def test_lines_of_records_that_are_closed(self):
        """CA-14, CA-15: nor are the lines of a handover, a destruction or a data check put elsewhere."""
        vals = {"reason": "x", "executor_id": self.keeper.id}
        first, second = (
            self.env["customer.archive.destruction"]
            .with_user(self.keeper)
            .create([{**vals, "witness_id": self.manager.id} for __ in range(2)])
        )
        first.line_ids = [Command.create({"archive_id": self.own.id})]
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            first.line_ids.destruction_id = second
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            second.line_ids = [Command.link(first.line_ids.id)]
        handovers = (
            self.env["customer.archive.handover"]
            .with_user(self.keeper)
            .create(
                [
                    {
                        "leaver_id": leaver.id,
                        "receiver_id": receiver.id,
                        "date": self.env.company._record_control_today(),
                    }
                    for leaver, receiver in (
                        (self.sales1, self.sales2),
                        (self.sales2, self.sales1),
                    )
                ]
            )
        )
        handovers.action_load()
        line = handovers[0].line_ids[:1]
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            line.handover_id = handovers[1]
        with self.assertRaisesRegex(UserError, "set by the system"):
            line.receiver_id = self.keeper
