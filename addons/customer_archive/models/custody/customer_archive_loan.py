from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.record_control.models.access.restricted_record import highest_level

from ..document.customer_archive_document_type import (
    ON_FILE_STATES,
)

# What a manager, and not the department alone, lets out of the archive.
MANAGER_LEVELS = ("confidential", "top_secret")


class CustomerArchive(models.Model):
    """Borrowing whole archives (CA-10); the rules common to all loans are those of ``loan.loan``."""

    _inherit = "customer.archive"

    def _get_loan_reasons(self, borrower):
        reasons = super()._get_loan_reasons(borrower)
        if self.state not in ON_FILE_STATES:
            reasons.append(
                self.env._("%(archive)s is not on file.", archive=self._get_loan_name())
            )
        out = self.document_ids.filtered("is_on_loan")
        if out:
            reasons.append(
                self.env._(
                    "Documents of %(archive)s are out: %(documents)s.",
                    archive=self._get_loan_name(),
                    documents=", ".join(out.type_id.mapped("display_name")),
                )
            )
        return reasons

    def _get_loan_approval_reasons(self, loan, user):
        """Other people's archives are lent by a director (A-10: the source leaves open who)."""
        reasons = super()._get_loan_approval_reasons(loan, user)
        own = (
            loan.borrower_user_id
            and self.with_user(loan.borrower_user_id)._filter_own()
        )
        if not own and not user.has_group(
            "customer_archive.group_customer_archive_director"
        ):
            reasons.append(
                self.env._(
                    "%(archive)s is not an archive of the borrower: a director approves.",
                    archive=self.name,
                )
            )
        return reasons

    def _get_loan_class(self):
        electronic = self.carrier == "electronic"
        return (
            self._find_archive_loan_class(self.confidentiality, electronic)
            or super()._get_loan_class()
        )

    @api.model
    def _find_archive_loan_class(self, level, electronic):
        """Return the loan class of archives and their documents.

        :param str level: confidentiality
        :param bool electronic: whether access takes the place of handing something over
        :return: loan.class, the company's own before the shared one
        """
        code = "archive_file" if electronic else "archive_paper"
        if level in MANAGER_LEVELS:
            code += "_confidential"
        company = self.company_id or self.env.company
        # sudo: a borrower need not be allowed to read the set-up
        classes_sudo = company._find_setup(
            self.env["loan.class"].sudo(), [("code", "=", code)]
        )
        return classes_sudo[:1].sudo(self.env.su)

    def _get_loan_keepers(self):
        return self._get_access_keepers()

    def _update_loan_parties(self):
        super()._update_loan_parties()
        # sudo: as for the archive itself
        self.sudo().document_ids._update_loan_parties()

    def _on_loan_handed_out(self, line):
        super()._on_loan_handed_out(line)
        self._check_lent_once()

    def _on_loan_returned(self, line):
        super()._on_loan_returned(line)
        line._ask_to_put_back(self.keeper_id, self.place)

    def _check_lent_once(self):
        """Refuse that an archive and one of its documents are out at the same time, whatever two keepers do at once.

        The archive is claimed: of two hand-outs the second waits, begins anew and then finds the first.
        """
        self.ensure_one()
        self._claim()
        self.invalidate_recordset(["is_on_loan"])
        self.document_ids.invalidate_recordset(["is_on_loan"])
        if self.is_on_loan and any(self.document_ids.mapped("is_on_loan")):
            raise UserError(
                self.env._(
                    "%(archive)s and one of its documents cannot be out at the same time.",
                    archive=self.name,
                )
            )


class CustomerArchiveDocument(models.Model):
    """Borrowing single documents (CA-10)."""

    _inherit = "customer.archive.document"

    def _get_loan_reasons(self, borrower):
        reasons = super()._get_loan_reasons(borrower)
        if self.date_destroyed:
            reasons.append(
                self.env._("%(document)s is destroyed.", document=self._get_loan_name())
            )
        elif not self.date_received:
            reasons.append(
                self.env._(
                    "%(document)s is not in the archive.",
                    document=self._get_loan_name(),
                )
            )
        if self.archive_id.state not in ON_FILE_STATES:
            reasons.append(
                self.env._(
                    "%(archive)s is not on file.",
                    archive=self.archive_id._get_loan_name(),
                )
            )
        if self.archive_id.is_on_loan:
            reasons.append(
                self.env._(
                    "The whole archive %(archive)s is out.",
                    archive=self.archive_id._get_loan_name(),
                )
            )
        return reasons

    def _get_loan_approval_reasons(self, loan, user):
        reasons = super()._get_loan_approval_reasons(loan, user)
        return reasons + self.archive_id._get_loan_approval_reasons(loan, user)

    def _get_loan_class(self):
        archive = self.archive_id
        electronic = archive.carrier == "electronic" or not self.copies
        # a document is at least as secret as its archive (CA-10, CA-12)
        level = highest_level((self.confidentiality, archive.confidentiality))
        return (
            archive._find_archive_loan_class(level, electronic)
            or super()._get_loan_class()
        )

    def _get_loan_keepers(self):
        return self.archive_id._get_loan_keepers()

    def _on_loan_handed_out(self, line):
        super()._on_loan_handed_out(line)
        self.archive_id._check_lent_once()

    def _on_loan_returned(self, line):
        super()._on_loan_returned(line)
        line._ask_to_put_back(
            self.archive_id.keeper_id, self.paper_place or self.archive_id.place
        )
