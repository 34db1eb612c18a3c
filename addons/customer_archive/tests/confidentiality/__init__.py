from . import test_leaks
from . import test_release
