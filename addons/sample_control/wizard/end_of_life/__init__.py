from . import sample_trace
