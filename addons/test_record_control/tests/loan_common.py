from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user


class LoanCommon(TransactionCase):
    """Two things of one keeper, two borrowers, an approver; Shanghai, Monday to Friday 8-12, 13-17."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, no_reset_password=True)
        )
        cls.company = cls.env.company
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Usual", "tz": "Asia/Shanghai", "company_id": cls.company.id}
        )
        cls.keeper = cls._new_user("l_keeper")
        cls.keeper2 = cls._new_user("l_keeper2")
        cls.boss = cls._new_user("l_boss", "test_record_control.group_test_director")
        cls.ann = cls._new_user("l_ann")
        cls.bob = cls._new_user("l_bob")
        cls.stranger = cls._new_user("l_stranger")
        cls.employees = {
            user: cls.env["hr.employee"].create(
                {
                    "name": user.login,
                    "user_id": user.id,
                    "barcode": user.login.replace("_", ""),
                }
            )
            for user in (cls.keeper, cls.boss, cls.ann, cls.bob)
        }
        cls.employees[cls.ann].parent_id = cls.employees[cls.boss]
        cls.things = cls.env["test.thing"].create(
            [
                {"name": name, "code": f"T-{name}", "keeper_id": cls.keeper.id}
                for name in ("Alpha", "Beta")
            ]
        )
        cls.alpha, cls.beta = cls.things
        cls.director_group = cls.env.ref("test_record_control.group_test_director")
        cls.loan_class = cls.env["loan.class"].create(
            {
                "code": "T",
                "name": "Things",
                "model_id": cls.env["ir.model"]._get("test.thing").id,
                "approval_group_ids": [Command.set(cls.director_group.ids)],
                "duration": 3,
                "duration_unit": "working_day",
                "max_extensions": 1,
            }
        )

    @classmethod
    def _new_user(cls, login, groups="base.group_user"):
        return new_test_user(cls.env, login, groups, email=f"{login}@example.com")

    @classmethod
    def _loan(cls, user, things, state="draft", borrower=None, **vals):
        """Make a loan and take it along the ordinary road to ``state``."""
        loan = (
            cls.env["loan.loan"]
            .with_user(user)
            .create(
                {
                    "borrower_id": cls.employees[borrower or user].id,
                    "purpose": "Check",
                    "acknowledged": True,
                    "line_ids": [
                        Command.create({"res_model": thing._name, "res_id": thing.id})
                        for thing in things
                    ],
                    **vals,
                }
            )
        )
        steps = {
            "requested": lambda: loan.action_submit(),
            "approved": lambda: loan.with_user(cls.boss).action_approve(),
            "out": lambda: loan.with_user(cls.keeper).action_hand_out(),
        }
        for target, step in steps.items():
            if state == "draft":
                break
            if loan.state != target:
                step()
            if target == state:
                break
        return loan

    def _return(self, loan, user=None, condition="good", lines=None):
        lines = (lines or loan.line_ids).with_user(user or self.keeper)
        lines.loan_id._return_lines(
            lines, {line: (condition, "note") for line in lines}
        )
