from itertools import count

from odoo.exceptions import UserError
from odoo.fields import Command, Date, Datetime
from odoo.tests import tagged

from ..archive.common import ArchiveCommon

#: values to forge, by the type of the field; the first that the record does not have anyway is taken
FORGED = {
    "boolean": lambda field, env: [True, False],
    "char": lambda field, env: ["forged"],
    "text": lambda field, env: ["forged"],
    "integer": lambda field, env: [7],
    "float": lambda field, env: [7.0],
    "monetary": lambda field, env: [7.0],
    "date": lambda field, env: [Date.to_date("2031-05-05")],
    "datetime": lambda field, env: [Datetime.to_datetime("2031-05-05 05:05:05")],
    "selection": lambda field, env: field.get_values(env),
    "json": lambda field, env: [{"forged": True}],
    "many2one": lambda field, env: env[field.comodel_name]
    .sudo()
    .search([], limit=3)
    .ids,
}


@tagged("post_install", "-at_install")
class TestForgedValues(ArchiveCommon):
    """CA-01, CA-03, CA-04, CA-11, CA-18: nobody forges by a default or over RPC what only the system sets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("Forged")
        cls.document = cls.archive.document_ids[:1]
        cls.batch = cls.env["customer.import.batch"].with_user(cls.sales1).create({})
        cls.numbers = count()
        # to forge the company of a line there must be another one
        cls.env["res.company"].create({"name": "Another company"})

    # --- Sweep ---

    def _get_guarded_models(self, user):
        """Yield the models of the application with fields that this user sees and nobody may set."""
        for name in sorted(self.registry.models):
            model = self.env[name].with_user(user)
            if (
                not model._abstract
                and not model._transient
                and name.startswith(("customer.", "access.grant", "loan."))
                and hasattr(model, "_get_fixed_default_fields")
                and self._get_guarded_fields(model)
            ):
                yield name

    def _get_guarded_fields(self, model):
        """Return the guarded fields that the user of the model sees; the others he is refused anyway."""
        return sorted(
            fname
            for fname in model._get_fixed_default_fields() & model._fields.keys()
            if model._has_field_access(model._fields[fname], "write")
        )

    def _prepare_create_vals(self, name):
        """What the form of each model sends; None where nobody creates by hand."""
        day = self.env.company._record_control_today()
        customer = self._new_partner(f"Customer {next(self.numbers)}").id
        archive = self.archive.id
        type_xmlid = "customer_archive.customer_archive_event_type_personnel"
        return {
            "customer.archive": {"partner_id": customer},
            "customer.archive.event": {
                "archive_id": archive,
                "type_id": self.env.ref(type_xmlid).id,
                "subject": "x",
            },
            "customer.archive.document": {
                "archive_id": archive,
                "type_id": self.document.type_id.id,
            },
            "customer.archive.person": {
                "archive_id": archive,
                "partner_id": self._new_partner(
                    f"Person {next(self.numbers)}",
                    parent_id=self.archive.partner_id.id,
                    is_company=False,
                ).id,
            },
            "customer.archive.turnover": {
                "archive_id": archive,
                "year": 1950 + next(self.numbers),
            },
            "customer.archive.estate": {"archive_id": archive},
            "customer.archive.channel": {"archive_id": archive, "name": "x"},
            "customer.archive.competitor": {"archive_id": archive, "name": "x"},
            "customer.archive.release": {
                "archive_ids": [Command.set([archive])],
                "content": "x",
                "purpose": "x",
                "recipient_name": "x",
                "date_until": day,
            },
            "customer.new.report": {"partner_id": customer},
            "customer.import.batch": {},
            "customer.import.column": {"batch_id": self.batch.id},
            "access.grant": {
                "res_model": "customer.archive",
                "res_id": archive,
                "date_to": day,
                "purpose": "x",
                "reason": "x",
            },
        }.get(name)

    def _forge(self, honest):
        """Return a forged value for each field that only the system sets.

        :param honest: a record created without forging
        """
        forged = {}
        honest_sudo = honest.sudo()
        for fname in self._get_guarded_fields(honest):
            field = honest._fields[fname]
            if not field.store or field.type not in FORGED:
                continue
            for value in FORGED[field.type](field, honest_sudo.env):
                if not self._is_taken(honest_sudo, fname, value):
                    forged[fname] = value
                    break
        return forged

    def _is_taken(self, record, fname, value):
        field = record._fields[fname]
        held = field.convert_to_cache(record[fname], record, validate=False)
        return field.convert_to_cache(value, record, validate=False) == held

    def test_defaults_of_the_context_and_of_the_user_forge_nothing(self):
        """CA-04, CA-11, CA-18: ``default_*`` and stored defaults leave every guarded field as it is."""
        tried = []
        for user in (self.sales1, self.keeper):
            for name in self._get_guarded_models(user):
                model = self.env[name].with_user(user)
                vals = self._prepare_create_vals(name)
                if vals is None or not model.has_access("create"):
                    continue
                forged = self._forge(model.create(vals))
                context = {f"default_{fname}": v for fname, v in forged.items()}
                with self.subTest(model=name, user=user.login):
                    record = model.with_context(**context).create(
                        self._prepare_create_vals(name)
                    )
                    taken = [
                        fname
                        for fname, value in forged.items()
                        if self._is_taken(record.sudo(), fname, value)
                    ]
                    self.assertTrue(forged)
                    self.assertFalse(taken)
                tried.append(name)
        self.assertIn("customer.archive", tried)
        self.assertIn("access.grant", tried)

    def test_every_guarded_model_is_tried_or_made_by_the_system(self):
        """A new model with guarded fields that salespeople may create has to be listed above."""
        for name in self._get_guarded_models(self.sales1):
            model = self.env[name].with_user(self.sales1)
            if model.has_access("create") and not name.startswith("loan."):
                self.assertIsNotNone(self._prepare_create_vals(name), name)

    def test_stored_defaults_of_the_user_forge_nothing(self):
        """CA-04: a default that the user stored for himself does not make him a keeper of archives."""
        self.env["ir.default"].with_user(self.sales1).set(
            "customer.archive", "keeper_id", self.sales1.id, user_id=self.sales1.id
        )
        self.env["ir.default"].with_user(self.sales1).set(
            "customer.archive",
            "date_first_contact",
            "2031-01-01",
            user_id=self.sales1.id,
        )
        archive = self._new_archive("Own default")
        self.assertFalse(archive.keeper_id)
        self.assertNotEqual(archive.date_first_contact.year, 2031)

    def test_defaults_do_not_reach_what_the_system_creates(self):
        """CA-02, CA-04: the archive that a quotation opens takes nothing from the context of the salesperson."""
        partner = self._new_partner("Opened by a quotation")
        order = (
            self.env["sale.order"]
            .with_user(self.sales1)
            .with_context(
                default_keeper_id=self.sales1.id,
                default_date_filed="2031-01-01",
                default_approval_required=True,
                default_cabinet="Z",
            )
            .create({"partner_id": partner.id})
        )
        self.assertRecordValues(
            order.partner_id.sudo().ca_archive_ids,
            [
                {
                    "keeper_id": False,
                    "date_filed": False,
                    "approval_required": False,
                    "cabinet": False,
                }
            ],
        )

    def test_the_system_takes_no_default_of_its_caller(self):
        """CA-02, CA-04: code that creates as superuser does so in the context of a user."""
        archive = (
            self.env["customer.archive"]
            .with_user(self.sales1)
            .sudo()
            .with_context(
                default_keeper_id=self.sales1.id, default_date_filed="2031-01-01"
            )
            .create({"partner_id": self._new_partner("Created as superuser").id})
        )
        self.assertRecordValues(archive, [{"keeper_id": False, "date_filed": False}])

    # --- Standing of the customer ---

    def test_standing_of_a_new_customer_is_not_brought_along(self):
        """CA-18, CA-20: grade, marks and credit of a customer come by no default."""
        partner = (
            self.env["res.partner"]
            .with_user(self.sales1)
            .with_context(
                default_ca_grade_id=self.grade_a.id,
                default_ca_is_key=True,
                default_ca_is_vip=True,
                default_ca_credit_status="high",
                default_ca_trading_stopped=True,
            )
            .create({"name": "Graded by itself", "is_company": True})
        )
        self.assertRecordValues(
            partner,
            [
                {
                    "ca_grade_id": False,
                    "ca_is_key": False,
                    "ca_is_vip": False,
                    "ca_credit_status": False,
                    "ca_trading_stopped": False,
                }
            ],
        )

    def test_standing_of_a_nested_contact_is_not_brought_along(self):
        """CA-18: nor on a contact that is created with its company."""
        partner = (
            self.env["res.partner"]
            .with_user(self.sales1)
            .with_context(default_ca_grade_id=self.grade_a.id)
            .create(
                {
                    "name": "Parent",
                    "is_company": True,
                    "child_ids": [Command.create({"name": "Child"})],
                }
            )
        )
        self.assertFalse(partner.child_ids.ca_grade_id)

    def test_the_tick_of_the_consultation_is_not_brought_along(self):
        """CA-18: who has consulted the archive, and when, comes by no default."""
        order = (
            self.env["sale.order"]
            .with_user(self.sales1)
            .with_context(
                default_ca_archive_checked=True,
                default_ca_archive_checked_by_id=self.manager.id,
                default_ca_archive_checked_at="2025-01-01 00:00:00",
            )
            .create({"partner_id": self.archive.partner_id.id})
        )
        self.assertRecordValues(
            order,
            [
                {
                    "ca_archive_checked": False,
                    "ca_archive_checked_by_id": False,
                    "ca_archive_checked_at": False,
                }
            ],
        )

    # --- Figures ---

    def test_figures_are_not_typed(self):
        """CA-15, CA-22, CA-98: what the system works out is not entered over RPC either."""
        lines = [
            Command.create({"archive_id": self.archive.id, "appraisal": "destroy"})
        ]
        destruction = (
            self.env["customer.archive.destruction"]
            .with_user(self.keeper)
            .create(
                {
                    "reason": "x",
                    "executor_id": self.keeper.id,
                    "witness_id": self.sales1.id,
                    "line_ids": lines,
                }
            )
        )
        self.assertTrue(destruction.has_archives)
        for record, vals in (
            (destruction, {"has_archives": False}),
            (self.archive.with_user(self.sales1), {"is_key": True}),
            (self.archive.with_user(self.sales1), {"grade_id": self.grade_a.id}),
            (
                self.document.with_user(self.sales1),
                {"date_retention_end": "2020-01-01"},
            ),
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(UserError, "set by the system"),
            ):
                record.write(vals)

    def test_a_grant_is_not_made_longer(self):
        """CA-11: the end of a grant follows from the day that was approved."""
        grant = (
            self.env["access.grant"]
            .with_user(self.sales2)
            .create(
                {
                    "res_model": "customer.archive",
                    "res_id": self.archive.id,
                    "date_to": self.env.company._record_control_today(),
                    "purpose": "x",
                    "reason": "x",
                }
            )
        )
        with self.assertRaisesRegex(UserError, "set by the system"):
            grant.valid_until = "2039-01-01 00:00:00"
