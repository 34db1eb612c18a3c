import {
    addTour,
    choose,
    openPage,
    press,
    saveForm,
    select,
} from "@record_control/../tests/tours/tour_utils";

const {DateTime} = luxon;

/** One sealing, a tour for each person who takes a step with it. */
const PRODUCT = "Sealing tour cover";
const CUSTOMER = "Sealing tour customer";

/** Enter a date, or a date and a time, as somebody with American English types it. */
const enterDate = (field, days, format = "MM/dd/yyyy") => ({
    content: `Enter ${field}`,
    trigger: `.o_field_widget[name=${field}] input, .o_field_widget[name=${field}] button`,
    async run({click, edit, press: pressKey}) {
        await click();
        const day = DateTime.now().plus({days}).set({hour: 14, minute: 0, second: 0});
        await edit(day.toFormat(format), `.o_field_widget[name=${field}] input`);
        await pressKey("Enter");
    },
});

const enter = (field, text) => ({
    trigger: `.o_field_widget[name=${field}] input, .o_field_widget[name=${field}] textarea`,
    run: `edit ${text}`,
});

const openRequest = {
    content: "Open the request",
    trigger: `.o_data_row:contains(${PRODUCT}) .o_data_cell[name=name]`,
    run: "click",
};

addTour("sample_control_sealing_request", {
    steps: () => [
        {
            content: "Ask for a sealing",
            trigger: ".o_list_button_add",
            run: "click",
        },
        ...choose("product_id", PRODUCT),
        ...choose("partner_id", CUSTOMER),
        ...choose("organiser_id", "sc_technical2"),
        ...choose("custodian_id", "sc_keeper"),
        ...choose("home_location_id", "ROOM"),
        enterDate("planned_at", 10, "MM/dd/yyyy HH:mm:ss"),
        {
            content: "What is still missing is said beforehand",
            trigger: ".o_readiness_panel [data-target=submitted].alert-warning",
        },
        openPage("piece"),
        enter("first_batch_name", "B2026-001"),
        enterDate("first_batch_date", -5),
        ...saveForm,
        {
            content: "Nothing is missing any more",
            trigger: ".o_readiness_panel [data-target=submitted].alert-success",
        },
        ...press("action_submit", "submitted"),
    ],
});

addTour("sample_control_sealing_check", {
    steps: () => [
        openRequest,
        ...press("action_arrange", "arranged"),
        ...press("action_check", "checking"),
        {
            content: "A document of sealing has come",
            trigger:
                ".o_field_widget[name=document_ids] .o_data_row:contains(Small-batch) .o_data_cell[name=number]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=document_ids] .o_selected_row .o_field_widget[name=number] input",
            run: "edit XP-2026-17",
        },
        ...select("result", "Pass", ".o_selected_row"),
        ...saveForm,
        {
            trigger:
                ".o_field_widget[name=document_ids] .o_data_row:contains(Small-batch) button[name=action_received]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=document_ids] .o_data_row:contains(Small-batch) .text-bg-success",
        },
        openPage("tests"),
        ...choose("joint_quality_id", "sc_quality"),
        ...choose("joint_technical_id", "sc_technical"),
        ...select("joint_result", "Pass"),
        ...saveForm,
        ...press("action_review", "review"),
        openPage("review"),
        enterDate("review_date", 0),
        ...select("conclusion", "Passed"),
        ...saveForm,
    ],
});

addTour("sample_control_sealing_ask", {
    steps: () => [openRequest, ...press("action_request_sign_off", "signing")],
});

addTour("sample_control_sealing_sign", {
    steps: () => [
        {
            content: "One request waits for the signature",
            trigger: ".o_sign_off_inbox:has(.o_sign_off_counter:contains(1))",
            run: "click",
        },
        {
            trigger: ".o_sign_off_inbox_menu .o-dropdown-item:first",
            run: "click",
        },
        {
            trigger: `.o_data_row:contains(${PRODUCT}) .o_data_cell:first`,
            run: "click",
        },
        {
            content: "Go on to the request itself",
            trigger: "button[name=action_open_record]",
            run: "click",
        },
        {
            content: "Read the review",
            trigger: ".o_notebook .nav-link[name=review]",
            run: "click",
        },
        {
            trigger: "button[name=action_sign_off]:visible",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=opinion] textarea",
            run: "edit As the drawing says",
        },
        {
            trigger: ".modal-footer button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "The signature stands in its cell",
            trigger: ".o_form_view:not(:has(.modal)) :contains(As the drawing says)",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(button[name=action_sign_off]:visible))",
        },
    ],
});

addTour("sample_control_sealing_customer", {
    steps: () => [
        {
            content: "The customer sees what is sealed",
            trigger: `.o_record_control_sign_off:contains(${PRODUCT})`,
        },
        {
            content: "Nothing is sent without a signature",
            trigger: ".o_sign_off_form .o_sign_off_submit",
        },
        {
            trigger: ".o_sign_off_form .o_web_sign_name_and_signature input",
            run: "edit Wang Fang",
        },
        {
            trigger: ".o_sign_off_form canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            trigger: ".o_sign_off_form textarea",
            run: "edit Colour and fit confirmed",
        },
        {
            trigger: ".o_sign_off_form .o_sign_off_submit:enabled",
            run: "click",
        },
        {
            content: "Thank you",
            trigger: ".o_sign_off_done",
        },
    ],
});

addTour("sample_control_sealing_approve", {
    steps: () => [openRequest, ...press("action_approve", "approved")],
});

addTour("sample_control_sealing_file", {
    steps: () => [
        openRequest,
        ...press("action_activate", "done"),
        openPage("piece"),
        {
            content: "The sample is valid",
            trigger:
                ".o_field_widget[name=sample_ids] .o_data_row .o_field_widget[name=state]:contains(Valid)",
        },
    ],
});
