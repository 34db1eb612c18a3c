from odoo import api, fields, models
from odoo.tools import plaintext2html

from odoo.addons.record_control.tools import received_text

from ...tools.qr import read_code

#: loan class of each regime of the rules
LOAN_CLASSES = {
    "room_only": "sample_room",
    "loan": "sample",
    "point_of_use": "sample_point_of_use",
}
#: whereabouts from which a sample is not lent (SC-37.3)
NOT_LENT_FROM = ("in_lab", "at_customer", "at_supplier", "isolated")
#: states that the use gate may allow by rule; others are never lent
PAST_STATES = ("expired", "replaced")
#: entries of each list of the dossier, the newest ones
DOSSIER_ROWS = 200


class SampleSample(models.Model):
    """Samples in use: borrowed, compared with, sent (SC-34 to SC-38)."""

    _inherit = "sample.sample"

    first_article_ids = fields.One2many(
        comodel_name="sample.first.article", inverse_name="sample_id"
    )
    comparison_ids = fields.One2many(
        comodel_name="sample.comparison", inverse_name="sample_id"
    )
    dispatch_line_ids = fields.One2many(
        comodel_name="sample.dispatch.line", inverse_name="sample_id"
    )
    first_article_count = fields.Integer(
        string="First Articles", compute="_compute_use_counts"
    )
    comparison_count = fields.Integer(
        string="Comparisons", compute="_compute_use_counts"
    )
    loan_mode = fields.Selection(
        selection=lambda self: self.env["sample.policy"]
        ._fields["loan_mode"]
        ._description_selection(self.env),
        string="Lending",
        compute="_compute_loan_mode",
    )

    # --- Computes ---

    @api.depends("first_article_ids", "comparison_ids")
    def _compute_use_counts(self):
        counts = {}
        for name in ("sample.first.article", "sample.comparison"):
            model = self.env[name]
            groups = (
                model._read_group(
                    [("sample_id", "in", self.ids)], ["sample_id"], ["__count"]
                )
                if model.has_access("read")
                else []
            )
            counts[name] = dict(groups)
        for sample in self:
            origin = sample._origin
            sample.first_article_count = counts["sample.first.article"].get(origin, 0)
            sample.comparison_count = counts["sample.comparison"].get(origin, 0)

    @api.depends("policy_snapshot")
    def _compute_loan_mode(self):
        for sample in self:
            values = (sample.policy_snapshot or {}).get("use", {}).get("values", {})
            sample.loan_mode = values.get("loan_mode") or "loan"

    # --- Loans ---

    def _get_loan_class(self):
        """Return the class of the regime that the rule of the sample names, the nearest company's first."""
        self.ensure_one()
        code = LOAN_CLASSES[self._get_policy_values("use").get("loan_mode") or "loan"]
        # sudo: a borrower need not be allowed to read the set-up
        class_sudo = self.company_id._find_setup(
            self.env["loan.class"].sudo(), [("code", "=", code)]
        )[:1]
        return class_sudo.sudo(self.env.su) or super()._get_loan_class()

    def _get_loan_limits(self):
        """Return a class in memory for each sample whose rule gives hours.

        :return: dict sample id -> loan.class that is not stored
        """
        limits = {}
        for sample in self:
            hours = sample._get_policy_values("use").get("loan_max_hours")
            if hours:
                limits[sample.id] = self.env["loan.class"].new(
                    {
                        "code": self.env._("Rule of the sample"),
                        "name": sample.name,
                        "duration": max(round(hours * 60), 1),
                        "duration_unit": "minute",
                    }
                )
        return limits

    def _get_loan_keepers(self):
        """The custodian, and the other keepers: nobody receives his own return."""
        keepers_sudo = self.env.ref("sample_control.group_sample_keeper").sudo()
        keepers = super()._get_loan_keepers() | keepers_sudo.all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids
        )
        if self.confidentiality == "internal":
            return keepers
        return keepers.filtered(self._is_seen_by)

    def _get_loan_reasons(self, borrower):
        """Say why the piece is lent to nobody, or not to this borrower (SC-37.3, SC-34.1)."""
        reasons = super()._get_loan_reasons(borrower)
        if self.state not in ("active", *PAST_STATES):
            reasons += self._get_state_sentence()
        if self.custody_state in NOT_LENT_FROM:
            labels = dict(
                self._fields["custody_state"]._description_selection(self.env)
            )
            reasons.append(
                self.env._(
                    "%(sample)s is not at hand: %(where)s.",
                    sample=self.name,
                    where=labels[self.custody_state],
                )
            )
        return reasons + self._get_borrower_reasons(borrower.sudo())

    def _get_borrower_reasons(self, borrower_sudo):
        """Say why this borrower does not get the sample: not authorized, or may not see it."""
        user = borrower_sudo.user_id
        if self.confidentiality != "internal" and not (user and self._is_seen_by(user)):
            return [
                self.env._(
                    "%(borrower)s may not see this sample.", borrower=borrower_sudo.name
                )
            ]
        if not self._get_policy_values("use").get("authorized_users_only"):
            return []
        allowed = self.authorized_user_ids or self.type_id.authorized_user_ids
        if not allowed or user in allowed:
            return []
        return [
            self.env._(
                "%(user)s is not on the list of authorized users.",
                user=borrower_sudo.name,
            )
        ]

    def _get_loan_validity_reasons(self):
        """Say why an invalid piece is not lent: ended, expired or not calibrated in time (SC-37.3)."""
        self.ensure_one()
        reasons = []
        if self.state in PAST_STATES:
            reasons += self._get_state_sentence()
        elif self.validity_state == "overdue":
            reasons.append(
                self.env._(
                    "%(sample)s expired on %(day)s.",
                    sample=self.display_name,
                    day=fields.Date.to_string(self.valid_until),
                )
            )
        if self.state == "active" and self.calibration_state == "overdue":
            reasons.append(
                self.env._(
                    "%(sample)s should have been calibrated by %(day)s.",
                    sample=self.display_name,
                    day=fields.Date.to_string(self.next_calibration_date),
                )
            )
        return reasons

    def _on_loan_handed_out(self, line):
        """The custody follows the loan: with the borrower, or in use where it is kept."""
        super()._on_loan_handed_out(line)
        loan = line.loan_id
        mode = self._get_policy_values("use").get("loan_mode")
        in_use = loan.use_in_room or mode == "point_of_use"
        self._move(
            location=(self.location_id or self.home_location_id)
            if loan.use_in_room
            else None,
            holder=loan.borrower_id,
            custody_state="on_site" if in_use else "loaned",
            reason=loan.purpose or "",
            origin=loan,
        )

    def _on_loan_returned(self, line):
        """Back to its place; a damaged piece is isolated, a missing one is reported (SC-37.5)."""
        super()._on_loan_returned(line)
        if line.condition == "missing":
            self._on_loan_problem(line, "lost", line.condition_note)
        elif line.condition == "damaged":
            self._on_loan_problem(line, "damaged", line.condition_note)
            self._isolate(self.env._("Came back damaged."), origin=line.loan_id)
        elif self.home_location_id:
            self._return_home(self.env._("Returned."), origin=line.loan_id)
        else:
            self._move(
                holder=line.received_by_id,
                custody_state="stored",
                reason=self.env._("Returned."),
                origin=line.loan_id,
            )

    def _on_loan_problem(self, line, kind, note):
        """Act when a lent piece is damaged or lost. Hook, one record, runs as the system.

        The use is stopped at once; what becomes of the piece is decided at the end of its life.

        :param line: loan.loan.line
        :param str kind: damaged or lost
        :param str note: what happened
        """
        self.ensure_one()
        text = (
            self.env._("Reported as lost on loan %(loan)s.", loan=line.loan_id.name)
            if kind == "lost"
            else self.env._(
                "Reported as damaged on loan %(loan)s.", loan=line.loan_id.name
            )
        )
        self._suspend(f"{text} {note or ''}".strip(), origin=line.loan_id)

    # --- Hooks of the lifecycle ---

    def _on_suspended(self, reason):
        """Who has the piece is called to bring it back (closing 1.2)."""
        super()._on_suspended(reason)
        self._recall_loans(reason)

    def _on_ended(self, state):
        super()._on_ended(state)
        labels = self._get_guarded_state_labels()
        for sample in self:
            sample._recall_loans(labels[state])

    def _recall_loans(self, reason):
        """Ask the borrower to bring the piece back now.

        :param str reason: why
        """
        self.ensure_one()
        loan = self.current_loan_line_id.loan_id
        user = loan.borrower_user_id or loan.requester_id
        if loan and user:
            loan.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Bring back %(sample)s now", sample=self.name),
                note=plaintext2html(reason or ""),
            )

    # --- Scanning ---

    @api.model
    def _split_loan_code(self, code):
        """The QR code on a card holds an address that ends with the number and the company (SC-29.3)."""
        return read_code(code)

    @api.model
    def scan_sample(self, code):
        """Tell the scan page what a code stands for and what may be done (SC-37.6).

        :param str code: what the scanner read
        :return: dict with the sample, its colour, what to mind and the steps that are offered;
            False when the code is not the code of a sample
        """
        sample = self._find_by_loan_code(received_text.clean(code).strip())
        return sample._prepare_scan_answer() if sample else False

    def _prepare_scan_answer(self):
        """Return what the scan page shows of this one sample."""
        self.ensure_one()
        labels = self._get_guarded_state_labels()
        custody = dict(self._fields["custody_state"]._description_selection(self.env))
        reasons = self._get_use_reasons(self._get_scan_purpose())
        return {
            "id": self.id,
            "code": self.name,
            "name": self.display_name,
            "state": labels[self.state],
            "color": self._get_scan_color(),
            "valid_until": fields.Date.to_string(self.valid_until) or "",
            "custody": custody[self.custody_state],
            "place": self.location_id.complete_name or "",
            # sudo: who has a piece is seen by all who see the piece
            "holder": self.sudo().holder_id.name or "",
            "handling": self.handling_note or "",
            "reasons": reasons,
            "actions": self._get_scan_actions(),
        }

    def _get_scan_purpose(self):
        return "in_process" if self.in_process_only else "first_article"

    def _get_scan_color(self):
        """Return the colour of the state: green may be used, yellow soon due, red not, grey not yet."""
        self.ensure_one()
        health = (self.validity_state, self.calibration_state)
        if self.state in ("draft", "to_sign"):
            return "secondary"
        if self.state != "active" or "overdue" in health:
            return "danger"
        return "warning" if "due" in health else "success"

    def _get_scan_actions(self):
        """Return the keys of the steps that the scan page offers for this one sample. Hook."""
        self.ensure_one()
        user = self.env.user
        actions = []
        if self.is_on_loan:
            actions.append("return")
        elif not self.sudo()._get_loan_validity_reasons() and self.state == "active":
            actions.append("use_in_room" if self.loan_mode == "room_only" else "borrow")
            if self.loan_mode != "room_only":
                actions.append("use_in_room")
        if self.state in ("active", *PAST_STATES):
            actions.append("first_article")
        keeper = user.has_group("sample_control.group_sample_keeper")
        if (keeper or self.custodian_id == user) and self.state not in (
            "lost",
            "disposed",
        ):
            actions.append("move")
        return actions

    # --- Actions ---

    def action_use_in_room(self):
        """Ask for the use of these samples where they are kept (E15).

        :return: action that opens a new record of use
        """
        action = self.action_request_loan()
        action["name"] = self.env._("Use in the Room")
        action["context"]["default_use_in_room"] = True
        return action

    def action_new_first_article(self):
        """Open a new first article comparison with this sample.

        :return: action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("First Article Record"),
            "res_model": "sample.first.article",
            "view_mode": "form",
            "context": {
                "default_product_id": self.product_id.id,
                "default_sample_id": self.id,
                "default_company_id": self.company_id.id,
                "default_is_in_process": self.in_process_only,
            },
        }

    def action_view_first_articles(self):
        """Show the first articles that were compared with these samples.

        :return: action
        """
        return self._get_use_action("sample_control.sample_first_article_action")

    def action_view_comparisons(self):
        """Show the comparisons with these samples.

        :return: action
        """
        return self._get_use_action("sample_control.sample_comparison_action")

    def _get_use_action(self, xmlid):
        """Return an action narrowed to these samples.

        :param str xmlid: of the action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action.update(domain=[("sample_id", "in", self.ids)], context={})
        return action

    # --- Dossier F21 ---

    def _get_dossier_sections(self):
        """Return the lists of the dossier: everything that happened with this one piece. Hook.

        :return: list of dicts with title, columns (labels) and rows (lists of texts), newest first
        """
        self.ensure_one()
        return [
            self._get_dossier_custody(),
            self._get_dossier_loans(),
            self._get_dossier_first_articles(),
            self._get_dossier_comparisons(),
        ]

    def _format_moment(self, instant):
        """Return an instant in the time of the company, for prints."""
        sheet = self.env["record_control.print.sheet"]
        return sheet._format_moment(self, instant)

    def _get_dossier_custody(self):
        states = dict(self._fields["custody_state"]._description_selection(self.env))
        return {
            "title": self.env._("Whereabouts"),
            "columns": [
                self.env._("When"),
                self.env._("Who"),
                self.env._("To"),
                self.env._("Custody"),
                self.env._("Reason"),
            ],
            "rows": [
                [
                    self._format_moment(log.moved_at),
                    log.user_id.name,
                    log.location_id.complete_name or log.holder_id.name,
                    states[log.custody_state],
                    log.reason,
                ]
                for log in self.custody_log_ids[:DOSSIER_ROWS]
            ],
        }

    def _get_dossier_loans(self):
        # sudo: the dossier tells the whole life of the piece to who may see the piece
        lines_sudo = self.env["loan.loan.line"].sudo()
        lines_sudo = lines_sudo.search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)],
            order="id desc",
            limit=DOSSIER_ROWS,
        )
        conditions = dict(
            lines_sudo._fields["condition"]._description_selection(self.env)
        )
        return {
            "title": self.env._("Loans of the Sample"),
            "columns": [
                self.env._("Loan"),
                self.env._("Borrower"),
                self.env._("Borrowed On"),
                self.env._("Returned On"),
                self.env._("Condition on Return"),
            ],
            "rows": [
                [
                    line.loan_id.name,
                    line.loan_id.borrower_id.name,
                    self._format_moment(line.handed_out_at),
                    self._format_moment(line.returned_at),
                    conditions.get(line.condition, ""),
                ]
                for line in lines_sudo
            ],
        }

    def _get_dossier_first_articles(self):
        states = self.first_article_ids._get_guarded_state_labels()
        return {
            "title": self.env._("First Articles"),
            "columns": [
                self.env._("Number"),
                self.env._("Production or Batch"),
                self.env._("Decided On"),
                self.env._("Inspector"),
                self.env._("State"),
            ],
            "rows": [
                [
                    record.name,
                    record.production_ref or record.shift,
                    self._format_moment(record.decided_at),
                    record.inspector_id.name,
                    states[record.state],
                ]
                for record in self.first_article_ids[:DOSSIER_ROWS]
            ],
        }

    def _get_dossier_comparisons(self):
        conclusions = dict(
            self.comparison_ids._fields["conclusion"]._description_selection(self.env)
        )
        return {
            "title": self.env._("Comparisons"),
            "columns": [
                self.env._("Number"),
                self.env._("Customer"),
                self.env._("Batch"),
                self.env._("Concluded On"),
                self.env._("Conclusion"),
            ],
            "rows": [
                [
                    record.name,
                    record.partner_id.name,
                    record.lot_name,
                    self._format_moment(record.concluded_at),
                    conclusions.get(record.conclusion, ""),
                ]
                for record in self.comparison_ids[:DOSSIER_ROWS]
            ],
        }
