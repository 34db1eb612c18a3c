import {Component, onWillUnmount, useState} from "@odoo/owl";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {useDropdownState} from "@web/core/dropdown/dropdown_hooks";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {debounce} from "@web/core/utils/timing";

const CHANNEL = "record_control.sign_off/updated";
const DELAY = 1000; // ms: many rounds that change at once are counted once

/** What waits for the signature of the current user, in the systray. */
export class SignOffInbox extends Component {
    static template = "record_control.SignOffInbox";
    static components = {Dropdown, DropdownItem};
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.dropdown = useDropdownState();
        this.state = useState({count: 0, groups: []});
        this.refresh = debounce(() => this.load(), DELAY);
        this.bus.subscribe(CHANNEL, this.refresh);
        onWillUnmount(() => {
            this.bus.unsubscribe(CHANNEL, this.refresh);
            this.refresh.cancel();
        });
        this.load();
    }

    async load() {
        const summary = await this.orm.silent.call(
            "sign.off.request",
            "get_waiting_summary",
            []
        );
        Object.assign(this.state, summary);
    }

    openWaiting(group) {
        this.dropdown.close();
        this.action.doAction("record_control.sign_off_request_action_waiting", {
            clearBreadcrumbs: true,
            props: group
                ? {
                      domain: [
                          ["waiting_user_ids", "in", user.userId],
                          ["res_model", "=", group.model],
                      ],
                  }
                : {},
        });
    }

    openAction(name) {
        this.dropdown.close();
        this.action.doAction(`record_control.${name}`, {clearBreadcrumbs: true});
    }
}

registry
    .category("systray")
    .add("record_control.sign_off_inbox", {Component: SignOffInbox}, {sequence: 22});
