from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools import received_text

HEADERS = {
    # the secret is part of the address: keep it out of caches and of what browsers tell others
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class SignOffPortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "sign_off_count" in counters:
            steps = request.env["sign.off.request.step"]
            values["sign_off_count"] = len(steps._find_waiting_for(request.env.user))
        return values

    @http.route("/my/sign_offs", type="http", auth="user", website=True)
    def show_sign_offs(self, **_kwargs):
        """List what waits for the signature of the contact who is logged in."""
        user = request.env.user
        request.update_context(tz=user.tz or user.company_id._record_control_tz())
        steps_sudo = request.env["sign.off.request.step"]._find_waiting_for(
            request.env.user
        )
        values = {
            "page_name": "sign_offs",
            "rows": [step_sudo._prepare_list_values() for step_sudo in steps_sudo],
        }
        return request.render("record_control.sign_off_portal_list", values)

    @http.route(
        "/my/sign_off/<string:key>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def show_sign_off(self, key, access_token=None, **_kwargs):
        """Show a contact what there is to sign: by secret link, or as the portal user of the contact."""
        access_token = received_text.clean(access_token)
        step_sudo, reason = self._find_step(key, access_token)
        if reason:
            return self._render_refusal(reason)
        values = step_sudo._prepare_page_values(access_token)
        return request.render("record_control.sign_off_portal", values, headers=HEADERS)

    @http.route(
        "/my/sign_off/<string:key>/sign",
        type="jsonrpc",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def sign(
        self,
        key,
        access_token=None,
        decision="approve",
        opinion="",
        signature=None,
        name="",
    ):
        """Sign, or disagree, as the contact.

        :return: {"message": …} or {"error": …}, in the contact's language
        """
        access_token, opinion, name = map(
            received_text.clean, (access_token, opinion, name)
        )
        step_sudo, reason = self._find_step(key, access_token)
        if reason:
            return {"error": reason}
        if decision not in ("approve", "refuse"):
            return {"error": request.env._("Say whether you agree.")}
        try:
            # what a gate of the record refuses leaves nothing half done
            with request.env.cr.savepoint():
                signed = step_sudo._sign_by_link(
                    decision,
                    opinion,
                    signature,
                    name,
                    access_token,
                    request.env.user,
                )
        except UserError as error:
            return {"error": str(error)}
        if not signed:
            return {"error": step_sudo._explain_link(bool(access_token))}
        return {"message": request.env._("Thank you. Your answer has been recorded.")}

    def _find_step(self, key, access_token):
        """The step behind the address, and why it cannot be signed; in the contact's language."""
        step_model = request.env["sign.off.request.step"]
        step_sudo, reason = step_model._find_by_link(
            received_text.clean(key), access_token, request.env.user
        )
        if step_sudo:
            context = step_sudo.env.context
            request.update_context(lang=context["lang"], tz=context["tz"])
            if step_sudo.request_id._void_changed():
                return step_sudo.browse(), step_sudo._explain_link(bool(access_token))
        return step_sudo, reason

    def _render_refusal(self, reason):
        response = request.render(
            "record_control.sign_off_portal_refused",
            {"reason": reason, "page_name": "sign_off"},
            headers=HEADERS,
        )
        response.status_code = 403
        return response
