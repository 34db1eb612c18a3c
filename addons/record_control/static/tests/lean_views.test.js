import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {queryAllTexts} from "@odoo/hoot-dom";
import {Deferred, animationFrame} from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    findComponent,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class Line extends models.Model {
    _name = "lean.line";
    name = fields.Char();
    _records = [
        {id: 1, name: "First line"},
        {id: 2, name: "Second line"},
    ];
}

class Thing extends models.Model {
    _name = "lean.thing";
    name = fields.Char();
    color = fields.Char();
    weight = fields.Integer();
    note = fields.Char();
    kind = fields.Char();
    line_ids = fields.One2many({relation: "lean.line"});
    _records = [
        {
            id: 1,
            name: "Bell",
            color: "red",
            weight: 3,
            note: "Loud",
            kind: "a",
            line_ids: [1, 2],
        },
        {
            id: 2,
            name: "Drum",
            color: "blue",
            weight: 7,
            note: "Deep",
            kind: "a",
            line_ids: [2],
        },
    ];
    _views = {
        form: `
            <form js_class="lean_form">
                <field name="name"/>
                <field name="kind"/>
                <notebook>
                    <page name="first" string="First"><field name="color"/></page>
                    <page name="weights" string="Weights" invisible="kind == 'b'">
                        <field name="weight"/>
                        <field name="note" readonly="weight == 7"/>
                    </page>
                    <page name="lines" string="Lines">
                        <field name="line_ids">
                            <list editable="bottom"><field name="name"/></list>
                        </field>
                    </page>
                </notebook>
            </form>`,
        list: `
            <list js_class="lean_list" decoration-danger="color == 'red'">
                <field name="name"/>
                <field name="color" optional="hide"/>
                <field name="weight" optional="hide"/>
                <field name="note" optional="show"/>
            </list>`,
    };
}

defineMailModels();
defineModels([Thing, Line]);

/** Note the fields of each reading. */
function stepReadings() {
    for (const method of [
        "web_read",
        "web_search_read",
        "web_read_group",
        "web_save",
    ]) {
        onRpc("lean.thing", method, ({kwargs}) => {
            const specification =
                kwargs.specification || kwargs.unfold_read_specification;
            expect.step(
                `${method}: ${Object.keys(specification || {})
                    .sort()
                    .join(" ")}`
            );
        });
    }
}

const ALWAYS = "color display_name kind name";
const tab = (name) => `.o_notebook a[name=${name}]`;

