from . import customer_archive_release
