from . import maintenance_equipment
from . import sample_inspection
from . import sample_inspection_line
from . import sample_inspection_reading
from . import sample_sample
