/* What this page did, for undo: it takes back one after the other, the newest first. */

import {TEXTS} from "./page.js";

const MOST = 100;
const done = [];

/** A burst of typing in one text is one change. */
const isSameText = (one, other) => other.body && other.action in TEXTS && one?.action === other.action && one.body?.paper === other.body.paper;

/** `{action, body}`; without a body where it is not queued. */
export const remember = (change) => {
    if (isSameText(done.at(-1), change)) {
        done.pop();
    }
    done.push(change);
    done.splice(0, done.length - MOST);
};

/** The last change, for whoever undoes it. */
export const takeLastChange = () => done.pop() ?? {action: ""};
