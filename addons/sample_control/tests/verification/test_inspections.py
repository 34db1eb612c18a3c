from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import NOW, VerificationCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestInspections(VerificationCase):
    """The precision inspection record (SC-45): readings, ranges, four eyes, read-only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sample = cls._new_measured_sample()

    def _line(self, readings, **values):
        return self._new_inspection(self.sample, readings, **values).line_ids

    def test_map(self):
        self.assertTransitionMapClosed(self.env["sample.inspection"])

    def test_sc_45_1_new_form_asks_for_the_sample(self):
        """SC-45.1: a form without a sample names what is missing, not a nameless sample."""
        reasons = self.env["sample.inspection"].new()._get_subject_reasons()
        self.assertEqual(reasons, ["Choose the sample to inspect."])

    def test_limits_of_the_original_range(self):
        """SC-45.2, D-16: the limits belong to the range; outside of it a value fails."""
        for readings, verdict in (
            ("10.02", "pass"),
            ("10.06", "pass"),
            ("10.02; 10.06", "pass"),
            ("10.019999", "fail"),
            ("10.060001", "fail"),
            ("10.03; 10.07", "fail"),
        ):
            self.assertEqual(self._line(readings).verdict, verdict, readings)

    def test_e10_failed(self):
        """E10: original range 10.02-10.06, measured 10.07: fails, suspended, decision asked for."""
        inspection = self._new_inspection(self.sample, "10.07")
        line = inspection.line_ids
        self.assertEqual(line.verdict, "fail")
        self.assertTrue(line.is_outside_range)  # D-16: inside 10 ± 0.1, a warning
        self.assertTrue(inspection.has_warning)
        inspection.with_user(self.inspector).action_submit()
        record = inspection.with_user(self.quality)
        self.assertTransitionRefused(record, "confirmed", "reshaped or replaced")
        record.write({"action": "reshape", "action_note": " "})
        self.assertTransitionRefused(record, "confirmed", "Describe the deviation")
        record.action_note = "0.01 too wide"
        record.action_confirm()
        self.assertEqual((record.result, record.state), ("fail", "confirmed"))
        self.assertEqual(self.sample.state, "suspended")
        self.assertIn(record.name, self.sample.suspend_reason)

    def test_sc_45_4_what_passed_is_not_replaced(self):
        """SC-45.4: the treatment fits the result."""
        inspection = self._new_inspection(self.sample, "10.03")
        inspection.with_user(self.inspector).action_submit()
        record = inspection.with_user(self.quality)
        record.action = "replace"
        self.assertTransitionRefused(record, "confirmed", "It passed")

    def test_sc_45_4_day_of_the_inspection(self):
        """SC-45.4: a record without the day of the inspection is not submitted."""
        inspection = self._new_inspection(self.sample, "10.03")
        inspector = inspection.with_user(self.inspector)
        inspector.date_inspected = False
        self.assertTransitionRefused(inspector, "submitted", "Enter the day")

    def test_sc_45_3_reading_is_not_moved_into_a_confirmed_record(self):
        """SC-45.3: no reading slips into a confirmed record, not even by the system."""
        confirmed = self._inspect(self.sample, "10.03")
        draft = self._new_inspection(self.sample, "10.04").with_user(self.inspector)
        reading = draft.line_ids.reading_ids
        with self.assertRaisesRegex(UserError, "cannot be moved to another record"):
            reading.line_id = confirmed.line_ids
        with self.assertRaisesRegex(UserError, "lines of .* are fixed"):
            reading.sudo().line_id = confirmed.line_ids

    def test_sc_45_1_new_record_lists_the_items_of_the_sample(self):
        """SC-45.1: what is to be measured stands there when the sample is chosen."""
        model = self.env["sample.inspection"].with_user(self.inspector)
        asked = {"sample_id": {}, "line_ids": {"fields": {"characteristic_id": {}}}}
        chosen = {"sample_id": self.sample.id, "line_ids": []}
        found = model.onchange(chosen, ["sample_id"], asked)["value"]["line_ids"]
        self.assertEqual(
            [vals["characteristic_id"] for __, __, vals in found],
            self.sample.line_ids.characteristic_id.ids,
        )

    def test_p20_nothing_measured(self):
        """P20: an inspection without lines or readings passes on no road."""
        inspection = self._new_inspection(self.sample)
        inspector = inspection.with_user(self.inspector)
        self.assertFalse(inspection.expected_result)
        self.assertTransitionRefused(inspector, "submitted", "enter the readings")
        inspector.line_ids.unlink()
        self.assertTransitionRefused(inspector, "submitted", "Nothing is listed")
        for vals in ({"state": "confirmed"}, {"result": "pass"}):
            with self.assertRaises(UserError):
                self.env["sample.inspection"].with_user(self.quality).create(
                    {"sample_id": self.sample.id, **vals}
                )
            with self.assertRaises(UserError):
                inspection.with_user(self.quality).write(vals)

    def test_p21_failed_is_not_turned_into_passed(self):
        """P21, SC-45.3: a confirmed record is read-only, also by its lines and readings."""
        inspection = self._inspect(self.sample, "10.07", failed=True)
        record = inspection.with_user(self.quality)
        reading = record.line_ids.reading_ids
        for change in (
            lambda: record.write({"result": "pass"}),
            lambda: record.write({"state": "draft"}),
            lambda: record.write({"date_inspected": "2026-03-01"}),
            lambda: record.write(
                {"line_ids": [Command.update(record.line_ids.id, {"note": "x"})]}
            ),
            lambda: record.line_ids.write({"readings": "10.03"}),
            lambda: record.line_ids.write({"verdict": "pass"}),
            lambda: record.line_ids.unlink(),
            lambda: reading.write({"value": 10.03}),
            lambda: reading.unlink(),
            lambda: reading.create({"line_id": record.line_ids.id, "value": 10.03}),
            lambda: record.with_user(self.administrator).unlink(),
            lambda: record.action_cancel(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
        result = record.load([".id", "result"], [[str(record.id), "Pass"]])
        self.assertFalse(result["ids"])
        self.assertEqual(record.result, "fail")

    def test_limits_are_not_typed(self):
        """The limits are those of the card; no road lets the inspector widen them."""
        line = self._line("10.07").with_user(self.inspector)
        for name in ("baseline_max", "nominal", "tol_upper", "has_baseline"):
            with self.assertRaises(UserError):
                line.write({name: 99 if name != "has_baseline" else False})
        with self.assertRaises(UserError):
            line.inspection_id.write(
                {"line_ids": [Command.update(line.id, {"baseline_max": 99})]}
            )

    def test_units_that_do_not_divide(self):
        """P22: the reading that made a range belongs to it, although an inch is no round number of millimetres."""
        inch = self.env.ref("uom.product_uom_inch")
        sample = self._new_measured_sample(
            line_ids=[
                self._width(
                    nominal=0.4,
                    tol_lower=-0.01,
                    tol_upper=0.01,
                    # ten millimetres, as the original inspection kept them
                    baseline_min=0.393701,
                    baseline_max=0.393701,
                    uom_id=inch.id,
                )
            ]
        )
        for readings, verdict in (
            ("10 mm", "pass"),
            ("1 cm; 0.393701", "pass"),
            ("9.9999 mm", "fail"),
            ("10.0001 mm", "fail"),
        ):
            line = self._new_inspection(sample, readings).line_ids
            self.assertEqual(line.verdict, verdict, readings)

    def test_units(self):
        """P22, P23: readings in other units are converted exactly, both ways."""
        meter = self.env.ref("uom.product_uom_meter")
        sample = self._new_measured_sample(
            line_ids=[
                self._width(
                    nominal=1.5,
                    tol_lower=-0.5,
                    tol_upper=0.5,
                    baseline_min=1,
                    baseline_max=2,
                    uom_id=meter.id,
                )
            ]
        )
        for readings, value, verdict in (
            ("1.5 mm", 0.0015, "fail"),
            ("150 cm", 1.5, "pass"),
            ("1.5", 1.5, "pass"),
            ("2000 mm", 2.0, "pass"),
            ("2000.001 mm", 2.000001, "fail"),
        ):
            line = self._new_inspection(sample, readings).line_ids
            self.assertEqual(line.verdict, verdict, readings)
            self.assertEqual(line.reading_ids.value_in_unit, value, readings)
        # 1.006 cm is 10.06 mm to the last digit, which belongs to the range
        self.assertEqual(self._line("1.006 cm").verdict, "pass")
        for readings in ("5 kg", "abc", "10..2"):
            with self.assertRaises(ValidationError):
                self._line(readings)
        kilogram = self.env.ref("uom.product_uom_kgm")
        line = self._line("10.03")
        with self.assertRaises(ValidationError):
            line.reading_ids.uom_id = kilogram

    def test_full_dimension(self):
        """SC-45.1: what the original inspection measured is measured again."""
        inspection = self._new_inspection(self.sample, "10.03")
        inspector = inspection.with_user(self.inspector)
        colour = self.env.ref("sample_control.sample_characteristic_colour")
        inspector.line_ids = [
            Command.clear(),
            Command.create({"characteristic_id": colour.id, "judged": "pass"}),
        ]
        self.assertTransitionRefused(inspector, "submitted", "measured again")

    def test_four_eyes(self):
        """The checker is neither the inspector nor who submitted or measured."""
        inspection = self._new_inspection(self.sample, "10.03", user=self.quality)
        record = inspection.with_user(self.quality)
        record.action_submit()
        self.assertEqual(record.inspector_id, self.quality)
        self.assertTransitionRefused(record, "confirmed", "Another person")
        record.action_draft()
        record.inspector_id = self.inspector  # hiding behind a colleague does not help
        record.with_user(self.inspector).action_submit()
        self.assertTransitionRefused(record, "confirmed", "Another person")
        with self.assertRaisesRegex(UserError, "Quality confirms"):
            record.with_user(self.inspector).action_confirm()
        record.with_user(self.manager).action_confirm()
        self.assertEqual(record.checker_id, self.manager)

    def test_gauge(self):
        """SC-45: a gauge with a number whose own calibration is valid on that day."""
        inspection = self._new_inspection(self.sample, "10.03", equipment_id=False)
        record = inspection.with_user(self.inspector)
        self.assertTransitionRefused(record, "submitted", "Choose the fixture")
        record.equipment_id = self.gauge
        for vals, text in (
            ({"serial_no": False}, "serial number"),
            ({"sample_calibrated_until": False}, "until when"),
            ({"sample_calibrated_until": "2026-03-09"}, "ended on 2026-03-09"),
        ):
            before = self.gauge.read(["serial_no", "sample_calibrated_until"])[0]
            self.gauge.write(vals)
            self.assertTransitionRefused(record, "submitted", text)
            before.pop("id")
            self.gauge.write(before)
        self.gauge.sample_calibrated_until = "2026-03-10"
        record.action_submit()
        self.assertEqual(record.gauge_serial_no, "F-1")
        self.gauge.write({"serial_no": "F-2"})
        self.assertEqual(record.gauge_serial_no, "F-1")

    def test_external_calibration(self):
        """SC-10.2: a calibrating body with its certificate takes the place of the gauge."""
        inspection = self._new_inspection(
            self.sample, "10.03", equipment_id=False, is_external=True
        )
        record = inspection.with_user(self.inspector)
        self.assertTransitionRefused(record, "submitted", "calibrating body")
        record.write({"laboratory_id": self.supplier.id, "certificate_no": "C-1"})
        record.action_submit()

    def test_not_in_the_future(self):
        inspection = self._new_inspection(
            self.sample, "10.03", date_inspected="2026-03-11"
        )
        record = inspection.with_user(self.inspector)
        self.assertTransitionRefused(record, "submitted", "future")

    def test_roles(self):
        """Users read, inspectors enter; who may not see a sample sees no inspection of it."""
        inspection = self._new_inspection(self.sample, "10.03")
        with self.assertRaises(AccessError):
            inspection.with_user(self.user).environment = "20 °C"
        with self.assertRaises(AccessError):
            inspection.line_ids.with_user(self.user).unlink()
        self.assertIn(inspection, inspection.with_user(self.user).search([]))
        colour = self._new_line("colour", text_value="RAL 9005")
        secret = self._new_sample("BMK", user=self.benchmark, line_ids=[colour])
        hidden = self._new_inspection(secret, user=self.env.user)
        self.assertTrue(hidden.line_ids)
        for records in (hidden, hidden.line_ids):
            found = records.with_user(self.inspector).search([])
            self.assertFalse(records & found)
        with self.assertRaises(AccessError):
            self._new_inspection(secret)
        for name in ("", ".line", ".reading"):
            model = self.env[f"sample.inspection{name}"]
            self.assertFalse(model._get_leaking_fields(), model)

    def test_companies(self):
        inspection = self._new_inspection(self.sample, "10.03")
        self.assertEqual(inspection.company_id, self.company)
        self.user.sudo().write(
            {
                "company_ids": [Command.set(self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        self.assertNotIn(inspection, inspection.with_user(self.user).search([]))

    def test_two_records(self):
        second = self._new_measured_sample()
        records = self._new_inspection(self.sample, "10.03")
        records |= self._new_inspection(second, "10.07")
        records.write({"action": "reshape", "action_note": "Worn"})
        records[0].action = False
        self._confirm(records)
        self.assertEqual(records.mapped("result"), ["pass", "fail"])
        self.assertEqual(self.sample.state, "active")
        self.assertEqual(second.state, "suspended")

    def test_copy_is_a_fresh_draft(self):
        record = self._inspect(self.sample, "10.03")
        copy = record.with_user(self.inspector).copy()
        self.assertRecordValues(
            copy,
            [
                {
                    "state": "draft",
                    "result": False,
                    "checker_id": False,
                    "date_inspected": False,
                }
            ],
        )

    # --- Roads around the four eyes (SC-45.4) ---

    def test_sc_45_4_who_judged_by_eye_does_not_confirm(self):
        """Another name as inspector does not help: who judged by eye is known."""
        lines = [self._width(), self._new_line("colour", text_value="RAL 9005")]
        inspection = self._new_inspection(
            self._new_measured_sample(line_ids=lines), "10.03"
        )
        eye = inspection.line_ids.filtered(lambda line: not line.is_measured)
        eye.with_user(self.quality).judged = "fail"
        eye.with_user(self.quality).judged = "pass"
        inspection.with_user(self.inspector).action_submit()
        with self.assertRaisesRegex(UserError, "Another person"):
            inspection.with_user(self.quality).action_confirm()
        with self.assertRaisesRegex(UserError, "system"):
            inspection.with_user(self.quality).write({"entered_by_ids": [(5,)]})

    def test_sc_45_4_who_changed_readings_does_not_confirm(self):
        """Changing, moving or deleting the reading of another person counts as one's own."""
        for change in (
            lambda reading: reading.write({"value": 10.04}),
            lambda reading: reading.unlink(),
        ):
            inspection = self._new_inspection(
                self._new_measured_sample(), "10.03; 10.3"
            )
            change(inspection.line_ids.reading_ids[1].with_user(self.quality))
            inspection.with_user(self.inspector).action_submit()
            self.assertEqual(inspection.expected_result, "pass")
            with self.assertRaisesRegex(UserError, "Another person"):
                inspection.with_user(self.quality).action_confirm()

    def test_sc_45_4_preparing_is_no_measuring(self):
        """Quality opens the record for the inspector and confirms it."""
        inspection = self._new_inspection(
            self._new_measured_sample(), user=self.quality
        )
        inspection.line_ids.with_user(self.inspector).readings = "10.03"
        inspection.with_user(self.inspector).action_submit()
        inspection.with_user(self.quality).action_confirm()
        self.assertEqual(inspection.state, "confirmed")

    def test_sc_45_type_stays(self):
        """SC-45, SC-48.4: a patrol does not become the inspection after which a sample is used again."""
        patrol = self._new_inspection(
            self._new_measured_sample(), inspection_type="patrol"
        )
        with self.assertRaisesRegex(UserError, "these are fixed: Type"):
            patrol.with_user(self.inspector).inspection_type = "exception"

    def test_hidden_card_is_not_read_by_a_form(self):
        """SC-07: the form of a new line does not tell what stands on the card of a hidden sample."""
        hidden = self._new_sample(
            "BMK",
            self.benchmark,
            origin="benchmark",
            line_ids=[self._new_line("colour", text_value="Secret blue")],
        )
        record = self._new_inspection(hidden, user=self.env.user)
        colour = self.env.ref("sample_control.sample_characteristic_colour")
        values = {"inspection_id": record.id, "characteristic_id": colour.id}
        lines = self.env["sample.inspection.line"].with_user(self.quality)
        with self.assertRaises(AccessError):
            lines.onchange(values, ["characteristic_id"], {"expected": {}})
        with self.assertRaises(AccessError):
            lines.with_context(default_inspection_id=record.id).onchange(
                {"characteristic_id": colour.id}, [], {"expected": {}}
            )
        named = {"inspection_id": {"id": record.id, "display_name": "x"}}
        with self.assertRaises(AccessError):
            lines.onchange({**values, **named}, ["characteristic_id"], {"expected": {}})
        shown = self._new_inspection(self._new_measured_sample())
        values["inspection_id"] = shown.id
        lines.onchange(values, ["characteristic_id"], {"expected": {}})

    def test_sc_45_1_nothing_with_limits_is_dropped(self):
        """A characteristic that fails its tolerance is not taken off the record to pass."""
        thickness = self._new_line(
            "thickness", nominal=2, tol_lower=-0.1, tol_upper=0.1
        )
        sample = self._new_measured_sample(line_ids=[self._width(), thickness])
        inspection = self._new_inspection(sample, "10.03")
        failed = inspection.line_ids.filtered(lambda line: line.verdict == "fail")
        failed.with_user(self.inspector).unlink()
        self.assertTransitionRefused(inspection, "submitted", "measured again")

    # --- Who submits (SC-45.4) ---

    def test_sc_45_4_only_the_inspector_submits(self):
        """SC-45.4: nobody submits in the name of another, by no road; who entered for him is named."""
        inspection = self._new_inspection(
            self.sample,
            "10.03",
            user=self.administrator,
            inspector_id=self.inspector.id,
        )
        for user in (self.administrator, self.quality, self.manager):
            record = inspection.with_user(user)
            self.assertTransitionRefused(record, "submitted", "submits it himself")
            result = record.load([".id", "state"], [[str(record.id), "Submitted"]])
            self.assertFalse(result["ids"])
            with self.assertRaises(UserError):
                record.copy({"inspector_id": self.inspector.id, "state": "submitted"})
        self.assertEqual(inspection.state, "draft")
        inspection.with_user(self.inspector).action_submit()
        self.assertEqual(inspection.submitted_by_id, self.inspector)
        self.assertEqual(inspection.entered_by_ids, self.administrator)
        titles = {
            cell["title"]: cell["user"] for cell in inspection._get_record_cells()
        }
        self.assertEqual(titles["Entered By"], self.administrator.name)
        self.assertEqual(titles["Inspected by"], self.inspector.name)

    def test_sc_45_4_others_are_named_together(self):
        """SC-45.4: of many records, every one that carries another name is told of."""
        mine = self._new_inspection(self.sample, "10.03")
        second = self._new_inspection(
            self._new_measured_sample(), "10.03", inspector_id=self.inspector.id
        )
        third = self._new_inspection(
            self._new_measured_sample(), "10.03", inspector_id=self.inspector.id
        )
        records = (mine | second | third).with_user(self.quality)
        with self.assertRaises(UserError) as caught:
            records.action_submit()
        self.assertEqual(str(caught.exception).count("submits it himself"), 2)
        self.assertNotIn(mine.name, str(caught.exception))

    def test_sc_45_4_who_submits_without_a_name_is_the_inspector(self):
        """SC-45.4: a record without inspector becomes that of who submits it, also with a default."""
        record = self._new_inspection(self.sample, "10.03")
        quality = record.with_user(self.quality).with_context(
            default_inspector_id=self.inspector.id
        )
        quality.action_submit()
        self.assertEqual(record.inspector_id, self.quality)
        titles = {cell["title"]: cell["user"] for cell in record._get_record_cells()}
        self.assertEqual(titles["Entered By"], self.inspector.name)

    def test_sc_45_4_who_confirmed_stays(self):
        """SC-45.4: who confirmed a record stands on it, also after he left: he is archived, not deleted."""
        checker = self._new_user("sc_checker", "quality")
        inspection = self._new_inspection(self.sample, "10.04")
        inspection.with_user(self.inspector).action_submit()
        inspection.with_user(checker).action_confirm()
        self.env.flush_all()
        with self.assertRaisesRegex(UserError, "archive instead"):
            checker.unlink()
        checker.active = False
        self.assertEqual(inspection.checker_id, checker)
