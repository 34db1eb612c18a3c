# what the models below inherit comes first
from .. import clock, numbering  # noqa: F401  isort: skip
from . import (
    loan_class,
    loan_extension,
    loan_line,
    loan_loan,
    loan_scan,
    loan_thing,
    res_groups,
)
