from . import (
    test_comparisons,
    test_dispatches,
    test_first_articles,
    test_loans,
    test_prints,
    test_scan,
)
