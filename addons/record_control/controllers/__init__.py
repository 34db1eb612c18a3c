from . import attachment, ledger, sign_off_portal
