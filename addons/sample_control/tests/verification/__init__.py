from . import test_agreement
from . import test_due_scan
from . import test_inspection_effects
from . import test_inspections
from . import test_plans
from . import test_qualification
from . import test_tools
from . import test_verification_prints
