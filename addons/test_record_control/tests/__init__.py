from . import test_ledger_export
