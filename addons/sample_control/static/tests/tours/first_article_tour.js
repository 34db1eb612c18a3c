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
