import {
    addTour,
    clickAndDownload,
    openMenu,
} from "@record_control/../tests/tours/tour_utils";
import {scan, scanLabel} from "./sample_tour_utils";

/**
 * A day of the sample keeper, at the counter and at the shelf.
 * The steps name fields and buttons, not words: the keeper works in Chinese.
 */
const PRODUCT = "仪表板装饰盖（巡检）";

addTour("sample_control_keeper_lends", {
    steps: () => [
        scanLabel(PRODUCT),
        {
            content: "The sample is valid, in its place, and may be borrowed",
            trigger: ".o_sample_scan .card-header[data-color=success]",
        },
        {
            trigger: ".o_sample_scan [data-offer=borrow]",
            run: "click",
        },
        {
            content: "Who borrows it?",
            trigger: ".o_loan_scan_answer[data-status=ask_badge]",
        },
        scan("Scan a badge that nobody has", "NOBODY"),
        {
            trigger: ".o_loan_scan_answer[data-status=error]:contains(NOBODY)",
        },
        scanLabel(PRODUCT),
        {
            trigger: ".o_sample_scan [data-offer=borrow]",
            run: "click",
        },
        {
            trigger: ".o_loan_scan_answer[data-status=ask_badge]",
        },
        scan("Scan the badge of the borrower", "BADGEOFTHEDAY"),
        {
            content: "It is lent, and the day of return is said",
            trigger: ".o_loan_scan_answer[data-status=lent]:contains(赵立新)",
        },
        {
            content: "The counter remembers it",
            trigger: ".o_loan_scan_history .fa-arrow-up",
        },
    ],
});

addTour("sample_control_keeper_takes_back", {
    steps: () => [
        scanLabel(PRODUCT),
        {
            content: "It is out with the borrower",
            trigger: ".o_sample_scan .card-body:contains(赵立新)",
        },
        {
            trigger:
                ".o_sample_scan:not(:has([data-offer=borrow])) [data-offer=return]",
            run: "click",
        },
        {
            content: "In what condition is it?",
            trigger: ".o_loan_scan_answer[data-status=ask_condition]",
        },
        {
            trigger: ".o_loan_scan_conditions [data-condition=good]",
            run: "click",
        },
        {
            trigger: ".o_loan_scan_answer[data-status=returned]",
        },
        scanLabel(PRODUCT),
        {
            content: "It may be borrowed again",
            trigger: ".o_sample_scan [data-offer=borrow]",
        },
    ],
});

addTour("sample_control_keeper_prints", {
    steps: () => [
        ...openMenu(
            "sample_control.menu_sample_samples",
            "sample_control.sample_sample_menu"
        ),
        {
            trigger: ".o_searchview_input",
            run: `edit ${PRODUCT}`,
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Only this sample is left",
            trigger: ".o_list_view:not(:has(.o_data_row:eq(1)))",
        },
        {
            trigger: `.o_data_row:contains(${PRODUCT}) .o_data_cell[name=name]`,
            run: "click",
        },
        {
            content: "The final card is still to be printed",
            trigger: ".o_form_view .alert-info:visible",
        },
        {
            trigger: ".o_cp_action_menus .fa-cog",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .dropdown-toggle:has(.fa-print)",
            run: "hover",
        },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains(/标签|Labels/)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=layout] input[data-value=card_60]",
            run: "click",
        },
        clickAndDownload("Print it", ".modal-footer button[name=action_print]"),
    ],
});
