from . import (
    loan_class,
    loan_loan,
    loan_thing,
)
