import {
    addTour,
    choose,
    clickAndDownload,
    openMenu,
    press,
    saveForm,
    select,
} from "@record_control/../tests/tours/tour_utils";
import {scan, scanLabel, scanPlace} from "./sample_tour_utils";

/**
 * A day of the sample keeper, at the counter and at the shelf.
 * The steps name fields and buttons, not words: the keeper works in Chinese.
 */
const PRODUCT = "仪表板装饰盖（巡检）";
const LOST = "空调出风口（缺）";
const PLACE = "DAY-ROOM";

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

addTour("sample_control_keeper_calibrates", {
    steps: () => [
        scanLabel(PRODUCT),
        {
            trigger: ".o_sample_scan [data-offer=inspect]",
            run: "click",
        },
        {
            content: "Everything of the original inspection is to be measured",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(10.02)",
        },
        {
            content: "An inspection without readings may not be submitted",
            trigger: ".o_readiness_panel [data-target=submitted].alert-warning",
        },
        ...choose("equipment_id", "Fixture"),
        {
            trigger:
                ".o_field_widget[name=line_ids] .o_data_row:first .o_data_cell[name=readings]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=line_ids] .o_selected_row .o_field_widget[name=readings] input",
            run: "edit 10.03; 10.05",
        },
        ...saveForm,
        {
            trigger: ".o_readiness_panel [data-target=submitted].alert-success",
        },
        ...press("action_submit", "submitted"),
    ],
});

addTour("sample_control_quality_confirms", {
    steps: () => [
        {
            trigger: `.o_data_row:contains(${PRODUCT}) .o_data_cell[name=name]`,
            run: "click",
        },
        ...press("action_confirm", "confirmed"),
        {
            content: "The day of the next calibration is said",
            trigger: ".o_field_widget[name=next_date]:not(:empty)",
        },
    ],
});

/** Say in the line of a difference what it comes from and what is done about it. */
const clearUp = (code, reason, correction) => [
    {
        trigger: `.o_field_widget[name=line_ids] .o_data_row:contains(${code}) .o_data_cell[name=reason]`,
        run: "click",
    },
    {
        trigger: `.o_selected_row:contains(${code}) .o_field_widget[name=reason] input`,
        run: `edit ${reason}`,
    },
    ...select("correction", correction, `.o_selected_row:contains(${code})`),
];

addTour("sample_control_keeper_counts", {
    steps: () => [
        {
            content: "Count a place",
            trigger: ".o_list_button_add",
            run: "click",
        },
        ...choose("location_id", PLACE),
        ...press("action_count", "counting"),
        {
            trigger: "button[name=action_scan]:visible:enabled",
            run: "click",
        },
        {
            trigger: ".o_stocktake_scan",
        },
        scanPlace(PLACE),
        {
            trigger: `.o_loan_scan_answer[data-status=place]:contains(${PLACE})`,
        },
        scanLabel(PRODUCT),
        {
            content: "It is where the books say",
            trigger:
                ".o_loan_scan:has(.o_loan_scan_answer[data-status=found]) .o_stocktake_scan_count:contains(1 / 2)",
        },
        scan("A code that nothing has", "NOBODY-KNOWS"),
        {
            content: "A surplus is noted, too",
            trigger: ".o_loan_scan_answer[data-status=unknown]:contains(NOBODY-KNOWS)",
        },
        {
            content: "Back to the round",
            trigger: ".o_breadcrumb .breadcrumb-item:last a",
            run: "click",
        },
        ...press("action_counted", "counted"),
        {
            content: "A difference without a reason keeps the round open",
            trigger: ".o_readiness_panel [data-target=done].alert-warning",
        },
        ...clearUp(LOST, "盘点时未找到", "报失"),
        ...clearUp("NOBODY-KNOWS", "供应商的标签", "不处理"),
        ...saveForm,
        {
            trigger: ".o_readiness_panel [data-target=done].alert-success",
        },
        ...press("action_done", "done"),
    ],
});
