from . import ledger, sign_off_portal
