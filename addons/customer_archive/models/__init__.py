from . import (
    archive,
    card,
    confidentiality,
    custody,
    data,
    document,
)
