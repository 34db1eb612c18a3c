from odoo import models

from .sample_request_document import REVIEW_FORM


class SampleRequest(models.Model):
    """Joint sign-off: who signs by the rules, what a signature covers, what follows (SC-26).

    The applicant is no author in the sense of ``_get_sign_off_authors``: the technical side applies
    for sealing and signs with quality (SC-20.2, SC-26). The approval that follows is not for the
    applicant (SC-27).
    """

    _inherit = "sample.request"

    # --- Route ---

    def _get_policy_route(self):
        """Return the route that the rules name for this request: first signature or replacement.

        :rtype: sign.off.route
        """
        self.ensure_one()
        values = self._get_policy_values("sign_off")
        route_id = values.get("sign_off_first_route_id")
        if self.old_sample_id:
            route_id = values.get("sign_off_replacement_route_id") or route_id
        # sudo: who signs does not depend on who looks
        routes = self.env["sign.off.route"].sudo().browse(route_id or ())
        return routes.exists().filtered(
            lambda route: route.active and route.model == self._name
        )

    # --- Who signs ---

    def _get_sign_off_users(self, role):
        if role.startswith("sample_"):
            return self._get_role_users(role.removeprefix("sample_"))
        return super()._get_sign_off_users(role)

    # --- Gates ---

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if self.state == "review":
            reasons += self._get_transition_reasons("signing")
        elif self.state not in ("signing", "approved", "done"):
            reasons.append(
                self.env._(
                    "%(request)s is signed after its review.",
                    request=self.display_name,
                )
            )
        return reasons

    def action_request_sign_off(self):
        """Ask for the joint sign-off; a reviewed request goes on to it."""
        self.filtered(lambda request: request.state == "review")._transition("signing")
        return super().action_request_sign_off()

    # --- What follows ---

    def _on_sign_off_sealed(self):
        super()._on_sign_off_sealed()
        for request in self:
            request._complete_review_form()
        self.sample_ids._resume_after_signature()

    def _complete_review_form(self):
        """The signed review form is one of the documents of sealing (R3 5.2.5)."""
        self.ensure_one()
        forms = self.document_ids.filtered(
            lambda line: line.code == REVIEW_FORM and line.state == "missing"
        )
        if forms:
            forms.write({"number": self.name})
            forms._transition("received")

    def _on_sign_off_refused(self, opinion):
        """A signatory disagrees: a blocking point, and back to rectification (SC-26.2)."""
        super()._on_sign_off_refused(opinion)
        signing = self.filtered(lambda request: request.state == "signing")
        self.env["sample.issue"].create(
            [
                {
                    "request_id": request.id,
                    "company_id": request.company_id.id,
                    "description": opinion,
                    "stage": "at",
                    "severity": "blocking",
                    "user_id": request.organiser_id.id or request.user_id.id,
                }
                for request in signing
            ]
        )
        signing._transition("rectifying")

    def _on_seal_broken(self, changes):
        """What was signed has changed: review again; samples in use stop (SC-26.4)."""
        super()._on_seal_broken(changes)
        self.filtered(lambda r: r.state in ("signing", "approved"))._transition(
            "review"
        )
        done = self.filtered(lambda r: r.state == "done")
        done.sample_ids._suspend_for_signature(changes)
