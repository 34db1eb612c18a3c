from odoo import models


class OwnWizardMixin(models.AbstractModel):
    """Wizards, and lines of wizards, that belong to who opened them.

    ::

        class CaseClose(models.TransientModel):
            _name = "x.case.close"
            _inherit = ["own.wizard.mixin"]

    What somebody is about to do, and what he looked up, may concern records that others do not see:
    nobody else reads, changes, deletes or confirms it by RPC. ``ir.rule`` adds the condition, as it does
    for restricted records; the system (``sudo``) is free. Odoo itself keeps wizards apart no more.
    """

    _name = "own.wizard.mixin"
    _description = "Wizard of One Person"

    _own_wizard = True
