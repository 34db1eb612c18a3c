import {Component, useState} from "@odoo/owl";
import {NameAndSignature} from "@web/core/signature/name_and_signature";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

/** Where a contact of the customer or supplier agrees and signs, or disagrees and says why. */
export class SignOffForm extends Component {
    static template = "record_control.SignOffForm";
    static components = {NameAndSignature};
    static props = {
        callUrl: String,
        accessToken: String,
        defaultName: String,
    };

    setup() {
        this.state = useState({
            decision: "approve",
            opinion: "",
            error: "",
            message: "",
            busy: false,
        });
        this.signature = useState({
            name: this.props.defaultName,
            // Nothing is drawn before the field for the signature is there
            isSignatureEmpty: true,
            getSignatureImage: () => "",
            resetSignature: () => undefined,
        });
    }

    get canSubmit() {
        if (this.state.busy) {
            return false;
        }
        return this.state.decision === "approve"
            ? !this.signature.isSignatureEmpty
            : Boolean(this.state.opinion.trim());
    }

    async onSubmit() {
        this.state.busy = true;
        this.state.error = "";
        const approves = this.state.decision === "approve";
        try {
            const result = await rpc(this.props.callUrl, {
                access_token: this.props.accessToken || false,
                decision: this.state.decision,
                opinion: this.state.opinion,
                name: this.signature.name,
                signature: approves
                    ? this.signature.getSignatureImage().split(",")[1]
                    : false,
            });
            this.state.error = result.error || "";
            this.state.message = result.message || "";
        } catch {
            this.state.error = _t("The answer could not be sent. Please try again.");
        }
        this.state.busy = false;
    }
}

registry.category("public_components").add("record_control.sign_off_form", SignOffForm);
