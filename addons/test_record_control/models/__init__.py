from . import clock
from . import ledger
from . import numbering
from . import state
