import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {press, queryAllTexts} from "@odoo/hoot-dom";
import {Deferred, animationFrame, mockDate} from "@odoo/hoot-mock";
import {ClockBadge} from "@record_control/clock_badge/clock_badge";
import {DeadlineDateField} from "@record_control/deadline_date/deadline_date";
import {ReadinessPanelField} from "@record_control/readiness_panel/readiness_panel";
import {SignOffInbox} from "@record_control/sign_off_inbox/sign_off_inbox";
import {
    contains,
    getService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {WebClient} from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

/** A record as a field component sees it. */
const fieldProps = (value) => ({name: "value", record: {data: {value}}});

describe("deadline", () => {
    const {DateTime} = luxon;
    const mount = (value, type = "date") =>
        mountWithCleanup(DeadlineDateField, {
            props: {
                name: "value",
                readonly: true,
                record: {
                    data: {value},
                    fields: {value: {type}},
                    isActive: true,
                    evalContext: {},
                },
            },
        });

    test("the day is named, with the days that are left", async () => {
        mockDate("2026-03-09 09:00:00", 0);
        await mount(DateTime.local(2026, 4, 20));
        expect(".o_deadline_date span").toHaveText("04/20/2026");
        expect(".o_deadline_date_days").toHaveText("in 42 days");
        expect(".o_deadline_date").not.toHaveClass("text-danger");
    });

    test("today and yesterday are told by colour, too", async () => {
        mockDate("2026-03-09 09:00:00", 0);
        await mount(DateTime.local(2026, 3, 9));
        expect(".o_deadline_date").toHaveClass("text-warning");
        expect(".o_deadline_date_days").toHaveText("today");
        await mount(DateTime.local(2026, 3, 8));
        expect(".o_deadline_date:last").toHaveClass("text-danger");
        expect(".o_deadline_date_days:last").toHaveText("1 day ago");
    });

    test("no deadline shows nothing", async () => {
        await mount(false);
        expect(".o_deadline_date").toHaveText("");
    });
});

describe("readiness panel", () => {
    const mount = (value) =>
        mountWithCleanup(ReadinessPanelField, {props: fieldProps(value)});

    test("all reasons of each step are listed, missing ones first", async () => {
        await mount([
            {target: "done", label: "Close", allowed: true, reasons: []},
            {target: "open", label: "Begin", allowed: false, reasons: ["One", "Two"]},
        ]);
        expect(".alert").toHaveCount(2);
        expect(queryAllTexts(".alert-warning li")).toEqual(["One", "Two"]);
        expect(".alert-warning").toHaveAttribute("data-target", "open");
        expect(".alert-success").toHaveText("Ready for “Close”");
        expect(".alert:first").toHaveClass("alert-warning");
    });

    test("nothing is shown without a next step", async () => {
        await mount(false);
        expect(".o_readiness_panel").toHaveCount(0);
    });
});

describe("clock badge", () => {
    const mount = (clocks) => mountWithCleanup(ClockBadge, {props: fieldProps(clocks)});
    const clock = (values) => ({
        id: 1,
        name: "Reply",
        state: "running",
        deadline: "2026-03-10 09:00:00",
        stopped_at: false,
        ...values,
    });

    test("colour and words turn at a day and at the deadline", async () => {
        mockDate("2026-03-09 09:00:00", 0);
        await mount([
            clock({id: 1, deadline: "2026-03-09 08:58:30"}),
            clock({id: 2, deadline: "2026-03-10 08:59:00"}),
            clock({id: 3, deadline: "2026-03-12 09:30:00"}),
        ]);
        expect(".o_clock_badge").toHaveCount(3);
        expect(".o_clock_badge:eq(0)").toHaveClass("text-bg-danger");
        expect(".o_clock_badge:eq(0)").toHaveText("Reply:overdue for 1 minute");
        expect(".o_clock_badge:eq(1)").toHaveClass("text-bg-warning");
        expect(".o_clock_badge:eq(1)").toHaveText("Reply:23 hours left");
        expect(".o_clock_badge:eq(2)").toHaveClass("text-bg-info");
        expect(".o_clock_badge:eq(2)").toHaveText("Reply:3 days left");
    });

    test("a clock that was met, or missed and stopped, or waits does not count down", async () => {
        mockDate("2026-03-20 09:00:00", 0);
        await mount([
            clock({id: 1, state: "met", stopped_at: "2026-03-09 09:00:00"}),
            clock({id: 2, state: "missed", stopped_at: "2026-03-11 09:00:00"}),
            clock({id: 3, state: "paused"}),
        ]);
        expect(queryAllTexts(".o_clock_badge")).toEqual([
            "Reply:on time",
            "Reply:late",
            "Reply:paused",
        ]);
    });

    test("a click explains the deadline line by line", async () => {
        onRpc("clock.clock", "get_explanation", ({args}) => {
            expect.step(args[0]);
            return {
                name: "Reply",
                lines: [{kind: "end", text: "Due on Tuesday"}],
                told: [],
            };
        });
        mockDate("2026-03-09 09:00:00", 0);
        await mount([clock({id: 7})]);
        await contains(".o_clock_badge").click();
        expect.verifySteps([[7]]);
        expect(".o_clock_popover li").toHaveText("Due on Tuesday");
        expect(".o_clock_popover li").toHaveClass("fw-bold");
    });
});

describe("sign-off inbox", () => {
    test("counts what waits, and asks again when it is opened", async () => {
        const answers = [
            {count: 0, groups: []},
            {
                count: 3,
                groups: [{model: "a.b", name: "Orders", count: 3, overdue: true}],
            },
        ];
        onRpc("sign.off.request", "get_waiting_summary", () => answers.shift());
        await mountWithCleanup(SignOffInbox);
        await animationFrame();
        expect(".o_sign_off_counter").toHaveCount(0);
        await contains(".o_sign_off_inbox").click();
        await animationFrame();
        expect(".o_sign_off_counter").toHaveText("3");
        expect(".o_sign_off_inbox_menu .text-bg-danger").toHaveText("3");
        expect(answers).toEqual([]);
    });

    test("says so when nothing waits", async () => {
        onRpc("sign.off.request", "get_waiting_summary", () => ({
            count: 0,
            groups: [],
        }));
        await mountWithCleanup(SignOffInbox);
        await contains(".o_sign_off_inbox").click();
        expect(".o_sign_off_inbox_menu").toHaveText(/Nothing waits for your signature/);
    });
});

describe("loan scan", () => {
    const scan = async (text) => {
        await contains(".o_loan_scan_input").edit(text, {confirm: false});
        await press("Enter");
        await animationFrame();
    };
    const mount = async () => {
        onRpc("sign.off.request", "get_waiting_summary", () => ({
            count: 0,
            groups: [],
        }));
        await mountWithCleanup(WebClient);
        await getService("action").doAction({
            type: "ir.actions.client",
            tag: "record_control.loan_scan",
            name: "Counter",
        });
    };

    test("thing, then badge: the second scan lends the first", async () => {
        onRpc("loan.loan", "scan", ({kwargs}) => {
            expect.step([kwargs.code, kwargs.badge]);
            return kwargs.badge
                ? {status: "lent", thing: "Gauge", message: "Lent"}
                : {status: "ask_badge", thing: "Gauge", message: "Free"};
        });
        await mount();
        await scan("G-1");
        expect(".o_loan_scan h1").toHaveText("Scan the borrower's badge");
        await scan("ann");
        expect.verifySteps([
            ["G-1", undefined],
            ["G-1", "ann"],
        ]);
        expect(".o_loan_scan_answer").toHaveClass("alert-success");
        expect(".o_loan_scan_history tr").toHaveCount(1);
        expect(".o_loan_scan h1").toHaveText("Scan a thing");
    });

    test("same thing twice returns it undamaged; a button says otherwise", async () => {
        onRpc("loan.loan", "scan", ({kwargs}) => {
            expect.step([kwargs.code, kwargs.condition]);
            return kwargs.condition
                ? {status: "returned", thing: "Gauge", message: "Back"}
                : {status: "ask_condition", thing: "Gauge", message: "Out"};
        });
        await mount();
        await scan("G-1");
        await scan("G-1");
        await scan("G-2");
        await contains("[data-condition=damaged]").click();
        expect.verifySteps([
            ["G-1", undefined],
            ["G-1", "good"],
            ["G-2", undefined],
            ["G-2", "damaged"],
        ]);
        expect(".o_loan_scan_conditions").toHaveCount(0);
    });

    test("codes wait for their turn, and the buttons for the answer", async () => {
        const answered = new Deferred();
        onRpc("loan.loan", "scan", async ({kwargs}) => {
            expect.step([kwargs.code, kwargs.badge]);
            await answered;
            return kwargs.badge
                ? {status: "lent", thing: "Gauge", message: "Lent"}
                : {status: "ask_badge", thing: "Gauge", message: "Free"};
        });
        await mount();
        await scan("G-1");
        await scan("ann");
        await scan("G-2");
        expect(".o_loan_scan").toHaveAttribute("aria-busy", "true");
        expect.verifySteps([["G-1", undefined]]);
        answered.resolve();
        await animationFrame();
        expect.verifySteps([
            ["G-1", "ann"],
            ["G-2", undefined],
        ]);
        expect(".o_loan_scan").toHaveAttribute("aria-busy", "false");
        expect(".o_loan_scan_history tr").toHaveCount(1);
        expect(".o_loan_scan_myself").toBeEnabled();
    });

    test("a way back leads to where the counter was opened", async () => {
        await mount();
        expect(".o_control_panel .o_breadcrumb").toHaveText("Counter");
    });

    test("an empty scan asks nothing", async () => {
        onRpc("loan.loan", "scan", () => expect.step("scan"));
        await mount();
        await scan("  ");
        expect.verifySteps([]);
    });
});
