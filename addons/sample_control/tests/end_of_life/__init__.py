from . import (
    test_changes,
    test_concurrency,
    test_disposals,
    test_exceptions,
    test_prints,
    test_queries,
    test_recalls,
    test_records,
    test_stocktakes,
)
