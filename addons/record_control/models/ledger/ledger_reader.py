"""Read records for a ledger: column by column, batch by batch, as the user."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

from odoo.tools import html2plaintext, split_every

from ...tools.xlsx_ledger import Column

#: Types whose empty value is the figure 0.
ZERO_TYPES = ("float", "integer", "monetary")

#: Records read at once: every column costs one query for each batch at most, and the
#: values of one batch are all that is in memory.
BATCH_SIZE = 5000

#: Stored fields of these types are taken as they lie in the ORM's cache once they are
#: fetched, which is many times faster than asking each record for its value.
PLAIN_TYPES = ("char", "text", "selection", "date", "datetime", *ZERO_TYPES)

KIND_BY_TYPE = {
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "float": "number",
    "integer": "integer",
    "monetary": "money",
}


class LedgerReader:
    """Turn records into rows of cell values.

    Fields that the user may not read are left out as columns. Records of other
    models that the user may not read are left blank. Memory stays flat, since the
    ORM's cache is emptied after each batch.
    """

    def __init__(self, ledger, columns):
        """
        :param ledger: ledger (a model on ``ledger.mixin``) in the user's environment
        :param columns: list of :class:`Column` as declared
        """
        self.ledger = ledger
        self.env = ledger.env
        self.model = self.env[ledger._ledger_model]
        self.columns = []
        self._readers = []
        self._children = defaultdict(
            dict
        )  # path of a relation -> field names read behind it
        self._batch = self.model
        self._memo = {}
        methods = Counter(column.method for column in columns)
        #: methods that fill several columns
        self._shared = {name for name, count in methods.items() if count > 1}
        # `env.tz` knows the user's time zone; Excel knows none, so instants are
        # written as the user's wall clock
        self._tz = ZoneInfo(str(self.env.tz))
        for column in columns:
            self._add_column(column)

    def _add_column(self, column):
        if column.groups and not (
            self.env.su or self.env.user.has_groups(column.groups)
        ):
            return
        if column.method:
            self._add_method_column(column)
            return
        resolved = self._resolve(column.name)
        if resolved is None:
            return
        prefix, field = resolved
        currency = column.currency
        if field.type == "monetary" and not currency:
            currency = ".".join(
                filter(
                    None, [prefix, field.get_currency_field(self._get_model(prefix))]
                )
            )
        kind = column.kind or KIND_BY_TYPE.get(field.type, "text")
        label = column.label or self._get_label(column.name)
        column = replace(column, kind=kind, label=label, currency=currency)
        self._append(column, self._get_field_reader(prefix, field))

    def _add_method_column(self, column):
        """Add a column that a method fills; named like a field, it is labelled and guarded as that field."""
        field = self.model._fields.get(column.name)
        kind, label = column.kind, column.label
        if field is not None:
            if not self.model._has_field_access(field, "read"):
                return
            kind = kind or KIND_BY_TYPE.get(field.type, "text")
            label = label or field._description_string(self.env)
        column = replace(column, kind=kind or "text", label=label or column.name)
        self._append(column, self._get_method_reader(column))

    def _append(self, column, reader):
        if (
            column.kind == "money"
            and column.currency
            and self._resolve(column.currency)
        ):
            reader = self._get_currency_reader(reader, column.currency)
        else:
            column = replace(column, currency="")
        self.columns.append(column)
        self._readers.append(reader)

    # --- Paths ---

    def _resolve(self, path):
        """Follow a field path and note what has to be fetched.

        A path that ends in a many2one is read as its display name.

        :return: (path of the relation, last field), or None when the user may not read it
        :raises ValueError: when the path does not exist or crosses an x2many
        """
        model, prefix = self.model, ""
        names = path.split(".")
        for position, name in enumerate(names):
            field = model._fields.get(name)
            if field is None:
                raise ValueError(
                    f"Ledger {self.ledger._name}: {model._name} has no field {name!r} ({path!r})."
                )
            if not model._has_field_access(field, "read"):
                return None
            self._children[prefix][name] = field
            if field.type != "many2one":
                if position != len(names) - 1:
                    raise ValueError(
                        f"Ledger {self.ledger._name}: {path!r} crosses {name!r}, which is no many2one."
                    )
                return prefix, field
            model = self.env[field.comodel_name]
            if not model.has_access("read"):
                return None
            prefix = f"{prefix}.{name}" if prefix else name
        field = model._fields["display_name"]
        self._children[prefix]["display_name"] = field
        return prefix, field

    def _get_model(self, prefix):
        model = self.model
        for name in filter(None, prefix.split(".")):
            model = self.env[model._fields[name].comodel_name]
        return model

    def _get_label(self, path):
        model, field = self.model, None
        for name in path.split("."):
            if field is not None:
                model = self.env[field.comodel_name]
            field = model._fields[name]
        return field._description_string(self.env) or path

    # --- Rows ---

    def rows(self, record_ids):
        """Yield one tuple of cell values for each record.

        :param record_ids: ids in the order wanted
        """
        for ids in split_every(BATCH_SIZE, record_ids):
            yield from self._read_batch(ids)
            # both the ORM's cache and what hangs on it; log lines of the batch are flushed
            self.env.invalidate_all()
            self._memo.clear()

    def _read_batch(self, ids):
        batch = self.ledger._ledger_filter_exportable(self.model.browse(ids))
        if not batch:
            return []
        self.ledger._ledger_log_batch(batch)
        self._batch = batch
        batch.fetch(list(self._children[""]))
        self._memo = {("", "records"): batch, ("", "ids"): batch._ids}
        return zip(*(read() for read in self._readers), strict=True)

    def _get_ids(self, prefix):
        """Ids of the relation ``prefix``, one for each row; None where empty or not readable."""
        key = (prefix, "ids")
        if key not in self._memo:
            parent, _dot, name = prefix.rpartition(".")
            field = self._children[parent][name]
            parents = self._get_records(parent)
            raw_by_parent = dict(
                zip(parents._ids, self._get_related_ids(parents, field), strict=True)
            )
            raw = [raw_by_parent.get(record_id) for record_id in self._get_ids(parent)]
            related = self.env[field.comodel_name].browse(
                dict.fromkeys(filter(None, raw))
            )
            readable = self._filter_readable(related, self._children[prefix])
            readable.fetch(list(self._children[prefix]))
            allowed = set(readable._ids)
            self._memo[prefix, "records"] = readable
            self._memo[key] = [
                record_id if record_id in allowed else None for record_id in raw
            ]
        return self._memo[key]

    def _filter_readable(self, records, field_names):
        """Keep the related records whose fields may stand in the ledger, and log what is restricted.

        :param records: records of another model
        :param field_names: what is read of them
        """
        readable = records._filtered_access("read")
        content = set(field_names) - set(
            getattr(records, "_restricted_open_fields", field_names)
        )
        if readable and content:
            readable = self.ledger._ledger_filter_exportable(readable)
            self.ledger._ledger_log_batch(readable)
        return readable

    def _get_records(self, prefix):
        self._get_ids(prefix)
        return self._memo[prefix, "records"]

    # --- Readers ---

    def _get_field_reader(self, prefix, field):
        getter = field.__get__
        convert = self._get_converter(field)

        def read_values(records):
            if field.type in ("many2many", "one2many"):
                return self._read_names(records, field)
            if self._is_plain(field):
                values = self._get_cached_values(records, field)
            else:
                values = [getter(record) for record in records]
            if convert is None:
                return values
            return [convert(value) for value in values]

        def read():
            records = self._get_records(prefix)
            values = read_values(records)
            if not prefix:
                return values
            value_by_id = dict(zip(records._ids, values, strict=True))
            return [value_by_id.get(record_id) for record_id in self._get_ids(prefix)]

        return read

    @staticmethod
    def _is_plain(field):
        """Tell whether the cache of the ORM holds the values of a field as they are shown."""
        return (
            field.store
            and field.type in PLAIN_TYPES
            and not field.translate
            and not field.company_dependent
        )

    def _get_cached_values(self, records, field):
        """Values of a fetched plain field, in the order of the records."""
        cache = field._get_cache(self.env)
        if field.type in ZERO_TYPES:
            return [cache[record_id] or 0 for record_id in records._ids]
        return [cache[record_id] for record_id in records._ids]

    def _get_related_ids(self, records, field):
        """Ids that a many2one points at, one for each record; None where it is empty."""
        if field.store and not field.company_dependent:
            cache = field._get_cache(self.env)
            return [cache[record_id] for record_id in records._ids]
        return [field.__get__(record).id for record in records]

    def _read_names(self, records, field):
        """Names of x2many records that the user may read, joined into one text."""
        related = self.env[field.comodel_name].union(
            *(field.__get__(record) for record in records)
        )
        readable = self._filter_readable(related, ["display_name"])
        names = {record.id: record.display_name or "" for record in readable}
        return [
            ", ".join(
                names[record_id]
                for record_id in field.__get__(record)._ids
                if record_id in names
            )
            for record in records
        ]

    def _get_converter(self, field):
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            return lambda value: labels.get(value, value)
        if field.type == "html":
            return lambda value: html2plaintext(value) if value else None
        if field.type == "datetime":
            return lambda value: value and self._get_wall_clock(value)
        if field.type == "reference":
            return lambda value: value and value._filtered_access("read").display_name
        return None

    def _get_wall_clock(self, instant):
        """Return an instant as the clock of the user shows it; the last hours of the calendar have no other zone."""
        try:
            return instant.replace(tzinfo=UTC).astimezone(self._tz).replace(tzinfo=None)
        except OverflowError:
            return instant

    def _get_currency_reader(self, reader, path):
        prefix, field = self._resolve(f"{path}.name")
        read_code = self._get_field_reader(prefix, field)
        return lambda: [
            None if amount is None else (amount, code or "")
            for amount, code in zip(reader(), read_code(), strict=True)
        ]

    def _get_method_reader(self, column: Column):
        method = getattr(self.ledger, column.method)
        key = (column.method, "values")

        def read():
            if key not in self._memo:
                self._memo[key] = method(self._batch)
            values = self._memo[key]
            if column.method in self._shared:
                values = values.get(column.name) or {}
            return [values.get(record_id) for record_id in self._batch._ids]

        return read
