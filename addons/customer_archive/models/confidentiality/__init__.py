from . import (
    access_grant,
    customer_archive,
    customer_archive_release,
    res_company,
    res_config_settings,
)
