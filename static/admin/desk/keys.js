/* Every action by one key, and walking about. Letters act while the focus is in a list, in quick look or in the check, or nowhere;
   never in a field. One switch turns them off; arrows, Space, Enter and Esc stay. */

import {drop, grab, isGrabbed, shift, step} from "./order.js";
import {all, find, isText, mayEdit, say} from "./page.js";
import {whenHere} from "./posts.js";
import {columnOf, extend, toggle} from "./selection.js";
import {currentRow, focusColumn, focusRow, rowsOf, stepFocus} from "./walking.js";

const OFF = "desk:keys-off";
const switchBox = find("#keys-on");

/** From a field to what it belongs to. */
const leave = (field) => {
    field.blur();
    const row = field.closest("li[data-tweet], .row[data-paper]");
    if (row && !row.isConnected) {
        focusColumn("list");
    } else if (row) {
        row.focus();
    } else if (field.closest("#desk-publish")) {
        find("#publish-title")?.focus();
    } else {
        focusColumn(field.closest("#candidates-column") ? "candidates" : "list");
    }
};

const onPost = (post, event) => {
    const by = {ArrowDown: 1, j: 1, ArrowUp: -1, k: -1}[event.key];
    const posts = all("li[data-tweet]", post.parentElement);
    if (isGrabbed()) {
        return false;
    }
    if (event.altKey && by) {
        step(post, by);
    } else if (by) {
        posts[posts.indexOf(post) + by]?.focus();
    } else if (event.key === " " && document.activeElement === post) {
        find("input", post).click();
    } else if (event.key === "Escape") {
        focusRow(post.closest(".row[data-paper]"));
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

/** To the controls of a row and back: Tab passes over them. */
const stepInside = (row, by) => {
    const controls = all("a[href], button, input, textarea, select", row).filter((one) => one.offsetParent && !one.disabled);
    const index = controls.indexOf(document.activeElement) + by;
    (index < 0 ? row : controls[index] ?? controls.at(-1))?.focus();
};

const onRow = (row, event, does) => {
    const by = {ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, J: 1, K: -1}[event.key];
    const isRow = document.activeElement === row;
    if (event.altKey) {
        return Boolean(by && row.matches(".entry") && (step(row, by), true));
    }
    if (by && event.shiftKey) {
        stepFocus(row, by);
        extend(currentRow(), row);
    } else if (by) {
        stepFocus(row, by);
    } else if (event.key === "Home" || event.key === "End") {
        focusRow(rowsOf(columnOf(row)).at(event.key === "Home" ? 0 : -1));
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
        stepInside(row, event.key === "ArrowRight" ? 1 : -1);
    } else if (event.key === " " && event.shiftKey && isRow) {
        toggle(row);
    } else if (event.key === " " && document.activeElement.matches("[data-do=grab]")) {
        grab(row);
    } else if ((event.key === " " || event.key === "Enter") && isRow) {
        does.look_toggle(row);
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
    } else if (["f", "d"].includes(event.key)) {
        const button = finding && find(event.key === "d" ? "[data-do=ignore_finding]" : "[data-post]", finding);
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

/** From nowhere: to the first candidate that is shown, or where there is none to the list. */
const begin = () => focusColumn(rowsOf("candidates").some((row) => row.offsetParent) ? "candidates" : "list");

/** `does[name]()` for the key that is pressed; see the list of keys on the page. */
const KEYS = {
    j: begin,
    k: begin,
    c: () => focusColumn("candidates"),
    l: () => focusColumn("list"),
    f: "filter_text",
    h: "show_all",
    e: "rules",
    E: "save_shown_rules",
    A: "add_by_id",
    i: "intro",
    u: "undo",
    r: "refresh_counts",
    v: "panel",
    g: "preview_page",
    F: "preview_feed",
    M: "preview_markdown",
    z: "history",
    q: "past_lists",
    B: "compare",
    Z: "calendar",
    "[": "day_before",
    "]": "day_after",
    "?": "help",
    a: "add",
    x: "out",
    X: "remove_below",
    T: "top_chosen",
    O: "keep_chosen",
    w: "why",
    m: "comments",
    R: "review",
    o: "open",
    y: "accept",
    Y: "accept_all",
    d: "ignore",
    n: "note",
    N: "templates",
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

/** What changes the list. */
const CHANGES = ["add", "out", "remove_below", "top_chosen", "keep_chosen", "pin", "accept", "accept_all", "title", "templates", "add_by_id"];

export const listen = (does) => {
    const handle = (event) => {
        const target = document.activeElement;
        if (isGrabbed() ? whileGrabbed(event) : moved(event, does)) {
            event.preventDefault();
            return;
        }
        const key = KEYS[event.key];
        if (key && !event.altKey && isOn()) {
            event.preventDefault();
            if (typeof key !== "string") {
                key();
            } else if (!CHANGES.includes(key) || mayEdit()) {
                does[key](currentRow());
            }
        } else if (event.key === "Escape") {
            does.close();
        } else if (event.key === "Enter" && target === document.body) {
            does.start();
        }
    };
    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) {
            return;
        }
        if (isText(document.activeElement)) {
            if (event.key === "Escape") {
                event.preventDefault();
                leave(document.activeElement);
            }
            return;
        }
        if (whenHere(() => handle(event))) { // posts are on their way: what is pressed is for them
            event.preventDefault();
            return;
        }
        handle(event);
    });
};

const moved = (event, does) => {
    const post = document.activeElement?.closest?.("li[data-tweet]");
    if (post && onPost(post, event)) {
        return true;
    }
    if (isOn() && !event.altKey && document.activeElement?.closest?.("#desk-publish") && onFindings(event)) {
        return true;
    }
    const row = currentRow();
    const isKey = isOn() || event.key.length > 1 || event.key === " ";
    return Boolean(row && !post && isKey && onRow(row, event, does));
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
