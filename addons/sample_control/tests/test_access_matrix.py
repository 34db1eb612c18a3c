from odoo.tests import new_test_user, tagged

from odoo.addons.record_control.tests.common_access import AccessMatrixMixin

from .common import SampleCase

ROLES = (
    "employee",
    "user",
    "keeper",
    "inspector",
    "technical",
    "quality",
    "admin",
    "manager",
    "sales",
    "benchmark",
    "setup",
)
# employee: no role with samples; benchmark: technical side that sees the pieces of competitors; setup: administrator of
# record control; the columns are those of ROLES
MATRIX = """
        sample.agreement                -    r    r    r    r    crud r    r    r    r    -
        sample.agreement.line           -    -    -    -    -    crud -    -    -    -    -
        sample.agreement.result         -    r    r    r    r    r    r    r    r    r    -
        sample.agreement.verdict        -    ru   ru   ru   ru   ru   ru   ru   ru   ru   -
        sample.change                   -    r    r    r    crud crud crud crud r    crud -
        sample.change.line              -    r    r    r    crud crud crud crud r    crud -
        sample.characteristic           r    r    r    r    r    r    crud crud r    r    r
        sample.comparison               -    r    r    cru  cru  cru  r    crud r    cru  -
        sample.comparison.line          -    r    r    crud crud crud r    crud r    crud -
        sample.copy                     -    -    -    -    -    -    crud crud -    -    -
        sample.custody.log              -    r    r    r    r    r    r    r    r    r    -
        sample.dispatch                 -    cru  cru  cru  cru  cru  cru  cru  crud cru  -
        sample.dispatch.line            -    crud crud crud crud crud crud crud crud crud -
        sample.disposal                 -    r    cru  r    cru  cru  crud crud r    cru  -
        sample.disposal.line            -    r    crud r    crud crud crud crud r    crud -
        sample.distribution             -    r    r    r    crud crud crud crud r    crud -
        sample.exception                -    cru  cru  cru  cru  cru  cru  cru  cru  cru  -
        sample.exception.trace          -    r    r    r    ru   ru   r    r    r    ru   -
        sample.figure                   -    -    -    -    -    r    r    r    -    -    -
        sample.figure.period            -    -    -    -    -    crud crud crud -    -    -
        sample.figure.period.line       -    -    -    -    -    crud crud crud -    -    -
        sample.first.article            -    cru  cru  cru  cru  cru  crud crud cru  cru  -
        sample.first.article.line       -    crud crud crud crud crud crud crud crud crud -
        sample.inspection               -    r    r    cru  r    cru  crud crud r    r    -
        sample.inspection.line          -    r    r    crud r    crud crud crud r    r    -
        sample.inspection.reading       -    r    r    crud r    crud crud crud r    r    -
        sample.issue                    -    cru  cru  cru  cru  cru  cru  cru  cru  cru  -
        sample.issue.class              -    r    r    r    r    r    crud crud r    r    -
        sample.label.print              -    r    r    r    r    r    r    r    r    r    -
        sample.label.wizard             -    crud crud crud crud crud crud crud crud crud -
        sample.location                 -    r    r    r    r    r    crud crud r    r    -
        sample.location.reading         -    r    cru  cru  r    cru  crud crud r    r    -
        sample.move                     -    crud crud crud crud crud crud crud crud crud -
        sample.plan                     -    r    r    r    crud crud crud crud r    crud -
        sample.plan.line                -    r    r    r    crud crud crud crud r    crud -
        sample.policy                   -    r    r    r    cru  cru  crud crud r    cru  -
        sample.policy.document          -    r    r    r    crud crud crud crud r    crud -
        sample.policy.log               -    r    r    r    r    r    r    r    r    r    -
        sample.policy.recalculate       -    -    -    -    -    crud crud crud -    -    -
        sample.protection.tag           r    r    r    r    r    r    crud crud r    r    r
        sample.reason                   r    r    r    r    r    r    crud crud r    r    r
        sample.recall                   -    r    ru   r    r    r    ru   ru   r    r    -
        sample.recall.line              -    r    ru   r    r    r    ru   ru   r    r    -
        sample.request                  -    cru  cru  cru  crud crud crud crud cru  crud -
        sample.request.document         -    crud crud crud crud crud crud crud crud crud -
        sample.request.party            -    crud crud crud crud crud crud crud crud crud -
        sample.request.round            -    r    r    r    r    r    r    r    r    r    -
        sample.responsibility           -    r    r    r    r    r    crud crud r    r    -
        sample.responsibility.line      -    r    r    r    r    r    crud crud r    r    -
        sample.sample                   -    r    ru   r    cru  cru  crud crud r    cru  -
        sample.sample.line              -    r    r    r    crud crud crud crud r    crud -
        sample.stocktake                -    r    cru  r    r    r    crud crud r    r    -
        sample.stocktake.import         -    -    crud -    -    -    crud crud -    -    -
        sample.stocktake.import.issue   -    -    crud -    -    -    crud crud -    -    -
        sample.stocktake.line           -    r    crud r    r    r    crud crud r    r    -
        sample.suspend                  -    crud crud crud crud crud crud crud crud crud -
        sample.trace                    -    crud crud crud crud crud crud crud crud crud -
        sample.type                     r    r    r    r    r    r    crud crud r    r    r
        sample.use.override             -    -    -    -    -    -    -    crud -    -    -
        sample.validity                 -    -    -    -    -    crud -    -    -    -    -
"""


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessMatrixMixin, SampleCase):
    """Each role has its rights; nothing for employees without a role, portal users and visitors (1 of the catalogue)."""

    access_modules = ("sample_control",)
    access_roles = ROLES
    access_matrix = MATRIX

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            "user": cls.user,
            "keeper": cls.keeper,
            "inspector": cls.inspector,
            "technical": cls.technical,
            "quality": cls.quality,
            "admin": cls.administrator,
            "manager": cls.manager,
            "sales": cls.assistant,
            "benchmark": cls.benchmark,
        }
        for role, group in (
            ("employee", "base.group_user"),
            ("setup", "record_control.group_record_control_manager"),
        ):
            cls.users[role] = new_test_user(cls.env, login=f"sc_{role}", groups=group)
