from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedMany2many,
)

from ...tools.qr import qr_data_uri

LAYOUTS = [
    ("card_80", "Card 80 × 50 mm"),
    ("card_60", "Card 60 × 40 mm"),
    ("card_sheet", "Cards on A4"),
    ("in_process", "In-process label"),
    ("disabled", "Disabled label (red)"),
    ("location", "Location label"),
]
#: layout -> xml id of its report
REPORTS = {layout: f"sample_control.report_label_{layout}" for layout, __ in LAYOUTS}
CARD_LAYOUTS = ("card_80", "card_60", "card_sheet")

#: lines that a card of 80 × 50 mm has room for, those that are always there, and how wide a line beside
#: the QR code is
CARD_LINES = 11
FIXED_CARD_LINES = 6
CARD_LINE_EM = 18


class SampleLabelPrint(models.Model):
    """One print of labels, append-only: which, by whom, and for reprints why (SC-29.2).

    The label reports print these records, not samples, so that no label leaves the house without
    an entry here.
    """

    _name = "sample.label.print"
    _description = "Label Print"
    _inherit = ["append.only.mixin", "controlled.form.mixin"]
    _order = "id desc"

    layout = fields.Selection(selection=LAYOUTS, required=True, readonly=True)
    sample_ids = RestrictedMany2many(
        comodel_name="sample.sample", string="Samples", readonly=True
    )
    location_ids = fields.Many2many(
        comodel_name="sample.location", string="Places", readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Printed By",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    is_reprint = fields.Boolean(readonly=True)
    reason = fields.Char(string="Reason of the Reprint", readonly=True)

    @api.depends("layout")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["layout"]._description_selection(self.env))
        for job in self:
            job.display_name = f"{labels.get(job.layout, '')} {job.id or ''}".strip()

    # --- Append-only ---

    @api.model
    def _explain_system_only(self):
        return self.env._("Labels are printed from the sample or the place.")

    # --- Business ---

    @api.model
    def _start(self, layout, samples=None, locations=None, reason=""):
        """Enter a print in the register; the report of the entry gives the labels.

        :param str layout: a key of :data:`LAYOUTS`
        :param samples: sample.sample
        :param locations: sample.location
        :param str reason: why a label is printed again
        :return: the entry
        :raises UserError: with everything that is missing
        """
        samples = samples or self.env["sample.sample"]
        locations = locations or self.env["sample.location"]
        (samples or locations).check_access("read")
        samples._check_access_right_granted("print")
        reasons = self._get_print_reasons(layout, samples, locations)
        printed = self._get_printed(layout, samples, locations)
        if printed and not (reason or "").strip():
            reasons.append(
                self.env._(
                    "Printed before: %(names)s. Enter the reason of the reprint.",
                    names=", ".join(printed.mapped("display_name")),
                )
            )
        if reasons:
            raise UserError("\n".join(reasons))
        # sudo: the register is append-only and written by the system alone
        job_sudo = self.sudo().create(
            {
                "layout": layout,
                "sample_ids": [fields.Command.set(samples.ids)],
                "location_ids": [fields.Command.set(locations.ids)],
                "company_id": (samples or locations).company_id[:1].id,
                "user_id": self.env.uid,
                "is_reprint": bool(printed),
                "reason": reason if printed else False,
            }
        )
        samples._register_label(layout)
        return job_sudo.sudo(False)

    @api.model
    def _get_print_reasons(self, layout, samples, locations):
        """Say why these labels may not be printed.

        :param str layout: a key of :data:`LAYOUTS`
        :return: list of sentences
        """
        things = locations if layout == "location" else samples
        if not things:
            return [self.env._("Choose what the labels are for.")]
        if len(things.company_id) > 1:
            return [self.env._("Print the labels of one company at a time.")]
        if layout == "location":
            return []
        return [
            f"{sample.display_name}: {reason}"
            for sample in samples
            for reason in sample._get_label_reasons(layout)
        ]

    @api.model
    def _get_printed(self, layout, samples, locations):
        """Return those of the things whose label was printed before."""
        # sudo: what was printed is in the register whoever printed it
        jobs_sudo = self.sudo()
        if layout == "location":
            jobs = jobs_sudo.search(
                [("layout", "=", layout), ("location_ids", "in", locations.ids)]
            )
            return locations & jobs.location_ids.sudo(self.env.su)
        if layout in CARD_LAYOUTS:
            return samples.filtered("card_printed_at")
        jobs = jobs_sudo.search(
            [("layout", "=", layout), ("sample_ids", "in", samples.ids)]
        )
        return samples & jobs.sample_ids.sudo(self.env.su)

    def _get_report_action(self):
        """Return the action that prints this entry."""
        self.ensure_one()
        return self.env.ref(REPORTS[self.layout]).report_action(self)

    @api.model
    def _get_page_class(self):
        """Return the classes of a page of labels, so that a label gets its nominal size with any engine."""
        fitted = self.env["record_control.print.sheet"]._needs_fitting()
        return "article o_sample_label_page" + " o_sample_label_fitted" * fitted

    @api.model
    def _get_qr_image(self, url):
        """Return a QR code as the address of a picture, for any PDF engine.

        :param str url: what the code holds
        """
        return qr_data_uri(url)

    @api.model
    def _is_card_full(self, sample):
        """Tell whether a card has so much to say that its letters are made smaller.

        :param sample: sample.sample
        """
        names = [sample.product_id.display_name or sample.title, sample.partner_id.name]
        lines = FIXED_CARD_LINES + len(sample._get_card_lines())
        lines += sum(1 + (self._measure(name) > CARD_LINE_EM) for name in names if name)
        lines += self._measure(", ".join(sample._get_card_signatures())) > CARD_LINE_EM
        return lines > CARD_LINES

    @api.model
    def _measure(self, text):
        """Estimate the width of a text in em."""
        return self.env["record_control.print.sheet"]._measure(text, 1)

    def _get_controlled_form(self, code=None):
        """Each label is a controlled form of its own: F01, F02, F03, F05."""
        keys = {"in_process": "SC-F02", "disabled": "SC-F03", "location": "SC-F05"}
        return super()._get_controlled_form(code or keys.get(self.layout, "SC-F01"))
