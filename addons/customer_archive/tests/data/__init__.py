from . import test_customer_data_check
from . import test_customer_import
from . import test_customer_import_ledger
from . import test_customer_import_tour
from . import test_customer_merge
from . import test_customer_workbook
from . import test_import_template
