from . import ledger_document
