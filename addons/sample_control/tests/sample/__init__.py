from . import (
    test_copies,
    test_hidden_samples,
    test_identity,
    test_kinds,
    test_ledger,
    test_lifecycle,
    test_links,
    test_queries,
    test_use_gate,
    test_validity,
)
