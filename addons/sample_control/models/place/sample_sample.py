from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .sample_custody_log import CUSTODY_STATES

#: states in which a piece carries the red label
DISABLED_STATES = ("suspended", "expired", "replaced", "obsolete", "lost", "disposed")


class SampleSample(models.Model):
    """Where a sample belongs and where it is: fixed place, current place, holder (SC-32)."""

    _inherit = "sample.sample"

    home_location_id = fields.Many2one(
        comodel_name="sample.location",
        string="Fixed Place",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        check_company=True,
        help="Where the sample belongs and returns to after use.",
    )
    location_id = fields.Many2one(
        comodel_name="sample.location",
        string="Current Place",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Changed by moving the sample; every move is in the custody log.",
    )
    holder_id = fields.Many2one(
        comodel_name="res.partner",
        string="Held By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Who has the piece while it is not in a place.",
    )
    custody_state = fields.Selection(
        selection=CUSTODY_STATES,
        string="Custody",
        required=True,
        readonly=True,
        default="stored",
        copy=False,
        tracking=True,
    )
    custody_log_ids = fields.One2many(
        comodel_name="sample.custody.log",
        inverse_name="sample_id",
        readonly=True,
    )
    card_printed_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the card with the present data was printed last. Empty: the final card is missing.",
    )
    is_card_missing = fields.Boolean(
        string="Card Not Printed",
        compute="_compute_is_card_missing",
        search="_search_is_card_missing",
        help="The sample is valid, but its final card has not been printed.",
    )
    is_misplaced = fields.Boolean(
        string="Not in Its Place",
        compute="_compute_is_misplaced",
        search="_search_is_misplaced",
    )

    # those that are not where they are kept are few
    _away_index = models.Index("(custody_state) WHERE custody_state != 'stored'")
    _misplaced_index = models.Index(
        "(name, id) WHERE custody_state = 'stored' AND home_location_id IS NOT NULL"
        " AND location_id IS DISTINCT FROM home_location_id"
    )

    # --- Computes ---

    @api.depends("home_location_id", "location_id", "custody_state")
    def _compute_is_misplaced(self):
        for sample in self:
            sample.is_misplaced = (
                sample.custody_state == "stored"
                and bool(sample.home_location_id)
                and sample.location_id != sample.home_location_id
            )

    @api.depends("state", "card_printed_at")
    def _compute_is_card_missing(self):
        for sample in self:
            sample.is_card_missing = (
                sample.state == "active" and not sample.card_printed_at
            )

    @api.model
    def _search_is_card_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        missing = Domain("state", "=", "active") & Domain("card_printed_at", "=", False)
        return Domain.OR(
            missing if wanted else ~missing for wanted in set(map(bool, value))
        )

    @api.model
    def _search_is_misplaced(self, operator, value):
        if operator != "in":
            return NotImplemented
        away = Domain("custody_state", "=", "stored")
        away &= Domain("home_location_id", "!=", False)
        # SQL: no domain compares two fields of a record
        away &= Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IS DISTINCT FROM %s",
                model._field_to_sql(alias, "location_id", query),
                model._field_to_sql(alias, "home_location_id", query),
            ),
            predicate=lambda sample: sample.location_id != sample.home_location_id,
        )
        return Domain.OR(away if wanted else ~away for wanted in set(map(bool, value)))

    # --- Constraints ---

    @api.constrains("home_location_id", "type_id")
    def _check_home_location(self):
        for sample in self:
            types = sample.home_location_id.type_ids
            if types and sample.type_id not in types:
                raise ValidationError(
                    self.env._(
                        "%(place)s is for other kinds of samples; different kinds are kept apart.",
                        place=sample.home_location_id.complete_name,
                    )
                )
        self.home_location_id._check_room()

    # --- CRUD ---

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "location_id",
            "holder_id",
            "custody_state",
            "card_printed_at",
        }

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        if target == "active" and self.state == "to_sign":
            vals["card_printed_at"] = False  # the final card carries the dates
        return vals

    # --- Gates ---

    def _get_activation_reasons(self):
        reasons = super()._get_activation_reasons()
        home = self.home_location_id
        if not home:
            reasons.append(self.env._("Enter the fixed place of the sample."))
        elif not home.active:
            reasons.append(
                self.env._(
                    "%(place)s is not used any more; enter another fixed place.",
                    place=home.complete_name,
                )
            )
        return reasons

    # --- Hooks of the lifecycle ---

    def _on_activated(self):
        """A sample that becomes valid goes to its fixed place, unless somebody has it."""
        super()._on_activated()
        for sample in self.filtered(lambda sample: not sample.location_id):
            if sample.custody_state == "stored" and not sample.holder_id:
                sample._move(
                    location=sample.home_location_id,
                    reason=self.env._("Put into its place."),
                )

    def _on_ended(self, state):
        """A lost or disposed piece is nowhere."""
        super()._on_ended(state)
        if state not in ("lost", "disposed"):
            return
        labels = self._get_guarded_state_labels()
        for sample in self:
            if sample.location_id or sample.holder_id:
                sample._register_move(
                    {"location_id": False, "holder_id": False}, labels[state]
                )

    # --- Business ---

    def _move(
        self, location=None, holder=None, custody_state=None, reason="", origin=None
    ):
        """Move samples and write the custody log; the only way to change place and holder.

        With a place and no holder, nobody holds the sample any more; with a holder and no place,
        it is in no place. Without a custody state: ``stored`` in a place (``isolated`` in an
        isolation area, ``in_lab`` in a laboratory, ``on_site`` at a place of use, …), ``loaned``
        with a holder.

        :param location: sample.location, or None
        :param holder: who has it: res.partner, res.users or hr.employee, or None
        :param str custody_state: a key of ``CUSTODY_STATES``, or None
        :param str reason: why
        :param origin: the record that caused it (loan, dispatch, exception …), if any
        :raises UserError: for samples that are lost or disposed, and moves to nowhere
        """
        if not location and not holder and not custody_state:
            raise UserError(self.env._("Say where the sample goes or who takes it."))
        gone = self.filtered(lambda sample: sample.state in ("lost", "disposed"))
        if gone:
            raise UserError(
                self.env._(
                    "Lost and disposed samples cannot be moved: %(samples)s.",
                    samples=", ".join(gone.mapped("name")),
                )
            )
        vals = {}
        if location or holder:
            vals["location_id"] = location.id if location else False
            vals["holder_id"] = self._as_holder(holder).id if holder else False
        vals["custody_state"] = custody_state or self._get_custody_state(
            location, holder
        )
        for sample in self:
            sample._register_move(vals, reason, origin)
        if location:
            location._check_room()

    @api.model
    def _as_holder(self, holder):
        """Return the contact that stands for a holder.

        :param holder: res.partner, res.users or hr.employee
        """
        if holder._name == "res.users":
            return holder.partner_id
        if holder._name.startswith("hr.employee"):
            # sudo: employees are not readable by everybody who lends samples
            employee_sudo = holder.sudo()
            return employee_sudo.user_id.partner_id or employee_sudo.work_contact_id
        return holder

    @api.model
    def _get_custody_state(self, location, holder):
        """Return the custody state that goes with a place or a holder."""
        if not location:
            return "loaned"
        return {
            "isolation": "isolated",
            "laboratory": "in_lab",
            "customer": "at_customer",
            "supplier": "at_supplier",
            "point_of_use": "on_site",
        }.get(location.kind, "stored")

    def _register_move(self, vals, reason, origin=None):
        """Write the new whereabouts of one sample together with a line of the custody log."""
        self.ensure_one()
        before = {
            "location_from_id": self.location_id.id,
            "holder_from_id": self.holder_id.id,
            "custody_state_from": self.custody_state,
        }
        # sudo: whoever may move a sample need not be able to write its other data; the log is
        # written by the system alone
        sample_sudo = self.sudo()
        sample_sudo.write(vals)
        sample_sudo.env["sample.custody.log"].create(
            {
                **before,
                "sample_id": self.id,
                "company_id": sample_sudo.company_id.id,
                "moved_at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "location_id": sample_sudo.location_id.id,
                "holder_id": sample_sudo.holder_id.id,
                "custody_state": sample_sudo.custody_state,
                "reason": reason,
                "origin_res_model": origin._name if origin else False,
                "origin_res_id": origin.id if origin else False,
            }
        )

    def _return_home(self, reason="", origin=None):
        """Bring samples back to their fixed place (SC-32.1).

        :param str reason: why
        :param origin: the record that caused it, if any
        """
        for home, samples in self.grouped("home_location_id").items():
            if not home:
                raise UserError(
                    self.env._(
                        "These samples have no fixed place: %(samples)s.",
                        samples=", ".join(samples.mapped("name")),
                    )
                )
            samples._move(location=home, reason=reason, origin=origin)

    def _isolate(self, reason, origin=None):
        """Move samples to the isolation area of their company (SC-32.3).

        :param str reason: why
        :param origin: the record that caused it, if any
        """
        locations = self.env["sample.location"]
        for company, samples in self.grouped("company_id").items():
            place = locations._find_isolation(company)
            if place:
                samples._move(location=place, reason=reason, origin=origin)
            else:
                samples._move(custody_state="isolated", reason=reason, origin=origin)

    # --- Labels ---

    def _get_label_reasons(self, layout):
        """Say why this label of this one sample may not be printed (SC-29.1). Hook.

        :param str layout: a key of ``LAYOUTS`` in ``sample_label_print.py``
        :return: list of sentences
        """
        self.ensure_one()
        if layout == "in_process":
            return (
                []
                if self.in_process_only
                else [self.env._("It is not for in-process use only.")]
            )
        if layout == "disabled":
            return (
                []
                if self.state in DISABLED_STATES or self.validity_state == "overdue"
                else [self.env._("It may be used; a red label would be wrong.")]
            )
        if self.state in DISABLED_STATES:
            return [self.env._("It may not be used any more; print the red label.")]
        return self._get_card_reasons()

    def _register_label(self, layout):
        """Note that the card was printed.

        :param str layout: a key of ``LAYOUTS`` in ``sample_label_print.py``
        """
        if layout.startswith("card"):
            # sudo: whoever may print a card need not be able to change the sample
            self.sudo().write({"card_printed_at": fields.Datetime.now()})

    def _get_band(self):
        """Return the colour of the band on the card (SC-29.4): green, yellow, red or grey."""
        self.ensure_one()
        health = (self.validity_state, self.calibration_state)
        if self.state in DISABLED_STATES or "overdue" in health:
            return "red"
        if self.state != "active":
            return "grey"
        return "yellow" if "due" in health else "green"

    def _get_card_lines(self):
        """Return what the card shows of the characteristics: list of pairs (name, value)."""
        self.ensure_one()
        shown = self.line_ids.filtered(
            lambda line: line.is_filled
            and (
                line.characteristic_id.on_label
                or line.characteristic_id in self.type_id.label_characteristic_ids
            )
        )
        return [(line.characteristic_id.name, line._get_card_value()) for line in shown]

    def _get_card_signatures(self):
        """Return who signed, for the card: names, the customer's included."""
        self.ensure_one()
        return self._get_card_signers()[self.id]

    def _get_card_signers(self):
        """Return who signed these samples, the customer included.

        :return: dict record id -> list of names, each once, in the order of the steps
        """
        # sudo: whoever reads the sample sees who has signed it
        samples_sudo = self.sudo()
        samples_sudo._fetch_card_signers()
        rounds = {sample: sample._get_card_rounds() for sample in samples_sudo}
        names = self._read_signers([key for keys in rounds.values() for key in keys])
        signers = {}
        for sample, keys in rounds.items():
            found = [name for key in keys for name in names.get(key, ())]
            if sample.customer_confirmed_on:
                found.append(
                    sample.customer_signatory_id.name or sample.partner_id.name
                )
            signers[sample.id] = list(dict.fromkeys(filter(None, found)))
        return signers

    def _fetch_card_signers(self, *names):
        """Read for many samples what says who signed them, and nothing else of them. Hook.

        :param names: fields of an extension
        """
        self.fetch(
            [
                "sign_off_request_id",
                "customer_confirmed_on",
                "customer_signatory_id",
                "partner_id",
                *names,
            ]
        )

    def _get_card_rounds(self):
        """Return the rounds whose signatures stand on the card of this one sample. Hook.

        :return: list of tuples (id of the round, model and id of the signed record)
        """
        self.ensure_one()
        return [(self.sign_off_request_id.id, self._name, self.id)]

    @api.model
    def _read_signers(self, rounds):
        """Return the names on rounds that count, without a record for each signature.

        :param rounds: list of tuples as of :meth:`_get_card_rounds`
        :return: dict tuple -> list of names in the order of the steps
        """
        # SQL: a ledger of all samples reads two or three signatures for each
        self.env["sign.off.request"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT round.id, round.res_model, round.res_id,
                       ARRAY_AGG(COALESCE(signature.signer_name, partner.name)
                                 ORDER BY step.sequence, step.id)
                  FROM sign_off_signature signature
                  JOIN sign_off_request round ON round.id = signature.request_id
                  JOIN sign_off_request_step step ON step.id = signature.step_id
                  LEFT JOIN res_users signer ON signer.id = signature.user_id
                  LEFT JOIN res_partner partner ON partner.id = signer.partner_id
                 WHERE signature.request_id IN %s
                   AND round.state IN ('open', 'sealed', 'refused')
                   AND step.state != 'not_needed'
                 GROUP BY round.id
                """,
                tuple({key[0] or 0 for key in rounds} or {0}),
            )
        )
        return {tuple(key): names for *key, names in rows}

    def _get_qr_url(self):
        """Return the address in the QR code: it opens the sample (SC-29.3). Companies may count alike."""
        self.ensure_one()
        company_id = self.company_id.id
        return f"{self.get_base_url()}/sample/{self.name}?company={company_id}"

    def action_return_home(self):
        """Put samples back into their fixed place.

        :return: True
        """
        self._check_mover()
        self._return_home(self.env._("Put back."))
        return True

    def _check_mover(self):
        """Refuse moves by others than keepers and the sample's own custodian.

        :raises UserError: naming the samples
        """
        if self.env.user.has_group("sample_control.group_sample_keeper"):
            return
        other = self.filtered(lambda sample: sample.custodian_id != self.env.user)
        if other:
            raise UserError(
                self.env._(
                    "Only a custodian moves samples: %(samples)s.",
                    samples=", ".join(other.mapped("name")),
                )
            )
