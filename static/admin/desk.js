/* The desk: what its buttons and keys do. See static/admin/desk/ for the parts. */

import {decideNext} from "./desk/conflicts.js";
import {acknowledge, save, saveAll, showWaiting as showWaitingTexts} from "./desk/fields.js";
import {afterMerging} from "./desk/fragments.js";
import {focusColumn, focusRow, listen, stepFocus} from "./desk/keys.js";
import {commitAll, makeDraggable, nameOf, saveTweets, showWaiting as showWaitingPlaces, step} from "./desk/order.js";
import {address, all, complain, find, root, rowOf, say} from "./desk/page.js";
import {act, check, isPanelOpen, showTimes, togglePanel, undo} from "./desk/publish.js";
import {changes, flushNow, isText, onQueue, put, rebase, undecided} from "./desk/queue.js";
import {request} from "./desk/requests.js";
import {apply, pulse, revision} from "./desk/revision.js";

const POLL = 10000; // milliseconds

/* Saving */

/** How often the server says that the paper was moved holds for the next move, too, also while a row is held. */
const noteMoves = (paper, list) => {
    const theirs = new DOMParser().parseFromString(list, "text/html").getElementById(`in-${paper}`);
    const row = rowOf(paper, "list");
    if (theirs && row) {
        row.dataset.moves = theirs.dataset.moves;
        rebase((record) => {
            if (record.action === "move" && record.body.paper === paper && !record.sent) {
                record.body.moves = Number(theirs.dataset.moves);
            }
        });
    }
};

const WHY = {
    offline: "no connection",
    server: "the server does not answer",
    login: "you are signed out",
};

const showSaving = ({waiting, trouble}) => {
    const saved = find("#desk-saved");
    saved.className = trouble ? "trouble" : "";
    if (trouble) {
        const kept = waiting ? `${waiting} change${waiting === 1 ? "" : "s"} kept` : "what you change is kept";
        const text = `${WHY[trouble]}: ${kept} in this browser, and sent when it is back. `;
        if (saved.dataset.told !== trouble) {
            say(text);
        }
        saved.textContent = text;
        if (trouble === "login") {
            const link = document.createElement("a");
            link.href = root.dataset.login;
            link.target = "_blank";
            link.textContent = "Sign in again in another tab";
            saved.append(link);
        }
    } else if (waiting) {
        saved.textContent = "saving…";
    } else {
        saved.textContent = saved.dataset.at ? `saved ${saved.dataset.at}` : "";
    }
    saved.dataset.told = trouble;
};

const showUndecided = () => {
    const place = find("#desk-problems");
    const records = undecided.read();
    place.replaceChildren(...records.map((record) => {
        const line = document.createElement("span");
        line.className = "problem";
        const words = document.createElement("span");
        const button = (label, work) => {
            const one = document.createElement("button");
            one.type = "button";
            one.textContent = label;
            one.addEventListener("click", work);
            return one;
        };
        if (record.kind === "conflict") {
            words.textContent = `Changed by two: ${record.conflict.what}`;
            line.append(words, button("Decide", decideNext));
        } else {
            words.textContent = `Not saved: ${record.error}`;
            const settle = (again) => () => {
                undecided.remove(record.id);
                if (again) {
                    put(record.action, record.body);
                }
                showUndecided();
            };
            line.append(words, button("Try again", settle(true)), button("Give it up", settle(false)));
        }
        return line;
    }));
};
root.addEventListener("undecided", showUndecided);

onQueue({
    state: showSaving,
    done: ({action, body}, answer) => {
        const isMerged = apply(answer);
        if (isText(action)) {
            acknowledge(action, body.paper, body.text, isMerged && "list" in answer.html);
        }
        if (action === "move") {
            noteMoves(body.paper, answer.html.list ?? "");
        }
        if (isPanelOpen() && !changes().length) {
            check();
        }
    },
    conflict: (record, answer) => {
        apply(answer, {isOwn: false});
        showUndecided();
        decideNext();
    },
    refused: (record, answer) => {
        complain(answer.error);
        apply({html: answer.html});
        all(".waiting, .leaving").forEach((row) => row.classList.remove("waiting", "leaving"));
        showUndecided();
        poll({quiet: false});
    },
});

/* Others */

const showEditors = (editors) => {
    const place = find("#desk-editors");
    if (place && place.dataset.names !== String(editors)) {
        place.dataset.names = String(editors);
        const lead = document.createElement("span");
        lead.className = "visually-hidden";
        lead.textContent = "Also here: ";
        place.replaceChildren(...(editors.length ? [lead] : []), ...editors.map((name) => {
            const one = document.createElement("span");
            one.className = "editor";
            one.textContent = name;
            return one;
        }));
    }
};

let polling = false;
const poll = async ({quiet = true} = {}) => {
    if (polling || (document.hidden && quiet)) {
        return;
    }
    polling = true;
    const asked = revision();
    const {kind, answer, why} = await request("state", {parameters: {seen: quiet ? asked : -1, pulse: pulse()}});
    polling = false;
    if (kind === "later" && !changes().length) {
        showSaving({waiting: 0, trouble: why});
    } else if (kind === "done" && find("#desk-saved").dataset.told) {
        find(".strip [aria-current]")?.scrollIntoView({block: "nearest", inline: "center"});
showSaving({waiting: changes().length, trouble: ""});
    }
    if (kind === "done" && (revision() === asked || !quiet)) {
        apply(answer, {isOwn: false});
        showEditors(answer.editors);
    }
    if (kind === "done" && changes().length) {
        flushNow();
    }
};
setInterval(poll, POLL);
addEventListener("focus", () => {
    poll();
    flushNow();
});

/* What buttons and keys do; each gets the row that it is about, and perhaps the button. */

