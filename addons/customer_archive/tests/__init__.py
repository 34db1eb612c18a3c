from . import test_access_matrix, test_form_titles, test_main_job_tour
from .archive import *
from .card import *
from .confidentiality import *
from .custody import *
from .data import *
from .document import *
