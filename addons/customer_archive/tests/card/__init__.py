from . import test_birthday
from . import test_card_print
from . import test_new_report
from . import test_sections
from . import test_trade_figures
