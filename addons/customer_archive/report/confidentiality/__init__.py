from . import ledger_access
