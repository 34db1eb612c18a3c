import {download} from "@web/core/network/download";
import {registry} from "@web/core/registry";

const STEP_MS = 60000; // a busy machine prints and imports slowly

/** Register a tour whose steps wait as long as a busy machine needs. */
export function addTour(name, {steps}) {
    registry.category("web_tour.tours").add(name, {
        steps: () => steps().map((step) => ({timeout: STEP_MS, ...step})),
    });
}

/** Open a menu of the app bar by the technical names of its section and itself. */
export function openMenu(section, menu) {
    return [
        {
            trigger: `.o_menu_sections [data-menu-xmlid='${section}']`,
            run: "click",
        },
        {
            trigger: `.o-dropdown--menu [data-menu-xmlid='${menu}']`,
            run: "click",
        },
    ];
}

export const openPage = (name) => ({
    content: `Open the page ${name}`,
    trigger: `.o_notebook .nav-link[name=${name}]`,
    run: "click",
});

/** Choose a record in a many2one field by its name. */
export function choose(field, name, within = "") {
    const widget = `${within} .o_field_widget[name=${field}]`;
    return [
        {
            trigger: `${widget} input`,
            run: `edit ${name}`,
        },
        {
            trigger: `.o-autocomplete--dropdown-item:contains(${name})`,
            run: "click",
        },
        {
            trigger: `${widget} input:value(/${name}/)`,
        },
    ];
}

/** Choose a value of a selection by its label. */
export function select(field, label, within = "") {
    const widget = `${within} .o_field_widget[name=${field}]`;
    return [
        {
            trigger: `${widget} input`,
            run: "click",
        },
        {
            trigger: `body:has(${widget} .o-dropdown.show) .o_select_menu_item:contains(/^${label}$/)`,
            run: "click",
        },
        {
            trigger: `${widget} input:value(/${label}/)`,
        },
    ];
}

/** Save a form that was changed, and wait until it is. */
export const saveForm = [
    {
        trigger: ".o_form_button_save:visible",
        run: "click",
    },
    {
        trigger: ".o_form_saved",
    },
];

/** Press a button of the header, and wait for the state it leads to. */
export const press = (button, state) => [
    {
        trigger: `button[name=${button}]:visible:enabled`,
        run: "click",
    },
    {
        trigger: `.o_arrow_button_current[data-value=${state}]`,
    },
];

/** Click on what downloads a file, and wait until its content is there. */
export function clickAndDownload(content, trigger) {
    return {
        content,
        trigger,
        async run({click}) {
            const original = download._download;
            const downloaded = new Promise((resolve, reject) => {
                download._download = (options) => {
                    download._download = original;
                    const result = original(options);
                    result.then(resolve, reject);
                    return result;
                };
            });
            await click();
            await downloaded;
        },
    };
}
