from . import test_access_ledger
from . import test_http_roads
from . import test_leaking_fields
from . import test_leaks
from . import test_mass_change
from . import test_print_stamp
from . import test_release
