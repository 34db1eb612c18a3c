import {LoanScan} from "@record_control/scan/loan_scan";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/**
 * Scan page for samples: the counter for lending, and for a sample what it is,
 * whether it may be used and the steps that are offered.
 */
export class SampleScan extends LoanScan {
    static template = "sample_control.SampleScan";

    setup() {
        super.setup();
        this.action = useService("action");
        this.state.sample = null;
    }

    get prompt() {
        const asking = ["ask_badge", "ask_condition"];
        return asking.includes(this.state.answer?.status)
            ? super.prompt
            : _t("Scan a sample");
    }

    get offers() {
        const offers = {
            borrow: {label: _t("Borrow"), icon: "fa-arrow-up"},
            return: {label: _t("Give Back"), icon: "fa-arrow-down"},
            use_in_room: {label: _t("Use in the room"), icon: "fa-home"},
            first_article: {label: _t("First article"), icon: "fa-check-square-o"},
            move: {label: _t("Move"), icon: "fa-map-marker"},
            report_exception: {
                label: _t("Report an exception"),
                icon: "fa-exclamation-triangle",
            },
            patrol: {label: _t("Patrol"), icon: "fa-eye"},
            inspect: {label: _t("Inspect"), icon: "fa-search-plus"},
        };
        const keys = this.state.sample?.actions || [];
        return keys
            .filter((key) => key in offers)
            .map((key) => ({key, ...offers[key]}));
    }

    async onCode(text) {
        const asking = ["ask_badge", "ask_condition"].includes(
            this.state.answer?.status
        );
        if (asking) {
            return super.onCode(text);
        }
        const sample = await this.orm.call("sample.sample", "scan_sample", [text]);
        this.state.sample = sample || null;
        if (!sample) {
            return super.onCode(text);
        }
        this.state.answer = null;
    }

    onCancel() {
        super.onCancel();
        this.state.sample = null;
    }

    onOffer(key) {
        const sample = this.state.sample;
        return this.takeInTurn(() => this.takeOffer(key, sample));
    }

    async takeOffer(key, {id, code}) {
        if (id !== this.state.sample?.id) {
            return; // another sample was scanned before the click had its turn
        }
        if (key === "borrow" || key === "return") {
            return this.step({code});
        }
        if (key === "move") {
            return this.action.doAction("sample_control.sample_move_action", {
                additionalContext: {default_sample_ids: [id]},
                onClose: () => this.takeInTurn(() => this.onCode(code)),
            });
        }
        const methods = {
            use_in_room: "action_use_in_room",
            first_article: "action_new_first_article",
            report_exception: "action_report_exception",
            patrol: "action_new_patrol",
            inspect: "action_new_inspection",
        };
        const action = await this.orm.call("sample.sample", methods[key], [[id]]);
        return this.action.doAction({...action, views: [[false, "form"]]});
    }

    async step(values) {
        await super.step(values);
        if (["lent", "returned"].includes(this.state.answer?.status)) {
            this.state.sample = null;
        }
    }
}

registry.category("actions").add("sample_control.sample_scan", SampleScan);
