from . import (
    customer_archive,
    customer_archive_mass_change,
    customer_archive_release,
    res_company,
    res_config_settings,
)
