from odoo.addons.mail.controllers.attachment import AttachmentController


class RecordAttachmentController(AttachmentController):
    def _get_pdf_first_page_response(self, attachment):
        # as superuser, for guests: the page is content, and the user is asked whether he may download
        attachment._check_download(log=True)
        return super()._get_pdf_first_page_response(attachment)
