import {Component, onWillStart, onMounted, onWillUnmount, useState} from "@odoo/owl";

import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {usePopover} from "@web/core/popover/popover_hook";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const {DateTime} = luxon;

// Remaining time is shown in minutes at best, so the badge looks at the clock once a minute
const TICK = 60 * 1000;
// Less than this before the deadline the badge turns to a warning
const SOON = {hours: 24};

/** How a deadline came about, line by line, fetched when the reader asks for it. */
export class ClockExplanation extends Component {
    static template = "record_control.ClockExplanation";
    static props = {
        clockId: Number,
        close: {type: Function, optional: true},
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({name: "", lines: [], told: []});
        onWillStart(async () => {
            Object.assign(
                this.state,
                await this.orm.call("clock.clock", "get_explanation", [
                    [this.props.clockId],
                ])
            );
        });
    }

    lineClass(line) {
        return (
            {
                holiday: "text-muted",
                off: "text-muted",
                leave: "text-muted",
                start_day: "text-muted",
                paused_day: "text-warning-emphasis",
                pause: "text-warning-emphasis",
                pause_open: "text-warning-emphasis",
                make_up: "text-info-emphasis",
                unlisted_year: "text-danger",
                no_hours: "text-danger",
                no_working_time: "text-danger",
                policy: "fw-bold",
                end: "fw-bold",
            }[line.kind] || ""
        );
    }
}

/** The clocks of a record as badges: colour, time left in words; a click explains the deadline. */
export class ClockBadge extends Component {
    static template = "record_control.ClockBadge";
    static props = {...standardFieldProps};

    setup() {
        this.popover = usePopover(ClockExplanation, {position: "bottom-start"});
        this.state = useState({now: DateTime.now()});
        onMounted(() => {
            this.timer = setInterval(() => (this.state.now = DateTime.now()), TICK);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    get badges() {
        const clocks = this.props.record.data[this.props.name] || [];
        return clocks.map((clock) => this.getBadge(clock));
    }

    getBadge(clock) {
        const deadline = clock.deadline && deserializeDateTime(clock.deadline);
        const base = {
            id: clock.id,
            name: clock.name,
            due: deadline ? formatDateTime(deadline) : "",
        };
        if (clock.state === "paused") {
            return {
                ...base,
                color: "text-bg-secondary",
                icon: "fa-pause",
                text: _t("paused"),
            };
        }
        if (clock.state === "met") {
            return {
                ...base,
                color: "text-bg-success",
                icon: "fa-check",
                text: _t("on time"),
            };
        }
        if (clock.stopped_at) {
            return {
                ...base,
                color: "text-bg-danger",
                icon: "fa-times",
                text: _t("late"),
            };
        }
        const now = this.state.now;
        if (deadline < now) {
            return {
                ...base,
                color: "text-bg-danger",
                icon: "fa-exclamation-triangle",
                text: _t("overdue for %(time)s", {time: this.inWords(now, deadline)}),
            };
        }
        const soon = deadline < now.plus(SOON);
        return {
            ...base,
            color: soon ? "text-bg-warning" : "text-bg-info",
            icon: "fa-hourglass-half",
            text: _t("%(time)s left", {time: this.inWords(deadline, now)}),
        };
    }

    /** The largest unit that fits, so that a list reads at a glance: 3 days, 5 hours, 12 minutes. */
    inWords(later, earlier) {
        for (const unit of ["days", "hours", "minutes"]) {
            const amount = Math.floor(later.diff(earlier, unit)[unit]);
            if (amount >= 1 || unit === "minutes") {
                return luxon.Duration.fromObject({[unit]: amount}).toHuman();
            }
        }
    }

    onClick(ev, badge) {
        this.popover.open(ev.currentTarget, {clockId: badge.id});
    }
}

export const clockBadge = {
    component: ClockBadge,
    displayName: _t("Clock"),
    supportedTypes: ["json"],
};

registry.category("fields").add("clock_badge", clockBadge);
