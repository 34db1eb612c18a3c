from .archive import (
    test_identity,
    test_opening,
)
