/* Every action by one key, and moving about. Keys do nothing in text fields, except Esc, which leaves them. */

import {drop, grab, isGrabbed, shift, step} from "./order.js";
import {all, find, isText, root, say} from "./page.js";

const OFF = "desk:keys-off";
const switchBox = find("#keys-on");
const last = {candidates: null, list: null};

const columnOf = (row) => (row.matches(".candidate") ? "candidates" : "list");
const isShown = (row) => row.offsetParent !== null;
const rowsOf = (column) => all(`[data-rows=${column}] > li[data-paper]`).filter(isShown);

export const currentRow = () => document.activeElement?.closest?.("li[data-paper]") ?? null;

/** Focus the row; it is the one of its column that Tab reaches. */
export const focusRow = (row) => {
    if (!row) {
        return;
    }
    const column = columnOf(row);
    document.getElementById(last[column])?.setAttribute("tabindex", "-1");
    row.tabIndex = 0;
    last[column] = row.id;
    row.focus({preventScroll: true});
    row.scrollIntoView({block: "nearest"});
};

export const focusColumn = (column) => {
    root.dispatchEvent(new CustomEvent("tab", {detail: column}));
    const row = document.getElementById(last[column]) ?? rowsOf(column).find((one) => !one.matches(".in-list, .dismissed")) ?? rowsOf(column)[0];
    if (row) {
        focusRow(row);
    } else {
        say(column === "list" ? "The list is empty" : "No candidates");
    }
};

/** Some steps on from the row; `undecided` passes over what is decided. */
export const stepFocus = (row, by, {undecided = false} = {}) => {
    const rows = rowsOf(columnOf(row));
    let index = rows.indexOf(row) + by;
    while (undecided && rows[index]?.matches(".in-list, .dismissed, .waiting")) {
        index += by;
    }
    focusRow(rows[index] ?? (undecided ? null : row));
};

/** From a field to what it belongs to. */
const leave = (field) => {
    field.blur();
    const row = field.closest("li[data-tweet], li[data-paper]");
    if (row) {
        row.focus();
    } else if (field.closest("#desk-publish")) {
        find("#publish-title")?.focus();
    } else {
        focusColumn(field.closest("#candidates-column") ? "candidates" : "list");
    }
};

const tweetsOf = (tweet) => all("li[data-tweet]", tweet.parentElement);

const onTweet = (tweet, event) => {
    const by = {ArrowDown: 1, j: 1, ArrowUp: -1, k: -1}[event.key];
    if (isGrabbed()) {
        return false;
    }
    if (event.altKey && by) {
        step(tweet, by);
    } else if (by) {
        const tweets = tweetsOf(tweet);
        tweets[tweets.indexOf(tweet) + by]?.focus();
    } else if (event.key === " " && document.activeElement === tweet) {
        find("input", tweet).click();
    } else if (event.key === "Escape") {
        focusRow(tweet.closest("li[data-paper]"));
    } else {
        return false;
    }
    return true;
};

const whileGrabbed = (event) => {
    const by = {ArrowDown: 1, ArrowUp: -1, j: 1, k: -1}[event.key];
    if (by) {
        shift(by);
    } else if (event.key === "Escape") {
        drop({back: true});
    } else if (event.key === " " || event.key === "Enter") {
        drop();
    }
    return Boolean(by) || ["Escape", " ", "Enter"].includes(event.key);
};

const onRow = (row, event) => {
    const by = {ArrowDown: 1, ArrowUp: -1, j: 1, k: -1}[event.key];
    const isEntry = row.matches(".entry");
    if (event.altKey && by && isEntry) {
        step(row, by);
    } else if (by && !event.altKey) {
        stepFocus(row, by);
    } else if (event.key === " " && isEntry && document.activeElement.matches("li, .handle")) {
        grab(row);
    } else {
        return false;
    }
    return true;
};

export const focusFinding = (index) => {
    const findings = all(".finding");
    (findings[Math.max(0, Math.min(index, findings.length - 1))] ?? find("#publish-title"))?.focus();
};

/** While the focus is in the check. */
const onFindings = (event) => {
    const by = {ArrowDown: 1, ArrowUp: -1, j: 1, k: -1}[event.key];
    const finding = document.activeElement.closest(".finding");
    if (by) {
        focusFinding(all(".finding").indexOf(finding) + by);
    } else if (["f", "m"].includes(event.key)) {
        const button = finding && find(event.key === "f" ? "[data-do=waive]" : "[data-post]", finding);
        if (button) {
            button.click();
        } else {
            say(finding ? "Fix this in the list" : "Press j first to choose a finding");
        }
    } else {
        return false;
    }
    return true;
};

/** `does[name]()` for the key that is pressed; see the list of keys on the page. */
const KEYS = {
    c: () => focusColumn("candidates"),
    l: () => focusColumn("list"),
    "/": "filter_text",
    f: "filter_category",
    h: "filter_open",
    e: "rules",
    E: "save_shown_rules",
    "+": "add_by_id",
    i: "intro",
    u: "undo",
    r: "refresh_counts",
    v: "panel",
    g: "preview_page",
    F: "preview_feed",
    M: "preview_markdown",
    z: "history",
    "[": "day_before",
    "]": "day_after",
    "?": "help",
    a: "add",
    x: "out",
    w: "why",
    o: "open",
    y: "accept",
    d: "ignore",
    n: "note",
    t: "title",
    s: "tweets",
    b: "add_tweet_field",
    p: "pin",
    P: "publish",
    S: "schedule_field",
    W: "withdraw_field",
    C: "correct",
    U: "unschedule",
    D: "drop_correction",
};

export const listen = (does) => {
    document.addEventListener("keydown", (event) => {
        const target = document.activeElement;
        if (event.ctrlKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) {
            return;
        }
        if (isText(target)) {
            if (event.key === "Escape") {
                event.preventDefault();
                leave(target);
            }
            return;
        }
        if (isGrabbed() ? whileGrabbed(event) : moved(event)) {
            event.preventDefault();
            return;
        }
        const key = KEYS[event.key];
        if (key && !event.altKey && isOn()) {
            event.preventDefault();
            typeof key === "string" ? does[key](currentRow()) : key();
        } else if (event.key === "Escape") {
            does.close();
        } else if (event.key === "Enter" && target === document.body) {
            does.start();
        }
    });
};

const moved = (event) => {
    const tweet = document.activeElement?.closest?.("li[data-tweet]");
    if (tweet && onTweet(tweet, event)) {
        return true;
    }
    if (isOn() && !event.altKey && document.activeElement?.closest?.("#desk-publish") && onFindings(event)) {
        return true;
    }
    const row = currentRow();
    return Boolean(row && !tweet && (isOn() || event.key.length > 1 || event.key === " ") && onRow(row, event));
};

const isOn = () => switchBox.checked;

try {
    switchBox.checked = !localStorage.getItem(OFF);
} catch {
    // No storage: the keys are on.
}
switchBox.addEventListener("change", () => {
    try {
        localStorage[switchBox.checked ? "removeItem" : "setItem"](OFF, "1");
    } catch {
        // No storage: for this page only.
    }
});

root.addEventListener("focusin", (event) => {
    const row = event.target.closest("li[data-paper]");
    if (row) {
        last[columnOf(row)] = row.id;
    }
});
