/* A note as readers will see it, below the field in which it is typed. */

import {root} from "./page.js";
import {request} from "./requests.js";

const PAUSE = 500; // milliseconds after the last key
const PLAIN = /^[^*_`[\]<>$\\#\n&]*$/; // no Markdown, no formula: it reads as it stands
let timer = 0;
let last = null;

const placeOf = (field) => {
    const existing = field.parentElement.querySelector(":scope > .note-preview");
    if (existing) {
        return existing;
    }
    const place = document.createElement("div");
    place.className = "note-preview prose";
    place.dataset.slot = "preview";
    place.setAttribute("aria-hidden", "true");
    field.after(place);
    return place;
};

const show = async (field) => {
    const text = field.value;
    if (PLAIN.test(text)) {
        field.parentElement.querySelector(":scope > .note-preview")?.remove();
        return;
    }
    last = field;
    const {kind, answer} = await request("note_preview", {body: {text}});
    if (kind === "done" && last === field && field.value === text && document.activeElement === field) {
        const place = placeOf(field);
        place.innerHTML = answer.note;
        place.title = answer.trouble;
    }
};

root.addEventListener("input", (event) => {
    if (event.target.matches("[data-text=note], [data-text=intro], #correction-note, #withdraw-note")) {
        clearTimeout(timer);
        timer = setTimeout(show, PAUSE, event.target);
    }
});
root.addEventListener("focusout", (event) => {
    clearTimeout(timer);
    event.target.parentElement?.querySelector(":scope > .note-preview")?.remove();
});
