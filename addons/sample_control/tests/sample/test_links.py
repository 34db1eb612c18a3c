import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import SampleCase

MARK = "OKAPI6203"


@tagged("post_install", "-at_install")
class TestLinks(SampleCase, HttpCase):
    """SC-07.2: the secret of a link, sent to a customer once, opens no sample that only certain people may see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sample = cls._new_active_sample(partner_id=cls.customer.id)
        cls.sample.message_post(
            body=MARK, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        cls.token = cls.sample._portal_ensure_token()
        cls.secrets = (
            {"token": cls.token},
            {"pid": cls.customer.id, "hash": cls.sample._sign_token(cls.customer.id)},
        )

    def _call(self, route, **params):
        return self.url_open(
            route,
            data=json.dumps(
                {
                    "params": {
                        "thread_model": self.sample._name,
                        "thread_id": self.sample.id,
                        **params,
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()

    def _fetch(self):
        return json.dumps(self._call("/mail/chatter_fetch", token=self.token))

    @mute_logger("odoo.http")
    def test_link_of_a_sample_that_has_become_secret(self):
        """Neither read nor written to, whoever has the link; one who may see the sample needs none."""
        self.assertIn(MARK, self._fetch())
        self.sample.with_user(self.administrator).confidentiality = "secret"
        self.env.flush_all()
        before = len(self.sample.message_ids)
        for login in (None, self.user.login):
            self.authenticate(login, login and login.ljust(8, "x"))
            self.assertNotIn(MARK, self._fetch())
            for secret in self.secrets:
                answer = self._call(
                    "/mail/message/post", post_data={"body": "Hello"}, **secret
                )
                with self.subTest(login=login, secret=list(secret)):
                    self.assertIn("NotFound", answer["error"]["data"]["name"])
        self.env.invalidate_all()
        self.assertEqual(len(self.sample.message_ids), before)
        login = self.benchmark.login
        self.authenticate(login, login.ljust(8, "x"))
        self.assertIn(MARK, self._fetch())


@tagged("post_install", "-at_install")
class TestTrackedNames(SampleCase, HttpCase):
    """SC-07.2: the history of a record that everybody reads names no sample that only certain people may see."""

    @classmethod
    def default_env_context(cls):
        return {}  # with tracking

    def _read_history(self, record, user):
        self.authenticate(user.login, user.login.ljust(8, "x"))
        return self.url_open(
            "/mail/thread/messages",
            data=json.dumps(
                {"params": {"thread_model": record._name, "thread_id": record.id}}
            ),
            headers={"Content-Type": "application/json"},
        ).text

    def test_changes_name_no_hidden_sample(self):
        hidden = self._new_active_sample(title=MARK)
        hidden.with_user(self.administrator).confidentiality = "secret"
        record = self.env["sample.request"].create(
            {"kind": "seal", "product_id": self.product.id}
        )
        self.env.flush_all()
        self.env.cr.precommit.run()
        record.with_user(self.benchmark).old_sample_id = hidden
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertTrue(record.message_ids.sudo().tracking_value_ids)
        self.assertIn(hidden.name, self._read_history(record, self.benchmark))
        history = self._read_history(record, self.user)
        self.assertNotIn(hidden.name, history)
        self.assertNotIn(MARK, history)
        values = record.message_ids.sudo().tracking_value_ids
        mailed = values._filter_free_field_access()._tracking_value_format()
        self.assertNotIn(hidden.name, str(mailed))
