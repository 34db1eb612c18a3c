from . import ir_http, ledger_mixin
