"""Let a job work on many records so that a bad one stops no other."""

import logging

from psycopg2 import InterfaceError, OperationalError

_logger = logging.getLogger(__name__)


def act_on_each(records, act):
    """Let a function work on records together; if that fails, on each of them alone, and log those that fail.

    Conflicts with other workers and lost connections are raised: Odoo runs the job again.

    :param records: recordset; those that fail stay as they were
    :param act: function that takes some of the records
    :return: the records that failed
    """
    failed = records.browse()
    if not records:
        return failed
    try:
        with records.env.cr.savepoint():
            act(records)
    except (InterfaceError, OperationalError):
        raise
    except Exception:
        if len(records) == 1:
            _logger.exception("Job: %s was skipped.", records)
            return records
        for record in records:
            failed |= act_on_each(record, act)
    return failed
