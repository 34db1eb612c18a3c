from .archive import (
    test_contracting,
    test_identity,
    test_opening,
    test_review,
    test_timeline,
)
from .card import (
    test_card_print,
    test_new_report,
    test_sections,
    test_trade_figures,
)
from .confidentiality import test_release
from .custody import (
    test_destruction,
    test_filing,
    test_handover,
    test_inspection,
    test_loan,
    test_refresh,
)
from .data import (
    test_customer_data_check,
    test_customer_import,
    test_customer_import_tour,
    test_customer_merge,
    test_customer_workbook,
)
from .document import (
    test_document,
)
