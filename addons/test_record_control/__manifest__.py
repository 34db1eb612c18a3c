{
    "name": "Record Control: throw-away models for tests",
    "summary": "Models that adopt the toolkit so that it is tested on its own",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Customer Control Suite",
    "license": "AGPL-3",
    "depends": ["record_control"],
    "data": [
        # access
        "security/access/access_rules.xml",
        "security/access/ir.model.access.csv",
        "report/access/test_secret_reports.xml",
        # clock
        "security/clock/ir.model.access.csv",
        "security/clock/clock_rules.xml",
        # form
        "security/form/ir.model.access.csv",
        "report/form/form_templates.xml",
        "data/form/controlled_form_data.xml",
        # ledger
        "security/ledger/ir.model.access.csv",
        "security/ledger/ledger_rules.xml",
        # loan
        "security/loan/ir.model.access.csv",
        # numbering
        "security/numbering/ir.model.access.csv",
        "data/numbering/ir_sequence_data.xml",
        # sign_off
        "security/sign_off/ir.model.access.csv",
        "security/sign_off/sign_off_rules.xml",
        "views/sign_off/sign_off_order_views.xml",
        # state
        "security/state/ir.model.access.csv",
        "views/state/state_views.xml",
    ],
}
