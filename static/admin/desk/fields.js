/* Texts that are saved while they are typed: kept in the browser with each key, sent a moment after the last one, every few
   seconds while typing goes on, and when the field is left.
   A field's base is the text that it was changed from, so that the server can tell whether somebody else changed it. */

import {afterPress, all, root, say} from "./page.js";
import {changes, isText, onQueue, put, rebase, undecided} from "./queue.js";
import {dropGone} from "./rows.js";

const PAUSE = 600; // milliseconds after the last key
const LONGEST = 3000; // milliseconds after the first one
const bases = new WeakMap();
const incoming = new WeakMap(); // what the server has meanwhile, for a field that is being typed in
const timers = new WeakMap();
const latest = new WeakMap(); // when a text that is typed on is sent at the latest

export const fieldOf = (action, paper) => document.getElementById(paper ? `text-${action}-${paper}` : `text-${action}`);
const paperOf = (field) => field.closest("[data-paper]")?.dataset.paper;
const serverText = (field) => field.defaultValue;
const base = (field) => bases.get(field) ?? serverText(field);
const of = (field) => (record) => record.action === field.dataset.text && record.body.paper === paperOf(field);
const records = (field) => changes().filter(of(field));
/** What was last handed to the queue, else the base. */
const handed = (field) => records(field).at(-1)?.body.text ?? base(field);

/** Keep what stands in the field; send it, unless it is `held` since somebody is typing on. */
const keep = (field, {held}) => {
    const open = undecided.read().find(of(field));
    const isReleased = !held && records(field).at(-1)?.held;
    if (field.readOnly || (field.value === (open?.text ?? handed(field)) && !isReleased)) {
        return;
    }
    if (open?.kind === "conflict") { // what is typed on stays "mine" until it is decided
        undecided.write(undecided.read().map((one) => (one.id === open.id ? {...one, text: field.value} : one)));
        return;
    }
    if (open) { // it was refused; this is another try
        undecided.remove(open.id);
        root.dispatchEvent(new Event("undecided"));
    }
    const paper = paperOf(field);
    put(field.dataset.text, {...(paper && {paper}), text: field.value, base: handed(field)}, {held});
};

export const save = (field) => {
    clearTimeout(timers.get(field));
    latest.delete(field);
    keep(field, {held: false});
};

export const saveAll = () => all("[data-text]").forEach(save);

const isBusy = (field) =>
    document.activeElement === field || field.value !== base(field) || records(field).length > 0 || undecided.read().some(of(field));

/** Beside a field that is being written in: somebody else saved another text meanwhile. Nothing is overwritten. */
const showThatTextWaits = (field) => {
    const note = document.getElementById(field.id.replace("text-", "waits-"));
    const text = incoming.get(field);
    const isOther = text !== undefined && ![field.value, handed(field), base(field)].some((known) => known.trim() === text.trim());
    if (!note || note.hidden === !isOther) {
        return;
    }
    note.hidden = !isOther;
    if (isOther) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "Compare now";
        button.addEventListener("click", () => save(field));
        note.replaceChildren("Another text was saved here meanwhile. Go on writing: nothing is lost. ", button);
        say("Another text was saved here meanwhile. Go on writing: nothing is lost.");
    }
};

/** A new text from the server: shown at once, unless somebody is typing there. Returns whether it was. */
export const receive = (field, text) => {
    if (isBusy(field)) {
        incoming.set(field, text);
        showThatTextWaits(field);
        return false;
    }
    bases.set(field, text);
    incoming.delete(field);
    field.value = text;
    return true;
};

/** The server took this text. `isFresh`: what came in for its field came with that answer; it may be trimmed, or newer still. */
export const acknowledge = (action, paper, text, isFresh) => {
    const field = fieldOf(action, paper);
    if (!field) {
        return;
    }
    const theirs = isFresh ? incoming.get(field) : undefined;
    const isTrimmed = theirs?.trim() === text.trim();
    if (isTrimmed) {
        bases.set(field, theirs);
        rebase((record) => {
            if (of(field)(record) && record.body.base === text) {
                record.body.base = theirs;
            }
        });
    }
    if (isTrimmed || theirs === undefined) {
        incoming.delete(field);
    }
    showThatTextWaits(field);
};

/** Show a text that was decided on in a conflict. */
export const decide = (action, paper, text) => {
    const field = fieldOf(action, paper);
    if (field) {
        bases.set(field, text);
        field.value = text;
        incoming.delete(field);
        showThatTextWaits(field);
    }
};

/** Show what the server has instead of a text that it refused. */
export const giveUp = (action, paper) => {
    const field = fieldOf(action, paper);
    if (field) {
        decide(action, paper, incoming.get(field) ?? base(field));
    }
};

/** Texts that wait in the browser stand in their fields, also after a reload. */
export const showWaiting = () => {
    const first = new Set();
    for (const {action, body, text} of [...changes(), ...undecided.read()]) {
        const field = fieldOf(action, body.paper);
        if (field?.dataset.text) {
            if (!first.has(field)) {
                bases.set(field, body.base ?? base(field));
                first.add(field);
            }
            if (document.activeElement !== field) {
                field.value = text ?? body.text;
                field.closest("details")?.setAttribute("open", "");
            }
        }
    }
};

root.addEventListener("input", (event) => {
    const field = event.target;
    if (field.dataset.text) {
        keep(field, {held: true});
        clearTimeout(timers.get(field));
        const now = Date.now();
        latest.set(field, latest.get(field) ?? now + LONGEST);
        timers.set(field, setTimeout(save, Math.min(PAUSE, latest.get(field) - now), field));
    }
});

root.addEventListener("focusout", (event) => {
    const field = event.target;
    if (field.dataset?.text) {
        save(field);
        // The field is left as it was: it may show what came meanwhile.
        setTimeout(afterPress, 0, () => {
            if (incoming.has(field)) {
                receive(field, incoming.get(field));
            }
            dropGone();
        });
    }
});

/** The server has this text, and what is typed from now on begins from it, however long its answer waits to be shown. */
const noteTaken = ({action, body}) => {
    const field = isText(action) && fieldOf(action, body.paper);
    if (field) {
        bases.set(field, body.text);
    }
};

onQueue({adopted: showWaiting, taken: noteTaken});
addEventListener("pagehide", saveAll);
document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
        saveAll();
    }
});
