from . import loan_extend, loan_refuse, loan_report, loan_return
