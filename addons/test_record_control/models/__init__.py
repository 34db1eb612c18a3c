from . import access
from . import clock
from . import form
from . import ledger
from . import loan
from . import numbering
from . import sign_off
from . import state
