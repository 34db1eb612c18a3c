from . import test_access_matrix, test_branches, test_form_titles, test_two_companies
from .end_of_life import *
from .figures import *
from .place import *
from .policy import *
from .sample import *
from .sealing import *
from .use import *
from .verification import *
