from datetime import datetime

from freezegun import freeze_time

from odoo.fields import Command

from ..common import SampleCase

#: Monday, 10:00 in Shanghai
MONDAY = datetime(2026, 3, 2, 2, 0)
PLANNED = "2026-03-03 06:00:00"


class SealingCase(SampleCase):
    """Requests with a rule of their own, and the steps people take with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Request = cls.env["sample.request"]
        cls.env["clock.calendar.day"].search([]).unlink()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Day shift",
                "tz": "Asia/Shanghai",
                "company_id": cls.company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "hour_from": 8.5,
                                "hour_to": 17.5,
                                "day_period": "full_day",
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        cls.technical2 = cls._new_user("sc_technical2", "technical")
        cls.quality2 = cls._new_user("sc_quality2", "quality")
        cls.rule = cls._new_policy(
            "Sealing of plastics",
            ["sealing"],
            type_ids=[Command.set(cls._type("SEAL").ids)],
            categ_ids=[Command.set(cls.plastics.ids)],
            trial_fit_limit_value=90,
            trial_fit_limit_unit="minute",
            document_ids=[
                Command.create({"code": code, "name": name, "applies_to": part})
                for code, name, part in (
                    ("small_batch", "Small-batch trial review sheet", "all"),
                    ("third_party", "Third-party test report", "key_part"),
                    ("on_site_test", "On-site performance test", "electrical"),
                    ("review_form", "Sealing review form", "all"),
                )
            ],
        )

    @classmethod
    def _new_request(cls, user=None, **values):
        """Create a draft of a sealing as the technical side would."""
        return (
            cls.Request.with_user(user or cls.technical)
            .create(
                {
                    "kind": "seal",
                    "product_id": cls.product.id,
                    "first_batch_name": "B001",
                    "first_batch_date": "2026-02-20",
                    "planned_at": PLANNED,
                    "custodian_id": cls.keeper.id,
                    "home_location_id": cls.room.id,
                    "organiser_id": cls.technical2.id,
                    **values,
                }
            )
            .with_user(cls.env.user)
        )

    @classmethod
    def _check(cls, requests):
        """Take drafts through notice and arrangement to documents and tests."""
        for request in requests:
            with freeze_time(MONDAY):
                request.with_user(cls.technical).action_submit()
                request.with_user(cls.quality).action_arrange()
                request.with_user(cls.quality).action_check()
        return requests

    @classmethod
    def _complete(cls, requests):
        """Enter what the review asks for: documents and the joint inspection."""
        for request in requests:
            lines = request.document_ids.filtered(
                lambda line: line.state == "missing" and line.code != "review_form"
            )
            lines.write({"number": "N1", "result": "pass"})
            lines.with_user(cls.quality).action_received()
            request.with_user(cls.quality).write(
                {
                    "joint_quality_id": cls.quality.id,
                    "joint_technical_id": cls.technical.id,
                    "joint_result": "pass",
                }
            )
        return requests

    @classmethod
    def _review(cls, requests, conclusion="pass"):
        """Take requests under test through their review."""
        cls._complete(requests)
        for request in requests:
            request.with_user(cls.quality).action_review()
            request.with_user(cls.quality).write(
                {"conclusion": conclusion, "review_date": "2026-03-03"}
            )
        return requests

    @classmethod
    def _seal(cls, requests):
        """Have reviewed requests signed by technical side and quality."""
        for request in requests:
            request.with_user(cls.administrator).action_request_sign_off()
            request.with_user(cls.technical)._sign_off()
            request.with_user(cls.quality)._sign_off()
        return requests

    @classmethod
    def _approve(cls, requests):
        """Take drafts all the way to the approval."""
        cls._seal(cls._review(cls._check(requests)))
        for request in requests:
            request.with_user(cls.quality2).action_approve()
        return requests

    @classmethod
    def _file(cls, requests):
        """Take drafts all the way to samples on file."""
        cls._approve(requests)
        for request in requests:
            request.with_user(cls.administrator).action_activate()
        return requests

    @classmethod
    def _new_issue(cls, request, **values):
        """Enter a problem point of a request, answered by the technical side."""
        return (
            cls.env["sample.issue"]
            .with_user(cls.quality)
            .create(
                {
                    "request_id": request.id,
                    "description": "Scratches beside the gate",
                    "user_id": cls.technical.id,
                    "date_due": "2026-03-10",
                    **values,
                }
            )
            .with_user(cls.env.user)
        )

    @classmethod
    def _close_issue(cls, issue):
        """Answer, rectify and verify a problem point."""
        issue.with_user(cls.technical).write({"cause": "Mould", "action": "Polished"})
        issue.with_user(cls.technical).action_answer()
        issue.with_user(cls.technical).action_report_done()
        issue.with_user(cls.quality).verify_note = "Looked at five pieces"
        issue.with_user(cls.quality).action_close()
