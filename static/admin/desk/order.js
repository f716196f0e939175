/* The order of the day's list, and of the tweets under a paper: by dragging, and by keyboard. A row is grabbed with Space, moved
   with ↑ and ↓, dropped with Space or Enter, put back with Esc; Alt and an arrow move it in one go. Each place is announced. */

import {hold, release} from "./fragments.js";
import {canEdit, find, rowOf, say} from "./page.js";
import {savePosts} from "./posts.js";
import {changes, put} from "./queue.js";

/* global Sortable */

const SETTLED = 400; // milliseconds after the last step of a row until its place is saved
const timers = new Map();
let grabbed = null; // {row, from: index}

const listOfDay = () => find("#entries");
const rowsIn = (list) => [...list.children].filter((row) => row.matches(".row[data-paper]:not(.leaving, .gone), li[data-tweet]"));
export const nameOf = (row) => row.dataset.title ?? find(".by strong", row)?.textContent ?? "the row";
const isTweet = (row) => row.dataset.tweet !== undefined;
const movable = (row) => (isTweet(row) ? rowsIn(row.parentElement).filter((other) => other.matches(".shown")) : rowsIn(row.parentElement));

/** Say of each row which place it has. */
export const number = () => rowsIn(listOfDay()).forEach((row, index) => {
    const place = find(".number", row).lastChild;
    if (place.textContent !== String(index + 1)) {
        place.textContent = index + 1;
    }
});

const tell = (row, verb = "") => {
    const rows = movable(row);
    say(`${verb}${nameOf(row)}, place ${rows.indexOf(row) + 1} of ${rows.length}`);
};

/** Put the row at the index, in the document only; it keeps the focus. */
const place = (row, index, {quietly = false} = {}) => {
    const rows = movable(row).filter((other) => other !== row);
    const focused = row.contains(document.activeElement) ? document.activeElement : null;
    const before = rows[index] ?? rows.at(-1)?.nextElementSibling ?? null;
    if (row.nextElementSibling !== before && before !== row) {
        row.parentElement.insertBefore(row, before);
    }
    focused?.focus({preventScroll: true});
    if (!quietly) {
        row.scrollIntoView({block: "nearest"});
    }
    if (!isTweet(row)) {
        number();
    }
};

/** Hand the row's place to the queue. */
const commit = (row) => {
    clearTimeout(timers.get(row.id));
    timers.delete(row.id);
    if (!row.isConnected) {
        return;
    }
    if (isTweet(row)) {
        savePosts(row.closest("[data-paper]"));
    } else {
        put("move", {paper: row.dataset.paper, position: rowsIn(row.parentElement).indexOf(row) + 1, moves: Number(row.dataset.moves)});
    }
};

/** Places that were stepped to a moment ago are saved now. */
export const commitAll = () => {
    for (const id of timers.keys()) {
        const row = document.getElementById(id);
        if (row) {
            commit(row);
            release();
        }
    }
    timers.clear();
};

/** One step, by Alt and an arrow or a button: saved when no further step follows. */
export const step = (row, by) => {
    const rows = movable(row);
    const index = rows.indexOf(row) + by;
    if (!canEdit() || !rows.includes(row) || index < 0 || index >= rows.length) {
        tell(row);
        return;
    }
    place(row, index);
    tell(row);
    if (timers.has(row.id)) {
        clearTimeout(timers.get(row.id));
    } else {
        hold();
    }
    timers.set(row.id, setTimeout(() => {
        commit(row);
        release();
    }, SETTLED));
};

export const isGrabbed = () => Boolean(grabbed);

const show = (row, isHeld) => {
    row.classList.toggle("grabbed", isHeld);
    find("[data-do=grab]", row)?.setAttribute("aria-pressed", String(isHeld));
};

export const grab = (row) => {
    if (!canEdit() || !movable(row).includes(row)) {
        return;
    }
    commitAll();
    hold();
    grabbed = {row, from: movable(row).indexOf(row)};
    show(row, true);
    tell(row, "Grabbed ");
};

