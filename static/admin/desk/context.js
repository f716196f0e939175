/* What past lists had of a paper: ignored for this day, for all editors, and no longer. */

import {nameOf} from "./order.js";
import {all, find, say} from "./page.js";
import {put} from "./queue.js";
import {focusRow} from "./walking.js";

/* In quick look, which no answer changes. */
const showThere = (key, isIgnored) => {
    for (const one of all("#desk-look [data-covered]").filter(({dataset}) => dataset.covered === key)) {
        one.classList.toggle("ignored", isIgnored);
        const button = find("button", one);
        button.dataset.do = isIgnored ? "recall_covered" : "ignore_covered";
        button.textContent = isIgnored ? "Don’t ignore" : "Ignore";
    }
};

const send = (action, row, button) => {
    const key = (button?.closest("[data-covered]") ?? find(".covered", row))?.dataset.covered;
    if (!row || !key) {
        return;
    }
    put(action, {paper: row.dataset.paper, covered: key});
    showThere(key, action === "ignore_covered");
    say(`${nameOf(row)}: ${action === "ignore_covered" ? "ignored; press u to undo" : "no longer ignored"}`);
    if (button && row.contains(button)) { // it goes
        focusRow(row);
    }
};

export const context = {
    ignore_covered: (row, button) => send("ignore_covered", row, button),
    recall_covered: (row, button) => send("recall_covered", row, button),
};
