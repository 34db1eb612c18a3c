from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..archive.common import ArchiveCommon

MARK = "ZEBRA7431"
TEXT_TYPES = ("char", "text", "html")


@tagged("post_install", "-at_install")
class TestLeaks(ArchiveCommon):
    """CA-11, CA-12, P34: what is in an archive comes out by no road for who may not see the archive.

    A mark is written into everything that belongs to one archive; then every model of the database is searched,
    read, grouped and followed for it as somebody without access.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("宁波海天塑机有限公司")
        cls._put_on_file(cls.archive)
        cls.partner = cls.archive.partner_id
        cls.order = cls._new_order(cls.partner, user=cls.sales1)
        cls._mark_archive()
        cls._mark_belongings()
        cls.portal = new_test_user(
            cls.env, login="ca_portal", groups="base.group_portal"
        )
        cls.strangers = {
            "another salesperson": cls.sales2,
            "employee": cls.clerk,
            "portal user": cls.portal,
            "visitor": cls.env.ref("base.public_user"),
        }
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _mark_archive(cls):
        names = [
            name
            for name, field in cls.archive._fields.items()
            if field.type in ("char", "text")
            and field.store
            and not field.readonly
            and not field.compute
            and name not in ("cabinet",)
        ]
        cls.archive.sudo().write(dict.fromkeys(names, MARK))
        cls.archive.write({"keeper_id": cls.keeper.id, "cabinet": MARK})

    @classmethod
    def _mark_belongings(cls):
        own = {"archive_id": cls.archive.id}
        Env = cls.env
        Env["customer.archive.turnover"].create({**own, "year": 2024, "source": MARK})
        Env["customer.archive.estate"].create({**own, "note": MARK})
        Env["customer.archive.channel"].create({**own, "name": MARK, "goods": MARK})
        document = cls.archive.document_ids[:1]
        document.note = MARK
        Env["ir.attachment"].create(
            [
                {
                    "name": f"{MARK}.txt",
                    "raw": MARK.encode(),
                    "mimetype": "text/plain",
                    "res_model": record._name,
                    "res_id": record.id,
                }
                for record in (cls.archive, document)
            ]
        )
        event = Env["customer.archive.event"].create(
            {
                **own,
                "type_id": Env["customer.archive.event.type"]
                .search([("system", "=", False)], limit=1)
                .id,
                "subject": MARK,
                "description": MARK,
            }
        )
        for record in (cls.archive, event, document):
            if hasattr(record, "message_post"):
                record.message_post(body=MARK, subject=MARK)
        cls.archive.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=MARK,
            note=MARK,
            user_id=cls.sales1.id,
        )
        # a change of a sealed value leaves old and new value in the trail of the seal
        cls.archive.with_user(cls.sales1).category_id = Env[
            "customer.archive.category"
        ].create({"name": MARK, "code": "ZB"})
        cls._mark_requests()

    @classmethod
    def _mark_requests(cls):
        Env = cls.env
        Env["customer.archive.release"].with_user(cls.sales1).create(
            {
                "archive_ids": [Command.set(cls.archive.ids)],
                "content": MARK,
                "purpose": MARK,
                "recipient_name": MARK,
                "date_until": cls.env.company._record_control_today(),
            }
        )
        Env["access.grant"].with_user(cls.sales1).create(
            {
                "res_model": cls.archive._name,
                "res_id": cls.archive.id,
                "user_id": cls.sales1.id,
                "purpose": MARK,
                "reason": MARK,
                "date_to": cls.env.company._record_control_today(),
            }
        )

    # --- Tools ---

    def _get_models(self, user):
        """Yield the models with a table that the user may read."""
        env = self.env(user=user, su=False)
        for name in sorted(self.registry.models):
            model = env[name]
            if (
                model._abstract
                or model._transient
                or not model._auto
                and not model._table_query
            ):
                continue
            if model.has_access("read"):
                yield model

    def _get_text_fields(self, model):
        return [
            name
            for name, field in model._fields.items()
            if field.type in TEXT_TYPES
            and field.store
            and model._has_field_access(field, "read")
        ]

    def _count(self, model, domain):
        return model.with_context(active_test=False).search_count(domain)

    def _ask(self, model, domain):
        """Count as somebody who may be refused the question itself."""
        try:
            return self._count(model, domain)
        except AccessError:
            return 0

    # --- Tests ---

    def test_ca_11_mark_is_found_by_whoever_may_see(self):
        """The search itself finds the mark, or the tests below prove nothing."""
        found = set()
        for model in self._get_models(self.director):
            names = self._get_text_fields(model)
            domain = Domain.OR(Domain(name, "ilike", MARK) for name in names)
            if names and self._count(model, domain):
                found.add(model._name)
        self.assertLessEqual(
            {
                "customer.archive",
                "customer.archive.turnover",
                "customer.archive.estate",
                "customer.archive.channel",
                "customer.archive.document",
                "customer.archive.event",
                "customer.archive.release",
                "ir.attachment",
                "mail.message",
                "mail.activity",
            },
            found,
        )

    def test_ca_11_no_text_of_any_model(self):
        for who, user in self.strangers.items():
            for model in self._get_models(user):
                if model._name == "customer.archive.category":
                    continue  # the list of categories is no secret
                names = self._get_text_fields(model)
                domain = Domain.OR(Domain(name, "ilike", MARK) for name in names)
                with self.subTest(who=who, model=model._name):
                    self.assertFalse(names and self._count(model, domain))

    def test_ca_11_no_question_through_related_records(self):
        """A domain that follows a relation is no oracle."""
        ours = {
            name
            for name in self.registry.models
            if name.startswith(("customer.", "sign.off.", "access.", "loan.", "clock."))
        }
        for who, user in self.strangers.items():
            for model in self._get_models(user):
                for relation, field in model._fields.items():
                    if (
                        field.comodel_name not in ours
                        or field.comodel_name == "customer.archive.category"
                        or not field._description_searchable
                        or not model._has_field_access(field, "read")
                    ):
                        continue
                    names = self._get_text_fields(model.env[field.comodel_name])
                    domain = Domain.OR(
                        Domain(f"{relation}.{name}", "ilike", MARK) for name in names
                    )
                    with self.subTest(who=who, path=f"{model._name}.{relation}"):
                        self.assertFalse(names and self._ask(model, domain))

    def test_ca_11_nothing_in_what_everybody_reads(self):
        """Computed fields of the contact, the order and their companions show nothing of the archive."""
        for who, user in self.strangers.items():
            env = self.env(user=user, su=False)
            for record in (self.partner, self.order, self.archive.clock_ids):
                record = record.with_env(env)
                for name, field in record._fields.items():
                    if not record._has_field_access(field, "read"):
                        continue
                    with self.subTest(who=who, field=f"{record._name}.{name}"):
                        self.assertNotIn(MARK, self._read_text(record, name))

    def _read_text(self, record, name):
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db", "odoo.models"):
                return repr(record.read([name]))
        except (AccessError, UserError):
            return ""

    def test_ca_11_contact_names_its_archive_to_nobody_else(self):
        """What web_read fetches of the archives of a contact is refused or empty."""
        specification = {
            "ca_archive_ids": {
                "fields": {"name": {}, "summary": {}, "state": {}, "user_id": {}}
            }
        }
        for who in ("another salesperson", "employee"):
            partner = self.partner.with_user(self.strangers[who])
            with self.subTest(who=who):
                rows = call_kw(partner, "web_read", [partner.ids, specification], {})
                self.assertNotIn(MARK, repr(rows))
                self.assertFalse(rows[0]["ca_archive_ids"])

    def test_ca_11_changes_after_the_archive_changed_hands(self):
        """Who asked for the review of an archive that is another one's now reads no value of it in the trail."""
        self.archive.with_user(self.manager).user_id = self.sales2
        rounds = self.archive.sudo().sign_off_request_ids
        for user, seen in ((self.sales1, False), (self.sales2, True)):
            self.env.flush_all()
            self.env.invalidate_all()
            changes = self.env["sign.off.change"].with_user(user)
            with self.subTest(user=user.login):
                self.assertIs(self.archive.with_user(user).has_access("read"), seen)
                found = changes.search([("request_id", "in", rounds.ids)])
                self.assertIs(MARK in str(found.mapped("new_value")), seen)
                hidden = rounds.change_ids.with_user(user)
                self.assertIs(bool(hidden._filtered_access("read")), seen)
        self.assertTrue(rounds.with_user(self.sales1).has_access("read"))

    def test_ca_11_groups_count_nothing(self):
        for who in ("another salesperson", "employee"):
            model = self.env["customer.archive"].with_user(self.strangers[who])
            with self.subTest(who=who):
                for groupby in (["state"], ["partner_id"], ["summary"]):
                    rows = model.formatted_read_group(
                        [("partner_id", "=", self.partner.id)],
                        groupby,
                        ["__count", "registered_capital:sum"],
                    )
                    self.assertFalse([row for row in rows if row["__count"]])
                self.assertFalse(model.name_search(self.archive.name))
                self.assertFalse(
                    model.search_count([("partner_id", "=", self.partner.id)])
                )
                with self.assertRaises(UserError):
                    self.archive.with_user(model.env.user).export_data(["summary"])

    def test_ca_11_domain_of_the_system_is_refused_from_outside(self):
        """An operator that skips the rules does not come in from outside."""
        partners = self.env["res.partner"].with_user(self.clerk)
        with self.assertRaises(ValueError):
            partners.search_count(
                [("ca_archive_ids", "any!", [("summary", "ilike", MARK)])]
            )
