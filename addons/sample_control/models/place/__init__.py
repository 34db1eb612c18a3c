from . import (
    sample_location,
    sample_location_reading,
    sample_custody_log,
    sample_label_print,
    sample_sample,
)
