from . import sample_copy, sample_suspend, sample_validity
