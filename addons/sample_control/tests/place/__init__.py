from . import (
    test_custody,
    test_label_pdf,
    test_labels,
    test_locations,
    test_qr,
    test_queries,
    test_scan,
)
