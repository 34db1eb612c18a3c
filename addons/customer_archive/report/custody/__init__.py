from . import ledger_inspection, ledger_loan, ledger_refresh
