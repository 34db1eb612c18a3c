from . import (
    activity_mixin,
    customer_archive,
    customer_archive_document,
    customer_archive_document_type,
    res_partner,
    sign_off_route_step,
)
