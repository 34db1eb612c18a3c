from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedOne2many,
)

from .sample_request import SHARED_FIELDS

#: states of a sample in which it still belongs to the request alone
PREPARED_STATES = ("draft", "to_sign")


class SampleRequest(models.Model):
    """The samples of a request: numbered when tests begin, valid when the request is on file (SC-28)."""

    _inherit = "sample.request"

    sample_ids = RestrictedOne2many(
        comodel_name="sample.sample",
        inverse_name="request_id",
        string="Samples",
        readonly=True,
        copy=False,
    )
    sample_count = fields.Integer(compute="_compute_sample_count")
    distribution_ids = fields.One2many(
        comodel_name="sample.distribution",
        inverse_name="request_id",
        string="Issue List",
        copy=False,
    )

    @api.depends("sample_ids")
    def _compute_sample_count(self):
        for request in self:
            request.sample_count = len(request.sample_ids)

    # --- Gates ---

    def _get_sample_reasons(self, target):
        """Say why the samples of this request may not go to ``target``.

        :param str target: to_sign or active
        :return: list of sentences
        """
        self.ensure_one()
        # sudo: whoever may see the request sees what its samples lack
        samples_sudo = self.sudo().sample_ids
        if len(samples_sudo) != self.qty:
            return [
                self.env._(
                    "%(count)d samples are registered, %(qty)d pieces are asked for.",
                    count=len(samples_sudo),
                    qty=self.qty,
                )
            ]
        reasons = []
        for sample_sudo in samples_sudo:
            if target == "to_sign" and sample_sudo.state == "draft":
                reasons += sample_sudo._get_transition_reasons(target)
            elif target == "active":
                reasons += sample_sudo._get_transition_reasons(target)
                reasons += self._get_signed_validity_reasons(sample_sudo)
        return reasons

    def _get_signed_validity_reasons(self, sample):
        """Say whether the sample would be valid for longer or shorter than was signed (SC-26.4)."""
        self.ensure_one()
        values = sample._get_policy_values("validity")
        endless = values.get("no_expiry") or not sample.type_id.needs_validity
        found = (
            (True, 0, False)
            if endless
            else (False, values.get("validity_value"), values.get("validity_unit"))
        )
        if found == (self.no_expiry, self.validity_value, self.validity_unit):
            return []
        return [
            self.env._(
                "%(sample)s: its rule gives another validity than was signed.",
                sample=sample.name,
            )
        ]

    # --- Register ---

    def _prepare_sample_vals(self):
        """Return the values of the first sample of this request. Hook, one record."""
        self.ensure_one()
        return {
            **self._prepare_shared_vals(SHARED_FIELDS),
            "company_id": self.company_id.id,
            "department_id": self.department_id.id,
        }

    def _prepare_shared_vals(self, names):
        """Return what the samples take over of some fields of this request."""
        self.ensure_one()
        vals = {}
        for name in names:
            field, value = self._fields[name], self[name]
            if field.type == "many2many":
                value = [Command.set(value.ids)]
            elif field.type == "many2one":
                value = value.id
            vals[name] = value
        return vals

    def _prepare_samples(self):
        """Register the pieces as drafts: each has a number from now on (SC-28.3, D-30)."""
        for request in self:
            # sudo: whoever begins the tests need not be able to register samples
            request_sudo = request.sudo()
            archived = request_sudo.with_context(active_test=False).sample_ids
            archived.filtered(lambda sample: not sample.active).action_unarchive()
            samples_sudo = request_sudo.sample_ids
            missing = request.qty - len(samples_sudo)
            if missing > 0 and not samples_sudo:
                samples_sudo = samples_sudo.create(request_sudo._prepare_sample_vals())
                samples_sudo.write(
                    {
                        "request_id": request.id,
                        "replaces_id": request.old_sample_id.id,
                    }
                )
                missing -= 1
            if missing > 0:
                copies_sudo = samples_sudo[:1]._make_copies(missing, request.qty_reason)
                copies_sudo.write({"request_id": request.id, "replaces_id": False})

    def _sync_samples(self, names):
        """Let the samples follow what was changed on requests that are not on file."""
        for request in self.filtered(lambda r: r.state not in ("done", "cancelled")):
            # sudo: the samples of a request follow it whoever changes it
            samples_sudo = request.sudo().sample_ids.filtered(
                lambda sample: sample.state in PREPARED_STATES
            )
            if samples_sudo:
                samples_sudo.write(request._prepare_shared_vals(names))

    def _submit_samples(self):
        """The cards are complete: the samples wait for the signatures."""
        # sudo: the samples of a request follow it whoever takes the step
        samples_sudo = self.sudo().sample_ids.filtered(lambda s: s.state == "draft")
        samples_sudo._transition("to_sign")

    def _take_back_samples(self):
        """Back before the signatures: rounds end, samples are drafts again."""
        self._close_sign_off()
        # sudo: the samples of a request follow it whoever takes the step
        samples_sudo = self.sudo().sample_ids.filtered(lambda s: s.state == "to_sign")
        samples_sudo._transition("draft")

    def _drop_samples(self):
        """Pieces of a request that is given up leave the register; a failed one keeps its number."""
        self._take_back_samples()
        given_up = self.filtered(lambda request: request.state == "cancelled")
        # sudo: the samples of a request follow it whoever takes the step
        given_up.sudo().sample_ids.filtered(
            lambda sample: sample.state in PREPARED_STATES
        ).action_archive()

    # --- Activation ---

    def action_activate(self):
        """Make the samples of approved requests valid, in one step (SC-28).

        Dates are counted, predecessors replaced, users told to take over their copies; what an
        ended predecessor asks for is the business of ``sample.sample._on_ended``.

        :return: True
        :raises UserError: with every reason of every request
        """
        return self._transition("done")

    def _activate_samples(self):
        """Make the samples valid; the gates were asked with the state of the request."""
        # sudo: the request was the gate, for whoever takes its last step
        self.sudo().sample_ids.filtered(lambda s: s.state == "to_sign")._transition(
            "active"
        )

    # --- Issue list ---

    def _issue_to_departments(self):
        """Ask the receivers on the issue list to confirm (SC-27.2)."""
        for request in self:
            master = request.sample_ids.sorted("copy_no")[:1]
            for line in request.distribution_ids.filtered(lambda d: not d.sample_id):
                line.sample_id = master
            request.distribution_ids._ask_for_confirmation()

    def action_view_samples(self):
        """Show the samples of these requests.

        :return: action
        """
        return self.env["sample.sample"]._get_action_for(
            [("request_id", "in", self.ids)], {"create": False}
        )

    def action_remove_samples(self):
        """Take prepared samples beyond the quantity asked for off the request.

        :return: True
        :raises UserError: for requests that are being signed
        """
        self.check_access("write")
        for request in self:
            if request.state not in ("checking", "review", "rectifying"):
                raise UserError(
                    self.env._(
                        "%(request)s: its samples are signed, or not registered yet.",
                        request=request.display_name,
                    )
                )
            # sudo: whoever changes the quantity need not be able to archive samples
            surplus_sudo = request.sudo().sample_ids.sorted("copy_no")[request.qty :]
            surplus_sudo.write({"request_id": False, "active": False})
            request._prepare_samples()
        return True
