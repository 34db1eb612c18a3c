from . import (
    test_agreement,
    test_due_scan,
    test_inspection_effects,
    test_inspections,
    test_plans,
    test_qualification,
    test_queries,
    test_tools,
    test_verification_prints,
)
