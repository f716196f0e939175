/* What is typed for others and not sent yet is kept in the browser: a reload or a closed tab loses none of it. */

import {afterMerging} from "./fragments.js";
import {find, root} from "./page.js";

const NOTES = ["correction-note", "withdraw-note", "changes-note"];
const nameOf = (draft) => `desk-draft:${root.dataset.user}:${root.dataset.day}:${draft}`;

/** Keep the text under this name; none where it is empty. */
export const keepDraft = (draft, text) => {
    try {
        if (text) {
            localStorage.setItem(nameOf(draft), text);
        } else {
            localStorage.removeItem(nameOf(draft));
        }
    } catch {
        // No storage: it is kept as long as the page is.
    }
};

export const draftOf = (draft) => {
    try {
        return localStorage.getItem(nameOf(draft)) ?? "";
    } catch {
        return "";
    }
};

/** A note that was sent is no draft any more. */
export const clearSent = ({note}) => {
    for (const id of NOTES.filter((one) => note && draftOf(one) === note)) {
        keepDraft(id, "");
        const field = find(`#${id}`);
        if (field?.value === note) {
            field.value = field.defaultValue;
        }
    }
};

root.addEventListener("input", ({target}) => {
    if (NOTES.includes(target.id)) {
        keepDraft(target.id, target.value);
    }
});

/** A note that was typed before stands in its field again. */
afterMerging(() => {
    for (const id of NOTES) {
        const field = find(`#${id}`);
        if (field && !field.value && document.activeElement !== field) {
            field.value = draftOf(id);
            if (field.value) {
                field.closest("details")?.setAttribute("open", "");
            }
        }
    }
});
