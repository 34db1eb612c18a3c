from . import sample_use_override
