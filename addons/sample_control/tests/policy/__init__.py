from . import (
    test_policy_ledger,
    test_policy_match,
    test_policy_resolution,
    test_profiles,
    test_queries,
)
