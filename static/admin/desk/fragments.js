/* Parts of the page that come from the server are merged into what is there: fields that are typed in, open details and the
   focus stay. While a row is held, parts and rows wait. Answers are taken in one after the other. */

import {receive} from "./fields.js";
import {afterPress, find, isText} from "./page.js";
import {applyRows} from "./rows.js";

/* global Idiomorph */

const listeners = [];
let held = 0;
let late = null;
let merging = Promise.resolve();

export const afterMerging = (listener) => listeners.push(listener);

const keep = (old, fresh) => {
    if (!(old instanceof Element)) {
        return true;
    }
    if (old.dataset.text !== undefined) {
        const isShown = receive(old, fresh.defaultValue);
        return isShown;
    }
    if (old.matches("[data-slot=posts], .note-preview, .mention-list, .waits, .why") || isArmed(old, fresh)) {
        return false;
    }
    return !isChosen(old) && !(isText(old) && (document.activeElement === old || (old.matches("input, textarea") && old.value !== old.defaultValue)));
};

/** It was pressed once, and the same button still waits for the second press. */
const isArmed = (old, {dataset, value}) => old.matches("[data-armed]") && old.value === value && old.dataset.post === dataset.post;

/** What was chosen in it is not what the server chose. */
const isChosen = (element) => element.matches("select") && !element.selectedOptions[0]?.defaultSelected;

const BY_HAND = ["aria-expanded", "aria-selected", "aria-pressed", "tabindex", "hidden", "inert"];

/** What this page itself sets stays; whether a paper has a mark is the server's to say. */
const keepAttribute = (name, element) =>
    !((BY_HAND.includes(name) && !element.matches("[data-mark]")) || (name === "open" && element.matches("details")));

/** A preview, and names to choose from, are this page's own: no answer has them. */
const keepNode = (node) => !(node instanceof Element && node.matches(".note-preview, .mention-list"));

export const callbacks = {beforeNodeMorphed: keep, beforeAttributeUpdated: keepAttribute, beforeNodeRemoved: keepNode};

const joined = (one, other) => {
    const rows = {...other.rows};
    for (const [column, {rows: before}] of Object.entries(one?.rows ?? {})) {
        rows[column] = rows[column] ? {...rows[column], rows: {...before, ...rows[column].rows}} : one.rows[column];
    }
    return {html: {...one?.html, ...other.html}, rows};
};

const take = async ({html = {}, rows = {}}) => {
    for (const [name, part] of Object.entries(html)) {
        const place = find(`#desk-${name}`);
        if (place && part !== undefined) {
            Idiomorph.morph(place, part, {morphStyle: "innerHTML", callbacks});
        }
    }
    await applyRows(rows);
    listeners.forEach((listener) => listener({html, rows}));
};

/** Merge what came: `{html: {head: html, …}, rows}`. Whether that was done at once. */
export const merge = ({html, rows}) => {
    if (held) {
        late = joined(late, {html, rows});
        return Promise.resolve(false);
    }
    merging = merging.then(() => afterPress(() => take({html, rows}))).then(() => true); // a press meets what was aimed at
    return merging;
};

/** While the work of a drag goes on, nothing under it may change. */
export const hold = () => { held += 1; };
export const release = () => {
    held = Math.max(0, held - 1);
    if (!held && late) {
        const parts = late;
        late = null;
        merge(parts);
    }
};
