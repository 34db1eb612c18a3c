from . import ledger_sample
