# what the models below inherit comes first
from . import sample_scan_mixin  # isort: skip
from . import maintenance_equipment
from . import sample_agreement
from . import sample_inspection
from . import sample_inspection_effect
from . import sample_inspection_line
from . import sample_inspection_reading
from . import sample_plan
from . import sample_plan_line
from . import sample_qualification
from . import sample_request
from . import sample_sample
from . import sample_sample_plan
from . import sample_sample_scan
from . import sample_sample_screen
