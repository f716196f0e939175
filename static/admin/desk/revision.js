/* Which revision of the list the page shows, and what every answer brings. */

import {merge} from "./fragments.js";
import {find, root, say} from "./page.js";

let shown = Number(root.dataset.revision);
let beat = root.dataset.pulse;

export const revision = () => shown;
export const pulse = () => beat;

/** Take in an answer: its parts, its rows, its revision, its words. Whether its parts stand. */
export const apply = async (answer) => {
    if (answer.saved_at) {
        find("#desk-saved").dataset.at = new Date(answer.saved_at).toLocaleTimeString("en-GB");
    }
    if (answer.said) {
        say(answer.said);
    }
    if (answer.revision !== undefined && answer.revision < shown) {
        return false; // a later answer was quicker
    }
    shown = answer.revision ?? shown;
    beat = answer.pulse ?? beat;
    return merge({html: answer.html, rows: answer.rows});
};
