from . import (
    test_changes,
    test_concurrency,
    test_disposals,
    test_exceptions,
    test_notices,
    test_prints,
    test_queries,
    test_recalls,
    test_records,
    test_stocktake_import,
    test_stocktakes,
)
