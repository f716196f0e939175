/* Parts of the page that come from the server are merged into what is there: fields that are typed in, open details, the focus
   and the place in a column stay. While a row is held, parts wait. */

import {receive, showWaiting} from "./fields.js";
import {find, isText} from "./page.js";

/* global Idiomorph */

const listeners = [];
let held = 0;
let late = {};

export const afterMerging = (listener) => listeners.push(listener);

const keep = (old, fresh) => {
    if (!(old instanceof Element)) {
        return true;
    }
    if (old.dataset.text !== undefined) {
        const isShown = receive(old, fresh.defaultValue);
        return isShown;
    }
    if (old.matches(".why")) {
        return false;
    }
    return !(isText(old) && (document.activeElement === old || (old.matches("input, textarea") && old.value !== old.defaultValue)));
};

const BY_HAND = ["aria-expanded", "tabindex", "hidden"];

const callbacks = {
    beforeNodeMorphed: keep,
    beforeAttributeUpdated: (name, element) =>
        !(BY_HAND.includes(name) || (name === "open" && element.matches("details"))),
};

/** Merge the parts that came: `{list: html, head: html, …}`. Returns whether that was done at once. */
export const merge = (parts = {}) => {
    if (held) {
        late = {...late, ...parts};
        return false;
    }
    for (const [name, html] of Object.entries(parts)) {
        const place = find(`#desk-${name}`);
        if (place && html !== undefined) {
            Idiomorph.morph(place, html, {morphStyle: "innerHTML", callbacks});
        }
    }
    if (Object.keys(parts).length) {
        showWaiting();
        listeners.forEach((listener) => listener(parts));
    }
    return true;
};

/** While the work of a drag goes on, nothing under it may change. */
export const hold = () => { held += 1; };
export const release = () => {
    held = Math.max(0, held - 1);
    if (!held) {
        const parts = late;
        late = {};
        merge(parts);
    }
};
