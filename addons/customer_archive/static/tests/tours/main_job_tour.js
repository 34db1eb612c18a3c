import {
    addTour,
    clickAndDownload,
    openMenu,
    openPage,
    press,
    saveForm,
} from "@record_control/../tests/tours/tour_utils";

/**
 * The main job, one tour for each person who takes a step with the same customer.
 * The steps name fields and buttons, not words: the people work in Chinese.
 */
const CUSTOMER = "杭州恒信汽车零部件有限责任公司";

/** Find the customer in a list by its name, and open the first row. */
function findCustomer(menu) {
    return [
        {
            content: "Search the customer",
            trigger: ".o_searchview_input",
            run: `edit ${CUSTOMER}`,
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Only this customer is left",
            trigger: ".o_list_view:not(:has(.o_data_row:eq(1)))",
        },
        {
            content: `Open it from ${menu}`,
            trigger: `.o_data_row:contains(${CUSTOMER}) .o_data_cell[name=name], .o_data_row .o_data_cell[name=complete_name]:contains(${CUSTOMER})`,
            run: "click",
        },
    ];
}

const openCog = {trigger: ".o_cp_action_menus .fa-cog", run: "click"};

addTour("customer_archive_job_submit", {
    steps: () => [
        ...findCustomer("the list of archives"),
        {
            content: "The seven days run",
            trigger: ".o_clock_badge",
            run: "click",
        },
        {
            content: "and explain themselves",
            trigger: ".o_clock_popover li:contains(7)",
        },
        {
            content: "What is still missing is said beforehand",
            trigger: ".o_readiness_panel [data-target=review] li:contains(D01)",
        },
        openPage("documents"),
        {
            content: "The business licence has come",
            trigger:
                ".o_field_widget[name=document_ids] .o_data_row:contains(D01) .o_data_cell[name=date_received]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=document_ids] .o_selected_row .o_field_widget[name=date_received] input",
            run: "click",
        },
        {
            content: "today",
            trigger: ".o_datetime_picker .o_today",
            run: "click",
        },
        ...saveForm,
        {
            content: "Nothing is missing any more",
            trigger: ".o_readiness_panel [data-target=review].alert-success",
        },
        {
            trigger: "button[name=action_submit]:enabled",
            run: "click",
        },
        {
            content: "It waits for the supervisor",
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=review]",
        },
    ],
});

addTour("customer_archive_job_review", {
    steps: () => [
        {
            content: "One archive waits for the signature",
            trigger: ".o_sign_off_inbox:has(.o_sign_off_counter:contains(1))",
            run: "click",
        },
        {
            trigger: ".o_sign_off_inbox_menu .o-dropdown-item:first",
            run: "click",
        },
        {
            trigger: `.o_data_row:contains(${CUSTOMER}) .o_data_cell:first`,
            run: "click",
        },
        {
            content: "Go on to the archive itself",
            trigger: "button[name=action_open_record]",
            run: "click",
        },
        {
            content: "Read the documents",
            trigger: ".o_notebook .nav-link[name=documents]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(D01) .text-bg-success",
        },
        {
            content: "Approve",
            trigger: "button[name=action_sign_off]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=opinion] textarea",
            run: "edit 资料齐全，同意建档",
        },
        {
            trigger: ".modal-footer button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "The archive is on file",
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=active]",
        },
    ],
});

addTour("customer_archive_job_shelve", {
    steps: () => [
        ...findCustomer("the shelf list"),
        openPage("custody"),
        {
            content: "The keeper takes it",
            trigger: ".o_field_widget[name=keeper_id] input",
            run: "edit 管档",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(管档员)",
            run: "click",
        },
        {
            content: "It is kept as a file",
            trigger:
                ".o_field_widget[name=carrier] select, .o_field_widget[name=carrier] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(电子)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=cabinet] input",
            run: "edit D",
        },
        {
            trigger: ".o_field_widget[name=shelf] input",
            run: "edit 2",
        },
        {
            trigger: "button[name=action_take_next_place]",
            run: "click",
        },
        {
            content: "The first free place of the shelf",
            trigger: ".o_field_widget[name=position] input:value(1)",
        },
    ],
});

