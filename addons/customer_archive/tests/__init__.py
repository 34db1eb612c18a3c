from .archive import (
    test_identity,
    test_opening,
)
from .data import (
    test_customer_data_check,
    test_customer_import,
    test_customer_merge,
    test_customer_workbook,
)
