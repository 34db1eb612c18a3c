import {Component} from "@odoo/owl";
import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    formatDateTime,
} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {imageUrl} from "@web/core/utils/urls";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** The sign-off cells of a form: who signed, when and with which opinion; blank until signed. */
export class SignOffCells extends Component {
    static template = "record_control.SignOffCells";
    static props = {...standardFieldProps};

    get cells() {
        return (this.props.record.data[this.props.name] || []).map((cell, index) => ({
            ...cell,
            key: index,
            stateClass: this.getStateClass(cell),
            stateText: this.getStateText(cell),
            time: this.getTime(cell),
            image: cell.signature_id
                ? imageUrl("sign.off.signature", cell.signature_id, "signature")
                : false,
        }));
    }

    /** The day on the paper, or the time of the signature. */
    getTime(cell) {
        if (cell.date_signed) {
            return formatDate(deserializeDate(cell.date_signed));
        }
        return cell.signed_at
            ? formatDateTime(deserializeDateTime(cell.signed_at))
            : "";
    }

    getStateClass(cell) {
        return (
            {
                signed: "text-bg-success",
                refused: "text-bg-danger",
                open: "text-bg-info",
            }[cell.state] || "text-bg-light text-muted"
        );
    }

    getStateText(cell) {
        return {
            signed: _t("Signed"),
            refused: _t("Refused"),
            open: _t("To sign"),
            waiting: _t("Later"),
            merged: _t("Signs later"),
            cancelled: _t("Cancelled"),
        }[cell.state];
    }
}

export const signOffCells = {
    component: SignOffCells,
    displayName: _t("Sign-off cells"),
    supportedTypes: ["json"],
    isEmpty: (record, fieldName) => !(record.data[fieldName] || []).length,
};

registry.category("fields").add("sign_off_cells", signOffCells);
