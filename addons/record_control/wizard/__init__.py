from . import access
from . import clock
from . import loan
from . import sign_off
