from . import ledger_inspection, ledger_plan
