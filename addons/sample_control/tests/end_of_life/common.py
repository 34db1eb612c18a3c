import base64
from datetime import date

from odoo.fields import Command

from ..common import PIXEL
from ..use.common import NOW, UseCase

__all__ = ["NOW", "PIXEL", "EndOfLifeCase"]

TODAY = date(2026, 3, 10)


class EndOfLifeCase(UseCase):
    """Exceptions, disposals, changes and stock-takes as the people who make them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality_b = cls._new_user("sc_quality_b", "quality")
        cls.customer_origin = {
            "origin": "customer",
            "owner_id": cls.customer.id,
            "partner_id": cls.customer.id,
            "sampling_method": "customer",
        }

    @classmethod
    def _report(cls, sample, kind="damaged", user=None, **values):
        """Report an exception as a plain user."""
        record = (
            cls.env["sample.exception"]
            .with_user(user or cls.user)
            .create(
                {
                    "sample_id": sample.id,
                    "kind": kind,
                    "phenomenon": "A crack at the left edge",
                    **values,
                }
            )
        )
        return record.with_user(cls.env.user)

    @classmethod
    def _decide(cls, record, decision, user=None):
        record = record.with_user(user or cls.quality)
        record.write({"decision": decision, "cause": "It fell down"})
        record.action_decide()
        return record.with_user(cls.env.user)

    @classmethod
    def _finish(cls, record):
        """Report as done by quality, and have it verified by another person of quality."""
        record.with_user(cls.quality).write({"action_note": "Done"})
        record.with_user(cls.quality).action_report_done()
        record.with_user(cls.quality_b).write({"conclusion": "Good"})
        record.with_user(cls.quality_b).action_close()
        return record

    @classmethod
    def _end(cls, samples, state="expired"):
        samples.sudo()._end(state, "Over")
        return samples

    @classmethod
    def _end_policy(cls, **values):
        return cls._new_policy(
            "End",
            ["end"],
            product_tmpl_ids=cls.product.product_tmpl_id.ids,
            **values,
        )

    @classmethod
    def _attachment(cls, user):
        return (
            cls.env["ir.attachment"]
            .with_user(user)
            .create({"name": "consent.txt", "datas": base64.b64encode(b"We agree")})
        )

    @classmethod
    def _approve(cls, sheet):
        """Submit a sheet as the technical side and have the manager sign it."""
        sheet.with_user(cls.technical).action_submit()
        sheet.with_user(cls.manager)._sign_off()
        return sheet

    @classmethod
    def _new_change(cls, user=None, **values):
        record = (
            cls.env["sample.change"]
            .with_user(user or cls.technical)
            .create(
                {
                    "kind": "design",
                    "content": "Wall thickness 2.0 to 2.2",
                    "product_ids": [Command.set(cls.product.ids)],
                    "date_cutover": "2026-04-01",
                    **values,
                }
            )
        )
        return record.with_user(cls.env.user)
