from odoo.tests import tagged

from odoo.addons.record_control.tests.common_access import AccessMatrixMixin

from .common import CustomerArchiveCommon

ROLES = (
    "employee",
    "user",
    "supervisor",
    "keeper",
    "manager",
    "finance",
    "director",
    "setup",
)
# employee: no role in the archives; setup: administrator of record control.
#   model                                employee user  superv keep mana  fina  dire  setup
MATRIX = """
        access.grant                           cru   cru   cru   cru   cru   cru   cru   cru
        access.grant.line                      r     r     r     r     r     r     r     r
        access.grant.refuse                    crud  crud  crud  crud  crud  crud  crud  crud
        access.log                             -     -     -     -     -     -     -     r
        clock.calendar.day                     r     r     r     r     r     r     r     crud
        clock.clock                            r     r     r     r     r     r     r     r
        clock.escalation                       r     r     r     r     r     r     r     r
        clock.load.days                        -     -     -     -     -     -     -     cru
        clock.pause                            r     r     r     r     r     r     r     r
        clock.policy                           r     r     r     r     r     r     r     crud
        clock.policy.step                      r     r     r     r     r     r     r     crud
        clock.role                             r     r     r     r     r     r     r     crud
        controlled.form                        r     r     r     r     r     r     r     crud
        controlled.form.print                  r     r     r     r     r     r     r     r
        controlled.form.revision               r     r     r     r     r     r     r     crud
        customer.archive                       r     cru   cru   cru   cru   ru    cru   r
        customer.archive.category              r     r     r     r     crud  r     crud  r
        customer.archive.change                r     r     r     r     r     r     r     r
        customer.archive.channel               r     crud  crud  crud  crud  crud  crud  r
        customer.archive.churn.reason          r     r     r     r     crud  r     crud  r
        customer.archive.competitor            r     crud  crud  crud  crud  crud  crud  r
        customer.archive.decision              -     -     -     -     crud  crud  crud  -
        customer.archive.destruction           -     ru    ru    crud  crud  -     crud  -
        customer.archive.destruction.line      -     r     r     crud  crud  -     crud  -
        customer.archive.document              r     crud  crud  crud  crud  cru   crud  r
        customer.archive.document.type         r     r     r     r     crud  r     crud  r
        customer.archive.estate                r     crud  crud  crud  crud  crud  crud  r
        customer.archive.event                 r     cru   cru   cru   cru   cru   cru   r
        customer.archive.event.type            r     r     r     r     crud  r     crud  r
        customer.archive.filing                -     ru    ru    crud  crud  -     crud  -
        customer.archive.handover              -     ru    cru   cru   crud  -     crud  -
        customer.archive.handover.line         -     ru    crud  crud  crud  -     crud  -
        customer.archive.inspection            -     r     r     crud  crud  -     crud  -
        customer.archive.inspection.check      -     r     r     crud  crud  -     crud  -
        customer.archive.inspection.item       r     r     r     r     crud  r     crud  r
        customer.archive.inspection.line       -     ru    ru    crud  crud  -     crud  -
        customer.archive.person                r     crud  crud  crud  crud  crud  crud  r
        customer.archive.refresh               -     ru    ru    cru   crud  -     crud  -
        customer.archive.release               -     crud  crud  crud  crud  crud  crud  -
        customer.archive.turnover              r     crud  crud  crud  crud  crud  crud  r
        customer.contact.role                  r     r     r     r     crud  r     crud  r
        customer.data.check                    -     -     -     crud  ru    -     ru    -
        customer.data.check.line               -     -     -     crud  r     -     r     -
        customer.enterprise.type               r     r     r     r     crud  r     crud  r
        customer.grade                         r     r     r     r     crud  r     crud  r
        customer.import.batch                  -     crud  crud  crud  crud  -     crud  -
        customer.import.column                 -     crud  crud  crud  crud  -     crud  -
        customer.import.issue                  -     r     r     r     r     -     r     -
        customer.import.line                   -     r     r     r     r     -     r     -
        customer.import.progress               -     r     r     r     r     -     r     -
        customer.new.report                    -     crud  crud  ru    crud  -     crud  -
        loan.class                             r     r     r     r     r     r     r     crud
        loan.extend                            crud  crud  crud  crud  crud  crud  crud  crud
        loan.extension                         ru    ru    ru    ru    ru    ru    ru    ru
        loan.loan                              crud  crud  crud  crud  crud  crud  crud  crud
        loan.loan.line                         crud  crud  crud  crud  crud  crud  crud  crud
        loan.refuse                            crud  crud  crud  crud  crud  crud  crud  crud
        loan.report                            crud  crud  crud  crud  crud  crud  crud  crud
        loan.return                            crud  crud  crud  crud  crud  crud  crud  crud
        loan.return.line                       crud  crud  crud  crud  crud  crud  crud  crud
        sign.off.change                        r     r     r     r     r     r     r     r
        sign.off.contact.wizard                cru   cru   cru   cru   cru   cru   cru   cru
        sign.off.deputy                        crud  crud  crud  crud  crud  crud  crud  crud
        sign.off.preview                       -     -     -     -     -     -     -     cru
        sign.off.request                       r     r     r     r     r     r     r     r
        sign.off.request.step                  r     r     r     r     r     r     r     r
        sign.off.route                         -     -     -     -     -     -     -     crud
        sign.off.route.step                    -     -     -     -     -     -     -     crud
        sign.off.signature                     r     r     r     r     r     r     r     r
        sign.off.wizard                        cru   cru   cru   cru   cru   cru   cru   cru
"""


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessMatrixMixin, CustomerArchiveCommon):
    """0.5 and 2.6 of the catalogue: six roles, each with its rights; nothing for portal users and visitors (CA-11)."""

    access_modules = ("record_control", "customer_archive")
    # made of the name alone, or printed on every visiting card
    access_open_fields = frozenset({"ca_fax", "ca_name_key", "ca_pinyin"})
    access_roles = ROLES
    access_matrix = MATRIX

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            "employee": cls.clerk,
            "user": cls.sales1,
            "supervisor": cls.supervisor,
            "keeper": cls.keeper,
            "manager": cls.manager,
            "finance": cls.finance,
            "director": cls.director,
            "setup": cls._new_user(
                "ca_setup", "record_control.group_record_control_manager"
            ),
        }
