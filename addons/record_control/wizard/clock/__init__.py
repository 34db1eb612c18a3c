from . import clock_load_days
