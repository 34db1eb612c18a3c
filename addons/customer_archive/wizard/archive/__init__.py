from . import customer_archive_decision
