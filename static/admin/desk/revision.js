/* Which revision of the list the page shows, and what every answer brings. */

import {merge} from "./fragments.js";
import {find, root, say} from "./page.js";

let shown = Number(root.dataset.revision);
let beat = root.dataset.pulse;
const watches = new Set();

export const revision = () => shown;
export const pulse = () => beat;

/** The revision that the editor sees now, moved on by the editor's own changes only: another one's then shows as a conflict. */
export const watch = () => {
    const one = {revision: shown};
    watches.add(one);
    return {
        stop: () => {
            watches.delete(one);
            return one.revision;
        },
    };
};

/** Take in an answer: its parts, its revision, its words. `isOwn`: to a change of this page. Returns whether its parts stand. */
export const apply = (answer, {isOwn = true} = {}) => {
    if (answer.revision !== undefined) {
        for (const one of watches) {
            if (isOwn && answer.revision === one.revision + 1) {
                one.revision = answer.revision;
            }
        }
        shown = answer.revision;
    }
    beat = answer.pulse ?? beat;
    const isMerged = merge(answer.html);
    if (answer.said) {
        say(answer.said);
    }
    if (answer.saved_at) {
        find("#desk-saved").dataset.at = new Date(answer.saved_at).toLocaleTimeString("en-GB");
    }
    return isMerged;
};
