from odoo import fields, models


class MaintenanceEquipment(models.Model):
    """A checking fixture or gauge by which samples are measured (SC-45)."""

    _inherit = "maintenance.equipment"

    sample_calibrated_until = fields.Date(
        string="Calibration Valid Until",
        index="btree_not_null",
        help="Samples are measured with a gauge only while its own calibration is valid.",
    )

    def _get_gauge_reasons(self, day):
        """Say why samples may not be measured with this one gauge on a day.

        :param datetime.date day: the day of the inspection
        :return: list of sentences
        """
        self.ensure_one()
        reasons = []
        if not self.serial_no:
            reasons.append(
                self.env._("%(gauge)s has no serial number.", gauge=self.name)
            )
        if not self.sample_calibrated_until:
            reasons.append(
                self.env._(
                    "%(gauge)s: enter until when its own calibration is valid.",
                    gauge=self.name,
                )
            )
        elif day and self.sample_calibrated_until < day:
            reasons.append(
                self.env._(
                    "The calibration of %(gauge)s ended on %(day)s.",
                    gauge=self.name,
                    day=fields.Date.to_string(self.sample_calibrated_until),
                )
            )
        return reasons
