from odoo import fields
from odoo.fields import Command

from ..common import CustomerArchiveCommon


class ArchiveCommon(CustomerArchiveCommon):
    """Archives whose indispensable documents are there, and the steps people take with them."""

    @classmethod
    def _new_archive(cls, name, user=None, **values):
        archive = super()._new_archive(name, user=user, **values)
        cls._receive_documents(archive)
        return archive

    @classmethod
    def _receive_documents(cls, archives):
        """File the documents without which an archive is not put on file."""
        documents = cls.env["customer.archive.document"].search(
            [("archive_id", "in", archives.ids), ("type_id.blocks_active", "=", True)]
        )
        documents.date_received = fields.Date.today()

    @classmethod
    def _submit(cls, archives):
        """Submit archives as their persons in charge."""
        for user, own in archives.grouped("user_id").items():
            own.with_user(user).action_submit()

    @classmethod
    def _put_on_file(cls, archives):
        """Take archives through submission, review and, where asked, approval."""
        cls._submit(archives)
        archives.with_user(cls.supervisor)._sign_off(opinion="Complete")
        approval = archives.filtered(lambda archive: archive.state == "approval")
        if approval:
            approval.with_user(cls.director)._sign_off()
        return archives

    @classmethod
    def _decide(cls, archives, kind, user=None, **values):
        """Stop, resume, deregister or restore as the dialog does."""
        values.setdefault("reason", "Because")
        if kind == "deregister":
            values.setdefault(
                "churn_reason_id",
                cls.env.ref("customer_archive.customer_archive_churn_reason_price").id,
            )
        decision = (
            cls.env["customer.archive.decision"]
            .with_user(user or cls.manager)
            .create(
                {"kind": kind, "archive_ids": [Command.set(archives.ids)], **values}
            )
        )
        return decision.action_confirm()
