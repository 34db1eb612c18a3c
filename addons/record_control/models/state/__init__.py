from . import protected_fields_mixin
from . import guarded_state_mixin
