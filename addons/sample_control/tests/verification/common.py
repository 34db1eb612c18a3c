from datetime import date

from freezegun import freeze_time

from odoo.addons.record_control.tests.common_state import GuardedStateAssertions

from ..common import SampleCase

#: Tuesday 10 March 2026, 10:00 in Shanghai
NOW = "2026-03-10 02:00:00"
TODAY = date(2026, 3, 10)


class VerificationCase(GuardedStateAssertions, SampleCase):
    """A measured sample with an original range of 10.02 to 10.06, a gauge, and ways to inspect."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gauge = cls.env["maintenance.equipment"].create(
            {
                "name": "Fixture",
                "serial_no": "F-1",
                "sample_calibrated_until": "2027-12-31",
                "company_id": cls.company.id,
            }
        )
        cls.checks = cls._new_policy(
            "Checks",
            ["checks"],
            product_tmpl_ids=cls.product.product_tmpl_id.ids,
            calibration_interval_months=12,
            customer_check_interval_months=3,
            patrol_interval_days=30,
        )

    @classmethod
    def _width(cls, **values):
        """Return the command for the measured line: range 10.02-10.06 inside 10 ± 0.1."""
        return cls._new_line(
            "width",
            **{
                "nominal": 10,
                "tol_lower": -0.1,
                "tol_upper": 0.1,
                "has_baseline": True,
                "baseline_min": 10.02,
                "baseline_max": 10.06,
                **values,
            },
        )

    @classmethod
    def _new_measured_sample(cls, day="2026-03-02", code="DIM", **values):
        """Create a valid sample that is calibrated by its width, confirmed on a day."""
        with freeze_time(f"{day} 02:00:00"):
            return cls._new_active_sample(
                code, **{"line_ids": [cls._width()], **values}
            )

    @classmethod
    def _new_inspection(cls, sample, readings=None, user=None, **values):
        """Create a draft as the inspector, with the same readings for everything measured."""
        inspection = (
            cls.env["sample.inspection"]
            .with_user(user or cls.inspector)
            .create(
                {
                    "sample_id": sample.id,
                    "equipment_id": cls.gauge.id,
                    "date_inspected": cls.company._record_control_today(),
                    **values,
                }
            )
        )
        for line in inspection.line_ids if readings else ():
            if line.is_measured:
                line.readings = readings
            else:
                line.judged = "pass"
        return inspection.with_user(cls.env.user)

    @classmethod
    def _confirm(cls, inspections):
        """Submit as the inspector and confirm as quality."""
        inspections.with_user(cls.inspector).action_submit()
        inspections.with_user(cls.quality).action_confirm()
        return inspections

    @classmethod
    def _inspect(cls, sample, readings, failed=False, **values):
        """Take an inspection through to its confirmation."""
        if failed:
            values = {"action": "reshape", "action_note": "Worn", **values}
        return cls._confirm(cls._new_inspection(sample, readings, **values))
