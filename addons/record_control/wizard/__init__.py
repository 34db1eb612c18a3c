from . import access
from . import clock
from . import sign_off
