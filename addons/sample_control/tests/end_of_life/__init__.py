from . import (
    test_changes,
    test_disposals,
    test_exceptions,
    test_notices,
    test_prints,
    test_recalls,
    test_records,
    test_stocktake_import,
    test_stocktakes,
)
