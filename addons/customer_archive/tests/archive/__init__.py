from . import test_contracting
from . import test_identity
from . import test_lean_views
from . import test_opening
from . import test_queries
from . import test_review
from . import test_search
from . import test_timeline
