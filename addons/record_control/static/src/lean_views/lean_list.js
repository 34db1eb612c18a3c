/**
 * A list that does not read the optional columns that are hidden: <list js_class="lean_list">.
 *
 * A column is read when the user shows it.
 */
import {markRaw} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {pick} from "@web/core/utils/objects";
import {RelationalModel} from "@web/model/relational_model/relational_model";
import {extractFieldsFromArchInfo} from "@web/model/relational_model/utils";
import {ListController} from "@web/views/list/list_controller";
import {ListRenderer} from "@web/views/list/list_renderer";
import {listView} from "@web/views/list/list_view";
import {getFieldsOfColumns} from "./lean_fields";

/** Let a list and the groups in it read these fields. */
function setActiveFields(config, activeFields) {
    config.activeFields = activeFields;
    config.fieldsToAggregate = Object.keys(activeFields);
    for (const group of Object.values(config.groups || {})) {
        group.activeFields = activeFields;
        setActiveFields(group.list, activeFields);
    }
}

class LeanListModel extends RelationalModel {
    setup(params) {
        super.setup(...arguments);
        this.getShownFields = params.getShownFields;
        this.allFieldNames = params.allFieldNames;
    }

    _getNextConfig() {
        const config = super._getNextConfig(...arguments);
        setActiveFields(config, markRaw(this.getShownFields()));
        return config;
    }

    /** Whether the records on the screen have all fields that are to be shown. */
    get isComplete() {
        const known = this.root.activeFields;
        return Object.keys(this.getShownFields()).every((name) => name in known);
    }
}

class LeanListRenderer extends ListRenderer {
    /** The choice of the user is kept under all fields, whichever are read. */
    createViewKey() {
        const {list} = this.props;
        const fieldNames = [...list.model.allFieldNames];
        return super.createViewKey.call({
            env: this.env,
            props: {...this.props, list: {fieldNames, resModel: list.resModel}},
        });
    }

    /** A column is shown as soon as it has been read. */
    computeOptionalActiveFields() {
        const optionalActiveFields = super.computeOptionalActiveFields();
        for (const {name, relatedPropertyField} of this.allColumns) {
            if (optionalActiveFields[name] && !relatedPropertyField) {
                optionalActiveFields[name] = name in this.props.list.activeFields;
            }
        }
        return optionalActiveFields;
    }

    async toggleOptionalField(fieldName) {
        const {model} = this.env;
        if (this.editedRecord && !(await this.props.list.leaveEditMode())) {
            return;
        }
        await super.toggleOptionalField(fieldName);
        if (!model.isComplete) {
            await model.load();
            model.useSampleModel = false;
            model.notify();
        }
    }
}

class LeanListController extends ListController {
    get modelParams() {
        const params = super.modelParams;
        const {activeFields} = extractFieldsFromArchInfo(
            this.archInfo,
            this.props.fields
        );
        params.allFieldNames = Object.keys(activeFields);
        params.getShownFields = () => this.getShownFields(activeFields);
        params.config = {...params.config};
        setActiveFields(params.config, params.getShownFields());
        return params;
    }

    /** The fields to read, by the choice that the renderer keeps in the browser. */
    getShownFields(activeFields) {
        const key = LeanListRenderer.prototype.createViewKey.call({
            env: this.env,
            props: {
                list: {
                    model: {allFieldNames: Object.keys(activeFields)},
                    resModel: this.props.resModel,
                },
            },
        });
        const chosen = browser.localStorage
            .getItem(`optional_fields,${key}`)
            ?.split(",");
        const isShown = ({name, optional}) =>
            chosen ? chosen.includes(name) : optional === "show";
        const names = getFieldsOfColumns(this.archInfo, this.props.fields, isShown);
        return pick(activeFields, ...names);
    }
}

registry.category("views").add("lean_list", {
    ...listView,
    Controller: LeanListController,
    Model: LeanListModel,
    Renderer: LeanListRenderer,
});
