from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestHiddenSamples(SampleCase):
    """SC-07.2: what a form figures out while it is filled in tells nothing of a piece that its user may not see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hidden = cls._new_sample("BMK", user=cls.benchmark)
        cls.request = cls.env["sample.request"].create(
            {
                "kind": "new",
                "product_id": cls.product.id,
                "type_id": cls._type("BMK").id,
            }
        )

    def _assert_silent(self, model, values, user=None):
        """Name something hidden as a program does: typed, as an object, in a line, and as a default."""
        records = self.env[model].with_user(user or self.quality)
        spec = dict.fromkeys(records.fields_get(), {})
        for name in values:
            spec[name] = {"fields": {"display_name": {}}}
        defaults = {f"default_{name}": value for name, value in values.items()}
        objects = {
            name: {"id": value} if isinstance(value, int) else value
            for name, value in values.items()
        }
        for call in (
            lambda: records.onchange(values, list(values), spec),
            lambda: records.onchange(objects, list(values), spec),
            lambda: records.with_context(**defaults).onchange({}, [], spec),
        ):
            with (
                self.subTest(model=model, values=values),
                self.assertRaises(AccessError),
            ):
                call()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_p34_forms_tell_nothing(self):
        """P34: product of a dispatch or a problem point, end of validity on a plan, number in what is missing."""
        piece = {"sample_id": self.hidden.id}
        line = [Command.create(piece)]
        of_request = {"request_id": self.request.id}
        in_force = {"current_sample_id": self.hidden.id}
        for model, values, user in (
            ("sample.issue", piece, self.user),
            ("sample.issue", of_request, self.user),
            ("sample.dispatch.line", piece, self.user),
            ("sample.dispatch", {"line_ids": line}, self.user),
            ("sample.plan", {"line_ids": [Command.create(in_force)]}, None),
            ("sample.stocktake", {"line_ids": line}, self.keeper),
            ("sample.first.article", piece, self.user),
            ("sample.comparison", piece, None),
            ("sample.request", {"issue_ids": line}, None),
            ("sample.request", {"sample_ids": [Command.link(self.hidden.id)]}, None),
            ("sample.distribution", of_request, None),
        ):
            self._assert_silent(model, values, user)

    def test_what_a_record_names_already_stays(self):
        """The form of a request that replaces a piece, which became secret since, is still filled in."""
        sample = self._new_active_sample()
        request = self.env["sample.request"].create(
            {"kind": "replace", "old_sample_id": sample.id}
        )
        sample.sudo().confidentiality = "secret"
        request = request.with_user(self.technical)
        values = {"qty": 2, "old_sample_id": sample.id}
        answer = request.onchange(values, ["qty"], {"qty": {}, "readiness": {}})
        self.assertIn("value", answer)
