from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon

#: one red pixel, as evidence
PIXEL = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
PREFIX = "sample_control.group_sample_"


class SampleCase(BaseCommon):
    """One user per role, two companies, products, places, and factories of samples."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.user = cls._new_user("sc_user", "user")
        cls.keeper = cls._new_user("sc_keeper", "keeper")
        cls.inspector = cls._new_user("sc_inspector", "inspector")
        cls.technical = cls._new_user("sc_technical", "technical")
        cls.quality = cls._new_user("sc_quality", "quality")
        cls.administrator = cls._new_user("sc_administrator", "administrator")
        cls.manager = cls._new_user("sc_manager", "manager")
        cls.assistant = cls._new_user("sc_assistant", "sales_assistant")
        cls.benchmark = cls._new_user("sc_benchmark", "technical", "benchmark")
        cls.company_b = cls.env["res.company"].create({"name": "Company B"})
        cls.categories = cls.env["product.category"]
        cls.plastics = cls._new_category("Test plastics")
        cls.product = cls._new_product("Cover", categ_id=cls.plastics.id)
        cls.customer = cls.env["res.partner"].create(
            {"name": "Test customer", "is_company": True}
        )
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Test supplier", "is_company": True}
        )
        cls.room = cls._new_location("ROOM", kind="room")
        cls.isolation = cls._new_location("ISO", kind="isolation")

    @classmethod
    def _type(cls, code):
        """Return the delivered sample type with this code."""
        return cls.env.ref(f"sample_control.sample_type_{code.lower()}")

    @classmethod
    def _reason(cls, code):
        """Return the delivered reason with this code (T01 …)."""
        return cls.env.ref(f"sample_control.sample_reason_{code.lower()}")

    @classmethod
    def _new_user(cls, login, *roles, **values):
        return new_test_user(
            cls.env,
            login=login,
            groups=",".join(f"{PREFIX}{role}" for role in roles),
            company_id=cls.env.company.id,
            lang="en_US",
            tz="Asia/Shanghai",
            **values,
        )

    @classmethod
    def _new_category(cls, name, **values):
        return cls.env["product.category"].create({"name": name, **values})

    @classmethod
    def _new_product(cls, name, **values):
        return cls.env["product.product"].create({"name": name, **values})

    @classmethod
    def _new_location(cls, code, **values):
        return cls.env["sample.location"].create({"name": code, "code": code, **values})

    @classmethod
    def _new_policy(cls, name, groups, **values):
        """Create a rule that defines some groups."""
        return cls.env["sample.policy"].create(
            {"name": name, **{f"defines_{group}": True for group in groups}, **values}
        )

    @classmethod
    def _new_sample(cls, code="SEAL", user=None, **values):
        """Create a draft of a sample as the sample administrator would."""
        return (
            cls.env["sample.sample"]
            .with_user(user or cls.administrator)
            .create(
                {
                    "type_id": cls._type(code).id,
                    "product_id": cls.product.id,
                    "custodian_id": cls.keeper.id,
                    "home_location_id": cls.room.id,
                    **values,
                }
            )
            .with_user(cls.env.user)
        )

    @classmethod
    def _sign(cls, samples):
        """Submit drafts and have them signed by the technical side and by quality."""
        for sample in samples:
            sample.with_user(cls.administrator).action_submit()
            sample.with_user(cls.administrator).action_request_sign_off()
            sample.with_user(cls.technical)._sign_off()
            sample.with_user(cls.quality)._sign_off()
        return samples

    @classmethod
    def _new_active_sample(cls, code="SEAL", **values):
        """Create a sample and take it through card, signatures and activation."""
        sample = cls._sign(cls._new_sample(code, **values))
        sample.with_user(cls.quality).action_activate()
        return sample

    @classmethod
    def _new_overdue_sample(cls):
        """Create a valid sample that should have been calibrated a year after December 2024."""
        cls._new_policy(
            "Yearly",
            ["validity", "checks"],
            categ_ids=cls.plastics.ids,
            validity_value=36,
            calibration_interval_months=12,
        )
        line = cls._new_line("width", has_baseline=True, baseline_min=1, baseline_max=2)
        with freeze_time("2024-12-01 02:00:00"):
            return cls._new_active_sample(line_ids=[line])

    @classmethod
    def _dispose(cls, samples):
        """Have ended samples disposed of by a sheet: approved, photographed, confirmed by two people."""
        samples.sudo()._open_disposals()
        sheet = samples.disposal_line_ids.disposal_id.filtered("line_ids")
        sheet.with_user(cls.technical).action_submit()
        sheet.with_user(cls.manager)._sign_off()
        sheet.with_user(cls.technical).photo = PIXEL
        sheet.with_user(cls.technical).action_confirm_execution()
        sheet.with_user(cls.user).action_confirm_witness()
        return samples

    @classmethod
    def _new_line(cls, characteristic, **values):
        """Return the command for a characteristic line, by its code in the dictionary."""
        xmlid = f"sample_control.sample_characteristic_{characteristic}"
        return Command.create({"characteristic_id": cls.env.ref(xmlid).id, **values})

    @classmethod
    def _xmlid(cls, record):
        """Return an external id for a record, for tests of file import."""
        name = f"sc_test_{record._table}_{record.id}"
        cls.env["ir.model.data"].create(
            {
                "module": "__import__",
                "name": name,
                "model": record._name,
                "res_id": record.id,
            }
        )
        return f"__import__.{name}"
