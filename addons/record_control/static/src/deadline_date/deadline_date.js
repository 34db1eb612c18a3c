import {_t} from "@web/core/l10n/translation";
import {formatDate, formatDateTime} from "@web/core/l10n/dates";
import {localization} from "@web/core/l10n/localization";
import {registry} from "@web/core/registry";
import {
    RemainingDaysField,
    remainingDaysField,
} from "@web/views/fields/remaining_days/remaining_days_field";

const {DateTime} = luxon;

/**
 * A deadline by its day, with the days that are left beside it.
 *
 * Odoo's own widget says "next month" for any day of it; whoever keeps a deadline needs the day.
 */
export class DeadlineDateField extends RemainingDaysField {
    static template = "record_control.DeadlineDateField";

    get value() {
        return this.props.record.data[this.props.name];
    }

    get exactValue() {
        if (this.props.record.fields[this.props.name].type === "datetime") {
            const time = localization.timeFormat.replace(/:?ss/, "");
            return formatDateTime(this.value, {
                format: `${localization.dateFormat} ${time}`,
            });
        }
        return formatDate(this.value);
    }

    get daysInWords() {
        const today = DateTime.local().startOf("day");
        if (this.diffDays === 0) {
            return _t("today");
        }
        return this.value.startOf("day").toRelative({base: today, unit: "days"});
    }
}

export const deadlineDateField = {
    ...remainingDaysField,
    component: DeadlineDateField,
    displayName: _t("Deadline with Remaining Days"),
    // wide enough for the day and "in 365 days", in a list of many columns too
    listViewWidth: ({type}) => (type === "datetime" ? 215 : 155),
};

registry.category("fields").add("deadline_date", deadlineDateField);
