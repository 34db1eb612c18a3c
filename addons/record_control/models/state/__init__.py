from . import append_only_mixin
from . import base
from . import fixed_defaults_mixin
from . import fixed_parent_mixin
from . import ir_attachment
from . import protected_fields_mixin
from . import guarded_state_mixin
from . import model_in_words_mixin
