/* What others do, every ten seconds: who is there, and what they changed. Where nothing did, the answer is empty. */

import {all, find} from "./page.js";
import {changes, flushNow} from "./queue.js";
import {request} from "./requests.js";
import {apply, pulse, revision} from "./revision.js";
import {showSaving} from "./saving.js";

const POLL = 10000; // milliseconds
const here = () => all("#desk-editors .editor").map((one) => one.textContent).join(",");

const showEditors = (editors) => {
    const lead = document.createElement("span");
    lead.className = "visually-hidden";
    lead.textContent = "Also here: ";
    find("#desk-editors").replaceChildren(...(editors.length ? [lead] : []), ...editors.map((name) => {
        const one = document.createElement("span");
        one.className = "editor";
        one.textContent = name;
        return one;
    }));
};

/** What the page lacks. Whether it came. */
const read = async () => {
    const asked = revision();
    const {kind, answer} = await request("read", {body: {}});
    if (kind === "done" && revision() === asked) { // else an answer to a change was quicker
        await apply(answer);
    }
    return kind === "done";
};

const ask = async () => {
    const {kind, answer, why} = await request("state", {parameters: {seen: revision(), pulse: pulse(), here: here()}});
    if (kind === "later" && !changes().length) {
        showSaving({waiting: 0, trouble: why});
    } else if (kind === "done") {
        if (find("#desk-saved").dataset.told) {
            showSaving({waiting: changes().length, trouble: ""});
        }
        if (answer.editors) {
            showEditors(answer.editors);
        }
        if (answer.changed) {
            await read();
        }
        flushNow();
    }
    return kind === "done";
};

let polling = Promise.resolve();
let isPolling = false;

/** Ask what changed, and say that this editor is here. */
export const poll = () => {
    if (!isPolling && !document.hidden) {
        isPolling = true;
        polling = ask().finally(() => { isPolling = false; });
    }
    return polling;
};

/** Ask for everything as it is, changed or not. Returns whether it came. */
export const reload = async () => {
    await polling;
    return read();
};

setInterval(poll, POLL);
addEventListener("focus", () => {
    poll();
    flushNow();
});
