from . import sample_label_wizard, sample_move
