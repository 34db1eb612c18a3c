# state first: the other chapters inherit its protected fields; the rest is sorted
from . import state  # isort: skip
from . import (
    ir_module_module,
    res_groups,
    access,
    clock,
    form,
    ledger,
    loan,
    numbering,
    sign_off,
)
