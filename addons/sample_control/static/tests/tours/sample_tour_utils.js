import {rpc} from "@web/core/network/rpc";

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

/** Read codes with the hand scanner: it types each code, and Enter, and does not wait. */
export function scan(content, ...codes) {
    return {
        content,
        trigger: ".o_loan_scan[aria-busy=false] .o_loan_scan_input",
        async run({edit, press}) {
            for (const code of codes) {
                await edit(typeof code === "string" ? code : await code());
                await press("Enter");
            }
        },
    };
}

/** Hold the label of the sample of a product under the scanner. */
export const scanLabel = (product) =>
    scan(`Scan the label of ${product}`, () => readLabel(product));

/** Hold the label of a place under the scanner. */
export const scanPlace = (code) =>
    scan(
        `Scan the place ${code}`,
        () => `${window.location.origin}/sample/place/${code}`
    );
