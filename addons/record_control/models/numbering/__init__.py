from . import ir_sequence
from . import numbering_mixin
from . import res_company
