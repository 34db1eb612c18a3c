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
        "data/archive/ir_sequence_data.xml",
        "data/archive/customer_archive_data.xml",
        "data/archive/res_partner_category_data.xml",
        "data/archive/mail_activity_data.xml",
        "data/archive/clock_policy_data.xml",
        "data/archive/sign_off_route_data.xml",
        "data/archive/ir_cron_data.xml",
        "views/archive/customer_archive_change_views.xml",
        "views/archive/customer_archive_views.xml",
        "views/archive/customer_archive_event_views.xml",
        "views/archive/archive_configuration_views.xml",
        "views/archive/res_partner_views.xml",
        "views/archive/sale_order_views.xml",
        "views/archive/res_config_settings_views.xml",
        # card
        # confidentiality
        "security/confidentiality/ir.model.access.csv",
        "security/confidentiality/confidentiality_rules.xml",
        "data/confidentiality/customer_archive_release_data.xml",
        "report/confidentiality/customer_archive_release_templates.xml",
        # custody
        # data
        "security/data/ir.model.access.csv",
        "security/data/data_rules.xml",
        "data/data/customer_import_data.xml",
        "data/data/customer_data_check_data.xml",
        "views/data/customer_import_actions.xml",
        # document
        # menus
        "views/customer_archive_menus.xml",
        "views/archive/archive_menus.xml",
        "views/confidentiality/customer_archive_release_views.xml",
        "views/data/customer_import_batch_views.xml",
        "views/data/customer_data_check_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "customer_archive/static/src/**/*",
        ],
    },
    "demo": [],
    "application": True,
}
