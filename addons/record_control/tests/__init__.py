from . import test_outside_input
from . import test_sheet_rows
from . import test_sign_off_seal_digest
from . import test_working_time
from . import test_xlsx_ledger
