/* Walking from row to row: the focus never rests on a row that is on its way out, and never falls to the page. */

import {follow, lookedAt} from "./look.js";
import {all, find, root, say} from "./page.js";
import {onFocusLost} from "./rows.js";
import {columnOf} from "./selection.js";

const last = {candidates: null, list: null};

/** On a narrow screen quick look takes the room of its column, whose rows are walked all the same. */
const isShown = (row) =>
    (row.offsetParent !== null || !row.closest(".desk-column").offsetParent) && !row.matches(".leaving, .waiting, .gone");
/** The rows that one can walk to. */
export const rowsOf = (column) => all(`[data-rows=${column}] > .row[data-paper]`).filter(isShown);

/** The row with the focus; from quick look, the one that it shows. */
export const currentRow = () => {
    const row = document.activeElement?.closest?.(".row[data-paper]");
    return row ?? (document.activeElement?.closest?.("#look-column") || document.activeElement === document.body ? lookedAt() : null);
};

/** The row that Tab reaches in its column. */
const setCurrent = (row) => {
    const column = columnOf(row);
    const before = document.getElementById(last[column]);
    if (before !== row) {
        before?.setAttribute("tabindex", "-1");
    }
    all(`[data-rows=${column}] > .row[tabindex="0"]`).filter((one) => one !== row).forEach((one) => { one.tabIndex = -1; });
    row.tabIndex = 0;
    last[column] = row.id;
};

/** Focus the row; it is the one of its column that Tab reaches. */
export const focusRow = (row) => {
    if (!row) {
        return;
    }
    setCurrent(row);
    if (row.offsetParent) {
        row.focus({preventScroll: true});
        row.scrollIntoView({block: "nearest"});
    }
    follow(row);
};

/** Asked after each answer: of a thousand rows, no more are looked at than must be. */
const firstOf = (column) => {
    const before = document.getElementById(last[column]);
    if (before?.parentElement.dataset.rows === column && isShown(before)) {
        return before;
    }
    const rows = all(`[data-rows=${column}] > .row[data-paper]`);
    return rows.find((one) => !one.matches(".in-list, .dismissed") && isShown(one)) ?? rows.find(isShown);
};

/** Where the column has no row any more, the focus stays in it. */
const focusBody = (column) => find(column === "list" ? "#list-column .rows" : "#candidates-column .rows").focus();

export const focusColumn = (column) => {
    root.dispatchEvent(new CustomEvent("tab", {detail: column}));
    const row = firstOf(column);
    if (row) {
        focusRow(row);
    } else {
        focusBody(column);
        say(column === "list" ? "The list is empty" : "No candidates");
    }
};

/** In each column Tab reaches one row, whatever came and went. */
export const keepReachable = () => {
    for (const column of Object.keys(last)) {
        const row = firstOf(column);
        if (row) {
            setCurrent(row);
        }
    }
};

/** After a row left: the focus stays in its column. */
export const keepFocus = (row) => {
    if (document.activeElement === document.body || document.activeElement === row) {
        focusBody(columnOf(row));
    }
};

onFocusLost((column, row) => (row ? focusRow(row) : focusBody(column)));

/** Some steps on from the row; `undecided` passes over what is decided. */
export const stepFocus = (row, by, {undecided = false} = {}) => {
    const every = all(`[data-rows=${columnOf(row)}] > .row[data-paper]`);
    let index = every.indexOf(row) + by;
    while (every[index] && (!isShown(every[index]) || (undecided && every[index].matches(".in-list, .dismissed")))) {
        index += by;
    }
    focusRow(every[index] ?? (undecided ? rowsOf(columnOf(row)).at(-1) : row));
};

root.addEventListener("focusin", (event) => {
    const row = event.target.closest(".row[data-paper]");
    if (row) {
        setCurrent(row);
    }
});
