/* The changes that are not saved yet, in the browser's storage: they outlive a lost connection, a reload and a closed tab.
   They are sent one after the other; each tab sends its own, and those of tabs that were closed. A change that was sent once
   is never altered, since the server may have it already: sent again it changes nothing. */

import {root} from "./page.js";
import {request} from "./requests.js";

const NAME = `desk:${root.dataset.user}:${root.dataset.day}`;
const TEXTS = ["note", "title", "intro"];
const REPLACING = {move: "position", show_tweets: "tweets", note: "text", title: "text", intro: "text"};

/** A list of records in the browser's storage; in memory where there is none. */
class Kept {
    #name;
    #memory = "[]";

    constructor(name) {
        this.#name = name;
    }

    read() {
        try {
            return JSON.parse(localStorage.getItem(this.#name) ?? "[]");
        } catch {
            return JSON.parse(this.#memory);
        }
    }

    write(records) {
        this.#memory = JSON.stringify(records);
        try {
            if (records.length) {
                localStorage.setItem(this.#name, this.#memory);
            } else {
                localStorage.removeItem(this.#name);
            }
        } catch {
            // No storage: this page's memory has to do.
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
const tab = newId();
const lockOf = (one) => `${NAME}:${one}`;
navigator.locks?.request(lockOf(tab), () => new Promise(() => {})); // held for as long as the tab is there
const waiting = new Kept(NAME);
/** Conflicts to decide, and texts that the server refused. */
export const undecided = new Kept(`${NAME}:undecided`);
const listeners = {done: () => {}, conflict: () => {}, refused: () => {}, state: () => {}};
let flushing = null;
let retry = 0;
let pause = 1000;
let trouble = "";

export const onQueue = (handlers) => Object.assign(listeners, handlers);
export const changes = () => waiting.read();
export const isText = (action) => TEXTS.includes(action);
export const sameThing = (one, other) => one.action === other.action && one.body.paper === other.body.paper;
const tell = () => listeners.state({waiting: waiting.read().length, trouble});

/** Keep a change and send it as soon as may be. */
export const put = (action, body) => {
    const records = waiting.read();
    const value = REPLACING[action];
    const earlier = value && records.findLast((record) => sameThing(record, {action, body}));
    if (earlier && !earlier.sent) {
        earlier.body[value] = body[value];
    } else {
        const record = {id: newId(), tab, action, body: {...body}};
        if (earlier && "base" in body) {
            record.body.base = earlier.body[value];
        }
        records.push(record);
    }
    waiting.write(records);
    flush();
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
    rebase((record) => {
        if (!locks.includes(lockOf(record.tab))) {
            record.tab = tab;
        }
    });
};

const sendAll = async () => {
    await adopt();
    for (;;) {
        const records = waiting.read();
        const record = records.find((one) => one.tab === tab);
        if (!record) {
            trouble = "";
            pause = 1000;
            return;
        }
        record.sent = true;
        waiting.write(records);
        tell();
        const outcome = await request(record.action, {body: record.body});
        if (outcome.kind === "later") {
            trouble = outcome.why;
            clearTimeout(retry);
            retry = setTimeout(flush, pause);
            pause = Math.min(pause * 2, 30000);
            return;
        }
        trouble = "";
        settle(record, outcome);
    }
};

const settle = (record, {kind, answer}) => {
    waiting.remove(record.id);
    if (kind === "conflict") {
        // What was typed meanwhile is the newer "mine".
        const newer = waiting.read().findLast((other) => REPLACING[record.action] && sameThing(other, record));
        waiting.write(waiting.read().filter((other) => !newer || !sameThing(other, record)));
        const text = newer && isText(record.action) ? newer.body.text : record.body.text;
        undecided.add({...record, kind, text, conflict: answer.conflict});
    } else if (kind === "refused" && isText(record.action)) {
        undecided.add({...record, kind, text: record.body.text, error: answer.error});
    }
    listeners[kind](record, answer);
};

/** Send what waits. */
export const flush = () => {
    flushing ??= sendAll().finally(() => {
        flushing = null;
        tell();
        if (!trouble && waiting.read().some((record) => record.tab === tab)) {
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
    return !waiting.read().some((record) => record.tab === tab);
};

addEventListener("online", flushNow);
addEventListener("storage", (event) => {
    if (event.key?.startsWith(NAME)) {
        tell();
    }
});
