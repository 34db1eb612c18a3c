from . import access
from . import clock
from . import ledger
from . import numbering
from . import sign_off
from . import state
