from . import test_custody_print
from . import test_destruction
from . import test_filing
from . import test_handover
from . import test_inspection
from . import test_inspection_scale
from . import test_loan
from . import test_refresh
