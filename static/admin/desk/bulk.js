/* What is done to many papers at once: each is one change, one request and one undo. */

import {commitAll, leave, number} from "./order.js";
import {all, find, rowOf, say} from "./page.js";
import {act} from "./publish.js";
import {put} from "./queue.js";
import {revision} from "./revision.js";
import {chosenRows, clear, clearAll} from "./selection.js";
import {focusRow, keepFocus} from "./walking.js";

const entries = () => all("#entries > .entry:not(.leaving, .gone)");
const papersOf = (rows) => rows.map((row) => row.dataset.paper);
const several = (number, noun = "paper") => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** The row that gets the focus when these go. */
const stays = (rows, all) => {
    const last = all.indexOf(rows.at(-1));
    return all.slice(last).find((row) => !rows.includes(row)) ?? all.slice(0, last).findLast((row) => !rows.includes(row));
};

/** Put a change of these rows of the list, or of the candidates, into the queue; they leave at once. */
const send = (action, rows, all, {words, body = {}}) => {
    if (!rows.length) {
        say("Nothing to do");
        return;
    }
    commitAll();
    const next = stays(rows, all);
    put(action, {papers: papersOf(rows), ...body});
    rows.forEach(leave);
    number();
    clearAll();
    if (next) {
        focusRow(next);
    }
    keepFocus(rows[0]);
    say(words);
};

const remove = (rows) =>
    send("remove_several", rows, entries(), {words: `${several(rows.length)} removed; press u to undo`, body: {revision: revision()}});

const candidates = () => all("#candidates > .candidate:not(.waiting, .in-list)");

export const bulk = {
    remove_chosen: () => remove(chosenRows("list")),
    keep_chosen: () => {
        const kept = chosenRows("list");
        if (kept.length) {
            remove(entries().filter((row) => !kept.includes(row)));
        }
    },
    remove_below: (row) => {
        const rows = entries();
        remove(rows.slice(rows.indexOf(row) + 1));
    },
    keep_first: () => {
        const number = find("#keep-number").valueAsNumber;
        if (number >= 1) {
            remove(entries().slice(number));
        }
    },
    top_chosen: (row) => {
        const chosen = chosenRows("list");
        const rows = chosen.length ? chosen : [row].filter(Boolean);
        if (rows.length) {
            commitAll();
            put("move_to_top", {papers: papersOf(rows), revision: revision()});
            find("#entries").prepend(...rows);
            number();
            clear("list");
            focusRow(rows[0]);
            say(`${several(rows.length)} moved to the top; press u to undo`);
        }
    },
    add_chosen: () => {
        const rows = chosenRows("candidates");
        send("add_several", rows, candidates(), {words: `${several(rows.length)} added; press u to undo`});
    },
    dismiss_chosen: () => {
        const rows = chosenRows("candidates");
        send("dismiss_several", rows, candidates(), {words: `${several(rows.length)}: not today; press u to undo`});
    },
    accept_all: () => {
        const places = new Map();
        for (const mark of all(".suggestion")) {
            places.set(mark.closest(".row").dataset.paper, Number(mark.dataset.position));
        }
        if (places.size) {
            put("accept_all", {papers: [...places.keys()], places: [...places.values()], revision: revision()});
            [...places.keys()].forEach((paper) => leave(rowOf(paper, "candidates")));
            say(`${several(places.size, "suggestion")} accepted; press u to undo`);
        }
    },
    apply_rules: (rules) => act("apply_rules", {...rules, revision: revision()}),
    clear_list: () => clear("list"),
    clear_candidates: () => clear("candidates"),
};
