from . import (
    customer_archive,
    customer_archive_mass_change,
    customer_archive_release,
    customer_archive_release_overdue,
    customer_archive_stamp,
    res_company,
    res_config_settings,
)
