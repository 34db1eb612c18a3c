from . import clock_ledger  # isort: skip
from . import (
    clock_calendar_day,
    clock_clock,
    clock_escalation,
    clock_mixin,
    clock_policy,
    res_users,
    resource_calendar,
)
