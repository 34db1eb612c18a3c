from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestLocations(SampleCase):
    """Fixed places: tree, capacity, kinds kept apart, environment (SC-32, SC-33)."""

    def test_tree(self):
        cabinet = self._new_location("CAB", parent_id=self.room.id)
        drawer = self._new_location("DRAWER", parent_id=cabinet.id)
        self.assertEqual(drawer.complete_name, "ROOM / CAB / DRAWER")
        with self.assertRaises(UserError):
            self.room.parent_id = drawer

    def test_no_place_inside_itself(self):
        """SC-32: the tree of places has no circle."""
        cabinet = self._new_location("CAB", parent_id=self.room.id)
        with self.assertRaisesRegex(UserError, "Recursion"):
            self.room.parent_id = cabinet

    def test_capacity_holds_by_every_road(self):
        """A place takes no more samples than fit, as fixed place and by moves."""
        drawer = self._new_location("DRAWER", capacity=2)
        self._new_sample(home_location_id=drawer.id)
        second = self._new_sample(home_location_id=drawer.id)
        with self.assertRaises(ValidationError):
            self._new_sample(home_location_id=drawer.id)
        third = self._new_active_sample()
        with self.assertRaises(ValidationError):
            third.with_user(self.administrator).home_location_id = drawer
        self.assertEqual(drawer.home_count, 2)
        with self.assertRaises(ValidationError):
            drawer.capacity = 1
        guests = [self._new_active_sample() for __ in range(3)]
        for guest in guests[:2]:
            guest._move(location=drawer, reason="Shown")
        with self.assertRaises(ValidationError):
            guests[2]._move(location=drawer, reason="Shown")
        self.assertEqual(drawer.sample_count, 2)
        second.with_user(self.administrator).home_location_id = self.room
        self.assertEqual(drawer.home_count, 1)

    def test_kinds_are_kept_apart(self):
        """SC-32.2: a place for colour samples takes no others."""
        rack = self._new_location("RACK", type_ids=self._type("COL").ids)
        with self.assertRaises(ValidationError):
            self._new_sample(home_location_id=rack.id)
        self._new_sample("COL", home_location_id=rack.id)
        with self.assertRaises(ValidationError):
            rack.type_ids = self._type("TEX")

    def test_code_is_unique(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._new_location("ROOM")

    def test_used_place_is_kept(self):
        """The custody log names it: it is archived, not deleted."""
        sample = self._new_active_sample()
        self.assertEqual(sample.location_id, self.room)
        with self.assertRaises(UserError):
            self.room.unlink()
        empty = self._new_location("EMPTY")
        empty.unlink()
        self.assertFalse(empty.exists())

    def test_readings_out_of_limits_are_marked(self):
        """SC-33.2: temperature and humidity against the limits of the place."""
        self.room.write(
            {
                "temperature_min": 18,
                "temperature_max": 26,
                "humidity_min": 40,
                "humidity_max": 60,
            }
        )
        reading = self.env["sample.location.reading"].with_user(self.keeper)
        for temperature, humidity, out in (
            (18, 40, False),
            (26, 60, False),
            (26.1, 50, True),
            (17.9, 50, True),
            (20, 60.1, True),
        ):
            line = reading.create(
                {
                    "location_id": self.room.id,
                    "temperature": temperature,
                    "humidity": humidity,
                }
            )
            self.assertEqual(line.is_out_of_limits, out, (temperature, humidity))
        with self.assertRaises(AccessError):
            line.with_user(self.keeper).unlink()

    def test_administrator_sets_up_places(self):
        with self.assertRaises(AccessError):
            self.room.with_user(self.keeper).name = "Mine"
        self.room.with_user(self.administrator).name = "Sample room"
