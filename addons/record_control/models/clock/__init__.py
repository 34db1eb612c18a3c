from . import (
    clock_calendar_day,
    clock_clock,
    clock_mixin,
    clock_policy,
    res_users,
)
