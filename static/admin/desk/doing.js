/* What the desk's buttons and keys do; each gets the row that it is about, and perhaps the button. */

import {awaitField} from "./ahead.js";
import {beside} from "./beside.js";
import {bulk} from "./bulk.js";
import {openComments} from "./comments.js";
import {context} from "./context.js";
import {closeLook, isLooking, look, lookedAt, why} from "./look.js";
import {commitAll, leave, nameOf, number, step} from "./order.js";
import {all, complain, find, isSet, root, rowOf, say} from "./page.js";
import {openPosts} from "./posts.js";
import {act, checked, inPanel, isPanelOpen, togglePanel} from "./publish.js";
import {put} from "./queue.js";
import {revision} from "./revision.js";
import {closeRules, isOpen, openRules, rulesBody, siteRulesBody} from "./rules.js";
import {templates} from "./templates.js";
import {undo} from "./undoing.js";
import {chosenRows, clearAll} from "./selection.js";
import {focusColumn, focusRow, keepFocus, stepFocus} from "./walking.js";

const paperOf = (row) => row.dataset.paper;
const isCandidate = (row) => row?.matches(".candidate");
const isEntry = (row) => row?.matches(".entry");

/** The focus goes on before the row goes. */
const decideOn = (row, action) => {
    const hasFocus = row.contains(document.activeElement) || lookedAt() === row;
    put(action, {paper: paperOf(row)});
    say(`${nameOf(row)}: ${{add: "added", dismiss: "not today", undismiss: "reconsidered"}[action]}`);
    if (hasFocus) {
        stepFocus(row, 1, {undecided: true});
    }
    leave(row);
    keepFocus(row);
};

/** A suggestion was followed or ignored: a candidate goes, an entry stays. */
const goOnFrom = (row) => {
    if (isCandidate(row)) {
        stepFocus(row, 1, {undecided: true});
        leave(row);
        keepFocus(row);
    } else {
        focusRow(row);
    }
};

/** On a narrow screen quick look takes the room of the list: it gives way to what is written there. */
const uncover = (row) => {
    if (!row.offsetParent && isLooking()) {
        closeLook();
    }
};

const openPart = (row, part) => {
    uncover(row);
    const details = find(`details[data-part=${part}]`, row);
    details.open = true;
    return details;
};

