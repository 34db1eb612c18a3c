import {formatFloat} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";

/**
 * Deviations in graphs and pivots: some are hundredths of a millimetre, which two decimals make all the same.
 *
 * @param {Number|false} value
 * @param {Object} [options] as for numbers
 * @returns {String}
 */
export function formatDeviation(value, options = {}) {
    return formatFloat(value, {...options, digits: [16, 4], trailingZeros: false});
}

registry.category("formatters").add("deviation", formatDeviation);
