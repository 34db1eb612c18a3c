/** Which fields a view needs at first, and which only when more of it is shown. */
import {pick} from "@web/core/utils/objects";
import {extractFieldsFromArchInfo} from "@web/model/relational_model/utils";

const EXPRESSIONS =
    /^(column_invisible|context|decoration-.*|domain|filter_domain|invisible|options|readonly|required)$/;

/** Whether an element belongs to the lines of an x2many. */
function isNested(element) {
    return Boolean(element.parentElement?.closest("field"));
}

/**
 * Names in the expressions of these elements. The lines of an x2many have names of
 * their own: of theirs only what follows "parent." belongs to the view.
 */
function namesInExpressions(elements) {
    const names = new Set();
    for (const element of elements) {
        const pattern = isNested(element) ? /\bparent\.(\w+)/g : /\b([A-Za-z_]\w*)/g;
        for (const {name, value} of element.attributes) {
            if (EXPRESSIONS.test(name)) {
                for (const [, found] of value.matchAll(pattern)) {
                    names.add(found);
                }
            }
        }
    }
    return names;
}

/**
 * Names of the fields in a part of a view, and of what their widgets and expressions ask for.
 *
 * @param {Element[]} elements - the part
 * @param {Object} archInfo - the parsed view
 * @param {Object} fields
 * @returns {Set<String>}
 */
function namesNeeded(elements, archInfo, fields) {
    const own = elements.filter((element) => !isNested(element));
    const nodes = (attribute, parsed) =>
        pick(
            parsed || {},
            ...own.map((element) => element.getAttribute(attribute)).filter(Boolean)
        );
    const {activeFields} = extractFieldsFromArchInfo(
        {
            fieldNodes: nodes("field_id", archInfo.fieldNodes),
            widgetNodes: nodes("widget_id", archInfo.widgetNodes),
        },
        {...fields}
    );
    const names = namesInExpressions(elements);
    for (const name of Object.keys(activeFields)) {
        names.add(name);
        for (const [found] of String(fields[name]?.domain || "").matchAll(/\w+/g)) {
            names.add(found);
        }
    }
    return names;
}

/**
 * Names of the fields that a list needs without its optional columns that are hidden.
 *
 * @param {Object} archInfo - a parsed list
 * @param {Object} fields
 * @param {Function} isShown - optional column -> whether the user wants to see it
 * @returns {Set<String>}
 */
export function getFieldsOfColumns(archInfo, fields, isShown) {
    const hidden = archInfo.columns
        .filter((column) => column.type === "field" && column.optional)
        .filter((column) => !isShown(column) && column.fieldType !== "properties")
        .map((column) => column.name);
    const isHidden = (element) =>
        element.hasAttribute("optional") &&
        hidden.includes(element.getAttribute("name"));
    const shown = [
        archInfo.xmlDoc,
        ...archInfo.xmlDoc.querySelectorAll(":not(groupby *)"),
    ].filter((element) => !isHidden(element));
    return namesNeeded(shown, archInfo, fields);
}

/** Pages that are certainly not open at first: a named page behind one that is always visible. */
function getLaterPages(xmlDoc) {
    const pages = [];
    for (const notebook of xmlDoc.querySelectorAll("notebook")) {
        if (notebook.closest("field, page")) {
            continue;
        }
        let opened = false;
        for (const page of notebook.querySelectorAll(":scope > page")) {
            const later = opened && !page.hasAttribute("autofocus");
            if (later && page.getAttribute("name")) {
                pages.push(page);
            }
            opened = opened || !page.hasAttribute("invisible");
        }
    }
    return pages;
}

/**
 * Names of the fields of each page that is not open at first and that nothing outside of it needs.
 *
 * @param {Object} archInfo - a parsed form
 * @param {Object} fields
 * @returns {Object} name of the page -> names of its fields
 */
export function getFieldsOfPages(archInfo, fields) {
    const pages = getLaterPages(archInfo.xmlDoc);
    const isLater = (element) =>
        pages.some((page) => page !== element && page.contains(element));
    const others = [archInfo.xmlDoc, ...archInfo.xmlDoc.querySelectorAll("*")].filter(
        (element) => !isLater(element)
    );
    const always = namesNeeded(others, archInfo, fields);
    const result = {};
    for (const page of pages) {
        const names = namesNeeded([...page.querySelectorAll("*")], archInfo, fields);
        result[page.getAttribute("name")] = [...names].filter(
            (name) => !always.has(name)
        );
    }
    return result;
}
