from . import test_clock_deadline
from . import test_ledger_export
from . import test_numbering_sequence
from . import test_state_guard
from . import test_ledger_menu
