from . import (
    customer_archive,
    customer_archive_merge,
    customer_data_check,
    customer_import_batch,
    customer_import_check,
    customer_import_run,
    customer_import_column,
    customer_import_line,
    customer_import_issue,
    customer_import_progress,
)
