from odoo.tools import SQL

from ..common import CustomerArchiveCommon


class DocumentCommon(CustomerArchiveCommon):
    """Archives with their checklists, put on file without the steps of the review."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Document = cls.env["customer.archive.document"]
        cls.Type = cls.env["customer.archive.document.type"]
        cls.d01 = cls.env.ref("customer_archive.customer_archive_document_type_d01")
        cls.d09 = cls.env.ref("customer_archive.customer_archive_document_type_d09")
        cls.d12 = cls.env.ref("customer_archive.customer_archive_document_type_d12")

    @classmethod
    def _put_on_file(cls, archives, state="active"):
        """Set the state as a finished review would; the review has tests of its own."""
        archives.flush_recordset()
        cls.env.cr.execute(
            SQL(
                "UPDATE customer_archive SET state = %s WHERE id IN %s",
                state,
                archives._ids,
            )
        )
        archives.invalidate_recordset(["state"])
        archives.modified(["state"])
        archives.flush_recordset()

    @classmethod
    def _new_archives(cls, count, **values):
        """Create many archives at once."""
        first = cls.env["res.partner"].search_count([])
        partners = cls.env["res.partner"].create(
            [
                {"name": f"Customer {first + number:07d}", "is_company": True}
                for number in range(count)
            ]
        )
        return cls.env["customer.archive"].create(
            [
                {"partner_id": partner.id, "user_id": cls.sales1.id, **values}
                for partner in partners
            ]
        )

    def _line(self, archive, code):
        return archive.document_ids.filtered(
            lambda line: line.type_id.code == code and line.is_checklist
        )
