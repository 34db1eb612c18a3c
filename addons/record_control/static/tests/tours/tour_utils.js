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
