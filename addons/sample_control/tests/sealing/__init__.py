from . import (
    test_contact,
    test_documents,
    test_filing,
    test_issue,
    test_queries,
    test_request,
    test_sealing_ledger,
    test_sealing_tour,
    test_sign_off,
    test_timing,
)
