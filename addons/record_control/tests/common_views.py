"""What the web client reads for a view, for tests that count queries and for setup/bench."""

from lxml import etree

LIMIT_OF_LIST = 40  # rows of an x2many that the web client reads at once


def view_specification(model, view_type, view_id=False):
    """Return the specification with which the web client reads records for a view.

    :param model: empty recordset in the environment of the user
    :param str view_type: ``"list"`` or ``"form"``
    :param view_id: id of the view, or False for the default one
    :rtype: dict
    """
    view = model.get_views([(view_id, view_type)])["views"][view_type]
    return _specification(etree.fromstring(view["arch"]), model)


def _specification(tree, model):
    depth = tree.xpath("count(ancestor::field)")
    nodes = tree.xpath(f".//field[count(ancestor::field) = {depth}]")
    return {
        node.get("name"): _field_specification(node, model)
        for node in nodes
        if node.get("name") in model._fields
    }


def _field_specification(node, model):
    field = model._fields[node.get("name")]
    if field.type in ("many2one", "reference"):
        return {"fields": {"display_name": {}}}
    if not field.type.endswith("2many"):
        return {}
    if node.get("invisible") in ("1", "True") or node.get("column_invisible"):
        return {}
    comodel = model.env[field.comodel_name]
    inline = next((child for child in node if child.tag in ("list", "kanban")), None)
    if inline is not None:
        return {"fields": _specification(inline, comodel), "limit": LIMIT_OF_LIST}
    if node.get("widget") or field.type == "many2many":
        return {"fields": {"display_name": {}}}
    return {"fields": view_specification(comodel, "list"), "limit": LIMIT_OF_LIST}
