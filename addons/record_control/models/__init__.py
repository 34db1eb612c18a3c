from . import (
    access,
    clock,
    form,
    ledger,
    loan,
    numbering,
    sign_off,
    state,
)
