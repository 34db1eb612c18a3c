from odoo import models


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        """Treat a file field of a restricted record as a file of it."""
        if getattr(record, "_restricted_record", False):
            user_record = record.sudo(False)
            user_record.check_access("read")
            if not record._is_image(field_name):
                user_record._check_access_right_granted("download")
                field = record._fields[field_name]
                if not field.attachment:  # else the attachment logs it
                    user_record._log_record_access("download", detail=field_name)
        return super()._record_to_stream(record, field_name)
