from . import test_forged_values
from . import test_http_roads
from . import test_leaking_fields
from . import test_leaks
from . import test_release
from . import test_view_only
