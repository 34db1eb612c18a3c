import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * Shows for every next step of a record what is still missing, before any button is pressed.
 * Value: list of {target, label, allowed, reasons}, see guarded.state.mixin.
 */
export class ReadinessPanelField extends Component {
    static template = "record_control.ReadinessPanelField";
    static props = {...standardFieldProps};

    get steps() {
        return this.props.record.data[this.props.name] || [];
    }

    get missing() {
        return this.steps.filter((step) => !step.allowed);
    }

    get ready() {
        return this.steps.filter((step) => step.allowed);
    }

    missingTitle(step) {
        return _t("Still missing for “%(step)s”", {step: step.label});
    }

    readyTitle(step) {
        return _t("Ready for “%(step)s”", {step: step.label});
    }
}

export const readinessPanelField = {
    component: ReadinessPanelField,
    displayName: _t("Readiness panel"),
    supportedTypes: ["json"],
};

registry.category("fields").add("readiness_panel", readinessPanelField);
