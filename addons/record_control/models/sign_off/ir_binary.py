from odoo import models


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        """Treat the scan of a signed paper as a file of the record that was signed."""
        if record._name == "sign.off.signature" and field_name == "attachment":
            record.sudo(False)._check_scan_download()
        return super()._record_to_stream(record, field_name)
