from . import ledger_disposal, ledger_exception, ledger_stocktake