const paperOf = (row) => row.dataset.paper;
const decideOn = (row, action) => {
    row.classList.add("waiting");
    put(action, {paper: paperOf(row)});
    say(`${nameOfCandidate(row)}: ${{add: "added", dismiss: "not today", undismiss: "considered again"}[action]}`);
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
            complain("This could not be loaded. Try again in a moment.");
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
    };
};

const does = {
    add: (row) => isCandidate(row) && !row.matches(".in-list, .waiting") && decideOn(row, "add"),
    dismiss: (row) => decideOn(row, "dismiss"),
    undismiss: (row) => decideOn(row, "undismiss"),
    take_out: (row) => {
        const next = row.nextElementSibling ?? row.previousElementSibling;
        row.classList.add("leaving");
        put("take_out", {paper: paperOf(row)});
        say(`${nameOf(row)}: taken out; u undoes it`);
        if (next?.matches("li[data-paper]")) {
            focusRow(next);
        }
    },
    out: (row) => {
        if (isEntry(row)) {
            does.take_out(row);
        } else if (isCandidate(row) && !row.matches(".in-list")) {
            decideOn(row, row.matches(".dismissed") ? "undismiss" : "dismiss");
        }
    },
    pin: (row) => {
        if (isEntry(row)) {
            const isPinned = !row.matches(".pinned");
            row.classList.toggle("pinned", isPinned);
            put("pin", {paper: paperOf(row), pinned: isPinned});
            say(`${nameOf(row)}: ${isPinned ? "pinned" : "not pinned"}`);
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
            say("It is not among the candidates");
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
    add_by_id: () => {
        toTab("list");
        find("#add-paper-id")?.focus();
    },
    intro: () => {
        toTab("list");
        find("#text-intro")?.focus();
    },
    undo: () => find("[data-do=undo]") && undo(),
    refresh_counts: () => act("refresh_counts"),
    panel: () => {
        toTab("list");
        if (find("[data-do=panel]")) {
            togglePanel();
        }
    },
    preview: () => find(".menu a")?.click(),
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
    waive: (row, button) => act("waive", {finding: button.dataset.finding, waived: button.dataset.waived !== "false"}),
};

/** A key of the check: it only works on what the panel shows. */
const inPanel = async (name) => {
    if (!isPanelOpen()) {
        say("Press v first: the check opens");
        return;
    }
    const target = find(`#desk-publish [data-key=${name}]`);
    if (target?.matches("button")) {
        target.click();
    } else {
        target?.focus();
    }
};

/* A button with data-post is sent as it stands: data-post="publish", with its form's fields. */
const postButton = async (button) => {
    if (button.dataset.sure !== undefined && button.dataset.armed === undefined) {
        button.dataset.armed = button.textContent;
        button.textContent = button.dataset.sure;
        say(`${button.dataset.sure} Press again.`);
        return;
    }
    const body = JSON.parse(button.dataset.body ?? "{}");
    for (const field of button.form?.elements ?? []) {
        if (field.name && !field.closest("label")?.hidden) {
            body[field.name] = field.name === "fold" ? Number(field.value) : field.value;
        }
    }
    if (await act(button.dataset.post, body)) {
        if (button.dataset.post !== "waive") {
            await poll({quiet: false});
        }
        if (isPanelOpen() && button.dataset.post !== "check") {
            await check();
            showTimes();
        }
    }
};

root.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do], button[data-post], input[data-do]");
    if (!button || button.disabled) {
        return;
    }
    const row = button.closest("li[data-paper]");
    if (button.dataset.post) {
        event.preventDefault();
        postButton(button);
    } else if (button.dataset.do === "show_tweet") {
        saveTweets(row);
    } else if (button.dataset.do === "grab") {
        if (event.detail === 0) { // by Enter: the mouse drags
            say("Press Space to grab");
        }
    } else if (does[button.dataset.do]) {
        event.preventDefault();
        does[button.dataset.do](row, button);
    }
});

root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") {
        return;
    }
    event.preventDefault();
    const field = find("input", form);
    const typed = field?.value.trim();
    if (form.id === "add-paper" && typed) {
        put("add", {paper: typed});
        field.value = "";
    } else if (form.dataset.form === "add_tweet" && typed) {
        put("add_tweet", {paper: form.closest("[data-paper]").dataset.paper, link: typed});
        field.value = "";
    } else if (form.id === "rules") {
        does.rules_preview();
    } else if (form.matches(".desk-filters")) {
        filter().then(() => focusColumn("candidates"));
    } else if (form.querySelector("[data-post]")) {
        postButton(form.querySelector("[data-post]"));
    }
});

/* Filters */

let filterTimer = 0;
const filter = () => {
    const form = find(".desk-filters");
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value && value !== "0"));
    history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
    return poll({quiet: false});
};
find(".desk-filters").addEventListener("input", (event) => {
    if (event.target.id === "filter-open") {
        root.classList.toggle("undecided-only", event.target.checked);
        return;
    }
    clearTimeout(filterTimer);
    filterTimer = setTimeout(filter, 250);
});

/* Beginning */

const offerCategories = () => {
    const codes = new Set(all(".candidate").flatMap((row) => row.dataset.categories.split(" ")));
    find("#filter-categories").replaceChildren(...[...codes].sort().map((code) => new Option(code)));
};

const enhance = () => {
    makeDraggable();
    offerCategories();
    showWaitingPlaces();
};
afterMerging(enhance);
addEventListener("pagehide", () => {
    commitAll();
    saveAll();
});
enhance();
listen(does);
showWaitingTexts();
showUndecided();
decideNext();
find(".strip [aria-current]")?.scrollIntoView({block: "nearest", inline: "center"});
showSaving({waiting: changes().length, trouble: ""});
flushNow();
root.dataset.ready = "";
