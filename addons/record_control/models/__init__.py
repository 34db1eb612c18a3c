# state first: the other chapters inherit its protected fields; the rest is sorted
from . import state  # isort: skip
from . import (
    access,
    clock,
    form,
    ledger,
    loan,
    numbering,
    sign_off,
)
