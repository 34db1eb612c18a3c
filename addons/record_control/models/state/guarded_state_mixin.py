from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

GATES_KEY = "record_control_gates"
#: types of fields that always have a value: 0 and no are answers
NEVER_EMPTY = ("boolean", "integer", "float", "monetary")


class GateFacts:
    """What the gates of several records need to know, found out for all of them with the first that asks.

    It is a Python object on purpose: a caller over RPC chooses the context freely, but what
    arrives is JSON, and no JSON value is an instance of this class.
    """

    __slots__ = ("facts", "ids", "model_name")

    def __init__(self, records):
        self.model_name = records._name
        self.ids = dict.fromkeys(records._ids)  # ordered, and quick to look up
        self.facts = {}

    @classmethod
    def of(cls, record, name, find_out):
        """Return a fact of a record whose gate is being asked.

        :param record: the record
        :param str name: name of the fact
        :param find_out: function of many records that returns ``{record id: fact}``
        """
        known = record.env.context.get(GATES_KEY)
        if (
            not isinstance(known, cls)
            or known.model_name != record._name
            or record.id not in known.ids
        ):
            return find_out(record)[record.id]
        if name not in known.facts:
            known.facts[name] = find_out(record.browse(known.ids))
        return known.facts[name][record.id]


class GuardedStateMixin(models.AbstractModel):
    """A state that no road moves past its gates.

    The transition map and the gates are asked in ``create`` and ``write``, so a button, a form,
    a file import, RPC, a line of a parent and a cron all meet the same answer. Values that are
    written together with the state count: the gates judge the record as it would stand::

        class Case(models.Model):
            _name = "x.case"
            _inherit = ["mail.thread", "guarded.state.mixin"]
            _guarded_transitions = {
                "draft": ("open", "cancelled"),
                "open": ("done",),
                "done": ("open",),
                "cancelled": ("draft",),
            }
            _guarded_side_states = ("cancelled", "draft")
            _guarded_protected_fields = ("date_done", "done_by_id")

            state = fields.Selection(STATES, default="draft", required=True, readonly=True,
                                     copy=False, index=True, tracking=True)

            def _get_done_gate_reasons(self):
                if self.line_ids:
                    return []
                return [self.env._("Enter at least one line.")]

            def _prepare_transition_vals(self, target):
                vals = super()._prepare_transition_vals(target)
                closing = target == "done"
                vals["date_done"] = closing and fields.Datetime.now()
                vals["done_by_id"] = closing and self.env.uid
                return vals

            def action_done(self):
                return self._transition("done")

    In the form: ``<field name="readiness" widget="readiness_panel"/>`` shows, before any button is
    pressed, everything that is still missing for each next step.
    """

    _name = "guarded.state.mixin"
    _description = "Guarded State"
    _inherit = ["protected.fields.mixin"]

    #: name of the selection field that holds the state
    _guarded_state_field = "state"
    #: state -> states it may go to; its keys and targets are the keys of the selection
    _guarded_transitions = {}
    #: states in which a record may be created
    _guarded_initial_states = ("draft",)
    #: fields only the system sets (see protected.fields.mixin)
    _guarded_protected_fields = ()
    #: targets off the ordinary path (cancel, back to draft): gated alike, not shown in the panel
    _guarded_side_states = ()
    #: fields the gates read, so that the panel follows while a user types
    _guarded_readiness_depends = ()

    readiness = fields.Json(
        compute="_compute_readiness",
        help="For every next step: whether it may be taken now and everything that is still missing.",
    )

    # --- Computes ---

    @api.depends(
        lambda self: (
            self._guarded_state_field,
            *self._guarded_readiness_depends,
            *self._get_demanded_fields(),
        )
    )
    @api.depends_context("lang", "uid", "company")
    def _compute_readiness(self):
        for record in self:
            record.readiness = record._get_readiness()

    def _get_readiness(self):
        """Return what the readiness panel shows.

        :return: list of ``{"target", "label", "allowed", "reasons"}``, one for each next step
        """
        self.ensure_one()
        result = []
        empty = self._get_empty_field_reasons()
        for target in self._guarded_transitions.get(
            self[self._guarded_state_field], ()
        ):
            if target in self._guarded_side_states:
                continue
            reasons = [*empty, *self._get_transition_reasons(target)]
            result.append(
                {
                    "target": target,
                    "label": self._get_transition_label(target),
                    "allowed": not reasons,
                    "reasons": reasons,
                }
            )
        return result

    def _get_empty_field_reasons(self):
        """Name the fields without which a new record cannot be saved."""
        if self._origin:
            return []
        labels = [
            self._fields[name]._description_string(self.env)
            for name in self._get_demanded_fields()
            if not self[name]
        ]
        if not labels:
            return []
        return [self.env._("Enter: %(fields)s.", fields=", ".join(labels))]

    def _get_demanded_fields(self):
        """Return the names of the fields without which a record cannot be saved."""
        return [
            name
            for name, field in self._fields.items()
            if field.required and not field.readonly and field.type not in NEVER_EMPTY
        ]

    # --- Hooks ---

    def _get_transition_reasons(self, target):
        """Say everything that keeps this one record from going to ``target``.

        The gate of one state is a method ``_get_<state>_gate_reasons()``, which returns a list
        of sentences too; it is asked when the step is on the map. For what concerns several
        states extend this method with ``super()`` and append sentences. The button, the readiness
        panel and the error all show what this method returns. It must not write.

        :param str target: a key of the state selection
        :return: list of translated sentences, empty when the step is allowed
        """
        self.ensure_one()
        source = self[self._guarded_state_field]
        if target in self._guarded_transitions.get(source, ()):
            gate = getattr(self, f"_get_{target}_gate_reasons", None)
            return gate() if gate else []
        labels = self._get_guarded_state_labels()
        return [
            self.env._(
                "%(record)s is “%(state)s” and cannot become “%(target)s”.",
                record=self.display_name,
                state=labels.get(source, source or ""),
                target=labels.get(target, target or ""),
            )
        ]

    def _get_transition_label(self, target):
        """Name the step to ``target`` for the readiness panel.

        The label of the target state by default; override it where the regulation names the step
        otherwise (return the words of the button).

        :param str target: a key of the state selection
        :return: translated text
        """
        return self._get_guarded_state_labels().get(target, target)

    def _prepare_transition_vals(self, target):
        """Return the facts to write together with the state, for this one record.

        Stamp them on the way there and clear them on the way back, so that state and facts cannot
        disagree. Protected fields are accepted here.

        :param str target: a key of the state selection
        :return: dict of values
        """
        self.ensure_one()
        return {}

    def _after_transition(self, source, target):
        """Act after the records in ``self`` went from ``source`` to ``target``.

        Called once for each source state, by whatever road the state was changed.
        """

    # --- CRUD ---

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | set(self._guarded_protected_fields)

    @api.model
    def default_get(self, fields):
        """A default state from the context or from the user's own defaults does not count."""
        name = self._guarded_state_field
        defaults = super().default_get(fields)
        if name in defaults and defaults[name] not in self._guarded_initial_states:
            default = self._fields[name].default
            defaults[name] = (
                default(self) if default else self._guarded_initial_states[0]
            )
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_initial_state()
        return records

    def write(self, vals):
        name = self._guarded_state_field
        if name not in vals:
            return super().write(vals)
        # what the caller sent is checked before the system's own stamps are added
        self._check_protected_write(vals)
        target = vals[name]
        others = {key: value for key, value in vals.items() if key != name}
        if others:
            # the gates judge the record with the values that will stand
            super().write(others)
        moving = self.filtered(lambda record: record[name] != target)
        moving._check_transition(target)
        sources = moving.grouped(name)
        for stamps, records in moving._group_by_stamps(target):
            stamps = {key: val for key, val in stamps.items() if key not in others}
            trusted = records._with_trusted_fields({*stamps, name})
            super(GuardedStateMixin, trusted).write({**stamps, name: target})
        for source, records in sources.items():
            records._without_trusted_fields()._after_transition(source, target)
        return True

    def copy_data(self, default=None):
        """A copy starts in the first state."""
        vals_list = super().copy_data(default)
        name = self._guarded_state_field
        if name not in (default or {}):
            for vals in vals_list:
                if vals:
                    vals.pop(name, None)
        return vals_list

    # --- Business ---

    def _transition(self, target, **vals):
        """Move all records to ``target`` and write ``vals`` with the state.

        The way system code and buttons change a state: all gates are asked for all records first,
        protected fields in ``vals`` are accepted.

        :param str target: a key of the state selection
        :return: True
        :raises UserError: with every reason of every record
        """
        return self._write_protected({self._guarded_state_field: target, **vals})

    def _can_transition(self, target):
        """Tell whether this one record may go to ``target`` now (for ``can_*`` fields)."""
        self.ensure_one()
        return not self._get_transition_reasons(target)

    def _check_transition(self, target):
        """Refuse the step unless every record may take it.

        :param str target: a key of the state selection
        :raises UserError: one error with every reason of every record
        """
        blocks = []
        for record in self.with_context(**{GATES_KEY: GateFacts(self)}):
            reasons = record._get_transition_reasons(target)
            if reasons:
                blocks.append((record.display_name, reasons))
        if not blocks:
            return
        lines = []
        for record_name, reasons in blocks:
            if len(self) > 1 or len(reasons) > 1:
                lines.append(self.env._("%(record)s:", record=record_name))
                lines.extend(f"- {reason}" for reason in reasons)
            else:
                lines.extend(reasons)
        raise UserError("\n".join(lines))

    def _check_initial_state(self):
        """Refuse records created beyond the first gate.

        :raises UserError: naming every such record
        """
        name = self._guarded_state_field
        wrong = self.filtered(
            lambda record: record[name] not in self._guarded_initial_states
        )
        if not wrong:
            return
        labels = self._get_guarded_state_labels()
        raise UserError(
            "\n".join(
                self.env._(
                    "%(record)s cannot be created as “%(state)s”; create it as “%(initial)s” and take the steps.",
                    record=record.display_name,
                    state=labels.get(record[name], record[name] or ""),
                    initial=labels.get(self._guarded_initial_states[0]),
                )
                for record in wrong
            )
        )

    def _group_by_stamps(self, target):
        """Group the records by the facts to stamp, so that each group is written at once.

        :return: list of pairs (dict of values, records)
        """
        groups = defaultdict(lambda: [None, self.browse()])
        for record in self:
            stamps = record._prepare_transition_vals(target)
            group = groups[repr(sorted(stamps.items()))]
            group[0] = stamps
            group[1] |= record
        return [tuple(group) for group in groups.values()]

    @api.model
    def _group_expand_states(self, states, domain):
        """Show the columns that hold something in the order of the steps.

        For ``group_expand`` of the state: a board then reads from left to right.

        :param list states: the states that hold records
        :param domain: what is shown
        :return: the same states in order
        """
        return [state for state in self._get_guarded_state_labels() if state in states]

    @api.model
    def _get_guarded_state_labels(self):
        """Return the translated labels of the state selection by key."""
        return dict(
            self._fields[self._guarded_state_field]._description_selection(self.env)
        )
