from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command, Date
from odoo.tests import tagged

from ..document.common import DocumentCommon

LIMIT = 4


@tagged("post_install", "-at_install")
class TestMassChange(DocumentCommon):
    """CA-99: mass changes of archives are signed by the general manager before they are made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.ca_mass_change_limit = LIMIT
        archives = [cls._new_archive(f"Mass {number}") for number in range(LIMIT + 1)]
        cls.archives = cls.env["customer.archive"].concat(*archives)
        cls.mine = cls.archives.with_user(cls.keeper)

    def setUp(self):
        super().setUp()
        self.addCleanup(self._end_request)

    def _end_request(self):
        """What was changed until here belongs to another request."""
        self.env.cr.precommit.run()
        self.env.cr.cache.clear()

    def _approved(self, user=None, signers=None, **vals):
        release = (
            self.env["customer.archive.release"]
            .with_user(user or self.keeper)
            .create(
                {
                    "kind": "mass_edit",
                    "content": "New supervisor of all customers",
                    "purpose": "Reorganisation",
                    "recipient_name": "Information centre",
                    "date_until": Date.context_today(self.archives) + timedelta(days=5),
                    **vals,
                }
            )
        )
        release.action_request_sign_off()
        for signer in signers or (self.manager, self.director):
            release.with_user(signer)._sign_off()
        self._end_request()
        return release.sudo()

    def _roads(self):
        """Every way to change many archives in one request, as functions of the archives."""
        value = self.finance.id

        def load(archives):
            result = archives.load(
                [".id", "supervisor_id/.id"],
                [[str(archive.id), str(value)] for archive in archives],
            )
            if not result["ids"]:
                raise UserError(result["messages"][0]["message"])

        def one_by_one(archives):
            for archive in archives:
                archive.write({"supervisor_id": value})

        return {
            "write": lambda archives: archives.write({"supervisor_id": value}),
            "assignment": one_by_one,
            "list": lambda archives: archives.web_save_multi(
                [{"supervisor_id": value}] * len(archives), {"supervisor_id": {}}
            ),
            "import": load,
            "default in context": lambda archives: archives.with_context(
                default_ca_mass_change_limit=10_000, ca_mass_change_limit=10_000
            ).write({"supervisor_id": value}),
        }

    def test_ca_99_refused_on_every_road_without_a_signature(self):
        for user in (self.keeper, self.manager, self.director):
            for name, road in self._roads().items():
                with self.subTest(road=name, user=user.login):
                    with (
                        self.assertRaisesRegex(UserError, "signed by the general"),
                        self.env.cr.savepoint(),
                    ):
                        road(self.archives.with_user(user))
                    self._end_request()

    def test_ca_99_made_on_every_road_when_signed(self):
        release = self._approved()
        for name, road in self._roads().items():
            with self.subTest(road=name):
                self.archives.sudo().supervisor_id = self.manager
                road(self.mine)
                self.assertEqual(self.mine.supervisor_id, self.finance)
                self._end_request()
                self.assertIn(
                    f"{len(self.archives)} archives changed: Direct Supervisor.",
                    release.message_ids[0].body,
                )
        self.assertEqual(release.message_ids[0].author_id, self.keeper.partner_id)

    def test_ca_99_few_archives_and_the_shelf_list_are_daily_work(self):
        self.mine[: LIMIT - 1].write({"supervisor_id": self.finance.id})
        self._end_request()
        self.mine[LIMIT - 1 :].write({"supervisor_id": self.finance.id})
        self._end_request()
        self.mine.write({"cabinet": "3", "shelf": "2"})
        self._put_on_file(self.archives)
        self.mine.with_user(self.manager)._transition("stopped", stop_reason="Strike")
        self.assertEqual(set(self.archives.mapped("state")), {"stopped"})

    def test_ca_99_completing_imported_drafts_is_no_change(self):
        """What is empty in a draft is filled in for many at once; what is there, or on file, is changed by signature."""
        self.archives.sudo().write({"keeper_id": False})
        self._end_request()
        self.mine.write({"keeper_id": self.keeper.id})
        self.mine.write({"keeper_id": self.keeper.id})
        with self.assertRaisesRegex(UserError, "signed by the general"):
            self.mine.write({"keeper_id": self.manager.id})
        self._end_request()
        self.archives.sudo().write({"keeper_id": False})
        self._put_on_file(self.archives)
        with self.assertRaisesRegex(UserError, "signed by the general"):
            self.mine.write({"keeper_id": self.keeper.id})

    def test_ca_99_the_manager_alone_does_not_suffice(self):
        release = self._approved(signers=(self.manager,))
        self.assertEqual(release.state, "approval")
        with self.assertRaises(UserError):
            self.mine.write({"supervisor_id": self.finance.id})

    def test_ca_99_no_route_does_without_the_general_manager(self):
        route = self.env.ref("customer_archive.sign_off_route_release")
        director = self.env.ref("customer_archive.group_customer_archive_director")
        route.step_ids.filtered(
            lambda step: step.group_id == director
        ).condition_domain = "[('kind', '=', 'external')]"
        release = self._approved(signers=(self.manager,))
        self.assertEqual(release.state, "approved")
        with self.assertRaisesRegex(
            UserError, f"{release.name} was approved without a director"
        ):
            self.mine.write({"supervisor_id": self.finance.id})

    def test_ca_99_only_who_asked_for_what_was_signed(self):
        """Another user, other archives, a past period, a broken seal, a withdrawn request."""
        named = self.archives[:LIMIT]
        release = self._approved(archive_ids=[Command.set(named.ids)])
        mine = named.with_user(self.keeper)
        mine.write({"supervisor_id": self.finance.id})
        self._end_request()
        spoilt = {
            "user": (named.with_user(self.manager), lambda: None),
            "archives": (self.mine, lambda: None),
            "period": (mine, lambda: release.write({"date_until": "2020-01-01"})),
            "kind": (mine, lambda: release.write({"kind": "print"})),
            "withdrawn": (mine, release.action_cancel),
        }
        for name, (archives, spoil) in spoilt.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                spoil()
                with self.assertRaisesRegex(UserError, "signed by the general"):
                    archives.write({"supervisor_id": self.director.id})
                savepoint.rollback()
                self.env.invalidate_all()
                self._end_request()

    def test_ca_99_queries_do_not_grow_with_archives(self):
        """The check of a signed mass change is made once, however many archives are written one by one."""
        self._approved()
        self.mine.write({"supervisor_id": self.finance.id})
        with self.assertQueryCount(5):  # the note on the request, written once
            for archive in self.mine:
                archive._check_mass_change(self.company, {"supervisor_id"})
