"""Say a search domain in the words of the user, for the head of a ledger."""

from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, format_list

#: More values than these are counted instead of listed.
MAX_VALUES = 10


def domain_in_words(model, domain):
    """Describe a domain with the labels that the user knows from the screen.

    :param model: empty recordset of the model that is searched, in the user's environment
    :param domain: domain as list or :class:`odoo.fields.Domain`
    :return: a sentence such as "Status is Open; Customer contains steel", or ""
    """
    stack = []
    for item in reversed(list(Domain(domain))):
        if item in ("&", "|"):
            parts = [stack.pop(), stack.pop()]
            stack.append(_join(model, item, parts))
        elif item == "!":
            stack.append(
                ("", model.env._("not (%(condition)s)", condition=stack.pop()[1]))
            )
        else:
            text = _condition_in_words(model, *item)
            stack.append(("", text) if text else None)
    parts = [part[1] for part in reversed(stack) if part]
    return model.env._("; ").join(parts)


def _join(model, operator, parts):
    """Join two described parts; an "or" inside an "and" is put in brackets."""
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return parts[0] if parts else None
    if operator == "|":
        return ("|", model.env._(" or ").join(text for _operator, text in parts))
    texts = [f"({text})" if inner == "|" else text for inner, text in parts]
    return ("&", model.env._("; ").join(texts))


def _condition_in_words(model, path, operator, value):
    """Describe one leaf; a leaf that is always true says nothing."""
    env = model.env
    if not isinstance(path, str):
        return "" if path == value else env._("no record")
    label, field, owner = _resolve(model, path)
    if operator in ("any", "any!", "not any", "not any!"):
        inner = (
            domain_in_words(owner.env[field.comodel_name], value)
            if field and field.relational
            else str(value)
        )
        words = {"label": label, "inner": inner}
        if operator.startswith("not"):
            return env._("%(label)s without (%(inner)s)", **words)
        return env._("%(label)s with (%(inner)s)", **words)
    values = (
        list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
    )
    if (
        operator in ("=", "in", "==")
        and values
        and not any(_is_set(item, field) for item in values)
    ):
        return env._("%(label)s is not set", label=label)
    if (
        operator in ("!=", "not in", "<>")
        and values
        and not any(_is_set(item, field) for item in values)
    ):
        return env._("%(label)s is set", label=label)
    words = {"label": label, "value": _values_in_words(owner, field, values)}
    if operator in ("=", "in", "==", "=?"):
        return env._("%(label)s is %(value)s", **words)
    if operator in ("!=", "not in", "<>"):
        return env._("%(label)s is not %(value)s", **words)
    if operator in ("like", "ilike", "=like", "=ilike"):
        return env._("%(label)s contains %(value)s", **words)
    if operator in ("not like", "not ilike", "not =like", "not =ilike"):
        return env._("%(label)s does not contain %(value)s", **words)
    if operator in ("child_of", "parent_of"):
        return env._("%(label)s belongs to %(value)s", **words)
    return f"{label} {operator} {words['value']}"


def _resolve(model, path):
    """Find label, field and owning model of a field path such as ``partner_id.country_id``."""
    labels, owner, field = [], model, None
    for name in path.split("."):
        if field is not None and field.relational:
            owner = owner.env[field.comodel_name]
        field = owner._fields.get(name)
        if field is None:  # granularity of a date, key of a property
            labels.append(name)
            break
        labels.append(field._description_string(model.env) or name)
    return " > ".join(labels), field, owner


def _is_set(value, field):
    return (
        value
        or (value is False and field is not None and field.type == "boolean")
        or (value == 0 and value is not False and value is not None)
    )


def _values_in_words(owner, field, values):
    env = owner.env
    if len(values) > MAX_VALUES:
        return env._("one of %(count)s values", count=len(values))
    if field is not None and (field.relational or field.name == "id"):
        ids = [
            value
            for value in values
            if isinstance(value, int) and not isinstance(value, bool)
        ]
        comodel = env[field.comodel_name] if field.relational else owner
        readable = comodel.browse(ids).exists()._filtered_access("read")
        names = dict(zip(readable.ids, readable.mapped("display_name"), strict=True))
        texts = [
            names.get(value, str(value))
            if value in ids
            else _value_in_words(env, field, value)
            for value in values
        ]
    else:
        texts = [_value_in_words(env, field, value) for value in values]
    return format_list(env, texts, "or") if len(texts) > 1 else "".join(texts)


def _value_in_words(env, field, value):
    if isinstance(value, bool) or value is None:
        if field is not None and field.type == "boolean":
            return env._("yes") if value else env._("no")
        return env._("not set")
    if field is not None and field.type == "selection":
        return str(dict(field._description_selection(env)).get(value, value))
    if field is not None and field.type == "date":
        return _format_or_raw(format_date, env, value)
    if field is not None and field.type == "datetime":
        return _format_or_raw(format_datetime, env, value)
    return str(value)


def _format_or_raw(formatter, env, value):
    """Format a date; relative dates such as ``today -30d`` are left as they are written."""
    try:
        return formatter(env, value)
    except (ValueError, TypeError):
        return str(value)
