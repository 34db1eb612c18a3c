import {Component, onWillUnmount, useEffect, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

const POLL_MS = 1000;

/**
 * Shows how far the background job of a customer list is, and loads the record
 * again when it is done.
 */
export class ImportProgress extends Component {
    static template = "customer_archive.ImportProgress";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.state = useState({progress: false});
        this.timer = null;
        useEffect(
            (running) => {
                if (running) {
                    this.schedule();
                }
            },
            () => [Boolean(this.value.job)]
        );
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get value() {
        return this.props.record.data[this.props.name] || {};
    }

    get progress() {
        return this.state.progress || this.value;
    }

    get percent() {
        const {done, total} = this.progress;
        return total ? Math.round((100 * done) / total) : 0;
    }

    schedule() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.poll(), POLL_MS);
    }

    async poll() {
        const {resModel, resId} = this.props.record;
        const [row] = await this.orm.silent.read(resModel, [resId], [this.props.name]);
        const progress = row[this.props.name];
        if (progress.job) {
            this.state.progress = progress;
            this.schedule();
        } else {
            this.state.progress = false;
            await this.props.record.load();
        }
    }
}

export const importProgress = {
    component: ImportProgress,
    supportedTypes: ["json"],
};

registry.category("fields").add("customer_import_progress", importProgress);
