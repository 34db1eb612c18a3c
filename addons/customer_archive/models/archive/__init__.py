from . import (
    customer_archive_category,
    customer_archive_event_type,
    customer_grade,
    customer_archive,
    customer_archive_event,
    res_partner,
)
