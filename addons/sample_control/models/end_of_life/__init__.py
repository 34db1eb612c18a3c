from . import sample_secret_mixin  # isort: skip

# what the models below inherit comes first
from . import sample_notice_mixin  # isort: skip
from . import (
    ir_attachment,
    res_company,
    res_users,
    sample_change,
    sample_custody_log,
    sample_disposal,
    sample_exception,
    sample_exception_trace,
    sample_inspection,
    sample_issue,
    sample_judgement,
    sample_location,
    sample_plan_line,
    sample_recall,
    sample_sample,
    sample_sample_disposal,
    sample_sample_recall,
    sample_sample_record,
    sample_stocktake,
    sample_stocktake_count,
    sample_stocktake_line,
)
