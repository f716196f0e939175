/* What the desk's buttons and keys do; each gets the row that it is about, and perhaps the button. */

import {focusRow, stepFocus} from "./keys.js";
import {nameOf, step} from "./order.js";
import {address, all, complain, find, root, rowOf, say} from "./page.js";
import {act, isPanelOpen, togglePanel, undo} from "./publish.js";
import {lastChange, put} from "./queue.js";
import {revision} from "./revision.js";

const paperOf = (row) => row.dataset.paper;
const decideOn = (row, action) => {
    row.classList.add("waiting");
    put(action, {paper: paperOf(row)});
    say(`${nameOfCandidate(row)}: ${{add: "added", dismiss: "not today", undismiss: "reconsidered"}[action]}`);
    if (document.activeElement === row || row.contains(document.activeElement)) {
        stepFocus(row, 1, {undecided: true});
    }
};
const nameOfCandidate = (row) => find(".title", row).textContent;
const isCandidate = (row) => row?.matches(".candidate");
const isEntry = (row) => row?.matches(".entry");

const openPart = (row, part) => {
    const details = find(`details[data-part=${part}]`, row);
    details.open = true;
    return details;
};

const toTab = (name) => {
    find(".desk-columns").dataset.tab = name;
    all("[data-do=tab]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.tab === name)));
};
root.addEventListener("tab", (event) => toTab(event.detail));

const loadWhy = async (row) => {
    const place = find(".why", row);
    const button = find("[data-do=why]", row);
    place.hidden = !place.hidden;
    button.setAttribute("aria-expanded", String(!place.hidden));
    if (!place.hidden && !place.firstChild) {
        place.textContent = "…";
        try {
            const response = await fetch(address(`why/${paperOf(row)}`));
            if (!response.ok) {
                throw new Error(response.statusText);
            }
            place.innerHTML = await response.text();
            say(place.textContent.replace(/\s+/g, " ").trim().slice(0, 400));
        } catch {
            place.textContent = "";
            place.hidden = true;
            complain("Couldn’t load this. Try again in a moment.");
        }
    }
};

const rulesBody = () => {
    const {hot_score, shown_tweet_score, shown_tweets, one_tweet_per_author} = find("#rules").elements;
    return {
        hot_score: hot_score.valueAsNumber,
        shown_tweet_score: shown_tweet_score.valueAsNumber,
        shown_tweets: shown_tweets.valueAsNumber,
        one_tweet_per_author: one_tweet_per_author.checked,
        weights: weights(),
    };
};

/** What each count of each network gives, by network and count. */
const weights = () => {
    const found = {};
    for (const field of all("#rules [name=weight]")) {
        found[field.dataset.network] = {...found[field.dataset.network], [field.dataset.count]: field.valueAsNumber};
    }
    return found;
};

export const does = {
    add: (row) => isCandidate(row) && !row.matches(".in-list, .waiting") && decideOn(row, "add"),
    dismiss: (row) => decideOn(row, "dismiss"),
    undismiss: (row) => decideOn(row, "undismiss"),
    remove: (row) => {
        const next = row.nextElementSibling ?? row.previousElementSibling;
        row.classList.add("leaving");
        put("remove", {paper: paperOf(row), revision: revision()});
        say(`${nameOf(row)}: removed; press u to undo`);
        if (next?.matches("li[data-paper]")) {
            focusRow(next);
        }
    },
    out: (row) => {
        if (isEntry(row)) {
            does.remove(row);
        } else if (isCandidate(row) && !row.matches(".in-list")) {
            decideOn(row, row.matches(".dismissed") ? "undismiss" : "dismiss");
        }
    },
    pin: (row) => {
        if (isEntry(row)) {
            const isPinned = !row.matches(".pinned");
            row.classList.toggle("pinned", isPinned);
            put("pin", {paper: paperOf(row), pinned: isPinned, revision: revision()});
            say(`${nameOf(row)}: ${isPinned ? "pinned" : "unpinned"}`);
        }
    },
    accept: (row) => {
        const suggestion = row && find(".suggestion", row);
        if (suggestion) {
            focusRow(row);
            put("accept", {
                paper: paperOf(row),
                position: Number(suggestion.dataset.position),
                ...(isEntry(row) && {moves: Number(row.dataset.moves)}),
            });
        }
    },
    ignore: (row) => {
        if (row && find(".suggestion", row)) {
            focusRow(row);
            put("ignore", {paper: paperOf(row)});
        }
    },
    why: (row) => {
        const candidate = isCandidate(row) ? row : row && rowOf(paperOf(row), "candidates");
        if (candidate) {
            focusRow(candidate);
            loadWhy(candidate);
        } else if (row) {
            say("This paper isn’t among the candidates");
        }
    },
    open: (row) => row && find("a.title", row).click(),
    note: (row) => isEntry(row) && find("textarea", openPart(row, "note")).focus(),
    title: (row) => isEntry(row) && find("input", openPart(row, "title")).focus(),
    tweets: (row) => {
        if (isEntry(row)) {
            const details = openPart(row, "tweets");
            (find("li[data-tweet]", details) ?? find("input", details))?.focus();
        }
    },
    add_tweet_field: (row) => isEntry(row) && find("form input", openPart(row, "tweets"))?.focus(),
    tweet_up: (row, button) => step(button.closest("li[data-tweet]"), -1),
    tweet_down: (row, button) => step(button.closest("li[data-tweet]"), 1),
    filter_text: () => {
        toTab("candidates");
        find("#filter-text").select();
    },
    filter_category: () => {
        toTab("candidates");
        find("#filter-category").focus();
    },
    filter_open: () => find("#filter-open").click(),
    rules: () => {
        toTab("candidates");
        const panel = find("#desk-rules");
        if (panel.hidden) {
            find("[data-target=desk-rules]").click();
        }
        find("input", panel).select();
    },
    toggle: (row, button) => {
        const target = document.getElementById(button.dataset.target);
        target.hidden = !target.hidden;
        button.setAttribute("aria-expanded", String(!target.hidden));
    },
    rules_preview: () => act("rules_preview", rulesBody()),
    save_rules: () => act("save_rules", rulesBody()),
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
        find("#text-intro")?.focus();
    },
    undo: () => {
        const {action, body} = lastChange() ?? {};
        if (action === "dismiss" || (action === "ignore" && !rowOf(body.paper, "list"))) {
            put("undismiss", {paper: body.paper}); // a dismissal is no change of the list
        } else if (find("[data-do=undo]")) {
            undo();
        }
    },
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
    day_before: () => find(".strip li:has([aria-current]) ")?.previousElementSibling?.querySelector("a").click(),
    day_after: () => find(".strip li:has([aria-current]) ")?.nextElementSibling?.querySelector("a").click(),
    help: () => find("#desk-help").showModal(),
    start: () => !find("#entries") && find("[data-do=start]") && put("start", {}),
    tab: (row, button) => toTab(button.dataset.tab),
    close: () => {
        if (isPanelOpen()) {
            togglePanel(false);
            find("[data-do=panel]")?.focus();
        }
    },
    publish: () => inPanel("publish"),
    schedule_field: () => inPanel("at"),
    withdraw_field: () => inPanel("withdraw"),
    correct: () => inPanel("correct"),
    unschedule: () => inPanel("unschedule"),
    drop_correction: () => inPanel("drop"),
    waive: (row, button) => act("waive", {finding: button.dataset.finding, waived: button.dataset.waived !== "false"}),
};

/** A key of the check: it only works on what the panel shows. */
const inPanel = async (name) => {
    if (!isPanelOpen()) {
        say("Press v first to open the check");
        return;
    }
    const target = find(`#desk-publish [data-key=${name}]`);
    if (target?.matches("button")) {
        target.click();
    } else {
        target?.focus();
    }
};
