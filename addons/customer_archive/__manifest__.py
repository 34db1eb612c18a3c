{
    "name": "Customer Archives",
    "summary": "Customer archives by written regulation: opening, review, custody, cards",
    "version": "19.0.1.0.0",
    "category": "Sales/Customer Archives",
    "author": "Customer Control Suite",
    "license": "AGPL-3",
    "depends": ["record_control", "sale_crm", "sale_management", "sale_margin"],
    "data": [
        # groups
        "security/customer_archive_groups.xml",
        # archive
        "security/archive/ir.model.access.csv",
        "security/archive/archive_rules.xml",
        "views/archive/customer_archive_views.xml",
        # card
        # confidentiality
        # custody
        # data
        # document
        # menus
        "views/customer_archive_menus.xml",
        "views/archive/archive_menus.xml",
    ],
    "demo": [],
    "application": True,
}
