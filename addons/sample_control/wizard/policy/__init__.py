from . import sample_policy_recalculate
