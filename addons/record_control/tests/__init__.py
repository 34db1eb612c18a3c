from . import test_xlsx_ledger
