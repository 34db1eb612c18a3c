import base64

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

PIXEL = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
)


class AccessCommon(TransactionCase):
    """Two dossiers of one owner, a stranger, a colleague of the team, a director."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, no_reset_password=True)
        )
        cls.company = cls.env.company
        cls.owner = cls._new_user("t_owner")
        cls.mate = cls._new_user("t_mate")
        cls.stranger = cls._new_user("t_stranger")
        cls.director = cls._new_user(
            "t_director",
            "test_record_control.group_test_director,record_control.group_access_auditor",
        )
        cls.portal = new_test_user(cls.env, "t_portal", "base.group_portal")
        cls.partner = cls.env["res.partner"].create({"name": "Customer"})
        Secret = cls.env["test.secret"].with_user(cls.owner)
        cls.secrets = Secret.create(
            [
                {
                    "name": name,
                    "content": f"content of {name}",
                    "amount": 41,
                    "slogan": f"slogan of {name}",
                    "confidentiality": "secret",
                    "partner_id": cls.partner.id,
                    "team_user_ids": [Command.set(cls.mate.ids)],
                    "portrait": PIXEL,
                    "contract": base64.b64encode(b"contract text"),
                    "note": base64.b64encode(b"note text"),
                    "line_ids": [Command.create({"name": f"line of {name}", "sum": 7})],
                }
                for name in ("Alpha", "Beta")
            ]
        )
        cls.alpha, cls.beta = cls.secrets
        cls.link = cls.env["test.secret.link"].create(
            {
                "name": "Link",
                "secret_id": cls.alpha.id,
                "secret_ids": [Command.set(cls.secrets.ids)],
                "reference": f"test.secret,{cls.alpha.id}",
            }
        )
        cls.file = (
            cls.env["ir.attachment"]
            .with_user(cls.owner)
            .create(
                {
                    "name": "alpha.txt",
                    "raw": b"file of alpha",
                    "mimetype": "text/plain",
                    "res_model": "test.secret",
                    "res_id": cls.alpha.id,
                }
            )
        )
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    @classmethod
    def _new_user(cls, login, groups="base.group_user"):
        return new_test_user(
            cls.env,
            login,
            f"{groups},base.group_allow_export",
            email=f"{login}@example.com",
        )

    def setUp(self):
        super().setUp()
        # as at the start of a request: nothing in the cache
        self.env.invalidate_all()

    @classmethod
    def _grant(cls, user, records, rights=(), approve=True, **vals):
        """Let ``user`` ask for access and the director approve it."""
        grant = (
            cls.env["access.grant"]
            .with_user(user)
            .create(
                {
                    "res_model": records._name,
                    "line_ids": [
                        Command.create({"res_id": res_id}) for res_id in records.ids
                    ],
                    "purpose": "Audit",
                    "reason": "Because",
                    "date_to": "2099-12-31",
                    **{f"right_{right}": True for right in rights},
                    **vals,
                }
            )
        )
        if approve:
            grant.with_user(cls.director).action_approve()
        cls.env.flush_all()
        return grant

    def _as(self, user, records):
        records = records.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        records.env.invalidate_all()
        return records

    def _log_lines(self, record=None, **conditions):
        domain = [("res_model", "=", "test.secret")]
        if record:
            domain.append(("res_id", "=", record.id))
        domain += [(name, "=", value) for name, value in conditions.items()]
        return self.env["access.log"].search(domain, order="id")
