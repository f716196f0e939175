/* Rows that are chosen together: by Shift and a step, by Shift and a click, one by one, or by their number. What can be done with
   them stands below their column. */

import {all, canEdit, find, say} from "./page.js";

const chosen = {candidates: new Set(), list: new Set()};
const anchors = {candidates: null, list: null};
const ACTS = {
    candidates: [["add_chosen", "Add", "a"], ["dismiss_chosen", "Not today", "x"]],
    list: [["remove_chosen", "Remove", "x"], ["top_chosen", "Move to top", "Shift+T"], ["keep_chosen", "Keep only these", "Shift+O"]],
};

export const columnOf = (row) => (row.matches(".candidate") ? "candidates" : "list");
const rowsOf = (column) => all(`[data-rows=${column}] > .row[data-paper]:not(.leaving, .waiting, .gone)`);

/** The chosen rows of a column, from top to bottom. */
export const chosenRows = (column) => rowsOf(column).filter((row) => chosen[column].has(row.dataset.paper));

const button = (action, label, key) => {
    const one = document.createElement("button");
    one.type = "button";
    one.dataset.do = action;
    one.textContent = `${label} `;
    if (key) {
        const hint = document.createElement("kbd");
        hint.textContent = key;
        one.append(hint);
    }
    return one;
};

/** Show what is chosen, also after rows came and went. */
export const showChosen = () => {
    for (const column of Object.keys(chosen)) {
        const bar = find(`[data-selection=${column}]`);
        if (!chosen[column].size && bar.hidden) { // nothing is chosen, and nothing was
            continue;
        }
        const rows = chosenRows(column);
        chosen[column] = new Set(rows.map((row) => row.dataset.paper));
        for (const row of rowsOf(column)) {
            const isChosen = chosen[column].has(row.dataset.paper);
            if (isChosen !== (row.getAttribute("aria-selected") === "true")) {
                row.setAttribute("aria-selected", String(isChosen));
            }
        }
        bar.hidden = !rows.length;
        if (rows.length) {
            const count = document.createElement("b");
            count.textContent = `${rows.length} selected`;
            const gap = document.createElement("span");
            gap.className = "push";
            const acts = canEdit() ? ACTS[column].map((act) => button(...act)) : [];
            const clear = button(`clear_${column}`, "Clear", "Esc");
            clear.classList.add("bare");
            bar.replaceChildren(count, ...acts, gap, clear);
        }
    }
};

const set = (column, rows) => {
    chosen[column] = new Set(rows.map((row) => row.dataset.paper));
    showChosen();
    say(rows.length ? `${rows.length} selected` : "Nothing selected");
};

export const clear = (column) => {
    anchors[column] = null;
    set(column, []);
};

export const clearAll = () => Object.keys(chosen).filter((column) => chosen[column].size).map(clear).length > 0;

/** One row more or less. */
export const toggle = (row) => {
    const column = columnOf(row);
    anchors[column] = row.dataset.paper;
    const rows = chosenRows(column);
    set(column, rows.includes(row) ? rows.filter((one) => one !== row) : [...rows, row]);
};

/** All rows from where the choice began (or from `start`) to this one. */
export const extend = (row, start = null) => {
    const column = columnOf(row);
    const rows = rowsOf(column);
    const first = rows.findIndex((one) => one.dataset.paper === anchors[column]);
    const from = first >= 0 && chosen[column].size ? first : rows.indexOf(start ?? row);
    anchors[column] = rows[from]?.dataset.paper ?? null;
    const to = rows.indexOf(row);
    set(column, rows.slice(Math.min(from, to), Math.max(from, to) + 1));
};
