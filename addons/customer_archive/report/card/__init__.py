from . import customer_archive_ledgers
