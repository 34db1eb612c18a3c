from markupsafe import Markup

from odoo import api, fields, models

from ...tools import policy_match
from .sample_policy import GROUPS


class SamplePolicyMixin(models.AbstractModel):
    """A record that sample rules govern.

    ::

        class SampleRequest(models.Model):
            _name = "sample.request"
            _inherit = ["sample.policy.mixin", …]

            def _get_policy_subject(self): …      # only if the field names differ

        request._get_policy_values("sealing")["notice_hours"]

    The rules are looked up when the record is created and when a field that decides them changes,
    as long as :meth:`_is_policy_open`; the result stays with the record as ``policy_snapshot``.
    """

    _name = "sample.policy.mixin"
    _description = "Governed by Sample Rules"
    _inherit = ["protected.fields.mixin"]

    #: fields that decide which rules hold
    _policy_subject_fields = (
        "type_id",
        "product_id",
        "partner_id",
        "supplier_id",
        "origin",
        "company_id",
    )

    policy_snapshot = fields.Json(
        string="Rules in Force",
        readonly=True,
        copy=False,
        help="For each group of parameters: the rule that won and its values, as they were found.",
    )
    policy_explanation = fields.Html(
        string="Why These Rules",
        compute="_compute_policy_explanation",
        sanitize=False,
    )

    # --- Hooks ---

    def _is_policy_open(self):
        """Tell whether the rules of this record still follow its fields. Hook, one record."""
        self.ensure_one()
        return True

    def _get_policy_subject(self):
        """Return what the rules of this record depend on. Hook, one record.

        :return: :class:`~odoo.addons.sample_control.tools.policy_match.Subject`
        """
        self.ensure_one()
        template = self.product_id.product_tmpl_id
        path = (template.categ_id.parent_path or "").strip("/")
        partners = self.partner_id | self.supplier_id
        partners |= partners.commercial_partner_id
        return policy_match.Subject(
            company_ids=tuple(reversed(self.company_id.sudo().parent_ids.ids)),
            type_id=self.type_id.id or None,
            product_id=template.id or None,
            category_path=tuple(map(int, path.split("/"))) if path else (),
            partner_ids=frozenset(partners.ids),
            origin=self.origin or None,
            is_key_part=template.is_key_part,
        )

    def _on_policies_recalculated(self):
        """Act after the rules of these records were looked up again. Hook."""

    # --- Computes ---

    @api.depends("policy_snapshot")
    @api.depends_context("lang")
    def _compute_policy_explanation(self):
        for record in self:
            record.policy_explanation = record._render_policy_explanation()

    # --- CRUD ---

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"policy_snapshot"}

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._resolve_policies()
        return records

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(self._policy_subject_fields):
            self.filtered(lambda record: record._is_policy_open())._resolve_policies()
        return result

    # --- Business ---

    def _get_policy_values(self, group):
        """Return the parameters of one group that hold for this record.

        :param str group: a key of ``GROUPS`` in ``sample_policy.py``
        :return: dict parameter -> value (ids for records, see ``sample.policy._get_parameters``)
        """
        self.ensure_one()
        snapshot = self.policy_snapshot
        if not snapshot:
            snapshot = self._find_policies()[self]
        return snapshot.get(group, {}).get("values", {})

    def _get_policy(self, group):
        """Return the rule that won the group for this record, if it still exists.

        :param str group: a key of ``GROUPS``
        """
        self.ensure_one()
        policy_id = (self.policy_snapshot or {}).get(group, {}).get("policy_id")
        return self.env["sample.policy"].browse(policy_id).exists()

    def _resolve_policies(self):
        """Look up the rules of all records and keep them; queries do not grow with the records."""
        for record, snapshot in self._find_policies().items():
            if record.policy_snapshot != snapshot:
                record._write_protected({"policy_snapshot": snapshot})

    def _find_policies(self):
        """Return the rules that hold for the records today.

        :return: dict record -> ``{group: {policy_id, name, values, why}}``
        """
        policies_sudo = self.env["sample.policy"].sudo()
        # sudo: which rules hold does not depend on who looks
        records_sudo = self.sudo()
        rules = policies_sudo._get_rules(records_sudo.company_id)
        groups = [group for group, __ in GROUPS]
        entries = {}
        found = {}
        for record, record_sudo in zip(self, records_sudo, strict=True):
            winners = policy_match.resolve(
                rules, record_sudo._get_policy_subject(), groups
            )
            snapshot = {}
            for group, match in winners.items():
                key = (match.rule.id, group)
                if key not in entries:
                    policy_sudo = policies_sudo.browse(match.rule.id)
                    entries[key] = policy_sudo._get_parameters(group)
                snapshot[group] = {
                    "policy_id": match.rule.id,
                    "name": match.rule.name,
                    "values": entries[key],
                    "why": match.points,
                }
            found[record] = snapshot
        return found

    def _recalculate_policies(self, reason):
        """Look up the rules again on request, whatever the state, and log what changed.

        :param str reason: why
        :return: the records whose rules changed
        """
        changed = self.browse()
        logs = []
        for record, snapshot in self._find_policies().items():
            old = record.policy_snapshot or {}
            if old == snapshot:
                continue
            logs.append(record._prepare_policy_log_vals(old, snapshot, reason))
            record._write_protected({"policy_snapshot": snapshot})
            changed |= record
        # sudo: the log is append-only and written by the system alone
        self.env["sample.policy.log"].sudo().create(logs)
        changed._on_policies_recalculated()
        return changed

    def _prepare_policy_log_vals(self, old, new, reason):
        """Return one line of the recalculation log."""
        self.ensure_one()
        return {
            "res_model": self._name,
            "res_id": self.id,
            "res_name": self.display_name,
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
            "reason": reason,
            "changes": "\n".join(self._describe_policy_changes(old, new)),
            "old_snapshot": old,
            "new_snapshot": new,
        }

    def _describe_policy_changes(self, old, new):
        """Say in words which parameters differ between two snapshots.

        :return: list of sentences
        """
        policies = self.env["sample.policy"]
        sentences = []
        for group, label in policies._get_group_labels():
            before = old.get(group, {})
            after = new.get(group, {})
            if before.get("name") != after.get("name"):
                sentences.append(
                    self.env._(
                        "%(group)s: rule %(old)s → %(new)s",
                        group=label,
                        old=before.get("name") or "–",
                        new=after.get("name") or "–",
                    )
                )
            old_values, new_values = before.get("values", {}), after.get("values", {})
            for name in new_values:
                if old_values.get(name) == new_values[name]:
                    continue
                field = policies._fields[name]
                sentences.append(
                    self.env._(
                        "%(group)s: %(parameter)s %(old)s → %(new)s",
                        group=label,
                        parameter=field._description_string(self.env),
                        old=policies._format_parameter(field, old_values.get(name)),
                        new=policies._format_parameter(field, new_values[name]),
                    )
                )
        return sentences

    # --- Explanation ---

    @api.model
    def _get_policy_condition_labels(self):
        """Return the translated names of the conditions that a rule may ask."""
        return {
            "product": self.env._("product"),
            "partner": self.env._("customer or supplier"),
            "type": self.env._("sample type"),
            "category": self.env._("product category"),
            "key_part": self.env._("key part"),
            "origin": self.env._("origin"),
        }

    def _explain_policy(self, entry):
        """Say why a rule won: its conditions with their points."""
        conditions = self._get_policy_condition_labels()
        points = entry.get("why") or {}
        if not points:
            return self.env._("no other rule matches more closely")
        return ", ".join(f"{conditions[key]} {value}" for key, value in points.items())

    def _get_policy_names(self):
        """Return the names of the rules of this one record in the language of the user, by id."""
        self.ensure_one()
        ids = [entry["policy_id"] for entry in (self.policy_snapshot or {}).values()]
        # sudo: the name of a rule may be shown with the record it holds for
        policies_sudo = self.env["sample.policy"].sudo().browse(set(ids)).exists()
        return {policy_sudo.id: policy_sudo.name for policy_sudo in policies_sudo}

    def _render_policy_explanation(self):
        """Return a table: group, winning rule, why, values."""
        self.ensure_one()
        policies = self.env["sample.policy"]
        names = self._get_policy_names()
        rows = Markup()
        for group, label in policies._get_group_labels():
            entry = (self.policy_snapshot or {}).get(group)
            if not entry:
                continue
            values = ", ".join(
                f"{policies._fields[name]._description_string(self.env)}: "
                f"{policies._format_parameter(policies._fields[name], value)}"
                for name, value in entry["values"].items()
                if value not in (False, None, "", [], 0)
            )
            rows += Markup("<tr><th>%s</th><td>%s</td><td>%s</td><td>%s</td></tr>") % (
                label,
                names.get(entry["policy_id"]) or entry["name"],
                self._explain_policy(entry),
                values,
            )
        if not rows:
            return False
        head = Markup("<tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr>") % (
            self.env._("Group"),
            self.env._("Rule"),
            self.env._("Why (points)"),
            self.env._("Values"),
        )
        return Markup("<table class='table table-sm'>%s%s</table>") % (head, rows)
