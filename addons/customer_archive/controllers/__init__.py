from . import import_template, quotation_portal
