from . import sample_figure
from . import sample_figure_sealing
from . import sample_figure_state
from . import sample_figure_use
from . import sample_figure_work
