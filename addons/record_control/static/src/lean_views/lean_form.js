/**
 * A form that reads a page of its notebook when the page is opened: <form js_class="lean_form">.
 *
 * The first page is read with the record, and so are the fields that are also used
 * elsewhere in the form. A new record has all its fields from the beginning.
 */
import {markRaw, status} from "@odoo/owl";
import {Notebook} from "@web/core/notebook/notebook";
import {registry} from "@web/core/registry";
import {omit, pick} from "@web/core/utils/objects";
import {Record} from "@web/model/relational_model/record";
import {RelationalModel} from "@web/model/relational_model/relational_model";
import {getBasicEvalContext} from "@web/model/relational_model/utils";
import {useSetupAction} from "@web/search/action_hook";
import {FormController} from "@web/views/form/form_controller";
import {FormRenderer} from "@web/views/form/form_renderer";
import {formView} from "@web/views/form/form_view";
import {getFieldsOfPages} from "./lean_fields";

/** A record of which more is read later on. */
class LeanRecord extends Record {
    setup() {
        this._readLater = {};
        super.setup(...arguments);
    }

    /** A late answer to the first reading does not know the pages that were read since. */
    _setData(data, options) {
        if (options?.keepChanges) {
            const later = this.fieldNames.filter((name) => !(name in data));
            this._readLater = pick(this._values, ...later);
        }
        super._setData(data, options);
    }

    _parseServerValues() {
        const values = super._parseServerValues(...arguments);
        const readLater = this._readLater;
        this._readLater = {};
        return Object.assign(values, readLater);
    }
}

class LeanFormModel extends RelationalModel {
    static Record = LeanRecord;

    setup(params) {
        super.setup(...arguments);
        this.fieldsOfPages = markRaw(params.fieldsOfPages);
        this.shownPages = markRaw(new Set(params.shownPages));
    }

    /**
     * Read a page unless it was read already. It stays with the record until it is closed.
     *
     * @param {String} name - name of the page
     */
    async openPage(name) {
        if (!(name in this.fieldsOfPages)) {
            return;
        }
        this.shownPages.add(name);
        try {
            await this.mutex.exec(() => this._readShownPages());
        } catch (error) {
            this.closePage(name);
            throw error;
        }
    }

    /** The page is no longer shown: the next record is read without it. */
    closePage(name) {
        this.shownPages.delete(name);
    }

    _getNextConfig(currentConfig) {
        if (!this.allActiveFields) {
            this.allActiveFields = markRaw(currentConfig.activeFields);
        }
        const config = super._getNextConfig(...arguments);
        config.activeFields = this._getShownFields(config);
        return config;
    }

    async _loadData(config, cache) {
        const data = await super._loadData(config, cache);
        const isRoot = config.isMonoRecord && config.isRoot && config.resId;
        const shown = isRoot ? this._getShownFields(config) : {};
        if (Object.keys(shown).some((name) => !(name in config.activeFields))) {
            // A page was opened in the meantime.
            config.activeFields = {...config.activeFields, ...shown};
            return super._loadData(config);
        }
        return data;
    }

    _getShownFields({resId}) {
        if (!resId) {
            return this.allActiveFields;
        }
        const shown = [...this.shownPages].flatMap(
            (name) => this.fieldsOfPages[name] || []
        );
        const hidden = Object.values(this.fieldsOfPages)
            .flat()
            .filter((name) => !shown.includes(name));
        return markRaw(omit(this.allActiveFields, ...hidden));
    }

    async _readShownPages() {
        const {root} = this;
        const activeFields = omit(
            this._getShownFields(root.config),
            ...root.fieldNames
        );
        if (root.isNew || !Object.keys(activeFields).length) {
            return;
        }
        const config = {...root.config, activeFields};
        const [values] = await this._loadRecords(config, getBasicEvalContext(config));
        this._updateConfig(
            root.config,
            {activeFields: {...root.activeFields, ...activeFields}},
            {reload: false}
        );
        root._applyValues(values);
    }
}

/** Opens a page when its fields are there. */
class LeanNotebook extends Notebook {
    getPageName(pageIndex) {
        return this.pages.find(([index]) => index === pageIndex)?.[1].name;
    }

    async activatePage(pageIndex) {
        this.requestedPage = pageIndex;
        await this.env.model.openPage(this.getPageName(pageIndex));
        if (this.requestedPage !== pageIndex || status(this) === "destroyed") {
            return; // Another page was asked for since.
        }
        const former = this.state.currentPage;
        super.activatePage(pageIndex);
        if (this.state.currentPage !== former) {
            this.env.model.closePage(this.getPageName(former));
        }
    }
}

class LeanFormRenderer extends FormRenderer {
    // Other addons add components to the form after this file was read.
    static get components() {
        return {...FormRenderer.components, Notebook: LeanNotebook};
    }
}

class LeanFormController extends FormController {
    setup() {
        super.setup();
        useSetupAction({
            getLocalState: () => ({
                shownPages: this.model.root.isNew ? [] : [...this.model.shownPages],
            }),
        });
    }

    get modelParams() {
        return {
            ...super.modelParams,
            fieldsOfPages: getFieldsOfPages(this.archInfo, this.props.fields),
            shownPages: this.props.state?.shownPages || [],
        };
    }
}

registry.category("views").add("lean_form", {
    ...formView,
    Controller: LeanFormController,
    Model: LeanFormModel,
    Renderer: LeanFormRenderer,
});
