from odoo import api, models
from odoo.fields import Domain


class SampleFigure(models.Model):
    """Figures of the state on a day: what is valid, overdue, out (K01, K02, K06, K18, K26)."""

    _inherit = "sample.figure"

    @api.model
    def _figure_k01(self, company, period):
        """Products that need a sample and have a valid one, of all that need one and are not discontinued."""
        needed = Domain("sample_required", "=", True)
        needed &= Domain("sample_discontinued", "=", False)
        needed &= company._get_setup_domain()
        covering = Domain("company_id", "=", company.id) & Domain(
            "state", "=", "active"
        )
        covering &= Domain("valid_until", "=", False) | Domain(
            "valid_until", ">=", period.day
        )
        covering &= Domain("product_id", "any", needed)
        [[covered]] = self.env["sample.sample"]._read_group(
            covering, aggregates=["product_id:count_distinct"]
        )
        return self._share(covered, self.env["product.product"].search_count(needed))

    @api.model
    def _figure_k02(self, company, period):
        """Expired samples that were not disposed of, of the live ones."""
        samples = self.env["sample.sample"]
        own = Domain("company_id", "=", company.id)
        return self._share(
            samples.search_count(own & Domain("state", "=", "expired")),
            samples.search_count(own & Domain("state", "in", ("active", "suspended"))),
        )

    @api.model
    def _figure_k06(self, company, period):
        """Valid samples whose calibration is overdue."""
        return self._number(
            self.env["sample.sample"].search_count(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "active"),
                    ("next_calibration_date", "<", period.day),
                ]
            )
        )

    @api.model
    def _figure_k18(self, company, period):
        """Samples out past their time, of those on loan; the value is the number overdue."""
        lines = self.env["loan.loan.line"]
        out = Domain("company_id", "=", company.id) & Domain("state", "=", "out")
        out &= Domain("res_model", "=", "sample.sample")
        late = Domain("loan_id.date_due", "<", min(period.ends_at, self._get_now()))
        return self._number(lines.search_count(out & late), lines.search_count(out))

    @api.model
    def _get_now(self):
        return self.env.cr.now().replace(microsecond=0)

    @api.model
    def _figure_k26(self, company, period):
        """Temporary samples that should have been sealed or ended."""
        return self._number(
            self.env["sample.sample"].search_count(
                [
                    ("company_id", "=", company.id),
                    ("type_id.code", "=", "TEMP"),
                    ("state", "in", ("active", "suspended")),
                    ("seal_deadline", "<", period.day),
                ]
            )
        )
