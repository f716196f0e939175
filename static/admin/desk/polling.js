/* What others do, every ten seconds: who is there, and what they changed. Where nothing did, the answer is empty. */

import {find, root} from "./page.js";
import {here, showOthers, whereIAm} from "./presence.js";
import {changes, flushNow} from "./queue.js";
import {request} from "./requests.js";
import {apply, pulse, revision} from "./revision.js";
import {showSaving} from "./saving.js";

const POLL = 10000; // milliseconds

/** What the page lacks. Whether it came. */
const read = async () => {
    const {kind, answer} = await request("read", {body: {}});
    if (kind === "done") {
        await apply(answer);
    }
    return kind === "done";
};

const ask = async () => {
    const {kind, answer, why} = await request("state", {parameters: {seen: revision(), pulse: pulse(), here: here(), ...whereIAm()}});
    if (kind === "later" && !changes().length) {
        showSaving({waiting: 0, trouble: why});
    } else if (kind === "done") {
        if (find("#desk-saved").dataset.told) {
            showSaving({waiting: changes().length, trouble: ""});
        }
        if (answer.html) {
            showOthers(answer.here, answer.html);
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
let isAskedAgain = false;

/** Ask what changed, and say that this editor is here. */
export const poll = () => {
    if (!isPolling && !document.hidden) {
        isPolling = true;
        polling = ask().finally(() => { isPolling = false; });
    }
    return polling;
};

/** The same, also where a poll is on its way: that one told of another place. */
const tellPlace = async () => {
    if (isPolling && !isAskedAgain) {
        isAskedAgain = true;
        await polling;
        isAskedAgain = false;
    }
    return isPolling ? polling : poll();
};
root.addEventListener("place", tellPlace);

/** Ask for everything as it is, changed or not. Returns whether it came. */
export const reload = async () => {
    await polling;
    return read();
};

root.addEventListener("refiltered", reload);
setInterval(poll, POLL);
addEventListener("focus", () => {
    poll();
    flushNow();
});
