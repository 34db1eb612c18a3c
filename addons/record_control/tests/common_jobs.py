"""One bad record in a job."""

from contextlib import contextmanager

LOGGER = "odoo.addons.record_control.tools.one_by_one"


@contextmanager
def one_fails(case, bad, name):
    """Let a method fail whenever ``bad`` is among the records it works on; a job goes on and logs it.

    :param case: test case
    :param bad: the record that fails
    :param str name: name of the method
    """
    cls = type(bad)
    act = getattr(cls, name)

    def fail(records, *args, **kwargs):
        if bad.id in records.ids:
            raise ValueError("broken")
        return act(records, *args, **kwargs)

    case.patch(cls, name, fail)
    with case.assertLogs(LOGGER, "ERROR") as logs:
        yield
    case.assertTrue(all(str(bad) in line for line in logs.output), logs.output)
