import {addTour} from "@record_control/../tests/tours/tour_utils";
import {scan, scanLabel} from "./sample_tour_utils";

/** What the scan page shows for samples in different states, to somebody of the workshop. */
addTour("sample_control_scan_page", {
    steps: () => [
        {
            content: "The page waits for a code, whatever is clicked",
            trigger: ".o_loan_scan h1",
            run: "click",
        },
        {
            trigger: ".o_loan_scan_input:focus",
        },
        scanLabel("Scan valid"),
        {
            content: "Green, with how to handle it",
            trigger:
                ".o_sample_scan:has([data-color=success]) .alert-info:contains(Wear gloves)",
        },
        {
            content: "Moving is for the keeper",
            trigger: ".o_sample_scan:not(:has([data-offer=move])) [data-offer=borrow]",
        },
        scanLabel("Scan suspended"),
        {
            content: "Red, with the reason, and no use is offered",
            trigger:
                ".o_sample_scan:has([data-color=danger]):not(:has([data-offer=borrow], [data-offer=first_article], [data-offer=use_in_room])) .alert-warning:contains(Scratched)",
        },
        scanLabel("Scan room only"),
        {
            content: "Used in the room, not borrowed",
            trigger:
                ".o_sample_scan:not(:has([data-offer=borrow])) [data-offer=use_in_room]",
        },
        scan("Scan a code that nothing has", "NO-SUCH-CODE"),
        {
            content: "A message, and the former sample is gone",
            trigger:
                ".o_loan_scan:not(:has(.o_sample_scan)) .o_loan_scan_answer[data-status=error]:contains(NO-SUCH-CODE)",
        },
        scan("Scan faster than the server answers", "FAST-1", "FAST-2", "FAST-3"),
        {
            content: "The last is shown, and none of them was lost",
            trigger:
                ".o_loan_scan:has(.o_loan_scan_answer:contains(FAST-3)) .o_loan_scan_history:contains(FAST-1):contains(FAST-2)",
        },
        scan("Scan a benchmark sample that is kept secret", "HIDDEN-BENCHMARK"),
        {
            content: "It looks as if it did not exist",
            trigger:
                ".o_loan_scan:not(:has(.o_sample_scan)) .o_loan_scan_answer[data-status=error]:contains(HIDDEN-BENCHMARK)",
        },
        scanLabel("Scan valid"),
        {
            content: "A first article is begun with the sample",
            trigger: ".o_sample_scan [data-offer=first_article]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=production_ref]",
        },
        {
            trigger:
                ".o_form_view .o_field_widget[name=product_id] input:value(Scan valid)",
        },
    ],
});
