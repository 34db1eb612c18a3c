from .. import data  # noqa: F401  merging archives takes the documents along: the merge comes first
from . import (
    activity_mixin,
    customer_archive,
    customer_archive_document,
    customer_archive_document_type,
    res_partner,
    sale_order,
    sign_off_route_step,
)
