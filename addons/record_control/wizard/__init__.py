from . import sign_off
