from . import test_credit_before_contracting
from . import test_document
