from odoo.fields import Command

from odoo.addons.record_control.tests.common_state import GuardedStateAssertions

from ..common import SampleCase

#: Tuesday 10 March 2026, 10:00 in Shanghai; the working day ends at 17:00, which is 09:00 UTC
NOW = "2026-03-10 02:00:00"
DAY_ENDS = "2026-03-10 09:00:00"
NEXT_DAY_ENDS = "2026-03-11 09:00:00"


class UseCase(GuardedStateAssertions, SampleCase):
    """Employees for the users, and short ways to lend and to compare."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls._new_user("sc_operator", "user")
        cls.employees = {
            user: cls.env["hr.employee"].create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": cls.company.id,
                }
            )
            for user in (
                cls.user,
                cls.operator,
                cls.keeper,
                cls.inspector,
                cls.benchmark,
            )
        }

    @classmethod
    def _use_policy(cls, **values):
        """Let a rule for the test product say how its samples are used."""
        return cls._new_policy(
            "Use",
            ["use"],
            product_tmpl_ids=cls.product.product_tmpl_id.ids,
            **values,
        )

    @classmethod
    def _new_loan(cls, samples, user=None, **values):
        """Create a draft of a loan as its borrower."""
        user = user or cls.user
        return (
            cls.env["loan.loan"]
            .with_user(user)
            .create(
                {
                    "borrower_id": cls.employees[user].id,
                    "company_id": cls.company.id,
                    "purpose": "Comparison",
                    "acknowledged": True,
                    "line_ids": [
                        Command.create({"res_model": sample._name, "res_id": sample.id})
                        for sample in samples
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def _lend(cls, samples, user=None, **values):
        """Lend samples: asked for by the borrower, handed out by the keeper."""
        loan = cls._new_loan(samples, user, **values)
        loan.action_submit()
        loan.with_user(cls.keeper).action_hand_out()
        return loan.with_user(cls.env.user)

    @classmethod
    def _return(cls, loan, condition="good", user=None, note=None):
        lines = loan.with_user(user or cls.keeper).line_ids
        loan.with_user(user or cls.keeper)._return_lines(
            lines, dict.fromkeys(lines, (condition, note))
        )

    @classmethod
    def _new_first_article(cls, sample=None, user=None, **values):
        """Create a draft of a first article as the operator."""
        record = (
            cls.env["sample.first.article"]
            .with_user(user or cls.operator)
            .create(
                {
                    "product_id": cls.product.id,
                    "production_ref": "MO001",
                    "operator_id": cls.employees[cls.operator].id,
                    **({"sample_id": sample.id} if sample else {}),
                    **values,
                }
            )
        )
        return record.with_user(cls.env.user)

    @classmethod
    def _compare(cls, record, result="pass"):
        """Begin a comparison and enter the same result for every characteristic."""
        record.with_user(cls.operator).action_start()
        if not record.line_ids:
            record.with_user(cls.operator).line_ids = [
                Command.create(
                    {
                        "characteristic_id": cls.env.ref(
                            "sample_control.sample_characteristic_colour"
                        ).id
                    }
                )
            ]
        record.with_user(cls.operator).line_ids.result = result
        return record
