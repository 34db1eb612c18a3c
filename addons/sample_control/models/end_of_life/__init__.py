from . import sample_secret_mixin  # isort: skip
from . import (
    ir_attachment,
    res_company,
    sample_change,
    sample_disposal,
    sample_exception,
    sample_exception_trace,
    sample_issue,
    sample_judgement,
    sample_location,
    sample_recall,
    sample_sample,
    sample_sample_disposal,
    sample_sample_recall,
    sample_sample_record,
    sample_stocktake,
    sample_stocktake_line,
)