addTour("customer_archive_job_print", {
    steps: () => [
        ...findCustomer("the list of archives"),
        {
            trigger: ".o_form_view .o_arrow_button_current[data-value=active]",
        },
        openCog,
        {
            content: "Print",
            trigger: ".o-dropdown--menu .dropdown-toggle:has(.fa-print)",
            run: "hover",
        },
        clickAndDownload(
            "the data management card",
            ".o-dropdown--menu .o-dropdown-item:contains(E03)"
        ),
    ],
});

const openCustomer = () => [
    ...openMenu(
        "customer_archive.customer_archive_menu_archives",
        "customer_archive.customer_archive_menu_customers"
    ),
    {trigger: ".o_list_view .o_data_cell[name=complete_name]"},
    ...findCustomer("the customers"),
];

addTour("customer_archive_job_borrow", {
    steps: () => [
        ...openCustomer(),
        {
            content: "A colleague's archive may be asked for, or borrowed",
            trigger: "button[name=action_borrow_ca_archive]",
            run: "click",
        },
        {
            content: "What is borrowed is filled in; its name stays secret until then",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(受限)",
        },
        {
            trigger: ".o_field_widget[name=purpose] input",
            run: "edit 年度拜访准备",
        },
        {
            trigger: ".o_field_widget[name=acknowledged] input",
            run: "check",
        },
        {
            trigger: "button[name=action_submit]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=requested]",
        },
    ],
});

const openLoan = () => [
    ...openMenu(
        "customer_archive.customer_archive_menu_custody",
        "customer_archive.customer_archive_loan_menu"
    ),
    {
        trigger: `.o_data_row:has([name=things_summary]:contains(${CUSTOMER})) .o_data_cell[name=name]`,
        run: "click",
    },
];

addTour("customer_archive_job_approve_loan", {
    steps: () => [...openLoan(), ...press("action_approve", "approved")],
});

addTour("customer_archive_job_hand_out", {
    steps: () => [
        ...openLoan(),
        ...press("action_hand_out", "out"),
        openPage("due"),
        {
            content: "The due date explains itself",
            trigger: ".o_field_widget[name=due_explanation]:contains(3)",
        },
    ],
});

addTour("customer_archive_job_read", {
    steps: () => [
        ...openCustomer(),
        {
            content: "The archive may be opened",
            trigger:
                "button[name=action_open_ca_archive]:has(.fa-folder-open-o):visible",
            run: "click",
        },
        {
            trigger: ".o_breadcrumb .active, .o_last_breadcrumb_item",
        },
        openPage("documents"),
        {
            trigger: ".o_field_widget[name=document_ids] .o_data_row:contains(D01)",
        },
    ],
});

addTour("customer_archive_job_read_no_more", {
    steps: () => [
        {
            content: "The archive is not in the list any more",
            trigger: ".o_searchview_input",
            run: `edit ${CUSTOMER}`,
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            trigger: ".o_view_nocontent",
        },
        ...openCustomer(),
        {
            content: "The customer offers to ask for access, no more",
            trigger: "button[name=action_open_ca_archive]:has(.fa-lock):visible",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=purpose]",
        },
        {
            trigger: ".modal-header .btn-close",
            run: "click",
        },
    ],
});

addTour("customer_archive_job_ledger", {
    steps: () => [
        {trigger: ".o_list_view .o_data_row"},
        openCog,
        {trigger: ".o_export_ledger_menu", run: "click"},
        clickAndDownload("The customer list", ".o_ledger_choice button:contains(L-01)"),
        {
            content: "It has been exported",
            trigger: ".o_notification_bar.bg-success",
        },
    ],
});