const toTab = (name) => {
    find(".desk-columns").dataset.tab = name;
    all("[data-do=tab]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.tab === name)));
};
root.addEventListener("tab", (event) => {
    toTab(event.detail);
    const {open} = find(".desk-columns").dataset;
    if ((open === "look" && event.detail === "list") || (open === "look-list" && event.detail === "candidates")) {
        closeLook();
    } else if (open === "publish" && event.detail === "candidates") {
        togglePanel(false);
    }
});

const onStrip = (sibling) =>
    [...document.querySelectorAll(".strip a")].at(sibling([...document.querySelectorAll(".strip a")].findIndex((a) => a.ariaCurrent)))?.click();

export const does = {
    ...beside,
    templates,
    ...bulk,
    ...context,
    apply_rules: () => bulk.apply_rules(rulesBody()),
    add: (row) => {
        if (chosenRows("candidates").length && isCandidate(row)) {
            bulk.add_chosen();
        } else if (isCandidate(row) && !row.matches(".in-list, .waiting") && find("[data-do=add]", row)) {
            decideOn(row, "add");
        }
    },
    dismiss: (row) => decideOn(row, "dismiss"),
    undismiss: (row) => decideOn(row, "undismiss"),
    remove: (row) => {
        commitAll();
        const rows = all("#entries > .entry:not(.leaving, .gone)");
        const at = rows.indexOf(row);
        const next = rows[at + 1] ?? rows[at - 1];
        put("remove", {paper: paperOf(row), revision: revision()});
        say(`${nameOf(row)}: removed; press u to undo`);
        leave(row);
        number();
        if (next) {
            focusRow(next);
        }
        keepFocus(row);
    },
    out: (row) => {
        if (row && chosenRows(isEntry(row) ? "list" : "candidates").length) {
            (isEntry(row) ? bulk.remove_chosen : bulk.dismiss_chosen)();
        } else if (isEntry(row) && find("[data-do=remove]", row)) {
            does.remove(row);
        } else if (isCandidate(row) && find("[data-do=add]", row)) {
            decideOn(row, row.matches(".dismissed") ? "undismiss" : "dismiss");
        }
    },
    remove_below: (row) => isEntry(row) && find("[data-do=remove]", row) && bulk.remove_below(row),
    top_chosen: (row) => (chosenRows("list").length || (isEntry(row) && find("[data-do=remove]", row))) && bulk.top_chosen(row),
    mark: (row, button) => {
        const {mark, set, unset} = button.dataset;
        const isWanted = !isSet(button);
        row.classList.toggle(set, isWanted);
        button.setAttribute("aria-pressed", String(isWanted));
        put(mark, {paper: paperOf(row), [set]: isWanted, revision: revision()});
        say(`${nameOf(row)}: ${isWanted ? set : unset}`);
    },
    pin: (row) => isEntry(row) && find("[data-mark=pin]", row)?.click(),
    accept: (row) => {
        const suggestion = row && find(".suggestion", row);
        if (suggestion) {
            put("accept", {
                paper: paperOf(row),
                position: Number(suggestion.dataset.position),
                ...(isEntry(row) && {moves: Number(row.dataset.moves)}),
            });
            goOnFrom(row);
        }
    },
    ignore: (row) => {
        if (row && !find(".suggestion", row)) {
            context.ignore_covered(row);
        } else if (row && find(".suggestion", row)) {
            put("ignore", {paper: paperOf(row)});
            goOnFrom(row);
        }
    },
    look: (row) => {
        focusRow(row);
        look(row);
    },
    look_toggle: (row) => (lookedAt() === row ? does.look_close() : look(row)),
    look_on: () => lookedAt() && stepFocus(lookedAt(), 1),
    look_back: () => lookedAt() && stepFocus(lookedAt(), -1),
    look_close: () => {
        const row = lookedAt();
        closeLook();
        focusRow(row);
    },
    why: (row) => row && why(row),
    comments: (row) => openComments(row),
    day_comments: () => openComments(null),
    review: async () => {
        if (find("#review-button")) {
            find("#review-button").click();
        } else if (find("[data-do=panel]")) {
            await awaitField(isPanelOpen() ? checked() : togglePanel(true), () => {
                find(".send-back")?.setAttribute("open", "");
                find("#changes-note")?.focus();
                return find("#changes-note");
            });
        }
    },
    open: (row) => row && window.open(find("a.title", row).href, "_blank", "noreferrer"),
    note: (row) => isEntry(row) && find("textarea", openPart(row, "note")).focus(),
    title: (row) => isEntry(row) && find("input", openPart(row, "title")).focus(),
    tweets: (row) => {
        if (isEntry(row)) {
            const details = openPart(row, "tweets");
            openPosts(row).then(() => (find("li[data-tweet]", details) ?? find("input", details) ?? row).focus());
        }
    },
    add_tweet_field: (row) => isEntry(row) && find("form input", openPart(row, "tweets"))?.focus(),
    tweet_up: (row, button) => step(button.closest("li[data-tweet]"), -1),
    tweet_down: (row, button) => step(button.closest("li[data-tweet]"), 1),
    filter_text: () => {
        toTab("candidates");
        find("#filter-text").select();
    },
    show_all: () => {
        const [undecided, , everything] = all("[name=show]");
        (everything.checked ? undecided : everything).click();
    },
    rules: () => {
        toTab("candidates");
        find(".filter-menu").open = false;
        if (isOpen()) {
            does.rules_close();
        } else {
            openRules();
        }
    },
    rules_close: () => {
        closeRules();
        focusColumn("candidates");
    },
    rules_preview: () => act("rules_preview", rulesBody()),
    save_rules: () => act("save_rules", siteRulesBody()),
    save_shown_rules: () => {
        if (find("#desk-rules").hidden) {
            say("Press e first to open the thresholds");
        } else {
            find("[data-do=save_rules]")?.click();
        }
    },
    add_by_id: () => {
        toTab("list");
        find("#add-paper-id")?.focus();
    },
    intro: () => {
        toTab("list");
        find("#intro-box")?.removeAttribute("hidden");
        find("#text-intro")?.focus();
    },
    undo,
    refresh_counts: () => act("refresh_counts"),
    panel: () => {
        toTab("list");
        if (find("[data-do=panel]")) {
            togglePanel();
        }
    },
    preview_page: () => find(".menu [href='preview/page']")?.click(),
    preview_feed: () => find(".menu [href='preview/feed']")?.click(),
    preview_markdown: () => find(".menu [href='preview/markdown']")?.click(),
    history: () => find("a[href='history/']")?.click(),
    day_before: () => onStrip((at) => (at > 0 ? at - 1 : at)),
    day_after: () => onStrip((at) => at + 1),
    help: () => find("#desk-help").showModal(),
    start: () => {
        if (find("[data-do=start]")) {
            toTab("list");
            put("start", {});
        }
    },
    tab: (row, button) => {
        root.dispatchEvent(new CustomEvent("tab", {detail: button.dataset.tab}));
    },
    copy_link: async (row, button) => {
        const address = new URL(button.dataset.link, location.href).href;
        try {
            await navigator.clipboard.writeText(address);
            say(`Copied ${address}`);
            button.lastChild.textContent = " Copied";
        } catch {
            complain(`The browser didn’t let us copy. The link is ${address}`);
        }
    },
    panel_close: () => {
        togglePanel(false);
        find("[data-do=panel]")?.focus();
    },
    close: () => {
        if (clearAll()) {
            return;
        }
        if (isLooking()) {
            does.look_close();
        } else if (isPanelOpen()) {
            does.panel_close();
        }
    },
    publish: () => inPanel("publish"),
    schedule_field: () => inPanel("at"),
    withdraw_field: () => inPanel("withdraw"),
    correct: () => inPanel("correct"),
    unschedule: () => inPanel("unschedule"),
    drop_correction: () => inPanel("drop"),
    undo_publish: () => act("undo_publish"),
    ignore_finding: (row, button) => act("ignore_finding", {finding: button.dataset.finding, ignored: button.dataset.ignored !== "false"}),
};
