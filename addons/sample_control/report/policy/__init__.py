from . import ledger_policy
