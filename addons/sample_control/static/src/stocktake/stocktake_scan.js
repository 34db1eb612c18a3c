import {LoanScan} from "@record_control/scan/loan_scan";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * Scan page of a stock-take: each code that is read is noted in the round, the code of a
 * place says what is being counted from now on.
 */
export class StocktakeScan extends LoanScan {
    static template = "sample_control.StocktakeScan";

    setup() {
        super.setup();
        const params = this.props.action.params || {};
        this.stocktakeId =
            params.stocktake_id || this.props.action.context?.stocktake_id;
        Object.assign(this.state, {
            name: params.name || "",
            place: false,
            placeName: params.place_name || "",
            found: null,
            expected: null,
        });
    }

    get prompt() {
        return _t("Scan a sample or a place");
    }

    get alertColor() {
        const colors = {
            error: "alert-danger",
            unknown: "alert-danger",
            difference: "alert-warning",
            found: "alert-success",
        };
        return colors[this.state.answer?.status] || "alert-info";
    }

    async step({code}) {
        try {
            const answer = await this.orm.call("sample.stocktake", "scan", [
                [this.stocktakeId],
                code,
                this.state.place,
            ]);
            this.show(answer);
        } catch (error) {
            const message = error.data?.message || error.message;
            this.state.answer = {status: "error", message};
        }
    }

    show(answer) {
        this.state.answer = answer;
        this.state.found = answer.found;
        this.state.expected = answer.expected;
        if (answer.status === "place") {
            this.state.place = answer.place;
            this.state.placeName = answer.place_name;
            return;
        }
        this.remember(answer);
    }
}

registry.category("actions").add("sample_control.stocktake_scan", StocktakeScan);
