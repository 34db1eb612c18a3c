import {addTour} from "@record_control/../tests/tours/tour_utils";

const SAMPLE = "/customer_archive/static/demo/customer_list_sample.xlsx";

/** Choose a file of the server in a file input, as a person would from the disk. */
async function chooseFile(input, url, name) {
    const response = await fetch(url);
    const transfer = new DataTransfer();
    transfer.items.add(new File([await response.blob()], name));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change"));
}

addTour("customer_archive_import", {
    steps: () => [
        {
            content: "Start a new import",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Choose the office's list",
            trigger: ".o_field_widget[name=file_data] input.o_input_file:not(:visible)",
            async run({anchor}) {
                await chooseFile(anchor, SAMPLE, "customer_list_sample.xlsx");
            },
        },
        {
            content: "Check it",
            trigger: "button[name=action_check].btn-primary",
            run: "click",
        },
        {
            content: "The check shows its progress",
            trigger: ".o_customer_import_progress",
        },
        {
            content: "All thirty bad rows are reported at once",
            trigger: ".o_field_widget[name=bad_count]:contains(30)",
        },
        {
            content: "with place and reason",
            trigger:
                ".o_field_widget[name=issue_ids] .o_data_row:contains(/check digit|校验码|校验位/)",
        },
        {
            content: "The preview shows how the rows were understood",
            trigger: ".o_notebook .nav-link[name=preview]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=line_ids] .o_data_row",
        },
        {
            content: "Import the good rows",
            trigger: ".o_field_widget[name=on_bad_rows] input[data-value=good]",
            run: "click",
        },
        {
            content: "Hand the list to the keeper",
            trigger: "button[name=action_submit]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=review]",
        },
    ],
});

addTour("customer_archive_import_audit", {
    steps: () => [
        {
            content: "The keeper imports it",
            trigger: "button[name=action_import]",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The import shows its progress",
            trigger: ".o_customer_import_progress:contains(/imported|导入/)",
        },
        {
            content: "270 customers are imported; open their archives",
            trigger: "button[name=action_open_customers]:contains(270)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row",
        },
    ],
});
