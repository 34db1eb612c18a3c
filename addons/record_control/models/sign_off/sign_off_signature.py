from odoo import api, fields, models
from odoo.exceptions import UserError

DECISIONS = [("approve", "Approved"), ("refuse", "Refused")]
METHODS = [
    ("system", "In the system"),
    ("portal", "By link or portal"),
    ("tablet", "On a device of ours"),
    ("paper", "On paper"),
]


class SignOffSignature(models.Model):
    """One signature: append-only, also for the superuser.

    One of our users has signed (``user_id``), or a contact of the customer or supplier (``partner_id``),
    with the evidence that the way of signing (``method``) asks for. Images and scans are kept in the row
    itself, so that they are as final as the row.
    """

    _name = "sign.off.signature"
    _description = "Signature"
    _inherit = ["sign.off.trail.mixin"]
    _order = "signed_at, id"
    _rec_name = "title"

    request_id = fields.Many2one(
        comodel_name="sign.off.request",
        string="Round",
        required=True,
        readonly=True,
        index=True,
        bypass_search_access=True,
        ondelete="cascade",
    )
    step_id = fields.Many2one(
        comodel_name="sign.off.request.step",
        required=True,
        readonly=True,
        bypass_search_access=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The contact of the customer or supplier who signed.",
    )
    signer_name = fields.Char(
        string="Name of the Contact",
        readonly=True,
        help="The name of the contact when it signed.",
    )
    signed_by = fields.Char(compute="_compute_signed_by")
    method = fields.Selection(
        selection=METHODS, required=True, readonly=True, default="system"
    )
    entered_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Who of ours had the contact sign, or entered the signed paper. This is no signature of that person.",
    )
    date_signed = fields.Date(
        string="Date on the Paper",
        readonly=True,
        help="When the paper was signed; “Signed at” says when it was entered.",
    )
    on_behalf_of_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        ondelete="restrict",
    )
    title = fields.Char(
        required=True,
        readonly=True,
        help="The title of the sign-off cell when it was signed.",
    )
    decision = fields.Selection(selection=DECISIONS, required=True, readonly=True)
    opinion = fields.Text(readonly=True)
    signed_at = fields.Datetime(required=True, readonly=True)
    note = fields.Char(
        readonly=True, help="Why this person signed in the place of somebody else."
    )
    digest = fields.Char(
        required=True, readonly=True, help="Digest of the values that were signed."
    )
    signature = fields.Binary(
        string="Signature Image",
        attachment=False,
        readonly=True,
    )

    attachment = fields.Binary(
        string="Scan of the Paper",
        attachment=False,
        readonly=True,
    )
    attachment_name = fields.Char(string="File Name", readonly=True)

    # No signature of a contact without the evidence that its way of signing asks for
    _check_evidence = models.Constraint(
        """CHECK (
            (method = 'system' AND user_id IS NOT NULL AND partner_id IS NULL)
            OR (
                method IN ('portal', 'tablet', 'paper')
                AND user_id IS NULL AND partner_id IS NOT NULL AND signer_name IS NOT NULL
                AND (method = 'portal' OR entered_by_id IS NOT NULL)
                AND (method != 'portal' OR decision = 'refuse' OR signature IS NOT NULL)
                AND (method != 'tablet' OR signature IS NOT NULL)
                AND (method != 'paper' OR (attachment IS NOT NULL AND date_signed IS NOT NULL))
            )
        )""",
        "A contact signs by link, on a device of ours (drawn signature) or on paper (scan and date).",
    )
    # One signature per step, whatever two approvers do at the same instant
    _step_uniq = models.UniqueIndex(
        "(request_id, step_id)",
        "This step has been signed already.",
    )

    @api.depends("user_id", "signer_name")
    def _compute_signed_by(self):
        for signature in self:
            signature.signed_by = signature.signer_name or signature.user_id.name

    @api.model_create_multi
    def create(self, vals_list):
        """Add signatures; only the system does, and only to steps that wait for one."""
        self._refuse_unless_system()
        steps = self.env["sign.off.request.step"].browse(
            [vals["step_id"] for vals in vals_list]
        )
        for step, vals in zip(steps, vals_list, strict=True):
            if (
                step.request_id.id != vals["request_id"]
                or step.request_id.state != "open"
                or step.state != "open"
            ):
                raise UserError(
                    self.env._(
                        "%(record)s: the step %(step)s is not waiting for a signature.",
                        record=step.request_id.name,
                        step=step.name,
                    )
                )
            steps_contact = (
                step.partner_id.id if step.signer_type == "contact" else False
            )
            if (vals.get("partner_id") or False) != steps_contact:
                raise UserError(
                    self.env._(
                        "%(record)s: the step %(step)s is signed by somebody else.",
                        record=step.request_id.name,
                        step=step.name,
                    )
                )
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: a signature is never changed."""
        if not self:
            return True
        raise UserError(self.env._("A signature cannot be changed."))

    # --- The scan is a file of the record ---

    def _read_format(self, fnames, load="_classic_read"):
        if "attachment" in fnames and not self.env.context.get("bin_size"):
            self._check_scan_download()
        return super()._read_format(fnames, load=load)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        if any(path[0] == "attachment" for path in fields if path):
            self._check_scan_download()
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _check_scan_download(self):
        """Refuse the scan of a signed paper to whoever may not download the files of a restricted record.

        :raises AccessError: with the reasons
        """
        if self.env.su:
            return
        # sudo: whether there is a scan, and of which record, does not depend on who asks
        signatures_sudo = self.sudo().with_context(bin_size=True)
        scanned_sudo = signatures_sudo.filtered("attachment").request_id
        for records_sudo in scanned_sudo._get_records_by_model():
            records = records_sudo.sudo(False).exists()
            if getattr(records, "_restricted_record", False):
                records._check_access_right_granted("download")
                records._log_record_access("download", detail=self._description)

    def _describe(self):
        """One sentence for the chatter."""
        self.ensure_one()
        values = {
            "title": self.title,
            "opinion": self.opinion or "",
            "note": self.note or "",
            "contact": self.signer_name or "",
        }
        if self.partner_id and self.decision == "approve":
            text = self.env._("%(title)s: %(contact)s agrees.", **values)
        elif self.partner_id:
            text = self.env._("%(title)s: %(contact)s does not agree.", **values)
        elif self.decision == "approve":
            text = self.env._("%(title)s: approved.", **values)
        else:
            text = self.env._("%(title)s: refused.", **values)
        return " ".join(
            filter(None, [text, self.note and f"({self.note})", self.opinion])
        )
