/* The rows of both columns: those that an answer brings are merged into what is there, in short stretches of work, and then all
   stand in the order that it tells. Fields that are typed in, open parts, the focus and the place in a column stay. */

import {all, find, isText, rowOf} from "./page.js";
import {callbacks} from "./fragments.js";

/* global Idiomorph */

const LISTS = {candidates: "#candidates", list: "#entries"};
const STRETCH = 8; // milliseconds of work before others get their turn
let began = 0;

/** The versions of the rows that are here, for the server to send others only. */
export const have = () =>
    all(".row[data-v]").map((row) => `${row.matches(".entry") ? "in-" : ""}${row.dataset.paper}:${row.dataset.v}`).join(" ");

/** Let keys and drawing have their turn where the work has gone on for a while. */
const breathe = async () => {
    if (performance.now() - began > STRETCH) {
        await new Promise((resolve) => { setTimeout(resolve); });
        began = performance.now();
    }
};

const fresh = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
};

/** Take in `{candidates: {order, rows}, list: {order, rows}}`. */
export const applyRows = async (columns) => {
    for (const [column, {order, rows}] of Object.entries(columns)) {
        const made = new Map();
        began = performance.now();
        for (const [paper, html] of Object.entries(rows)) {
            const row = rowOf(paper, column);
            if (row) {
                Idiomorph.morph(row, html.trim(), {morphStyle: "outerHTML", callbacks});
            } else {
                made.set(paper, fresh(html));
            }
            await breathe();
        }
        arrange(column, find(LISTS[column]), order, made);
    }
};

/** Its text would go elsewhere if the row went now. */
const isTypedIn = (row) => isText(document.activeElement) && row.contains(document.activeElement);

const arrange = (column, list, order, made) => {
    const wanted = new Set(order);
    const focused = document.activeElement;
    const rows = [...list.children];
    const gone = rows.filter((row) => !wanted.has(row.dataset.paper));
    const at = rows.findIndex((row) => row.contains(focused));
    for (const row of gone) {
        if (isTypedIn(row)) {
            row.classList.add("gone");
        } else {
            row.remove();
        }
    }
    let next = list.firstElementChild;
    for (const paper of order) {
        const row = made.get(paper) ?? rowOf(paper, column);
        while (next?.matches(".gone")) {
            next = next.nextElementSibling;
        }
        if (row === next) {
            next = next.nextElementSibling;
        } else if (row) {
            move(list, row, next);
        }
    }
    if (at >= 0 && !focused.isConnected) {
        focusNear(column, rows, at);
    } else if (focused.isConnected && document.activeElement !== focused && list.contains(focused)) {
        focused.focus({preventScroll: true});
    }
};

/** Without a change of its state where the browser can do that: the focus stays, and so does what is being written. */
const move = (list, row, before) => {
    if (list.moveBefore && row.isConnected) {
        list.moveBefore(row, before);
    } else {
        list.insertBefore(row, before);
    }
};

let focusRowOf = () => {};
export const onFocusLost = (handler) => { focusRowOf = handler; };

/** The row with the focus is gone: to the one that took its place. */
const focusNear = (column, rows, at) => {
    const there = (row) => row.isConnected && !row.matches(".leaving, .gone");
    focusRowOf(column, rows.slice(at).find(there) ?? rows.slice(0, at).findLast(there));
};

/** A row that was kept for what was typed in it goes when its field is left. */
export const dropGone = () => {
    for (const row of all(".row.gone")) {
        if (!isTypedIn(row)) {
            const rows = [...row.parentElement.children];
            const hadFocus = row.contains(document.activeElement);
            row.remove();
            if (hadFocus) {
                focusNear(row.matches(".entry") ? "list" : "candidates", rows, rows.indexOf(row));
            }
        }
    }
};
