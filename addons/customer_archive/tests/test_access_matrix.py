from odoo.tests import new_test_user, tagged

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
OPERATIONS = {"c": "create", "r": "read", "u": "write", "d": "unlink"}
# What each role may do with each kind of record at all. Which records is the business of the rules, and what is
# history (submitted, signed, received) is kept by the gates of the models, whoever asks.
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
MODULES = ("record_control", "customer_archive")


@tagged("post_install", "-at_install")
class TestAccessMatrix(CustomerArchiveCommon):
    """0.5 and 2.6 of the catalogue: six roles, each with its rights; nothing for portal users and visitors (CA-11)."""

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
        cls.outsiders = {
            "portal user": new_test_user(
                cls.env, login="ca_portal", groups="base.group_portal"
            ),
            "visitor": cls.env.ref("base.public_user"),
        }
        cls.matrix = {
            row[0]: dict(zip(ROLES, row[1:], strict=True))
            for row in map(str.split, MATRIX.strip().splitlines())
        }

    def _get_own_models(self):
        return [
            model
            for model in self.env.values()
            if model._original_module in MODULES and not model._abstract
        ]

    def _get_rights(self, model, user):
        model = model.with_user(user)
        return (
            "".join(
                letter
                for letter, operation in OPERATIONS.items()
                if model.has_access(operation)
            )
            or "-"
        )

    def test_ca_11_table_names_every_model(self):
        self.assertEqual(
            sorted(model._name for model in self._get_own_models()),
            sorted(self.matrix),
        )

    def test_ca_11_rights_are_those_of_the_table(self):
        for name, expected in self.matrix.items():
            for role, user in self.users.items():
                with self.subTest(model=name, role=role):
                    self.assertEqual(
                        self._get_rights(self.env[name], user), expected[role]
                    )

    def test_ca_11_outsiders_have_no_right(self):
        for name in self.matrix:
            for who, user in self.outsiders.items():
                with self.subTest(model=name, who=who):
                    self.assertEqual(self._get_rights(self.env[name], user), "-")

    def test_ca_11_every_access_line_names_a_group(self):
        lines = self.env["ir.model.access"].search(
            [("model_id.model", "in", list(self.matrix)), ("group_id", "=", False)]
        )
        self.assertFalse(lines.mapped("name"))

    def test_ca_11_companies_are_kept_apart(self):
        """Every list with a company has a rule about companies for everybody, or is as restricted as its archive."""
        rules = self.env["ir.rule"].search(
            [("groups", "=", False), ("domain_force", "like", "company_ids")]
        )
        ruled = set(rules.model_id.mapped("model"))
        for model in self._get_own_models():
            field = model._fields.get("company_id")
            if not field or not field.store or model._transient:
                continue
            if hasattr(model, "_restricted_parent_field"):
                continue
            with self.subTest(model=model._name):
                self.assertIn(model._name, ruled)
