from . import test_access_matrix
from .archive import *
from .card import *
from .confidentiality import *
from .custody import *
from .data import *
from .document import *