describe("lean form", () => {
    beforeEach(stepReadings);
    const mount = (params = {}) =>
        mountView({resModel: "lean.thing", type: "form", resId: 1, ...params});

    test("a page is read when it is opened, and once", async () => {
        await mount();
        expect.verifySteps([`web_read: ${ALWAYS}`]);
        await contains(tab("lines")).click();
        expect.verifySteps(["web_read: line_ids"]);
        expect(queryAllTexts(".o_data_row")).toEqual(["First line", "Second line"]);
        await contains(tab("weights")).click();
        expect.verifySteps(["web_read: note weight"]);
        expect(".o_field_widget[name=note] input").toHaveValue("Loud");
        await contains(tab("lines")).click();
        await contains(tab("first")).click();
        expect(".o_field_widget[name=color] input").toHaveValue("red");
        expect.verifySteps([]);
    });

    test("what is typed before and after a page is opened is kept, saved or discarded", async () => {
        await mount();
        await contains(".o_field_widget[name=name] input").edit("Gong");
        await contains(tab("weights")).click();
        expect(".o_field_widget[name=name] input").toHaveValue("Gong");
        await contains(".o_field_widget[name=note] input").edit("Very loud");
        await contains(".o_form_button_cancel").click();
        expect(".o_field_widget[name=name] input").toHaveValue("Bell");
        expect(".o_field_widget[name=note] input").toHaveValue("Loud");
        await contains(tab("lines")).click();
        await contains(".o_data_row:first .o_data_cell").click();
        await contains(".o_data_row:first input").edit("New words");
        await contains(tab("weights")).click();
        await contains(".o_field_widget[name=note] input").edit("Louder");
        onRpc("lean.thing", "web_save", ({args}) => {
            expect(args[1]).toEqual({
                line_ids: [[1, 1, {name: "New words"}]],
                note: "Louder",
            });
        });
        await contains(".o_form_button_save").click();
        expect(".o_field_widget[name=note] input").toHaveValue("Louder");
        await contains(tab("lines")).click();
        expect(queryAllTexts(".o_data_row")).toEqual(["New words", "Second line"]);
        expect.verifySteps([
            `web_read: ${ALWAYS}`,
            "web_read: note weight",
            "web_read: line_ids",
            "web_save: color display_name kind line_ids name note weight",
        ]);
    });

    test("the next record is read with the page that is open", async () => {
        await mount({resIds: [1, 2]});
        await contains(tab("lines")).click();
        await contains(tab("weights")).click();
        expect.verifySteps([
            `web_read: ${ALWAYS}`,
            "web_read: line_ids",
            "web_read: note weight",
        ]);
        await contains(".o_pager_next").click();
        expect(".o_field_widget[name=weight] input").toHaveValue("7");
        expect(".o_field_widget[name=note] span").toHaveText("Deep");
        expect.verifySteps(["web_read: color display_name kind name note weight"]);
        await contains(tab("lines")).click();
        expect(queryAllTexts(".o_data_row")).toEqual(["Second line"]);
        expect.verifySteps(["web_read: line_ids"]);
    });

    test("a page that vanishes gives way to the first", async () => {
        await mount();
        await contains(tab("weights")).click();
        await contains(".o_field_widget[name=kind] input").edit("b");
        expect(tab("weights")).toHaveCount(0);
        expect(".o_field_widget[name=color] input").toHaveValue("red");
        expect.verifySteps([`web_read: ${ALWAYS}`, "web_read: note weight"]);
    });

    test("a new record has all fields", async () => {
        onRpc("lean.thing", "onchange", ({args}) => {
            expect.step(`onchange: ${Object.keys(args[3]).sort().join(" ")}`);
        });
        await mount({resId: false});
        await contains(tab("weights")).click();
        await contains(".o_field_widget[name=note] input").edit("New");
        await contains(".o_form_button_save").click();
        const all = "color display_name kind line_ids name note weight";
        expect.verifySteps([`onchange: ${all}`, `web_save: ${all}`]);
        expect(".o_field_widget[name=note] input").toHaveValue("New");
    });

    test("the page asked for last is the one that opens", async () => {
        const slow = new Deferred();
        await mount();
        expect.verifySteps([`web_read: ${ALWAYS}`]);
        onRpc("lean.thing", "web_read", () => slow);
        await contains(tab("lines")).click();
        expect(tab("first")).toHaveClass("active");
        await contains(tab("weights")).click();
        await contains(tab("first")).click();
        slow.resolve();
        await animationFrame();
        await animationFrame();
        expect(tab("first")).toHaveClass("active");
        expect.verifySteps(["web_read: line_ids", "web_read: note weight"]);
    });

    test("a late answer to the first reading leaves the pages that were read since", async () => {
        const view = await mount();
        const {model} = findComponent(view, (component) => component.model);
        await contains(tab("lines")).click();
        await contains(tab("weights")).click();
        await contains(".o_field_widget[name=note] input").edit("Louder");
        model.root._setData(
            {id: 1, name: "Gong", color: "red", kind: "a", display_name: "Gong"},
            {keepChanges: true} // as after an answer from the browser's cache
        );
        await animationFrame();
        expect(".o_field_widget[name=name] input").toHaveValue("Gong");
        expect(".o_field_widget[name=weight] input").toHaveValue("3");
        expect(".o_field_widget[name=note] input").toHaveValue("Louder");
        await contains(tab("lines")).click();
        expect(queryAllTexts(".o_data_row")).toEqual(["First line", "Second line"]);
        expect.verifySteps([
            `web_read: ${ALWAYS}`,
            "web_read: line_ids",
            "web_read: note weight",
        ]);
    });

    test("who may only look opens pages too", async () => {
        await mount({readonly: true});
        await contains(tab("weights")).click();
        expect(".o_field_widget[name=note]").toHaveText("Loud");
        await contains(tab("lines")).click();
        expect(queryAllTexts(".o_data_row")).toEqual(["First line", "Second line"]);
        expect.verifySteps([
            `web_read: ${ALWAYS}`,
            "web_read: note weight",
            "web_read: line_ids",
        ]);
    });
});

describe("lean list", () => {
    beforeEach(stepReadings);
    const mount = (params = {}) =>
        mountView({resModel: "lean.thing", type: "list", ...params});
    const toggle = async (label) => {
        await contains(".o_optional_columns_dropdown button").click();
        await contains(`.o-dropdown-item:contains(${label}) input`).click();
        await contains(".o_optional_columns_dropdown button").click();
    };

    test("a hidden column is read when it is shown, unless an expression needs it", async () => {
        await mount();
        expect.verifySteps(["web_search_read: color name note"]);
        expect(".o_data_row:first").toHaveClass("text-danger");
        await toggle("Weight");
        expect.verifySteps(["web_search_read: color name note weight"]);
        expect(queryAllTexts(".o_data_row:first .o_data_cell")).toEqual([
            "Bell",
            "3",
            "Loud",
        ]);
        await toggle("Weight");
        expect(queryAllTexts(".o_data_row:first .o_data_cell")).toEqual([
            "Bell",
            "Loud",
        ]);
        await toggle("Color");
        expect(queryAllTexts(".o_data_row:first .o_data_cell")).toEqual([
            "Bell",
            "red",
            "Loud",
        ]);
        expect.verifySteps([]);
    });

    test("the choice of columns is kept", async () => {
        const view = await mount();
        await toggle("Weight");
        await toggle("Note");
        view.__owl__.destroy();
        expect.verifySteps([
            "web_search_read: color name note",
            "web_search_read: color name note weight",
        ]);
        await mount();
        expect.verifySteps(["web_search_read: color name weight"]);
        expect(queryAllTexts(".o_data_row:first .o_data_cell")).toEqual(["Bell", "3"]);
    });

    test("groups that are open read the column too", async () => {
        await mount({groupBy: ["kind"]});
        await contains(".o_group_header").click();
        await toggle("Weight");
        expect(queryAllTexts(".o_data_row:first .o_data_cell")).toEqual([
            "Bell",
            "3",
            "Loud",
        ]);
        expect.verifySteps([
            "web_read_group: color name note",
            "web_search_read: color name note",
            "web_read_group: color name note weight",
        ]);
    });
});
