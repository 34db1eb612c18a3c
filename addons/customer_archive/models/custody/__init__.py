from .. import document  # noqa: F401  custody extends documents: their model comes first
from . import (
    custody_record_mixin,
    customer_archive,
    customer_archive_destruction,
    customer_archive_document,
    customer_archive_filing,
    customer_archive_handover,
    customer_archive_handover_line,
    customer_archive_inspection,
    customer_archive_inspection_item,
    customer_archive_inspection_line,
    customer_archive_loan,
    customer_archive_refresh,
    customer_archive_retention,
    loan_loan,
    res_partner,
    sign_off_route_step,
)
