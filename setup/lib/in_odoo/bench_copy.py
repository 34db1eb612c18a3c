"""Copy rows inside PostgreSQL, for the data sets of ``setup/bench``."""

from contextlib import contextmanager


def copy_rows(env, table, join, **replaced):
    """Copy the rows of a table that belong to the patterns.

    :param str join: how ``source``, the table, meets ``copy``
    :param replaced: SQL expressions of the columns that differ in the copies
    """
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND table_schema = current_schema AND column_name != 'id'",
        [table],
    )
    columns = {name: f'source."{name}"' for (name,) in env.cr.fetchall()} | replaced
    names = ", ".join(f'"{name}"' for name in columns)
    with without_indexes(env, table):
        env.cr.execute(
            f"INSERT INTO {table} ({names})"
            f" SELECT {', '.join(columns.values())} FROM {table} source {join}"
        )


@contextmanager
def without_indexes(env, table):
    """Drop the indexes of a table and build them again afterwards: much quicker."""
    env.cr.execute(
        """
        SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid)
          FROM pg_index index
         WHERE index.indrelid = %s::regclass AND NOT index.indisunique
        """,
        [table],
    )
    indexes = env.cr.fetchall()
    for name, _definition in indexes:
        env.cr.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        env.cr.execute(definition)
