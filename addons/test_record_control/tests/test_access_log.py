import warnings
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import warmup
from odoo.tools import mute_logger

from odoo.addons.mail.tools.discuss import Store

from .access_common import AccessCommon

QUIET = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")


@tagged("post_install", "-at_install")
class TestAccessLog(AccessCommon):
    """Who looks at a secret record leaves a line that nobody can remove."""

    @mute_logger(*QUIET)
    def test_reading_by_each_road_is_a_line(self):
        """read, search_read, web_read, web_search_read, onchange, translations, messages."""
        self.alpha.message_post(body="What is known")
        self.env.flush_all()
        self.env.invalidate_all()
        Secret = self.env["test.secret"]
        roads = {
            "read": lambda r: r.read(["content"]),
            "read all": lambda r: r.read(),
            "search_read": lambda r: r.search_read([("id", "=", r.id)], ["content"]),
            "web_read": lambda r: r.web_read({"content": {}}),
            "web_search_read": lambda r: r.web_search_read(
                [("id", "=", r.id)], {"content": {}}
            ),
            "onchange": lambda r: r.onchange(
                {"content": "x"}, ["content"], {"content": {}}
            ),
            "translations": lambda r: r.get_field_translations("slogan"),
            "lines": lambda r: r.line_ids.read(["name"]),
            "messages": lambda r: r.message_ids.read(["body"]),
            "messages searched": lambda r: self.env["mail.message"]
            .with_user(r.env.user)
            .search_read([("model", "=", r._name), ("res_id", "=", r.id)], ["preview"]),
            "conversation": lambda r: Store().add(r.message_ids).get_result(),
            "through a link": lambda r: self.link.with_user(r.env.user).web_read(
                {"secret_id": {"fields": {"content": {}}}}
            ),
        }
        for road, call in roads.items():
            user = self._new_user(
                "t_" + road.replace(" ", "_"), "test_record_control.group_test_director"
            )
            call(Secret.with_user(user).browse(self.alpha.id))
            lines = self._log_lines(self.alpha, user_id=user.id)
            with self.subTest(road=road):
                self.assertEqual(lines.mapped("action"), ["read"])
                self.assertEqual(lines.basis, "director")
                self.assertTrue(lines.at)

    def test_names_and_open_fields_are_no_line(self):
        """Names, state and searching alone are not reading the content."""
        alpha = self._as(self.owner, self.alpha)
        alpha.read(["display_name", "state"])
        alpha.name_search("Alpha")
        alpha.search([("content", "ilike", "alpha")])
        self.assertFalse(
            self._log_lines(self.alpha, user_id=self.owner.id, action="read")
        )

    def test_basis_of_the_reading(self):
        """owner, team, director, and the number of the grant."""
        grant = self._grant(self.stranger, self.alpha)
        for user, basis in [
            (self.owner, "owner"),
            (self.mate, "team"),
            (self.director, "director"),
            (self.stranger, "grant"),
        ]:
            self._as(user, self.alpha).read(["content"])
            line = self._log_lines(self.alpha, user_id=user.id, action="read")
            self.assertEqual(line.basis, basis)
            self.assertEqual(
                line.grant_id, grant if basis == "grant" else line.grant_id.browse()
            )

    def test_level_below_the_logged_is_no_line(self):
        """internal is not logged by default; a company that wants it sets the level."""
        self.alpha.with_user(self.director).confidentiality = "internal"
        self._as(self.owner, self.secrets).read(["content"])
        self.assertFalse(self._log_lines(self.alpha, action="read"))
        self.assertTrue(self._log_lines(self.beta, action="read"))
        self.env["ir.config_parameter"].set_param(
            "record_control.access_log_level", "internal"
        )
        self._as(self.mate, self.alpha).read(["content"])
        self.assertTrue(self._log_lines(self.alpha, action="read"))

    def test_repeated_reading_is_one_line_a_minute(self):
        """Twice in a request, twice in 59 s: one line; after 61 s a second; another user a line of his own."""
        with freeze_time("2026-05-05 08:00:00"):
            for __ in range(2):
                self._as(self.owner, self.secrets).read(["content"])
            self.env.cr.precommit.run()
            self._as(self.mate, self.alpha).read(["content"])
            self.env.cr.precommit.run()
        with freeze_time("2026-05-05 08:00:59"):
            self._as(self.owner, self.alpha).web_read({"content": {}})
            self.env.cr.precommit.run()
        self.assertEqual(len(self._log_lines(self.alpha, action="read")), 2)
        with freeze_time("2026-05-05 08:01:01"):
            self._as(self.owner, self.alpha).read(["content"])
            self.env.cr.precommit.run()
        self.assertEqual(
            len(self._log_lines(self.alpha, action="read", user_id=self.owner.id)), 2
        )
        self.assertEqual(len(self._log_lines(self.beta, action="read")), 1)

    def test_each_print_export_download_is_a_line(self):
        """These are never merged, and name report, columns and file."""
        report = self.env["ir.actions.report"].with_user(self.owner)
        for __ in range(2):
            report._render_qweb_pdf(
                "test_record_control.report_test_secret", self.secrets.ids
            )
            self._as(self.owner, self.secrets).export_data(["name", "content"])
            self._as(self.owner, self.file).read(["datas"])
            self.env.cr.precommit.run()
        lines = self._log_lines(self.alpha, user_id=self.owner.id)
        for action, detail in [
            ("print", "Dossier"),
            ("export", "content, name"),
            ("download", "alpha.txt"),
        ]:
            found = lines.filtered(lambda line: line.action == action)  # noqa: B023
            self.assertEqual(found.mapped("detail"), [detail] * 2)
        self.assertEqual(len(self._log_lines(self.beta, action="print")), 2)

    def test_grouping_is_a_line_without_record(self):
        """Reading content in groups (pivot, graph, grouped list) is logged with what was grouped."""
        Secret = self._as(self.owner, self.env["test.secret"])
        Secret.formatted_read_group([], ["name"], ["amount:sum", "__count"])
        Secret.formatted_read_group([], ["state"], ["__count"])
        colours = {"internal": "success", "secret": "danger"}
        Secret.read_progress_bar(
            [], "content", {"field": "confidentiality", "colors": colours}
        )
        lines = self._log_lines(user_id=self.owner.id, action="aggregate")
        self.assertEqual(
            lines.mapped("detail"), ["amount, name", "confidentiality, content"]
        )

    def test_grouping_by_other_roads_is_a_line_as_well(self):
        """CA-11: a grouping of other records that ends in these, and the old call that RPC still knows, are logged."""
        links = self._as(self.owner, self.env["test.secret.link"])
        secrets = self._as(self.owner, self.env["test.secret"])
        self.env["test.secret.link"].create({"secret_id": self.alpha.id})
        self.env.flush_all()
        roads = (
            lambda: links.formatted_read_group([], ["secret_id.name"], ["__count"]),
            lambda: secrets.read_group([], ["id"], ["state"]),
            lambda: secrets.read_group([], ["amount:sum"], "content"),
            lambda: secrets.read_group([], ["id:array_agg(content)"], []),
        )
        details = []
        for road in roads:
            known = self._log_lines(action="aggregate")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                road()
            lines = self._log_lines(action="aggregate") - known
            details.append(lines.mapped("detail"))
        self.assertEqual(details, [["name"], [], ["amount, content"], ["content"]])

    def test_details_are_read_in_words(self):
        """Fields and levels have their labels in the reader's language, titles and files stay as they are."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.model.fields"]._get("test.secret", "amount").with_context(
            lang="zh_CN"
        ).field_description = "金额"
        self.env["ir.model"]._get("test.secret").with_context(
            lang="zh_CN"
        ).name = "卷宗"
        self.env.registry.clear_cache("stable")
        self._as(self.owner, self.alpha).export_data(["amount"])
        self._as(self.owner, self.file).read(["datas"])
        self.alpha.with_user(self.owner).confidentiality = "top_secret"
        lines = self._log_lines(self.alpha).with_context(lang="zh_CN")
        words = {line.action: line.detail_in_words for line in lines}
        self.assertEqual(words["export"], "金额")
        self.assertEqual(words["download"], "alpha.txt")
        self.assertNotIn("top_secret", words["level"])
        self.assertEqual(set(lines.mapped("res_model_name")), {"卷宗"})
        [group] = lines.formatted_read_group(
            [("id", "in", lines.ids)], ["res_model"], ["__count"]
        )
        self.assertEqual(group["res_model"], "卷宗")
        self.assertEqual(lines.search(group["__extra_domain"]) & lines, lines)

    def test_change_of_level_and_deletion_are_lines(self):
        """Raising, lowering, deleting."""
        self.alpha.with_user(self.owner).confidentiality = "top_secret"
        self.alpha.with_user(self.director).confidentiality = "internal"
        self.assertEqual(
            self._log_lines(self.alpha, action="level").mapped("detail"),
            ["secret > top_secret", "top_secret > internal"],
        )
        self.beta.with_user(self.owner).unlink()
        self.assertTrue(self._log_lines(self.beta, action="delete"))

    @mute_logger(*QUIET)
    def test_log_is_append_only(self):
        """create, write, unlink, copy, import, by user, auditor, administrator and superuser."""
        self._as(self.owner, self.alpha).read(["content"])
        line = self._log_lines(self.alpha, action="read")
        line.env.flush_all()
        admin = self.env.ref("base.user_admin")
        vals = {
            "user_id": self.mate.id,
            "at": fields.Datetime.now(),
            "res_model": "test.secret",
            "action": "read",
        }
        for user in (self.owner, self.director, admin):
            for call in (
                lambda log: log.create(vals),
                lambda log: log.write({"user_id": self.mate.id}),
                lambda log: log.write({}),
                lambda log: log.unlink(),
                lambda log: log.copy(),
                lambda log: log.sudo().write({"action": "print"}),
                lambda log: log.sudo().unlink(),
            ):
                with self.cr.savepoint(), self.assertRaises(UserError):
                    call(line.with_user(user))
            result = line.with_user(user).load(
                ["res_model", "action", "user_id/.id", "at"],
                [["test.secret", "Read", str(self.mate.id), "2026-01-01 00:00:00"]],
            )
            self.assertFalse(result["ids"])
        with self.assertRaises(UserError):
            line.with_user(1).unlink()
        with self.assertRaises(UserError):
            line.sudo().detail = "x"
        self.assertTrue(
            getattr(type(line).create, "_api_private", False), "create is not for RPC"
        )

    def test_only_the_retention_job_removes_lines(self):
        """Nothing by default; with a period, what is older."""
        with freeze_time("2026-01-01 08:00:00"):
            self._as(self.owner, self.alpha).read(["content"])
            self.env.cr.precommit.run()
        old = self._log_lines(self.alpha, action="read")
        with freeze_time("2027-06-01 08:00:00"):
            self.env["access.log"]._gc_expired()
            self.assertTrue(old.exists())
            self.env["ir.config_parameter"].set_param(
                "record_control.access_log_retention_months", "18"
            )
            self.env["access.log"]._gc_expired()
            self.assertTrue(old.exists())
            self.env["ir.config_parameter"].set_param(
                "record_control.access_log_retention_months", "16"
            )
            self.env["access.log"]._gc_expired()
            self.env.invalidate_all()
            self.assertFalse(old.exists())

    def test_who_reads_the_log(self):
        """The user not at all; an auditor for records he may see; the administrator all, without names."""
        self._as(self.owner, self.secrets).read(["content"])
        self.env.cr.precommit.run()
        with mute_logger(*QUIET), self.assertRaises(AccessError):
            self._as(self.owner, self.env["access.log"]).search([])
        auditor = self._new_user("t_auditor", "record_control.group_access_auditor")
        domain = [("res_model", "=", "test.secret")]
        self.assertFalse(self._as(auditor, self.env["access.log"]).search(domain))
        self.alpha.with_user(self.owner).team_user_ids += auditor
        logs = self._as(auditor, self.env["access.log"]).search(domain)
        self.assertEqual(set(logs.mapped("res_id")), {self.alpha.id})
        self.assertEqual(set(logs.mapped("res_name")), {"Dossier Alpha"})
        manager = self._new_user(
            "t_manager", "record_control.group_record_control_manager"
        )
        logs = self._as(manager, self.env["access.log"]).search(domain)
        self.assertEqual(set(logs.mapped("res_id")), set(self.secrets.ids))
        self.assertEqual(set(logs.mapped("res_name")), {"Restricted record"})

    def test_log_of_other_company_is_not_shown(self):
        """Two companies: the log follows the record's company."""
        other = self.env["res.company"].create({"name": "Other"})
        self.owner.company_ids += other
        foreign = self.env["test.secret"].create(
            {
                "name": "F",
                "company_id": other.id,
                "user_id": self.owner.id,
                "confidentiality": "secret",
            }
        )
        self._as(self.owner, foreign | self.alpha).read(["content"])
        manager = self._new_user(
            "t_manager", "record_control.group_record_control_manager"
        )
        logs = self._as(manager, self.env["access.log"]).search(
            [("res_model", "=", "test.secret")]
        )
        self.assertEqual(set(logs.mapped("res_id")), {self.alpha.id})

    def test_bulk_reading_is_told_once(self):
        """The keepers hear of it when the hourly number is passed, not before and not again."""
        self.env["ir.config_parameter"].set_param(
            "record_control.access_log_bulk_threshold", "3"
        )
        more = self.env["test.secret"].create(
            [
                {"name": str(i), "user_id": self.owner.id, "confidentiality": "secret"}
                for i in range(3)
            ]
        )
        domain = [
            ("partner_ids", "in", self.director.partner_id.ids),
            ("subject", "ilike", "unusual"),
        ]
        start = self.env["mail.message"].search_count(domain)
        self._as(self.owner, self.secrets).read(["content"])
        self.env.cr.precommit.run()
        self.assertEqual(self.env["mail.message"].search_count(domain), start)
        self._as(self.owner, more[:2]).read(["content"])
        self.env.cr.precommit.run()
        self.assertEqual(self.env["mail.message"].search_count(domain), start + 1)
        self._as(self.owner, more).read(["content"])
        self.env.cr.precommit.run()
        self.assertEqual(self.env["mail.message"].search_count(domain), start + 1)
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self._as(self.owner, more).read(["content"])
            self.env.cr.precommit.run()
        self.assertEqual(self.env["mail.message"].search_count(domain), start + 2)

    # --- Cost ---

    def _make_many(self):
        return self.env["test.secret"].create(
            [
                {
                    "name": f"S{i}",
                    "user_id": self.owner.id,
                    "confidentiality": "secret",
                    "content": "x",
                }
                for i in range(80)
            ]
        )

    def _count(self, call):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        self.env.cr.precommit.run()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    @warmup
    def test_cost_does_not_grow_with_the_list(self):
        """List of 80 and of 2: the same number of statements, log included; repeated: one more than without log."""
        many = self._make_many()
        spec = {"name": {}, "content": {}, "confidentiality": {}}
        Secret = self.env["test.secret"].with_user(self.owner)
        Secret.web_search_read(
            [("id", "in", many[:1].ids)], spec
        )  # settings and rules in the caches
        few = self._count(
            lambda: Secret.web_search_read([("id", "in", many[1:3].ids)], spec, limit=2)
        )
        lot = self._count(
            lambda: Secret.web_search_read([("id", "in", many.ids)], spec, limit=80)
        )
        again = self._count(
            lambda: Secret.web_search_read([("id", "in", many.ids)], spec, limit=80)
        )
        self.assertEqual(lot, few)
        # search, count, rules | was it logged already, on what ground, insert, bulk reading?
        self.assertEqual(lot, 3 + 4)
        # repeated within a minute: one question to the log
        self.assertEqual(again, 3 + 1)
