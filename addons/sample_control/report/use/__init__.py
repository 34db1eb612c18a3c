from . import (
    ledger_dispatch,
    ledger_first_article,
    ledger_loan,
)
