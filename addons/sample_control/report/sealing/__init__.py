from . import ledger_sealing
