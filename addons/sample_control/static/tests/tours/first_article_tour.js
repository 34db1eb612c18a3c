import {addTour, choose} from "@record_control/../tests/tours/tour_utils";

/** A first article is made by hand, from the list: the number comes when it is saved. */
addTour("sample_control_first_article", {
    steps: () => [
        {
            content: "New, from the list",
            trigger: ".o_list_button_add",
            run: "click",
        },
        ...choose("product_id", "First article by hand"),
        {
            content: "The sample is proposed",
            trigger:
                ".o_field_widget[name=sample_id] input:value(First article by hand)",
        },
        {
            trigger: ".o_field_widget[name=production_ref] input",
            run: "edit BATCH-1",
        },
        {
            content: "Begin: the record is saved, numbered and compared",
            trigger: ".o_statusbar_buttons button[name=action_start]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=comparing]",
        },
    ],
});

/** The inspector enters what was found and where the piece lies, and releases it. */
addTour("sample_control_first_article_release", {
    steps: () => [
        {
            trigger: ".o_data_row td[name=product_value]",
            run: "click",
        },
        {
            trigger: ".o_selected_row td[name=product_value] input",
            run: "edit 10.01",
        },
        {
            content: "What was found is chosen in the line",
            trigger: ".o_selected_row td[name=result] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Equal'):not(:contains('Not'))",
            run: "click",
        },
        {
            trigger: ".nav-link[name=piece]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=piece_place] input",
            run: "edit Line 1",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_release]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=released]",
        },
    ],
});
