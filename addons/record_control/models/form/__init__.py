from . import controlled_form
from . import controlled_form_revision
from . import controlled_form_print
from . import controlled_form_mixin
from . import ir_actions_report
