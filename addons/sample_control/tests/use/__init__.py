from . import (
    test_comparisons,
    test_dispatches,
    test_first_article_tour,
    test_first_articles,
    test_keeper_day_tour,
    test_ledgers,
    test_loans,
    test_prints,
    test_queries,
    test_scan,
    test_scan_page_tour,
)
