from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SampleSample(models.Model):
    """Details that only some kinds of samples have (SC-03 to SC-13).

    Limit samples have a file of their own (``sample_sample_limit``).
    """

    _inherit = "sample.sample"

    # SC-03 standard sample of the customer, SC-13 customer property
    date_received = fields.Date(string="Received On")
    received_condition = fields.Selection(
        selection=[("good", "Good"), ("damaged", "Damaged")],
        string="Condition on Receipt",
    )
    date_handed_over = fields.Date(string="Handed Over On")
    handed_over_by_id = fields.Many2one(
        comodel_name="res.users",
    )
    handed_over_to_id = fields.Many2one(
        comodel_name="res.users",
    )
    customer_confirmed_on = fields.Date(
        string="Confirmed by the Customer",
        tracking=True,
        help="The day on which the customer's quality representative signed the card.",
    )
    customer_signatory_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer Quality Representative",
        help="Who signed for the customer.",
        ondelete="restrict",
    )
    return_required = fields.Boolean(
        string="To Be Returned",
        help="The owner wants the piece back at the end of its use.",
    )
    date_returned = fields.Date(string="Returned On")

    # SC-04 sealed sample
    is_electrical = fields.Boolean(
        string="Electrical Part", help="Tested on site before it is sealed."
    )

    # SC-05 temporary sample
    concession_note = fields.Text(
        string="Concession",
        tracking=True,
        help="What was conceded. Without it a temporary sample is no basis of final acceptance.",
    )
    concession_approver_id = fields.Many2one(
        comodel_name="res.users", string="Concession Approved By", tracking=True
    )
    tooling_acceptance_date = fields.Date(
        string="Tooling Acceptance Expected", index="btree_not_null"
    )
    seal_deadline = fields.Date(string="To Be Sealed By", index="btree_not_null")

    # SC-07 reference sample
    reference_use = fields.Selection(
        selection=[
            ("development", "Product development"),
            ("design_change", "Design change"),
            ("mould", "Mould making"),
            ("drawing", "Making drawings"),
            ("inspection_basis", "Inspection basis"),
            ("benchmark", "Benchmark study"),
        ],
        string="Used as Reference For",
    )
    competitor = fields.Char(help="Who made the piece.")

    # SC-08 guiding sample
    function_note = fields.Text(string="Function Required")
    measuring_method = fields.Text()
    fixture_id = fields.Many2one(
        comodel_name="maintenance.equipment",
        string="Checking Fixture",
        check_company=True,
        help="The fixture on which the sample is measured.",
    )
    confusable_product_ids = fields.Many2many(
        comodel_name="product.product",
        relation="sample_sample_confusable_product_rel",
        string="Easily Confused With",
    )
    distinction_note = fields.Text(string="How to Tell Apart")

    # SC-10 gauge block, test standard
    measured_value = fields.Char(string="Value or Specification")
    accuracy_class = fields.Char()
    calibrating_body = fields.Char()
    certificate_no = fields.Char(string="Certificate No.")
    certificate_valid_until = fields.Date(index="btree_not_null")

    @api.constrains("date_handed_over", "handed_over_by_id", "handed_over_to_id")
    def _check_hand_over(self):
        """A hand-over names two people: who gave the piece and who took it (SC-03.1)."""
        for sample in self.filtered("date_handed_over"):
            giver, taker = sample.handed_over_by_id, sample.handed_over_to_id
            if not giver or not taker or giver == taker:
                raise ValidationError(
                    self.env._(
                        "%(sample)s: enter who handed the piece over and who took it, two different people.",
                        sample=sample.display_name,
                    )
                )
