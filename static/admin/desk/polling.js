/* What others do, every ten seconds: who is there, and what they changed. */

import {find} from "./page.js";
import {changes, flushNow} from "./queue.js";
import {request} from "./requests.js";
import {apply, pulse, revision} from "./revision.js";
import {showSaving} from "./saving.js";

const POLL = 10000; // milliseconds

const showEditors = (editors) => {
    const place = find("#desk-editors");
    if (place && place.dataset.names !== String(editors)) {
        place.dataset.names = String(editors);
        const lead = document.createElement("span");
        lead.className = "visually-hidden";
        lead.textContent = "Also here: ";
        place.replaceChildren(...(editors.length ? [lead] : []), ...editors.map((name) => {
            const one = document.createElement("span");
            one.className = "editor";
            one.textContent = name;
            return one;
        }));
    }
};

const ask = async (seen) => {
    const asked = revision();
    const {kind, answer, why} = await request("state", {parameters: {seen, pulse: pulse()}});
    if (kind === "later" && !changes().length) {
        showSaving({waiting: 0, trouble: why});
    } else if (kind === "done") {
        if (find("#desk-saved").dataset.told) {
            showSaving({waiting: changes().length, trouble: ""});
        }
        if (revision() === asked) { // else an answer to a change was quicker
            apply(answer, {isOwn: false});
        }
        showEditors(answer.editors);
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
        polling = ask(revision()).finally(() => { isPolling = false; });
    }
    return polling;
};

/** Ask for everything as it is, changed or not. Returns whether it came. */
export const reload = async () => {
    await polling;
    return ask(-1);
};

setInterval(poll, POLL);
addEventListener("focus", () => {
    poll();
    flushNow();
});
