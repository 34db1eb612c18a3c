"""Find many exact values in columns that also have a trigram index."""

from odoo.fields import Domain
from odoo.tools import SQL


def exact_values(values):
    """Return the domain of the records that have one of some values in one of some columns.

    Trigram indexes know ``=`` too, and for a list of hundreds of values PostgreSQL may expect them to be cheaper than
    the B-tree index of the same column, where they need milliseconds for each value. Here the values are joined as
    rows: each is looked up by itself in the B-tree index, whatever their number.

    :param dict values: collections of texts by the name of a stored text field
    :rtype: odoo.fields.Domain
    """
    values = {name: sorted(texts) for name, texts in values.items() if texts}
    if not values:
        return Domain.FALSE

    def to_sql(model, alias, query):
        table = SQL.identifier(model._table)
        selects = [
            SQL(
                "SELECT id FROM %s WHERE %s IN (SELECT unnest(%s::text[]))",
                table,
                SQL.identifier(name, to_flush=model._fields[name]),
                texts,
            )
            for name, texts in values.items()
        ]
        return SQL(
            "%s IN (%s)",
            SQL.identifier(alias, "id"),
            SQL(" UNION ALL ").join(selects),
        )

    def predicate(record):
        return any(record[name] in texts for name, texts in values.items())

    return Domain.custom(to_sql=to_sql, predicate=predicate)
