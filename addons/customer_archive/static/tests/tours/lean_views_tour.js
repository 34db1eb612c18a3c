import {addTour, openPage} from "@record_control/../tests/tours/tour_utils";

/** The list and the form of archives, with what they read when more of them is shown. */
addTour("customer_archive_lean_views", {
    steps: () => [
        {
            content: "Show a column that is hidden",
            trigger:
                ".o_data_row:contains(Lean customer 2):not(:has([name=category_id]))",
        },
        {
            trigger: ".o_optional_columns_dropdown button",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item input[name=category_id]:not(:checked)",
            run: "click",
        },
        {
            content: "It is filled",
            trigger:
                ".o_data_row:contains(Lean customer 2) [name=category_id]:contains(/\\w/)",
        },
        {
            trigger: ".o_data_row:contains(Lean customer 2) [name=name]",
            run: "click",
        },
        openPage("documents"),
        {
            content: "The checklist is there",
            trigger: ".o_field_widget[name=document_ids] .o_data_row:contains(D01)",
        },
        openPage("custody"),
        {
            content: "Type, and think better of it",
            trigger: ".o_field_widget[name=cabinet] input",
            run: "edit C9",
        },
        openPage("business"),
        {
            trigger: ".o_field_widget[name=amount_ordered_year]",
        },
        {
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.o_form_button_cancel:visible))",
        },
        openPage("custody"),
        {
            trigger: ".o_field_widget[name=cabinet] input:value()",
            run: "edit C1",
        },
        {
            trigger: ".o_form_button_save:visible",
            run: "click",
        },
        {
            content: "Saved; on to the next customer",
            trigger: ".o_form_view:not(:has(.o_form_button_save:visible))",
        },
        {
            trigger: ".o_pager_next",
            run: "click",
        },
        {
            content: "The page stays open",
            trigger:
                ".o_form_view:has(.o_breadcrumb:contains(Lean customer 1)) .o_field_widget[name=cabinet] input:value(C7)",
        },
        {
            content: "Back in the list, the column is still there",
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            trigger:
                ".o_list_view .o_data_row:contains(Lean customer 1) [name=category_id]:contains(/\\w/)",
        },
    ],
});

addTour("customer_archive_lean_views_reader", {
    steps: () => [
        openPage("custody"),
        {
            content: "Read, but not changed",
            trigger: ".o_field_widget[name=cabinet]:contains(C7):not(:has(input))",
        },
        openPage("documents"),
        {
            trigger: ".o_field_widget[name=document_ids] .o_data_row:contains(D01)",
        },
    ],
});

addTour("customer_archive_contacts_read", {
    steps: () => [
        {
            trigger: ".o_data_row .o_data_cell[name=complete_name]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_notebook",
        },
    ],
});