export const shift = (by) => {
    const {row} = grabbed;
    const last = movable(row).length - 1;
    place(row, Math.max(0, Math.min(movable(row).indexOf(row) + by, last)));
    tell(row);
};

export const drop = ({back = false} = {}) => {
    const {row, from} = grabbed;
    grabbed = null;
    show(row, false);
    if (back) {
        place(row, from);
        tell(row, "Put back ");
    } else {
        tell(row, "Dropped ");
        if (movable(row).indexOf(row) !== from) {
            commit(row);
        }
    }
    release();
};

/** A mark that was set or taken off a moment ago. */
const showMark = (row, action, body) => {
    const button = row && find(`[data-mark="${action}"]`, row);
    if (button) {
        const {set} = button.dataset;
        row.classList.toggle(set, body[set]);
        button.setAttribute("aria-pressed", String(body[set]));
    }
};

/** Places and marks that wait in the browser hold for what the server just sent, too. */
export const showWaiting = () => {
    for (const {action, body} of changes()) {
        const row = rowOf(body.paper, "list");
        if (action === "move" && row) {
            place(row, body.position - 1, {quietly: true});
        }
        showMark(row, action, body);
        if (["remove", "remove_several"].includes(action)) {
            (body.papers ?? [body.paper]).forEach((paper) => leave(rowOf(paper, "list")));
        } else if (DECIDING.includes(action)) {
            (body.papers ?? [body.paper]).forEach((paper) => leave(rowOf(paper, "candidates")));
        }
    }
    number();
};

const DECIDING = ["add", "accept", "add_several", "dismiss", "dismiss_several"];

/** A row on its way out is passed over by focus and keys, and nothing can be typed in it; an entry is out of sight at once. */
export const leave = (row) => {
    if (row) {
        row.classList.add(row.matches(".entry") ? "leaving" : "waiting");
        row.inert = true;
    }
};

/** Rows of the list can be dragged, and candidates dragged into it. */
export const makeDraggable = () => {
    const entries = find("#add-paper") && listOfDay();
    const candidates = find("#candidates");
    let cancelled = false;
    let from = null;
    const onEscape = (event) => {
        if (event.key === "Escape") {
            cancelled = true;
            event.stopPropagation();
            document.dispatchEvent(new PointerEvent("pointerup", {bubbles: true}));
        }
    };
    const shared = {
        forceFallback: true, // the browser's own dragging knows no touch
        fallbackTolerance: 4,
        scrollSensitivity: 60,
        ghostClass: "dragging",
        onStart: ({item}) => {
            commitAll();
            hold();
            cancelled = false;
            from = item.nextElementSibling;
            addEventListener("keydown", onEscape, true);
        },
    };
    [listOfDay(), candidates].forEach((list) => list && Sortable.get(list)?.option("disabled", !canEdit()));
    if (canEdit() && entries && !Sortable.get(entries)) {
        Sortable.create(entries, {
            ...shared,
            handle: ".handle",
            draggable: ".row.entry, .row.candidate",
            group: {name: "list", put: ["candidates"]},
            onEnd: ({item, oldIndex, newIndex}) => {
                removeEventListener("keydown", onEscape, true);
                if (cancelled) {
                    entries.insertBefore(item, from);
                }
                number();
                tell(item, cancelled ? "Put back " : "Moved ");
                if (!cancelled && oldIndex !== newIndex) {
                    commit(item);
                }
                release();
            },
            onAdd: ({item, clone}) => {
                const position = rowsIn(entries).indexOf(item) + 1; // rows on their way out have no place
                clone.replaceWith(item); // the candidate stays a candidate
                if (!cancelled && !item.matches(".in-list")) {
                    leave(item);
                    put("add", {paper: item.dataset.paper, position});
                }
            },
        });
    }
    if (canEdit() && candidates && !Sortable.get(candidates)) {
        Sortable.create(candidates, {
            ...shared,
            sort: false,
            handle: ".score",
            draggable: ".row.candidate",
            group: {name: "candidates", pull: "clone", put: false},
            onEnd: () => {
                removeEventListener("keydown", onEscape, true);
                release();
            },
        });
    }
};
