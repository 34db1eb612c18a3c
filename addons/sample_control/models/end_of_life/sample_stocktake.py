from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedOne2many,
)
from odoo.addons.record_control.tools import received_text

from ...tools.qr import read_code
from ..place.sample_location import PLACED_STATES

STATES = [
    ("draft", "Draft"),
    ("counting", "Being Counted"),
    ("counted", "Counted"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
#: whereabouts in which the books say that the piece is not in its place
AWAY_STATES = ("loaned", "at_customer", "at_supplier", "in_lab")


class SampleStocktake(models.Model):
    """One round of stock-taking of a place and the places inside it (SC-56.3).

    The round notes what the books say when it begins; the codes that are scanned say what is there.
    Differences get a reason and a correction, which are carried out when the round is done; its
    results then stay as they are.
    """

    _name = "sample.stocktake"
    _description = "Sample Stock-take"
    _inherit = [
        "sample.frozen.mixin",
        "numbering.mixin",
        "controlled.form.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _numbering_code = "sample.stocktake"
    _controlled_form_code = "SC-X13"
    _guarded_transitions = {
        "draft": ("counting", "cancelled"),
        "counting": ("counted", "cancelled"),
        "counted": ("done", "counting"),
        "done": (),
        "cancelled": ("draft",),
    }
    _guarded_side_states = ("cancelled",)
    _guarded_protected_fields = (
        "started_at",
        "counted_at",
        "done_at",
        "done_by_id",
        "is_automatic",
    )
    _guarded_readiness_depends = (
        "location_id",
        "line_ids.result",
        "line_ids.reason",
        "line_ids.correction",
    )
    _frozen_fields = {
        ("draft",): ("company_id", "location_id"),
        ("draft", "counting"): ("date", "user_id"),
        ("counting", "counted"): ("line_ids",),
        ("draft", "counting", "counted"): ("photo", "note"),
    }

    name = fields.Char(
        string="Round No.", readonly=True, required=True, copy=False, index="trigram"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    location_id = fields.Many2one(
        comodel_name="sample.location",
        string="Place",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The places inside it are counted with it.",
    )
    date = fields.Date(
        string="Planned Day",
        required=True,
        default=lambda self: self.env.company._record_control_today(),
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Counted By",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
    )
    line_ids = RestrictedOne2many(
        comodel_name="sample.stocktake.line",
        inverse_name="stocktake_id",
        string="Results",
        copy=False,
    )
    photo = fields.Image(
        string="Photograph of the Place",
        max_width=1920,
        max_height=1920,
        copy=False,
    )
    note = fields.Text(string="Remarks")
    is_automatic = fields.Boolean(readonly=True, copy=False)
    started_at = fields.Datetime(string="Begun On", readonly=True, copy=False)
    counted_at = fields.Datetime(string="Counted On", readonly=True, copy=False)
    done_at = fields.Datetime(
        string="Done On", readonly=True, copy=False, index="btree_not_null"
    )
    done_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    line_count = fields.Integer(string="Lines", compute="_compute_counts")
    match_count = fields.Integer(string="Matching", compute="_compute_counts")
    difference_count = fields.Integer(string="Differences", compute="_compute_counts")
    match_rate = fields.Float(
        string="Matching (%)",
        compute="_compute_counts",
        help="Matching lines among those counted.",
    )

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The number is already taken."
    )
    _one_open = models.UniqueIndex(
        "(location_id) WHERE state IN ('draft', 'counting', 'counted')",
        "There is an open round for this place already.",
    )

    # --- Computes ---

    @api.depends("line_ids.result")
    def _compute_counts(self):
        groups = {}
        for stocktake, result, count in self.env["sample.stocktake.line"]._read_group(
            [("stocktake_id", "in", self.ids)],
            ["stocktake_id", "result"],
            ["__count"],
        ):
            groups.setdefault(stocktake.id, {})[result] = count
        for record in self:
            counts = groups.get(record._origin.id, {})
            total = sum(counts.values())
            record.line_count = total
            record.match_count = counts.get("match", 0)
            record.difference_count = total - sum(
                counts.get(key, 0) for key in ("match", "waiting")
            )
            record.match_rate = total and 100.0 * record.match_count / total

    # --- Gates ---

    def _get_transition_reasons(self, target):
        return self._get_counter_reasons() + super()._get_transition_reasons(target)

    def _get_counter_reasons(self):
        """Say why this user does not count here: keepers count their own places (closing 1.4)."""
        self.ensure_one()
        user = self.env.user
        if not self.location_id:  # a new round in the form
            return [self.env._("Choose the place to count.")]
        if self.env.su or user.has_group("sample_control.group_sample_administrator"):
            return []
        keeper = user.has_group("sample_control.group_sample_keeper")
        managers = self.location_id._get_managers()
        if keeper and (user in managers or (user == self.user_id and not managers)):
            return []
        return [
            self.env._(
                "The custodian responsible for %(place)s counts it, or a sample administrator.",
                place=self.location_id.complete_name,
            )
        ]

    def _get_done_gate_reasons(self):
        """Say what the differences lack: each a reason and a correction that fits."""
        waiting = self._get_all_lines().filtered(
            lambda line: line.result != "match"
            and not ((line.reason or "").strip() and line.correction)
        )
        seen = waiting.sudo(False)._filtered_access("read")
        reasons = [
            self.env._(
                "%(line)s: enter the reason and the correction.",
                line=line.display_name,
            )
            for line in seen
        ]
        if len(seen) < len(waiting):
            reasons.append(
                self.env._(
                    "There are differences of samples that you may not see; somebody who may clears them up."
                )
            )
        return reasons

    def _get_transition_label(self, target):
        labels = {
            "counting": self.env._("Count")
            if self.state == "draft"
            else self.env._("Count again"),
            "counted": self.env._("End of the count"),
            "done": self.env._("Apply and finish"),
        }
        return labels.get(target) or super()._get_transition_label(target)

    # --- Transitions ---

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        now = fields.Datetime.now()
        if target == "counting" and self.state == "draft":
            vals["started_at"] = now
        elif target == "counted":
            vals["counted_at"] = now
        elif target == "done":
            vals.update(done_at=now, done_by_id=self.env.uid)
        return vals

    def write(self, vals):
        """Corrections are carried out before the round is done: its results do not change any more."""
        if vals.get("state") == "done":
            self._check_protected_write(vals)
            others = {key: value for key, value in vals.items() if key != "state"}
            if others:
                # what is carried out is what will stand
                self.write(others)
            moving = self.filtered(lambda record: record.state != "done")
            moving._check_transition("done")
            moving._get_all_lines()._apply_correction()
            vals = {"state": "done"}
        return super().write(vals)

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "counting" and source == "draft":
            for record in self:
                record._list_expected()
        elif target == "counting":
            self._get_all_lines()._wait_again()
        elif target == "counted":
            self._get_all_lines()._conclude()
        elif target == "done":
            # sudo: keepers need not be able to change places
            for record_sudo in self.sudo():
                record_sudo.location_id._register_stocktake(record_sudo)
            self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def _list_expected(self):
        """Note what should be here according to the books.

        Pieces that are lent or away are not expected. A piece that the counter may not see is
        counted by those who may. A round that was given up and begun again keeps its lines.
        """
        self.ensure_one()
        listed = self._get_all_lines().sample_id
        samples = self.env["sample.sample"].search(
            self._get_expected_domain(), order="location_id, name"
        )
        # sudo: what the books say is entered by the system
        self.env["sample.stocktake.line"].sudo().create(
            [
                {
                    "stocktake_id": self.id,
                    "sample_id": sample.id,
                    "code": sample.name,
                    "is_expected": True,
                    "location_id": sample.location_id.id,
                }
                for sample in samples - listed
            ]
        )

    def _get_expected_domain(self):
        """Return the domain of the pieces that the books have in the counted place now."""
        self.ensure_one()
        return [
            ("location_id", "child_of", self.location_id.id),
            ("state", "in", PLACED_STATES),
            ("custody_state", "not in", AWAY_STATES),
            ("company_id", "=", self.company_id.id),
        ]

    def _get_all_lines(self):
        """Return the results of these rounds, also of pieces that the user may not see (system environment)."""
        # sudo: every result counts, whoever counts or finishes
        return (
            self.env["sample.stocktake.line"]
            .sudo()
            .search([("stocktake_id", "in", self.ids)])
        )

    def _check_line_editors(self):
        """Refuse results by others than the counters.

        :raises UserError: naming the places
        """
        reasons = [
            reason for record in self for reason in record._get_counter_reasons()
        ]
        if reasons:
            raise UserError("\n".join(dict.fromkeys(reasons)))

    # --- Scanning ---

    def scan(self, code, place=None):
        """Note that a piece was found; the scan page and the form call it.

        :param str code: what the scanner read: number or address of a sample, or code of a place
        :param int place: id of the place that is being counted, the place of the round by default
        :return: dict with status (found, again, place, unknown), message and the counts
        :raises UserError: when the round is not being counted, or the user does not count here
        """
        self.ensure_one()
        self.check_access("write")
        self._check_counting()
        code = received_text.clean(code).strip()
        if not code:
            raise UserError(self.env._("Nothing was scanned."))
        location = self._find_place(code)
        if location:
            return self._answer(
                "place",
                self.env._("Now counting: %(place)s", place=location.complete_name),
                place=location,
            )
        found_in = self._get_counted_place(place)
        samples = self.env["sample.sample"].with_company(self.company_id)
        sample = samples._find_by_loan_code(code).filtered(
            # a stray piece of another company is none that these books know
            lambda sample: sample.company_id == self.company_id
        )
        number, __ = read_code(code)
        return self._note_found(sample.with_env(self.env), number, found_in)

    def _check_counting(self):
        """Refuse scans of rounds that are not being counted, and by others than the counters.

        :raises UserError: with the reason
        """
        self.ensure_one()
        if self.state != "counting":
            raise UserError(
                self.env._("%(name)s is not being counted.", name=self.name)
            )
        if reasons := self._get_counter_reasons():
            raise UserError("\n".join(reasons))

    def _find_place(self, code):
        """Return the place of this round, or one inside it, with a code or the address in its QR code."""
        self.ensure_one()
        key, __ = read_code(code)
        is_place = "/sample/place/" in code or "/" not in code
        return is_place and self.env["sample.location"].search(
            [("code", "=", key), ("id", "child_of", self.location_id.id)], limit=1
        )

    def _get_counted_place(self, place):
        """Return the place that is being counted: one of the round, the round's own by default."""
        self.ensure_one()
        location = self.env["sample.location"].browse(place or self.location_id.id)
        inside = location.exists().filtered_domain(
            [("id", "child_of", self.location_id.id)]
        )
        if not inside:
            raise UserError(self.env._("This place is not part of the round."))
        return inside

    def _note_found(self, sample, code, location):
        """Note that a piece is in a place; a second scan of the same piece changes nothing.

        :param sample: sample.sample, empty when the code is none that the user knows
        :param str code: the number that was read
        :param location: where
        """
        self.ensure_one()
        key = sample.name or code
        line_sudo = self._find_line(sample, key)
        if line_sudo.is_found and line_sudo.found_location_id == location:
            return self._answer("again", self.env._("Counted already."), line_sudo)
        vals = self._prepare_found_vals(location)
        if line_sudo:
            # when the count was ended meanwhile the scan is repeated by the server, and refused
            self.env.execute_query(
                SQL("SELECT id FROM sample_stocktake WHERE id = %s FOR SHARE", self.id)
            )
            line_sudo._write_protected(vals)
        else:
            self._count_alone()
            # what the books say is entered by the system; who found it is in the line
            line_sudo = line_sudo.create(
                {**vals, **self._prepare_new_line_vals(sample, key)}
            )
        line = line_sudo.sudo(False)
        if not line.has_access("read"):
            # where the books have it is as secret as the piece
            return self._answer("found", self.env._("Counted."), line_sudo)
        status = "found" if line._get_result() == "match" else "difference"
        return self._answer(status if sample else "unknown", line._get_sentence(), line)

    def _prepare_found_vals(self, location):
        """Return what a line notes of a piece that was found now, by this user.

        :param location: where
        """
        return {
            "is_found": True,
            "found_location_id": location.id,
            "found_at": fields.Datetime.now(),
            "found_by_id": self.env.uid,
        }

    def _prepare_new_line_vals(self, sample, code):
        """Return the values of a line for a piece that was not expected here when the round began.

        One that the books have put here since then is where it belongs.

        :param sample: sample.sample, empty when the code is none that the user knows
        :param str code: what was read
        """
        # sudo: what the books say is entered by the system
        came = sample.sudo().filtered_domain(self._get_expected_domain())
        return {
            "stocktake_id": self.id,
            "sample_id": sample.id,
            "code": code,
            "location_id": sample.location_id.id,
            "is_expected": bool(came),
        }

    def _count_alone(self):
        """Let nobody else add pieces to this round until the transaction ends.

        Of two that find the same piece at once the second is repeated by the server and then meets the
        line of the first.
        """
        self.ensure_one()
        self.env.execute_query(
            SQL(
                "UPDATE sample_stocktake SET write_date = write_date WHERE id = %s RETURNING id",
                self.id,
            )
        )

    def _find_line(self, sample, code):
        """Return the line of a piece in this one round, however many lines there are (system environment).

        :param sample: sample.sample, empty when the code is none that the user knows
        :param str code: what was read
        """
        self.ensure_one()
        piece = ("sample_id", "=", sample.id) if sample else ("code", "=", code)
        # sudo: a piece that the counter may not see is counted all the same
        lines_sudo = self.env["sample.stocktake.line"].sudo()
        return lines_sudo.search([("stocktake_id", "=", self.id), piece], limit=1)

    def _answer(self, status, message, line=None, place=None):
        """Return what the scan page shows.

        :param str status: found, difference, unknown, again or place
        :param str message: one sentence
        """
        found = dict(
            self.env["sample.stocktake.line"]._read_group(
                [("stocktake_id", "=", self.id), ("is_expected", "=", True)],
                ["is_found"],
                ["__count"],
            )
        )
        return {
            "status": status,
            "message": message,
            "thing": line.display_name if line else "",
            "place": place.id if place else False,
            "place_name": place.complete_name if place else "",
            "found": found.get(True, 0),
            "expected": sum(found.values()),
        }

    # --- Actions ---

    def action_count(self):
        """Begin to count.

        :return: True
        """
        return self._transition("counting")

    def action_scan(self):
        """Open the scan page of this round.

        :return: client action
        """
        self.ensure_one()
        self._check_counting()
        return {
            "type": "ir.actions.client",
            "tag": "sample_control.stocktake_scan",
            "name": self.display_name,
            "params": {
                "stocktake_id": self.id,
                "name": self.display_name,
                "place_name": self.location_id.complete_name,
            },
            "context": {"stocktake_id": self.id},
        }

    def action_counted(self):
        """End the count: what was not found is missing.

        :return: True
        """
        return self._transition("counted")

    def action_count_again(self):
        """Go on counting.

        :return: True
        """
        return self._transition("counting")

    def action_done(self):
        """Carry out the corrections and finish.

        :return: True
        """
        return self._transition("done")

    def action_cancel(self):
        """Give the round up.

        :return: True
        """
        return self._transition("cancelled")

    def action_draft(self):
        """Take a cancelled round back to the draft.

        :return: True
        """
        return self._transition("draft")

    # --- Prints ---

    def _get_count_cells(self):
        """Return the cells of the sheet X13: who counted and who finished, once they did."""
        self.ensure_one()
        return [
            {
                "title": self.env._("Counted"),
                "user": self.counted_at and self.user_id.name,
                "signed_at": self.counted_at,
            },
            {
                "title": self.env._("Finished"),
                "user": self.done_by_id.name,
                "signed_at": self.done_at,
            },
        ]
