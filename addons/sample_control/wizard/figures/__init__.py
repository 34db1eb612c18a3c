from . import sample_figure_period
