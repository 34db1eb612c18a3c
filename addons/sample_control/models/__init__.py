# in the order in which the chapters build on each other: calls go only to earlier ones
from . import policy  # isort: skip
from . import sample  # isort: skip
from . import place  # isort: skip
from . import sealing  # isort: skip
from . import use  # isort: skip
from . import verification  # isort: skip
from . import end_of_life  # isort: skip
from . import figures  # isort: skip
