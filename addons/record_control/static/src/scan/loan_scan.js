import {Component, onMounted, onWillUnmount, useRef, useState} from "@odoo/owl";
import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {_t} from "@web/core/l10n/translation";
import {Mutex} from "@web/core/utils/concurrency";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const HISTORY_LENGTH = 12;

/**
 * Counter for lending: first scan lends, second returns.
 *
 * A hand scanner types the code and Enter into the field, which keeps the focus.
 * The camera is used where the browser allows it (https).
 */
export class LoanScan extends Component {
    static template = "record_control.LoanScan";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.input = useRef("input");
        this.hasCamera = isBarcodeScannerSupported();
        this.state = useState({answer: null, waiting: 0, history: []});
        this.queue = new Mutex();
        this.pendingCode = null;
        this.lastScan = 0;
        this.focus = () => this.input.el?.focus();
        onMounted(() => {
            this.focus();
            document.addEventListener("click", this.focus);
        });
        onWillUnmount(() => document.removeEventListener("click", this.focus));
    }

    get prompt() {
        switch (this.state.answer?.status) {
            case "ask_badge":
                return _t("Scan the borrower's badge");
            case "ask_condition":
                return _t(
                    "Choose the condition, or scan the thing again if it is complete"
                );
        }
        return _t("Scan a thing");
    }

    get conditions() {
        return [
            {key: "good", label: _t("Complete and undamaged"), color: "btn-success"},
            {key: "soiled", label: _t("Soiled"), color: "btn-secondary"},
            {key: "damaged", label: _t("Damaged"), color: "btn-warning"},
            {key: "missing", label: _t("Missing"), color: "btn-danger"},
        ];
    }

    get alertColor() {
        const colors = {
            error: "alert-danger",
            lent: "alert-success",
            returned: "alert-success",
        };
        return colors[this.state.answer?.status] || "alert-info";
    }

    /**
     * Take what people do one after the other: a code that is read while the server
     * still answers waits for its turn, and is judged by the answer before it.
     *
     * @param {() => Promise} task what to do when its turn has come
     * @returns {Promise}
     */
    async takeInTurn(task) {
        this.state.waiting++;
        try {
            await this.queue.exec(task);
        } finally {
            this.state.waiting--;
            this.focus();
        }
    }

    onSubmit() {
        const text = this.input.el.value.trim();
        this.input.el.value = "";
        if (text) {
            return this.takeInTurn(() => this.onCode(text));
        }
    }

    async onCamera() {
        try {
            const text = await scanBarcode(this.env);
            await this.takeInTurn(() => this.onCode(text));
        } catch (error) {
            this.state.answer = {status: "error", message: error.message};
        }
    }

    onCondition(condition) {
        return this.takeInTurn(() => this.step({code: this.pendingCode, condition}));
    }

    onMyself() {
        return this.takeInTurn(() => this.step({code: this.pendingCode, myself: true}));
    }

    onCancel() {
        this.pendingCode = null;
        this.state.answer = null;
        this.focus();
    }

    async onCode(text) {
        const status = this.state.answer?.status;
        if (status === "ask_badge") {
            return this.step({code: this.pendingCode, badge: text});
        }
        if (status === "ask_condition" && text === this.pendingCode) {
            return this.step({code: text, condition: "good"});
        }
        return this.step({code: text});
    }

    async step(values) {
        const answer = await this.orm.call("loan.loan", "scan", [], values);
        const asking = ["ask_badge", "ask_condition"].includes(answer.status);
        this.pendingCode = asking ? values.code : null;
        this.state.answer = answer;
        if (!asking) {
            this.remember(answer);
        }
    }

    /** Keep an answer in the list below the counter. */
    remember(answer) {
        this.state.history.unshift({...answer, id: ++this.lastScan});
        this.state.history.splice(HISTORY_LENGTH);
    }
}

registry.category("actions").add("record_control.loan_scan", LoanScan);
