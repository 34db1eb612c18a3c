"""What the web client reads for a view, for tests that count queries and for setup/bench."""

import re

from lxml import etree

LIMIT_OF_LIST = 40  # rows of an x2many that the web client reads at once
ACTIVITY_WIDGETS = ("kanban_activity", "list_activity")
WIDGET_FIELDS = {  # widget -> what it reads beside its own field
    "contact_image": ("write_date",),
    "image": ("write_date",),
    "list_activity": (
        "activity_exception_decoration",
        "activity_exception_icon",
        "activity_state",
        "activity_summary",
        "activity_type_icon",
        "activity_type_id",
    ),
}
EXPRESSIONS = re.compile(
    "column_invisible|context|decoration-.*|domain|filter_domain|invisible|options|readonly|required"
)


def view_specification(model, view_type, view_id=False, pages=()):
    """Return the specification with which the web client reads records for a view.

    :class:`~odoo.addons.customer_archive.tests.archive.test_lean_views.TestLeanViews` compares it with what a browser
    reads.

    :param model: empty recordset in the environment of the user
    :param str view_type: ``"list"`` or ``"form"``
    :param view_id: id of the view, or False for the default one
    :param pages: names of the pages that were opened, of a form that reads pages when they are opened
    :rtype: dict
    """
    view = model.get_views([(view_id, view_type)])["views"][view_type]
    tree = etree.fromstring(view["arch"])
    specification = _specification(tree, model)
    for name in _get_names_read_later(tree, model, pages):
        specification.pop(name, None)
    if view_type == "form":
        specification.setdefault("display_name", {})  # of the breadcrumb
    return specification


# --- What the views of static/src/lean_views leave out ---


def _get_names_read_later(tree, model, pages):
    """Return the fields that a lean view does not read at first."""
    if tree.get("js_class") == "lean_list":
        parts = tree.xpath("//field[@optional='hide']")
    elif tree.get("js_class") == "lean_form":
        parts = [
            page for page in _get_later_pages(tree) if page.get("name") not in pages
        ]
    else:
        return set()
    inside = {node for part in parts for node in part.iter(etree.Element)}
    # Whether a page is shown is asked outside of it.
    inside -= {part for part in parts if part.tag == "page"}
    outside = [node for node in tree.iter(etree.Element) if node not in inside]
    return _get_needed_names(inside, model) - _get_needed_names(outside, model)


def _get_later_pages(tree):
    """Return the named pages behind one that is always visible."""
    pages = []
    for notebook in tree.xpath("//notebook[not(ancestor::field or ancestor::page)]"):
        opened = False
        for page in notebook.iterchildren("page"):
            if opened and page.get("name") and not page.get("autofocus"):
                pages.append(page)
            opened = opened or not page.get("invisible")
    return pages


def _get_needed_names(nodes, model):
    """Return the fields of a part of a view and the names in its expressions."""
    names = set()
    for node in nodes:
        nested = next(node.iterancestors("field"), None) is not None
        pattern = r"\bparent\.(\w+)" if nested else r"\b[A-Za-z_]\w*"
        for attribute, value in node.items():
            if EXPRESSIONS.fullmatch(attribute):
                names.update(re.findall(pattern, value))
        if node.tag == "field" and not nested:
            names |= {node.get("name"), *WIDGET_FIELDS.get(node.get("widget"), ())}
            domain = model.fields_get([node.get("name")], ["domain"])
            for values in domain.values():
                names.update(re.findall(r"\w+", str(values.get("domain") or "")))
    return names


# --- Specification ---


def _specification(tree, model):
    depth = tree.xpath("count(ancestor::field)")
    nodes = tree.xpath(f".//field[count(ancestor::field) = {depth}]")
    nodes = [node for node in nodes if node.get("name") in model._fields]
    specification = {
        node.get("name"): _field_specification(node, model) for node in nodes
    }
    for node in nodes:
        for name in WIDGET_FIELDS.get(node.get("widget"), ()):
            if name in model._fields:
                many2one = model._fields[name].type == "many2one"
                value = {"fields": {"display_name": {}}} if many2one else {}
                specification.setdefault(name, value)
        field = model._fields[node.get("name")]
        if field.type == "properties" and field.definition_record in specification:
            specification[field.definition_record] = {"fields": {"display_name": {}}}
    return specification


def _field_specification(node, model):
    field = model._fields[node.get("name")]
    hidden = {node.get("invisible"), node.get("column_invisible")} & {"1", "True"}
    if field.type in ("many2one", "reference"):
        return {"fields": {} if hidden else {"display_name": {}}}
    widget = node.get("widget")
    if not field.type.endswith("2many") or hidden or widget in ACTIVITY_WIDGETS:
        return {}
    comodel = model.env[field.comodel_name]
    if node.xpath("list | kanban"):
        return {"fields": _inline_specification(node, comodel), "limit": LIMIT_OF_LIST}
    if widget or field.type == "many2many":
        colour = re.search(r"color_field'\s*:\s*'(\w+)'", node.get("options", ""))
        names = {"display_name": {}, **({colour[1]: {}} if colour else {})}
        return {"fields": names}
    return {"fields": view_specification(comodel, "list"), "limit": LIMIT_OF_LIST}


def _inline_specification(node, model):
    """Return what the lines in a form read; of an inline form all fields are read, without names."""
    specification = _specification(node.xpath("list | kanban")[0], model)
    for form in node.xpath("form"):
        for name in _specification(form, model):
            many2one = model._fields[name].type == "many2one"
            specification.setdefault(name, {"fields": {}} if many2one else {})
    return specification
