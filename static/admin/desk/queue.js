/* The changes that are not saved yet, in the browser's storage: they outlive a lost connection, a reload and a closed tab.
   They are sent in their order, those that wait together in one request; each tab sends its own, and those of tabs that were
   closed. A change that was sent once
   is never altered, since the server may have it already: sent again it changes nothing. A text that is still typed in is kept
   with every key, and held back until its field says that it is to be sent. */

import {remember} from "./done.js";
import {root, TEXTS} from "./page.js";
import {request, sendAndForget} from "./requests.js";

const NAME = `desk:${root.dataset.user}:${root.dataset.day}`;
const REPLACING = {move: "position", show_tweets: "tweets", ...Object.fromEntries(Object.keys(TEXTS).map((name) => [name, "text"]))};

/** A list of records in the browser's storage; while that is full, or where there is none, this tab's are in memory. */
class Kept {
    #name;
    #unwritten = null;

    constructor(name) {
        this.#name = name;
    }

    #stored() {
        try {
            return JSON.parse(localStorage.getItem(this.#name) ?? "[]");
        } catch {
            return [];
        }
    }

    get isStored() {
        return !this.#unwritten?.length;
    }

    read() {
        if (!this.#unwritten) {
            return this.#stored();
        }
        const mine = structuredClone(this.#unwritten);
        return [...this.#stored().filter((one) => one.tab !== tab && !mine.some(({id}) => id === one.id)), ...mine];
    }

    write(records) {
        try {
            if (records.length) {
                localStorage.setItem(this.#name, JSON.stringify(records));
            } else {
                localStorage.removeItem(this.#name);
            }
            this.#unwritten = null;
        } catch {
            this.#unwritten = structuredClone(records.filter((one) => one.tab === tab));
        }
    }

    add(record) {
        this.write([...this.read(), record]);
    }

    remove(id) {
        this.write(this.read().filter((record) => record.id !== id));
    }
}

const newId = () => crypto.getRandomValues(new Uint32Array(2)).join("-");
/** What this page calls itself. */
export const tab = newId();
const lockOf = (one) => `${NAME}:${one}`;
navigator.locks?.request(lockOf(tab), () => new Promise(() => {})); // held for as long as the tab is there
const waiting = new Kept(NAME);
/** Conflicts to decide, and texts that the server refused. */
export const undecided = new Kept(`${NAME}:undecided`);
const MOST = 100; // changes in one request
const LARGEST = 500000; // characters of their bodies: a request with more is refused as a whole
const listeners = {arrived: () => {}, taken: () => {}, done: () => {}, conflict: () => {}, refused: () => {}, state: () => {}, adopted: () => {}};
const earlier = []; // for each thing that is done at once, and was asked for: the changes that come before it
let flushing = null;
let alone = null;
let retry = 0;
let pause = 1000;
let trouble = "";

export const onQueue = (handlers) => Object.assign(listeners, handlers);
/** What another tab is still typing is its own. */
const isSeen = (record) => record.tab === tab || !record.held;
const isDue = (record) => record.tab === tab && !record.held && (!earlier.length || earlier[0].has(record.id));
export const changes = () => waiting.read().filter(isSeen);
/** Whether all that is not saved yet would outlive this page. */
export const isStored = () => waiting.isStored && undecided.isStored;
export const isText = (action) => action in TEXTS;
const sameThing = (one, other) => one.action === other.action && one.body.paper === other.body.paper;
const tell = () => listeners.state({waiting: changes().length, trouble});

/**
 * Keep a change and send it as soon as may be; a `held` one when it is put again without. `from`: the field where it was typed,
 * and what, as `{field: id, text}`, to bring it back there if it is refused.
 */
export const put = (action, body, {held = false, from, isUndo = false} = {}) => {
    const records = waiting.read();
    const value = REPLACING[action];
    const before = value && records.findLast((record) => isSeen(record) && sameThing(record, {action, body}));
    let record = before;
    if (before && !before.sent && !earlier.some((ids) => ids.has(before.id))) {
        before.held &&= held; // what is about to be sent takes the next letters with it
        before.body[value] = body[value];
    } else {
        record = {id: newId(), tab, action, body: {...body}, held, from};
        if (before && "base" in body) {
            record.body.base = before.body[value];
        }
        records.push(record);
    }
    const isNothing = isText(action) && record.body.text === record.body.base; // what was typed is deleted again
    waiting.write(isNothing ? records.filter((one) => one !== record) : records);
    if (!isUndo) {
        remember({action, body});
    }
    tell();
    if (!held) {
        flush();
    }
};

/** Change the waiting records, as when an answer told a newer base. */
export const rebase = (update) => {
    const records = waiting.read();
    records.forEach(update);
    waiting.write(records);
};

/** Take over what closed tabs left. */
const adopt = async () => {
    const locks = navigator.locks ? (await navigator.locks.query()).held.map((lock) => lock.name) : [];
    const isLeft = (record) => record.tab !== tab && !locks.includes(lockOf(record.tab));
    if (waiting.isStored && waiting.read().some(isLeft)) {
        rebase((record) => {
            if (isLeft(record)) {
                Object.assign(record, {tab, held: false});
            }
        });
        listeners.adopted();
    }
};

/** Asks another service, or is typed by hand: what comes of it may take long. */
const isAlone = ({action, from}) => action === "add_tweet" || Boolean(from);

/** What is to be sent next: all that waits, up to one that has to go alone. */
const nextBatch = (records) => {
    let size = 0;
    const fits = ({body}, index) => {
        size += JSON.stringify(body).length;
        return size <= LARGEST || !index;
    };
    const due = records.filter(isDue).slice(0, MOST).filter(fits);
    const alone = due.findIndex(isAlone);
    return alone < 0 ? due : due.slice(0, Math.max(alone, 1));
};

const together = (batch) => ({changes: batch.map(({action, body}) => ({action, body}))});

/** The page goes: what waits is sent once more, and kept as well, since nobody is there for the answer. */
export const sendLast = () => {
    const records = waiting.read();
    const batch = alone ? [] : nextBatch(records);
    if (batch.length) {
        batch.forEach((record) => { record.sent = true; });
        waiting.write(records);
        const [{action, body}] = batch;
        sendAndForget(...(batch.length === 1 ? [action, body] : ["changes", together(batch)]));
    }
};

/** What became of each: `{kind, answer}` in the order of the batch; null where nothing came. */
const send = async (batch) => {
    if (batch.length === 1) {
        const outcome = await request(batch[0].action, {body: batch[0].body});
        return {outcome, results: [outcome]};
    }
    const outcome = await request("changes", {body: together(batch)});
    const results = outcome.answer?.results?.map((one) => ({kind: one.kind, answer: {...one, html: {}}}));
    return {outcome, results: results ?? batch.map(() => outcome)};
};

/** What is done at once or not at all is on its way: nothing is sent until its answer is here. */
export const whileAlone = async (work) => {
    alone = work;
    try {
        return await work;
    } finally {
        alone = null;
    }
};

/** What is changed from now on waits for something that is done at once. Returns what ends that. */
export const letWait = () => {
    const ids = new Set(waiting.read().filter((record) => record.tab === tab).map(({id}) => id));
    earlier.push(ids);
    return () => {
        earlier.splice(earlier.indexOf(ids), 1);
        flush();
    };
};

const sendAll = async () => {
    await alone;
    await adopt();
    for (;;) {
        const records = waiting.read();
        const batch = nextBatch(records);
        if (!batch.length) {
            trouble = "";
            pause = 1000;
            return;
        }
        batch.forEach((record) => { record.sent = true; });
        waiting.write(records);
        tell();
        const {outcome, results} = await send(batch);
        if (outcome.kind === "later") {
            trouble = outcome.why;
            clearTimeout(retry);
            retry = setTimeout(flush, pause);
            pause = Math.min(pause * 2, 30000);
            return;
        }
        trouble = "";
        batch.forEach((record, index) => take(record, results[index]));
        const isMerged = await listeners.arrived(outcome.answer);
        batch.forEach((record, index) => listeners[results[index].kind](record, results[index].answer, isMerged));
    }
};

/** The change has its answer: it waits no more. */
const take = (record, {kind, answer}) => {
    waiting.remove(record.id);
    const newer = REPLACING[record.action] && changes().findLast((other) => sameThing(other, record));
    if (kind === "done") {
        listeners.taken(record);
    } else if (kind === "conflict") {
        // What was typed meanwhile is the newer "mine".
        waiting.write(waiting.read().filter((other) => !newer || !isSeen(other) || !sameThing(other, record)));
        const text = newer && isText(record.action) ? newer.body.text : record.body.text;
        undecided.add({...record, kind, text, conflict: answer.conflict});
    } else if (kind === "refused" && newer && "base" in record.body) {
        // The newer one is another try, from where this one began.
        rebase((other) => {
            if (other.id === newer.id) {
                other.body.base = record.body.base;
            }
        });
    } else if (kind === "refused" && (isText(record.action) || record.from)) {
        undecided.add({...record, kind, text: record.body.text ?? record.from.text, error: answer.error});
    }
};

/** Send what waits. */
const flush = () => {
    flushing ??= sendAll().finally(() => {
        flushing = null;
        tell();
        if (!trouble && waiting.read().some(isDue)) {
            flush();
        }
    });
    return flushing;
};

export const flushNow = () => {
    clearTimeout(retry);
    pause = 1000;
    return flush();
};

/** Whether nothing waits, after an attempt to send it. */
export const isSaved = async () => {
    await flushNow();
    return !waiting.read().some(isDue);
};

addEventListener("online", flushNow);
addEventListener("beforeunload", (event) => {
    if (!isStored()) {
        event.preventDefault(); // the browser asks whether the page may go, and what it keeps with it
    }
});
let heard = () => {};
/** Called when another tab of this desk decided on something. */
export const onUndecided = (handler) => { heard = handler; };
addEventListener("storage", (event) => {
    if (event.key?.startsWith(NAME)) {
        tell();
        heard();
    }
});
