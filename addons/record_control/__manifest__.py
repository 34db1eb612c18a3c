{
    "name": "Record Control",
    "summary": "Controlled forms, sign-off seals, clocks, loans, access log and ledgers",
    "version": "19.0.1.0.0",
    "category": "Services/Record Control",
    "author": "Customer Control Suite",
    "license": "AGPL-3",
    "depends": ["hr", "mail", "portal", "report_xlsx", "resource"],
    "data": [
        # groups
        "security/record_control_groups.xml",
        "security/access/access_groups.xml",
        # access
        "security/access/ir.model.access.csv",
        "security/access/access_rules.xml",
        "data/access/access_data.xml",
        "wizard/access/access_grant_refuse_views.xml",
        "views/access/access_grant_views.xml",
        "views/access/access_log_views.xml",
        "views/access/res_config_settings_views.xml",
        # clock
        "security/clock/ir.model.access.csv",
        "security/clock/clock_rules.xml",
        "data/clock/clock_cron_data.xml",
        "data/clock/clock_role_data.xml",
        "wizard/clock/clock_load_days_views.xml",
        "views/clock/clock_calendar_day_views.xml",
        "views/clock/clock_clock_views.xml",
        "views/clock/clock_policy_views.xml",
        # form
        "security/form/ir.model.access.csv",
        "security/form/form_rules.xml",
        "views/form/controlled_form_print_views.xml",
        "views/form/controlled_form_views.xml",
        # ledger
        # loan
        "security/loan/ir.model.access.csv",
        "security/loan/loan_rules.xml",
        "data/loan/loan_data.xml",
        "wizard/loan/loan_wizard_views.xml",
        "views/loan/loan_class_views.xml",
        "views/loan/loan_loan_views.xml",
        # numbering
        "views/numbering/ir_sequence_views.xml",
        # sheet
        "report/sheet/print_sheet_templates.xml",
        # sign_off
        "security/sign_off/ir.model.access.csv",
        "security/sign_off/sign_off_rules.xml",
        "data/sign_off/mail_activity_type_data.xml",
        "data/sign_off/ir_cron_data.xml",
        "wizard/sign_off/sign_off_wizard_views.xml",
        "data/sign_off/mail_template_data.xml",
        "wizard/sign_off/sign_off_contact_wizard_views.xml",
        "wizard/sign_off/sign_off_preview_views.xml",
        "views/sign_off/sign_off_portal_templates.xml",
        "views/sign_off/sign_off_route_views.xml",
        "views/sign_off/sign_off_request_views.xml",
        "views/sign_off/sign_off_change_views.xml",
        "views/sign_off/sign_off_deputy_views.xml",
        # state
        # menus
        "views/record_control_menus.xml",
        "views/access/access_menus.xml",
        "views/clock/clock_menus.xml",
        "views/loan/loan_menus.xml",
        "views/sign_off/sign_off_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "record_control/static/src/**/*",
            ("remove", "record_control/static/src/print_sheet/**/*"),
            ("remove", "record_control/static/src/sign_off_portal/**/*"),
        ],
        "web.assets_frontend": [
            "record_control/static/src/sign_off_portal/**/*",
        ],
        "web.assets_tests": [
            "record_control/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "record_control/static/tests/**/*.test.js",
        ],
        "web.report_assets_common": [
            "record_control/static/src/print_sheet/print_sheet.scss",
        ],
    },
}
