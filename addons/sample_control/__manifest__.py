{
    "name": "Sample Control",
    "summary": "Standard and sealed samples: rules, identity, places, use, checks, end of life",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Sample Control",
    "author": "Customer Control Suite",
    "license": "AGPL-3",
    "depends": ["maintenance", "portal", "product", "record_control"],
    "data": [
        # groups
        "security/sample_control_groups.xml",
        # policy
        "security/policy/ir.model.access.csv",
        "security/policy/policy_rules.xml",
        "data/policy/ir_sequence_data.xml",
        "data/policy/sample_dictionary_data.xml",
        "data/policy/sample_policy_data.xml",
        "views/policy/sample_policy_views.xml",
        "views/policy/sample_dictionary_views.xml",
        # sample
        "security/sample/ir.model.access.csv",
        "security/sample/sample_rules.xml",
        "data/sample/sign_off_route_data.xml",
        "data/sample/controlled_form_data.xml",
        "wizard/policy/sample_policy_recalculate_views.xml",
        "wizard/sample/sample_wizard_views.xml",
        "views/sample/sample_sample_views.xml",
        "views/sample/product_views.xml",
        "views/sample/res_partner_views.xml",
        # place
        "security/place/ir.model.access.csv",
        "security/place/place_rules.xml",
        "report/place/label_reports.xml",
        "report/place/label_templates.xml",
        "data/place/controlled_form_data.xml",
        "wizard/place/sample_place_wizard_views.xml",
        "views/place/sample_location_views.xml",
        "views/place/sample_custody_log_views.xml",
        "views/place/sample_sample_views.xml",
        # sealing
        "security/sealing/ir.model.access.csv",
        "security/sealing/sealing_rules.xml",
        "data/sealing/sealing_data.xml",
        "data/sealing/clock_policy_data.xml",
        "data/sealing/ir_cron_data.xml",
        "data/sealing/sign_off_route_data.xml",
        "data/sealing/sign_off_contact_data.xml",
        "data/sealing/sample_policy_data.xml",
        "report/sealing/sealing_reports.xml",
        "report/sealing/sealing_templates.xml",
        "data/sealing/controlled_form_data.xml",
        "views/sealing/sample_request_views.xml",
        "views/sealing/sample_issue_views.xml",
        "views/sealing/sealing_configuration_views.xml",
        "views/sealing/sample_sample_views.xml",
        # use
        "security/use/ir.model.access.csv",
        "security/use/use_rules.xml",
        "data/use/use_data.xml",
        "data/use/clock_policy_data.xml",
        "report/use/use_reports.xml",
        "report/use/use_templates.xml",
        "data/use/controlled_form_data.xml",
        "wizard/use/sample_use_override_views.xml",
        "views/use/loan_loan_views.xml",
        "views/use/sample_first_article_views.xml",
        "views/use/sample_comparison_views.xml",
        "views/use/sample_dispatch_views.xml",
        "views/use/sample_sample_views.xml",
        # verification
        "security/verification/ir.model.access.csv",
        "security/verification/verification_rules.xml",
        "data/verification/verification_data.xml",
        # end_of_life
        # menus
        "views/sample_control_menus.xml",
        "views/policy/policy_menus.xml",
        "views/sample/sample_menus.xml",
        "views/place/place_menus.xml",
        "views/sealing/sealing_menus.xml",
        # menus: use
        "views/use/use_menus.xml",
        # menus: verification
        # menus: end_of_life
    ],
    "assets": {
        "web.assets_backend": [
            "sample_control/static/src/scan/**/*",
        ],
        "web.report_assets_common": [
            "sample_control/static/src/label/label.scss",
        ],
    },
    "demo": [
        "demo/sample/people_demo.xml",
        "demo/place/locations_demo.xml",
        "demo/sample/samples_demo.xml",
        "demo/sealing/requests_demo.xml",
        # demo: use
        # demo: verification
        # demo: end_of_life
    ],
    "uninstall_hook": "uninstall_hook",
    "application": True,
}
