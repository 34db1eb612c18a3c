from odoo import api, fields, models

from ..sample.sample_sample import ENDED_STATES


class SampleSample(models.Model):
    """Exceptions of a sample: reported, traced, decided (SC-49, SC-50)."""

    _inherit = "sample.sample"

    exception_ids = fields.One2many(
        comodel_name="sample.exception", inverse_name="sample_id"
    )
    exception_count = fields.Integer(
        string="Exceptions", compute="_compute_exception_count"
    )

    # --- Computes ---

    @api.depends("exception_ids")
    def _compute_exception_count(self):
        exceptions = self.env["sample.exception"]
        counts = {}
        if exceptions.has_access("read"):
            counts = dict(
                exceptions._read_group(
                    [("sample_id", "in", self.ids)], ["sample_id"], ["__count"]
                )
            )
        for sample in self:
            sample.exception_count = counts.get(sample._origin, 0)

    # --- Facts ---

    def _get_last_good_at(self):
        """Return when this one sample was last known to be good: passed, else activated."""
        self.ensure_one()
        start = self.confirm_date and fields.Datetime.to_datetime(self.confirm_date)
        return self.last_passed_at or self.activated_at or start

    def _has_passed_since(self, moment):
        """Tell whether the sample passed an inspection at or after a moment.

        :param datetime.datetime moment: naive UTC
        """
        self.ensure_one()
        if not (self.last_passed_at and moment and self.last_passed_at >= moment):
            return False
        # confirmed since then, but measured before: says nothing about what happened in between
        confirmed = self.inspection_ids.filtered(
            lambda record: record.result == "pass"
            and record.state == "confirmed"
            and record.confirmed_at >= moment
        )
        return not confirmed or any(
            record.date_inspected and record.date_inspected >= moment.date()
            for record in confirmed
        )

    def _get_open_exceptions(self):
        """Return the exceptions about these samples that are not closed."""
        return self.exception_ids.filtered(lambda record: record.state != "closed")

    def _is_ended(self):
        self.ensure_one()
        return self.state in ENDED_STATES

    def _has_standing_successor(self):
        """Tell whether a valid piece stands for this one: its successor, or another copy of it.

        A copy that is damaged or lost does not take the standard away as long as the first piece or
        another copy is valid.
        """
        self.ensure_one()
        successor = self.replaced_by_id
        while successor.replaced_by_id:
            successor = successor.replaced_by_id
        others = successor | (self._get_family() - self)
        return any(other.state == "active" for other in others)

    def _must_notify_customer(self):
        """Tell whether the rule has the customer told when this sample fails (SC-50.1)."""
        self.ensure_one()
        mode = self._get_policy_values("end").get("notify_customer") or "if_owned"
        owned = self.owner_id or self.origin == "customer"
        if mode == "if_owned":
            return bool(owned)
        return mode == "always" and bool(owned or self.partner_id)

    # --- Gates ---

    def _get_reactivation_reasons(self):
        """A piece is used again after it passed since the last report, and was not given up (closing 1.2)."""
        reasons = super()._get_reactivation_reasons()
        # sudo: an exception counts whoever may see it
        for record in self.sudo()._get_open_exceptions():
            if record.decision in ("replace", "scrap"):
                reasons.append(
                    self.env._(
                        "The exception %(name)s decided that it is not used any more.",
                        name=record.name,
                    )
                )
            elif not self._has_passed_since(record.reported_at):
                reasons.append(
                    self.env._(
                        "It must pass an inspection after the exception %(name)s was reported.",
                        name=record.name,
                    )
                )
        return reasons

    # --- Hooks of the lifecycle ---

    def _on_ended(self, state):
        """Whoever ends a sample as lost, there is an exception about it (closing 1.2)."""
        super()._on_ended(state)
        if state != "lost":
            return
        for sample in self:
            if not sample.exception_ids.filtered(
                lambda record: record.kind == "lost" and record.state != "closed"
            ):
                sample._report_exception("lost", sample.end_reason, "other")

    def _on_loan_problem(self, line, kind, note):
        """What happens to a lent piece is an exception (SC-37.5)."""
        super()._on_loan_problem(line, kind, note)
        text = (note or "").strip() or line.loan_id.display_name
        self._report_exception(kind, text, "loan", line.loan_id)

    def _on_loan_returned(self, line):
        """A piece with an open exception goes to the isolation area, not to its place."""
        super()._on_loan_returned(line)
        open_records = self.sudo().exception_ids.filtered(
            lambda record: record.state != "closed" and record.measure == "isolate"
        )
        if open_records and self.custody_state != "isolated":
            self._isolate(open_records[:1].display_name, origin=open_records[:1])

    # --- Business ---

    def _report_exception(self, kind, text, where, origin=None):
        """Report that something is wrong with each of these samples.

        :param str kind: a key of ``KINDS`` of the exceptions
        :param str text: what was found
        :param str where: a key of ``found_where``
        :param origin: the record in which it was found, if any
        :return: the exceptions, one per sample
        """
        # sudo: system code reports for the rule that called it
        return (
            self.env["sample.exception"]
            .sudo()
            .create(
                [
                    {
                        "sample_id": sample.id,
                        "kind": kind,
                        "phenomenon": text or sample.display_name,
                        "found_where": where,
                        "found_by_id": self.env.uid,
                        "origin_res_model": origin._name if origin else False,
                        "origin_res_id": origin.id if origin else False,
                    }
                    for sample in self
                ]
            )
        )

    # --- Backward trace ---

    @api.model
    def _get_trace_sources(self):
        """Return what uses samples to judge. Hook.

        :return: list of tuples (kind, model, field of the instant of use, field of the batch)
        """
        return [
            ("first_article", "sample.first.article", "started_at", "production_ref"),
            ("comparison", "sample.comparison", "started_at", "lot_name"),
            ("inspection", "sample.inspection", "confirmed_at", None),
        ]

    def _get_trace_domain(self, moment_field, since):
        """Domain of the uses of these samples since a moment.

        :param str moment_field: name of the field with the instant of use
        :param datetime.datetime since: naive UTC, or False for all uses
        """
        domain = [("sample_id", "in", self.ids), (moment_field, "!=", False)]
        return [*domain, (moment_field, ">=", since)] if since else domain

    def _prepare_trace_vals(self, since):
        """Return the values of a line for each use of this one sample since a moment.

        :param datetime.datetime since: naive UTC
        """
        self.ensure_one()
        vals_list = []
        for kind, model, moment, batch in self._get_trace_sources():
            # sudo: what is in doubt is in doubt whoever asks
            records_sudo = (
                self.env[model].sudo().search(self._get_trace_domain(moment, since))
            )
            vals_list += [
                {
                    "sample_id": self.id,
                    "kind": kind,
                    "res_model": model,
                    "res_id": record.id,
                    "record_name": record.name,
                    "product_id": record.product_id.id,
                    "lot_name": batch and record[batch],
                    "used_at": record[moment],
                    "outcome": record._get_trace_outcome(),
                }
                for record in records_sudo
            ]
        return vals_list

    def action_report_exception(self):
        """Open a new exception about this sample.

        :return: action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Report an Exception"),
            "res_model": "sample.exception",
            "view_mode": "form",
            "context": {
                "default_sample_id": self.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_view_exceptions(self):
        """Show the exceptions of these samples.

        :return: action
        """
        return self._get_use_action("sample_control.sample_exception_action")

    def action_view_trace(self):
        """Show what was judged with this sample since it was last good, looked up now.

        :return: action
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["sample.trace"]._open(self)

    # --- Scanning ---

    def _get_scan_actions(self):
        actions = super()._get_scan_actions()
        if self.state not in ("draft", "to_sign", "disposed"):
            actions.append("report_exception")
        return actions
