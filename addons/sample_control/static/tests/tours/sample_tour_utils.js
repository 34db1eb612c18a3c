import {download} from "@web/core/network/download";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

const STEP_MS = 60000; // a busy machine prints slowly

/** Register a tour whose steps wait as long as a busy machine needs. */
export function addTour(name, {steps}) {
    registry.category("web_tour.tours").add(name, {
        steps: () => steps().map((step) => ({timeout: STEP_MS, ...step})),
    });
}

/** Open a menu of the app bar by its technical name. */
export function openMenu(section, menu) {
    return [
        {
            trigger: `.o_menu_sections [data-menu-xmlid='sample_control.${section}']`,
            run: "click",
        },
        {
            trigger: `.o-dropdown--menu [data-menu-xmlid='sample_control.${menu}']`,
            run: "click",
        },
    ];
}

export const openPage = (name) => ({
    content: `Open the page ${name}`,
    trigger: `.o_notebook .nav-link[name=${name}]`,
    run: "click",
});

/** What stands in the QR code on the label of the one sample of a product. */
async function readLabel(product) {
    const [sample] = await rpc("/web/dataset/call_kw/sample.sample/search_read", {
        model: "sample.sample",
        method: "search_read",
        args: [[["product_id.name", "=", product]], ["name"]],
        kwargs: {},
    });
    return `${window.location.origin}/sample/${encodeURIComponent(sample.name)}`;
}

/** Read a code with the hand scanner: it types the code, and Enter. */
export function scan(content, code) {
    return {
        content,
        trigger: ".o_loan_scan:not(:has(.disabled)) .o_loan_scan_input",
        async run({edit, press}) {
            await edit(typeof code === "string" ? code : await code());
            await press("Enter");
        },
    };
}

/** Hold the label of the sample of a product under the scanner. */
export const scanLabel = (product) =>
    scan(`Scan the label of ${product}`, () => readLabel(product));

/** Click on what downloads a file, and wait until the file is there. */
export function clickAndDownload(content, trigger) {
    return {
        content,
        trigger,
        async run({click}) {
            const original = download._download;
            const downloaded = new Promise((resolve) => {
                download._download = (options) => {
                    download._download = original;
                    const result = original(options);
                    result.finally(resolve);
                    return result;
                };
            });
            await click();
            await downloaded;
        },
    };
}
