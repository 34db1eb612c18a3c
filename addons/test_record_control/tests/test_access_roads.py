from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tools.discuss import Store
from odoo.addons.record_control.models.access import restricted_content

from .access_common import AccessCommon

QUIET = (
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.models",
)


@tagged("post_install", "-at_install")
class TestAccessRoads(AccessCommon):
    """No road shows a restricted record to who has neither need-to-know nor grant."""

    def test_owner_team_director_see_and_stranger_not(self):
        """AC-02: B opens A's archive -> no access; the contact stays readable."""
        for user in (self.owner, self.mate, self.director):
            self.assertEqual(
                self._as(user, self.secrets).mapped("content")[0], "content of Alpha"
            )
        with mute_logger(*QUIET), self.assertRaises(AccessError):
            self._as(self.stranger, self.alpha).read(["content"])
        self.assertEqual(
            self._as(self.stranger, self.partner).read(["name"])[0]["name"], "Customer"
        )

    @mute_logger(*QUIET)
    def test_read_by_rpc_is_refused_by_each_method(self):
        """RPC read, web_read, get_metadata, translations, onchange."""
        alpha = self._as(self.stranger, self.alpha)
        roads = {
            "read": lambda: alpha.read(),
            "read name": lambda: alpha.read(["name"]),
            "read display_name": lambda: alpha.read(["display_name"]),
            "web_read": lambda: alpha.web_read({"content": {}}),
            "get_metadata": lambda: alpha.get_metadata(),
            "translations": lambda: alpha.get_field_translations("slogan"),
            "onchange": lambda: alpha.onchange({}, [], {"content": {}}),
            "web_save": lambda: alpha.web_save({}, {"content": {}}),
            "write": lambda: alpha.write({"content": "x"}),
            "unlink": lambda: alpha.unlink(),
            "copy": lambda: alpha.copy(),
            "message_post": lambda: alpha.message_post(body="x"),
            "activity_schedule": lambda: alpha.activity_schedule(
                summary="x", user_id=self.stranger.id
            ),
            "export": lambda: alpha.export_data(["content"]),
        }
        for road, call in roads.items():
            with (
                self.subTest(road=road),
                self.cr.savepoint(),
                self.assertRaises(AccessError),
            ):
                self.env.invalidate_all()
                call()

    def test_search_by_rpc_finds_nothing(self):
        """search, search_count, search_read, web_search_read, name_search."""
        Secret = self._as(self.stranger, self.env["test.secret"])
        self.assertFalse(Secret.search([]))
        self.assertFalse(Secret.search_count([]))
        self.assertFalse(Secret.search_read([], ["content"]))
        self.assertFalse(Secret.web_search_read([], {"content": {}})["records"])
        self.assertFalse(Secret.name_search("Alpha"))
        self.assertFalse(Secret.web_name_search("Alpha", {"display_name": {}}))
        self.assertFalse(
            Secret.with_context(active_test=False).search(
                [("active", "in", (True, False))]
            )
        )

    def test_grouping_shows_nothing(self):
        """_read_group, formatted_read_group, grouping sets, progress bar, pivot of another model."""
        Secret = self._as(self.stranger, self.env["test.secret"])
        self.assertFalse(Secret._read_group([], ["name"], ["amount:sum"]))
        self.assertFalse(Secret.formatted_read_group([], ["name"], ["amount:sum"]))
        self.assertEqual(
            Secret.formatted_read_group([], [], ["amount:sum"])[0]["amount:sum"], False
        )
        self.assertFalse(
            Secret.formatted_read_grouping_sets([], [["name"]], ["amount:sum"])[0]
        )
        self.assertFalse(Secret.web_read_group([], ["name"], ["amount:sum"])["groups"])
        Link = self._as(self.stranger, self.env["test.secret.link"])
        for group in Link.formatted_read_group([], ["secret_id"], ["__count"]):
            self.assertNotIn("Alpha", str(group))
        for group in Link.formatted_read_group([], ["secret_ids"], ["__count"]):
            self.assertNotIn("Alpha", str(group))
        for group in Link.formatted_read_group([], ["secret_id.content"], ["__count"]):
            self.assertNotIn("Alpha", str(group))

    def test_name_behind_other_models_is_masked(self):
        """many2one, many2many, reference of a public record; web_read of it."""
        link = self._as(self.stranger, self.link)
        values = link.read(["secret_id", "secret_ids", "reference"])[0]
        self.assertEqual(values["secret_id"], (self.alpha.id, "Restricted record"))
        self.assertEqual(values["secret_ids"], [])
        link.env.invalidate_all()
        spec = {
            "secret_id": {"fields": {"display_name": {}}},
            "secret_ids": {"fields": {"display_name": {}}},
            "reference": {"fields": {"display_name": {}}},
        }
        self.assertNotIn("Alpha", str(link.web_read(spec)))
        self.assertEqual(
            self._as(self.owner, self.link).read(["secret_id"])[0]["secret_id"][1],
            "Dossier Alpha",
        )

    def test_name_behind_messages_and_files_is_masked(self):
        """AC-02: whoever points at a message or a file of a secret record reads neither its name nor the file's."""
        message = self.alpha.with_user(self.owner).message_post(body="x", subject="Own")
        for pointing, fname in (
            (self.env["mail.message"], "parent_id"),
            (self.env["ir.attachment"], "original_id"),
        ):
            target = self.file if fname == "original_id" else message
            spec = {fname: {"fields": {"display_name": {}}}}
            for user, shown in ((self.owner, True), (self.stranger, False)):
                Model = self._as(user, pointing)
                vals = {fname: target.id, "name": "x"}
                vals = {key: val for key, val in vals.items() if key in Model._fields}
                made = Model.sudo().create(vals)
                self.env.flush_all()
                texts = [
                    Model.onchange(vals, [], spec)["value"][fname]["display_name"],
                    self._as(user, made).web_read(spec)[0][fname]["display_name"],
                    self._as(user, made).read([fname])[0][fname][1],
                ]
                with self.subTest(model=Model._name, user=user.login):
                    if shown:
                        self.assertNotIn("Restricted record", texts)
                    else:
                        self.assertEqual(texts, ["Restricted record"] * 3)

    @mute_logger(*QUIET)
    def test_hidden_message_is_not_shown_above_an_answer(self):
        """AC-02: a message of one's own that names a hidden one as answered would show its text to its author."""
        message = self.alpha.with_user(self.owner).message_post(body="hidden text")
        channel = self._as(self.stranger, self.env["discuss.channel"])._create_channel(
            name="Own", group_id=None
        )
        Message = self._as(self.stranger, self.env["mail.message"])
        own = {"model": "discuss.channel", "res_id": channel.id, "body": "x"}
        made = Message.create(own)
        for road in (
            lambda: Message.create({**own, "parent_id": message.id}),
            lambda: Message.with_context(default_parent_id=message.id).create(own),
            lambda: made.write({"parent_id": message.id}),
            lambda: channel.write(
                {"message_ids": [Command.update(made.id, {"parent_id": message.id})]}
            ),
        ):
            with self.cr.savepoint(), self.assertRaises(AccessError):
                road()
        self.env.invalidate_all()
        self.assertNotIn("hidden text", str(Store().add(made).get_result()))
        answer = Message.create({**own, "parent_id": made.id})
        self.assertEqual(answer.parent_id, made)

    @mute_logger(*QUIET)
    def test_answer_to_a_hidden_message_tells_nothing(self):
        """AC-02: the window that answers a message takes subject and recipients of what its user may read alone."""
        message = self.alpha.with_user(self.owner).message_post(body="x", subject="Own")
        spec = {"subject": {}, "partner_ids": {}}
        given = {"parent_id": message.id}
        stranger = self._as(self.stranger, self.env["mail.compose.message"])
        brought = stranger.with_context(default_parent_id=message.id)
        for road in (
            lambda: stranger.onchange(given, ["parent_id"], spec),
            lambda: brought.onchange({}, [], spec),
            lambda: stranger.create(given),
            lambda: brought.create({}),
            lambda: stranger.create({}).write(given),
        ):
            with self.cr.savepoint(), self.assertRaises(AccessError):
                road()
        owner = self._as(self.owner, stranger)
        self.assertEqual(owner.onchange(given, [], spec)["value"]["subject"], "Own")
        self.assertEqual(owner.create(given).parent_id, message)

    def test_names_of_open_messages_and_files_stay(self):
        """What belongs to no secret record is named as Odoo names it, to outsiders with a link as well."""
        file = self.env["ir.attachment"].create({"name": "price list.pdf"})
        message = self.partner.message_post(body="x", subject="Prices")
        for user in (self.stranger, self.portal):
            for record in (file, message):
                shown = self._as(user, record).sudo().display_name
                self.assertEqual(shown, record.display_name)
                self.assertNotEqual(shown, "Restricted record")

    def test_name_does_not_leak_from_one_user_to_the_next(self):
        """The same transaction names the record for the owner, then masks it for the stranger."""
        self.assertEqual(self.alpha.with_user(self.owner).display_name, "Dossier Alpha")
        self.assertEqual(
            self.alpha.with_user(self.stranger).sudo().display_name, "Restricted record"
        )
        self.assertEqual(self.alpha.with_user(self.owner).display_name, "Dossier Alpha")

    @mute_logger(*QUIET)
    def test_content_behind_other_models_is_refused(self):
        """web_read through a many2one with a content field, safe related field, x2many of the partner."""
        link = self._as(self.stranger, self.link)
        with self.assertRaises(AccessError):
            link.web_read({"secret_id": {"fields": {"content": {}}}})
        with self.assertRaises(AccessError):
            self._as(self.stranger, self.link).read(["safe_content"])
        partner = self._as(self.stranger, self.partner)
        self.assertEqual(partner.read(["test_secret_ids"])[0]["test_secret_ids"], [])
        self.assertFalse(
            partner.web_read({"test_secret_ids": {"fields": {"content": {}}}})[0][
                "test_secret_ids"
            ]
        )

    def test_filtering_by_a_secret_field_is_no_oracle(self):
        """A domain over the secret's fields, directly or from another model, finds nothing."""
        for model, domain in [
            ("test.secret", [("content", "ilike", "alpha")]),
            ("test.secret", [("amount", "=", 41)]),
            ("test.secret.link", [("secret_id.content", "ilike", "alpha")]),
            ("test.secret.link", [("secret_id", "any", [("amount", "=", 41)])]),
            ("test.secret.link", [("secret_id.display_name", "ilike", "Alpha")]),
            ("test.secret.link", [("secret_id", "ilike", "Alpha")]),
            ("test.secret.link", [("secret_ids.content", "ilike", "alpha")]),
            ("test.secret.link", [("safe_content", "ilike", "alpha")]),
            ("test.secret.link", [("secret_id.line_ids.sum", "=", 7)]),
            ("res.partner", [("test_secret_ids.content", "ilike", "alpha")]),
            (
                "mail.message",
                [("body", "ilike", "oracle"), ("model", "=", "test.secret")],
            ),
        ]:
            with self.subTest(model=model, domain=domain):
                self.assertFalse(
                    self._as(self.stranger, self.env[model]).search_count(domain)
                )
                if "safe_content" not in str(domain) and model != "mail.message":
                    self.assertTrue(
                        self._as(self.owner, self.env[model]).search_count(domain)
                    )

    def test_fields_that_leak_are_named(self):
        """Fields computed as superuser are found by the developer's check."""
        leaks = self.env["test.secret"]._get_leaking_fields()
        self.assertEqual(
            set(leaks),
            {"test.secret.link.leaking_amount", "test.secret.link.leaking_content"},
        )
        self.patch(
            self.registry["test.secret"], "_restricted_shown_fields", ("amount",)
        )
        leaks = self.env["test.secret"]._get_leaking_fields()
        self.assertEqual(leaks, ["test.secret.link.leaking_content"])
        self.assertFalse(self.env["test.secret.line"]._get_leaking_fields())

    def test_refusal_in_plain_words(self):
        """Who may not see a record reads what is the matter and who helps, without its name; core's models stay."""
        secret = self._as(self.stranger, self.alpha)
        for operation, words in (
            ("read", "may not see this record"),
            ("write", "may not change this record"),
            ("unlink", "may not delete this record"),
        ):
            with self.assertRaisesRegex(AccessError, words) as caught:
                secret.check_access(operation)
            message = str(caught.exception)
            self.assertIn("Test Dossier", message)
            self.assertIn("Ask the person responsible", message)
            self.assertNotIn("Alpha", message)
            self.assertNotIn("cookies", message)
        rule = self.env["ir.rule"].create(
            {
                "name": "Nobody",
                "model_id": self.env["ir.model"]._get_id("res.partner.category"),
                "domain_force": "[(0, '=', 1)]",
            }
        )
        category = self.env["res.partner.category"].create({"name": "Odoo's own"})
        with self.assertRaisesRegex(AccessError, "top-secret"):
            category.with_user(self.stranger).check_access("read")
        rule.unlink()

    def test_refusal_names_the_company_that_helps(self):
        """A record of another company that the user may choose: the error says which."""
        self.env["ir.rule"].create(
            {
                "name": "Companies",
                "model_id": self.env["ir.model"]._get_id("test.secret"),
                "domain_force": "[('company_id', 'in', company_ids)]",
            }
        )
        other = self.env["res.company"].create({"name": "Branch"})
        self.owner.company_ids = [Command.link(other.id)]
        self.alpha.sudo().company_id = other
        secret = self._as(self.owner, self.alpha).with_context(
            allowed_company_ids=self.company.ids
        )
        with self.assertRaisesRegex(AccessError, "belongs to the company Branch"):
            secret.check_access("read")

    def test_lists_are_whole_for_the_system(self):
        """What a user read of a list before does not shorten what the system finds in it, nor lengthen it for him."""
        self.beta.sudo().team_user_ids = self.stranger
        for holder, name in (
            (self.link, "secret_ids"),
            (self.partner, "test_secret_ids"),
        ):
            for first in (self.stranger, self.owner, self.env.user):
                self.env.invalidate_all()
                with self.subTest(name=name, first=first.login):
                    self.assertTrue(holder.with_user(first)[name])
                    seen = holder.with_user(self.stranger)[name]
                    self.assertEqual(seen, self.beta)
                    self.assertEqual(seen.mapped("name"), ["Beta"])
                    self.assertEqual(holder.with_user(self.mate)[name], self.alpha)
                    system = holder.with_user(self.stranger).sudo()
                    self.assertEqual(system[name], self.secrets)
                    self.assertEqual(sum(system[name].mapped("amount")), 82)
        links = self.link | self.link.copy({"secret_ids": [(6, 0, self.beta.ids)]})
        self.env.invalidate_all()
        self.assertEqual(links.with_user(self.mate).secret_ids, self.alpha)
        self.assertEqual(links.sudo().secret_ids, self.secrets)

    def test_lists_over_rpc(self):
        """Reading, exporting and writing the list as a user shows and touches what he may see."""
        link = self.link.with_user(self.stranger)
        self.beta.sudo().team_user_ids = self.stranger
        self.assertEqual(link.sudo().secret_ids, self.secrets)
        self.assertEqual(link.read(["secret_ids"])[0]["secret_ids"], self.beta.ids)
        spec = {"secret_ids": {"fields": {"name": {}}}}
        self.assertEqual(
            link.web_read(spec)[0]["secret_ids"],
            [{"id": self.beta.id, "name": "Beta"}],
        )
        self.assertEqual(
            link.export_data(["secret_ids/name"])["datas"], [["Dossier Beta"]]
        )

    def test_writing_a_list_leaves_what_is_hidden(self):
        """Whoever sees one of two records links, removes and replaces that one; the system still finds both."""
        self.beta.sudo().team_user_ids = self.stranger
        self.stranger.group_ids += self.env.ref("base.group_partner_manager")
        mine = self._as(self.owner, self.env["test.secret"]).create({"name": "Third"})
        mine.sudo().team_user_ids = self.stranger
        for command, expected in (
            (Command.link(mine.id), self.secrets + mine),
            (Command.unlink(self.beta.id), self.alpha + mine),
            (Command.set(self.beta.ids), self.secrets),
            (Command.clear(), self.alpha),
        ):
            for holder, name in (
                (self.link, "secret_ids"),
                (self.partner, "test_secret_ids"),
            ):
                with self.subTest(name=name, command=command):
                    holder.with_user(self.stranger).write({name: [command]})
                    system = holder.with_user(self.stranger).sudo()
                    self.assertEqual(system[name], expected)
                    self.env.flush_all()
                    self.env.invalidate_all()
                    self.assertEqual(system[name], expected)

    def test_list_after_a_grant_was_taken_away(self):
        """What was shown a moment ago in the same request is not shown any more."""
        link = self.link.with_user(self.stranger)
        self.assertFalse(link.secret_ids)
        grant = self._grant(self.stranger, self.alpha)
        self.assertEqual(link.secret_ids, self.alpha)
        grant.with_user(self.director).action_revoke()
        self.assertFalse(link.secret_ids)
        self.beta.sudo().team_user_ids = self.stranger
        self.assertEqual(link.secret_ids, self.beta)
        self.beta.sudo().team_user_ids = False
        self.assertFalse(link.secret_ids)

    def test_list_in_a_form(self):
        """What the system looked at while a form is edited is not shown in the form."""
        self.beta.sudo().team_user_ids = self.stranger
        for holder, name in (
            (self.link, "secret_ids"),
            (self.partner, "test_secret_ids"),
        ):
            with self.subTest(name=name):
                self.env.invalidate_all()
                holder = holder.with_user(self.stranger)
                form = holder.new(origin=holder)
                self.assertEqual(form.sudo()[name]._origin, self.secrets)
                self.assertEqual(form[name]._origin, self.beta)
                form.update({name: [Command.create({"name": "Third"})]})
                self.assertEqual(len(form[name]), 2)

    def test_right_of_a_record_in_a_form(self):
        """A record that a form is editing has the rights of the one it stands for."""
        draft = self.env["test.secret"].with_user(self.stranger)
        draft = draft.new(origin=self.alpha.with_user(self.stranger))
        self._grant(self.stranger, self.alpha)
        self.assertFalse(draft._filter_right_granted("print"))
        self._grant(self.stranger, self.alpha, ["print"])
        self.assertTrue(draft._filter_right_granted("print"))

    def test_no_partial_lists(self):
        """The check names lists that are kept as one user sees them."""
        self.assertFalse(self.env["test.secret"]._get_partial_lists())
        # as if the lists were declared as others are
        self.patch(restricted_content, "WholeInMemory", int)
        self.assertEqual(
            set(self.env["test.secret"]._get_partial_lists()),
            {"test.secret.link.secret_ids", "res.partner.test_secret_ids"},
        )

    @mute_logger(*QUIET)
    def test_lines_are_as_secret_as_their_record(self):
        """The lines of a record: read, search, write, create."""
        line = self.alpha.line_ids
        self.assertEqual(
            self._as(self.mate, line).read(["name"])[0]["name"], "line of Alpha"
        )
        Line = self._as(self.stranger, self.env["test.secret.line"])
        self.assertFalse(Line.search([]))
        self.assertFalse(Line.formatted_read_group([], ["name"], ["__count"]))
        for call in (
            lambda: Line.browse(line.id).read(["name"]),
            lambda: Line.browse(line.id).write({"name": "x"}),
            lambda: Line.create({"secret_id": self.alpha.id, "name": "x"}),
        ):
            with self.cr.savepoint(), self.assertRaises(AccessError):
                call()
        # a grant lets read the lines, not write them
        self._grant(self.stranger, self.alpha)
        Line = self._as(self.stranger, Line)
        self.assertEqual(Line.search([]), line)
        with self.assertRaises(AccessError):
            Line.browse(line.id).write({"name": "x"})

    @mute_logger(*QUIET)
    def test_chatter_activities_and_followers_follow_the_record(self):
        """mail.message, mail.activity, mail.followers, also of who was in before."""
        alpha = self.alpha.with_user(self.owner)
        alpha.message_subscribe(self.stranger.partner_id.ids)
        message = alpha.message_post(
            body="oracle", partner_ids=self.stranger.partner_id.ids
        )
        activity = alpha.activity_schedule(summary="call them", user_id=self.owner.id)
        activity.sudo().user_id = self.stranger
        for model, record in [("mail.message", message), ("mail.activity", activity)]:
            Model = self._as(self.stranger, self.env[model])
            with self.subTest(model=model):
                self.assertNotIn(record.id, Model.search([]).ids)
                with self.assertRaises(AccessError):
                    Model.browse(record.id).read(["display_name"])
                with self.assertRaises(AccessError):
                    Model.browse(record.id).write({"write_date": False})
        Followers = self._as(self.stranger, self.env["mail.followers"])
        self.assertFalse(Followers.search([("res_model", "=", "test.secret")]))
        self.assertTrue(
            self._as(self.owner, Followers).search([("res_model", "=", "test.secret")])
        )
        self.assertIn(
            message, self._as(self.owner, self.env["mail.message"]).search([])
        )
        self.assertTrue(
            self._as(self.stranger, self.env["mail.message"]).search_count([]) >= 0
        )

    @mute_logger(*QUIET)
    def test_activities_are_not_moved_to_records_of_others(self):
        """CA-11: neither by itself nor by the list of another record does an activity come to a secret one."""
        own = self.env["test.secret"].with_user(self.stranger).create({"name": "Own"})
        activity = own.activity_schedule(summary="x", user_id=self.stranger.id)
        activity = self._as(self.stranger, activity)
        model_id = self.env["ir.model"]._get_id("test.secret")
        todo = self.partner.activity_schedule(summary="y", user_id=self.stranger.id)
        todo = self._as(self.stranger, todo)
        for road in (
            lambda: activity.write({"res_id": self.alpha.id}),
            lambda: todo.write({"res_model_id": model_id, "res_id": self.alpha.id}),
            lambda: own.write(
                {
                    "activity_ids": [
                        Command.update(activity.id, {"res_id": self.beta.id})
                    ]
                }
            ),
        ):
            with self.cr.savepoint(), self.assertRaises(AccessError):
                road()
        self.env.invalidate_all()
        self.assertEqual(activity.sudo().res_id, own.id)
        second = own.copy()
        activity.res_id = second.id
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._as(self.stranger, activity).res_id, second.id)

    def test_messages_are_not_sent_to_who_may_not_see(self):
        """Followers without access and outsiders who only follow get no mail."""
        alpha = self.alpha.with_user(self.owner)
        outsider = self.env["res.partner"].create(
            {"name": "Outsider", "email": "out@example.com"}
        )
        alpha.message_subscribe(
            (self.stranger | self.mate).partner_id.ids + outsider.ids
        )
        message = alpha.message_post(
            body="secret news", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        notified = message.sudo().notification_ids.res_partner_id
        self.assertIn(self.mate.partner_id, notified)
        self.assertNotIn(self.stranger.partner_id, notified)
        self.assertNotIn(outsider, notified)

    def test_messages_reach_colleagues_of_one_company(self):
        """The companies that the writer has ticked are none of his readers'; these are asked for in their own."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.owner.company_ids = [Command.link(other.id)]
        ids = [self.env.company.id, other.id]
        self.alpha.message_subscribe((self.stranger | self.mate).partner_id.ids)
        for order in (ids, ids[::-1]):
            alpha = self.alpha.with_user(self.owner)
            message = alpha.with_context(allowed_company_ids=order).message_post(
                body="news", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            notified = message.sudo().notification_ids.res_partner_id
            self.assertIn(self.mate.partner_id, notified)
            self.assertNotIn(self.stranger.partner_id, notified)

    def test_files_follow_the_record(self):
        """ir.attachment: search, read of the list, content."""
        File = self._as(self.stranger, self.env["ir.attachment"])
        self.assertFalse(File.search([("res_model", "=", "test.secret")]))
        self.assertFalse(File.search([("id", "=", self.file.id)]))
        self.assertFalse(File.search([("index_content", "ilike", "alpha")]) & self.file)
        with mute_logger(*QUIET), self.assertRaises(AccessError):
            File.browse(self.file.id).read(["name"])
        self.assertEqual(self._as(self.owner, self.file).raw, b"file of alpha")

    @mute_logger(*QUIET)
    def test_a_file_of_a_record_not_saved_yet(self):
        """A form uploads files before it is saved: who uploads sees them, nobody else."""
        vals = {"name": "new.txt", "raw": b"new", "res_model": "test.secret"}
        for res_id in (0, False):
            file = (
                self.env["ir.attachment"]
                .with_user(self.stranger)
                .create({**vals, "res_id": res_id})
            )
            self.env.invalidate_all()
            self.assertEqual(self._as(self.stranger, file).raw, b"new")
            for user in (self.owner, self.director):
                with self.assertRaises(AccessError):
                    self._as(user, file).read(["name"])
            with self.assertRaises(AccessError):
                self._as(self.stranger, file).res_id = self.alpha.id

    def test_a_file_cannot_be_made_public(self):
        """The public flag would open the file to everybody."""
        with self.assertRaises(UserError):
            self.file.with_user(self.owner).write({"public": True})
        with self.assertRaises(UserError):
            self.env["ir.attachment"].create(
                {
                    "name": "x",
                    "raw": b"x",
                    "public": True,
                    "res_model": "test.secret",
                    "res_id": self.alpha.id,
                }
            )

    @mute_logger(*QUIET)
    def test_portal_user_sees_nothing(self):
        """A portal user with the access line sees no record, no name, no file, no message."""
        Secret = self._as(self.portal, self.env["test.secret"])
        self.assertFalse(Secret.search([]))
        with self.assertRaises(AccessError):
            Secret.browse(self.alpha.id).read(["content"])
        self.assertEqual(
            self.alpha.with_user(self.portal).sudo().display_name, "Restricted record"
        )
        with self.assertRaises(AccessError):
            self._as(self.portal, self.file).read(["name"])
        self.alpha.with_user(self.owner).message_subscribe(self.portal.partner_id.ids)
        self.assertFalse(
            self._as(self.portal, self.env["mail.message"]).search(
                [("model", "=", "test.secret")]
            )
        )

    @mute_logger(*QUIET)
    def test_other_company_rules_still_hold(self):
        """A grant does not reach over the company rule of the model."""
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["test.secret"].create(
            {"name": "Foreign", "company_id": other.id, "user_id": self.director.id}
        )
        self.director.company_ids += other
        self._grant(self.stranger, foreign)
        self.assertFalse(self._as(self.stranger, self.env["test.secret"]).search([]))
        with self.assertRaises(AccessError):
            self._as(self.stranger, foreign).read(["content"])

    @mute_logger(*QUIET)
    def test_who_may_not_see_may_not_create_for_others(self):
        """Creating outside one's own need-to-know is refused."""
        Secret = self._as(self.stranger, self.env["test.secret"])
        self.assertTrue(Secret.create({"name": "Mine"}))
        with self.assertRaises(AccessError):
            Secret.create({"name": "His", "user_id": self.owner.id})

    def test_level_below_the_threshold_is_open(self):
        """A model may leave its lowest level open to all who read the model."""
        cls = type(self.env["test.secret"])
        self.patch(cls, "_restricted_from_level", "secret")
        self.assertFalse(self._as(self.stranger, self.env["test.secret"]).search([]))
        self.beta.with_user(self.director).confidentiality = "internal"
        self.assertEqual(
            self._as(self.stranger, self.env["test.secret"]).search([]), self.beta
        )

    def test_archived_rule_changes_nothing(self):
        """No rule record can be switched off: archiving every rule of the model opens nothing."""
        rules = self.env["ir.rule"].search(
            [("model_id.model", "in", ("test.secret", "mail.message"))]
        )
        rules.active = False
        self.assertFalse(self._as(self.stranger, self.env["test.secret"]).search([]))

    def test_two_records_filtered_one_by_one(self):
        """One of two records granted: the other stays hidden in the same call."""
        self._grant(self.stranger, self.alpha)
        Secret = self._as(self.stranger, self.env["test.secret"])
        self.assertEqual(Secret.search([]), self.alpha)
        self.assertEqual(
            [
                v["secret_ids"]
                for v in self._as(self.stranger, self.link).read(["secret_ids"])
            ],
            [[self.alpha.id]],
        )
        with mute_logger(*QUIET), self.assertRaises(AccessError):
            self._as(self.stranger, self.secrets).read(["content"])

    def test_copying_the_partner_does_not_copy_secrets(self):
        """Duplicating what points at a secret leaves the secret alone."""
        before = self.env["test.secret"].search_count([])
        self._as(self.stranger, self.link).copy()
        self.assertEqual(self.env["test.secret"].search_count([]), before)
        copy = self.alpha.with_user(self.owner).copy(
            {"team_user_ids": [Command.clear()]}
        )
        self.assertEqual(copy.line_ids.name, "line of Alpha")
