import {Component} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {_t} from "@web/core/l10n/translation";
import {download} from "@web/core/network/download";
import {rpc} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {patch} from "@web/core/utils/patch";
import {STATIC_ACTIONS_GROUP_NUMBER} from "@web/search/action_menus/action_menus";
import {ListController} from "@web/views/list/list_controller";
import {session} from "@web/session";

export function hasLedger(resModel) {
    return (session.record_control_ledger_models || []).includes(resModel);
}

/** Order of a list as the server's search wants it, or null for the ledger's own. */
function orderOf(list) {
    const order = list.orderBy.map(({name, asc}) => `${name} ${asc ? "asc" : "desc"}`);
    return order.length ? order.join(", ") : null;
}

/** Choice between several ledgers of one model. */
export class LedgerChoiceDialog extends Component {
    static template = "record_control.LedgerChoiceDialog";
    static components = {Dialog};
    static props = {close: Function, ledgers: Array, onChoose: Function};

    choose(ledger) {
        this.props.close();
        this.props.onChoose(ledger);
    }
}

/**
 * Export a ledger of the list: the records picked by hand if there are any, else
 * the whole search, which goes to the server as a domain and never as ids.
 */
export async function exportLedger(env, list) {
    const {dialog, notification, ui} = env.services;
    const ledgers = await rpc("/record_control/ledgers", {model: list.resModel});
    if (!ledgers.length) {
        notification.add(_t("You may not export a ledger of these records."), {
            type: "warning",
        });
        return;
    }
    const wholeSearch = !list.selection.length || list.isDomainSelected;
    const data = {
        domain: list.domain,
        order: orderOf(list),
        ids: wholeSearch ? null : list.selection.map((record) => record.resId),
        context: {
            active_test: list.context.active_test ?? true,
            allowed_company_ids: user.context.allowed_company_ids,
        },
    };
    const run = async (ledger) => {
        ui.block({message: _t("Writing the ledger %(title)s…", {title: ledger.title})});
        try {
            await download({
                url: `/record_control/ledger/${ledger.name}`,
                data: {data: JSON.stringify(data)},
            });
        } finally {
            ui.unblock();
        }
        notification.add(_t("%(title)s has been exported.", {title: ledger.title}), {
            type: "success",
        });
    };
    if (ledgers.length === 1) {
        await run(ledgers[0]);
    } else {
        dialog.add(LedgerChoiceDialog, {ledgers, onChoose: run});
    }
}

/** Entry of the cog menu, shown while no record is picked. */
export class ExportLedger extends Component {
    static template = "record_control.ExportLedger";
    static components = {DropdownItem};
    static props = {};

    onSelected() {
        return exportLedger(this.env, this.env.model.root);
    }
}

registry.category("cogMenu").add(
    "record_control.export_ledger",
    {
        Component: ExportLedger,
        groupNumber: STATIC_ACTIONS_GROUP_NUMBER,
        isDisplayed: (env) =>
            env.config.viewType === "list" &&
            Boolean(env.model) &&
            !env.model.root.selection.length &&
            hasLedger(env.model.root.resModel),
    },
    {sequence: 11}
);

// The action menu of picked records is not built from the registry above.
patch(ListController.prototype, {
    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        items.export_ledger = {
            isAvailable: () => hasLedger(this.model.root.resModel),
            sequence: 11,
            icon: "fa fa-table",
            description: _t("Export Ledger"),
            callback: () => exportLedger(this.env, this.model.root),
        };
        return items;
    },
});
