/* A note or a comment as others will see it, below the field in which it is typed. */

import {afterPress, root} from "./page.js";
import {request} from "./requests.js";

const PAUSE = 500; // milliseconds after the last key
const PLAIN = /^[^*_`[\]<>$\\#\n&]*$/; // no Markdown, no formula: it reads as it stands
const FIELDS = "[data-text=note], [data-text=intro], #correction-note, #withdraw-note, #changes-note, .thread textarea[name=text]";
let timer = 0;
let typedIn = null;

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
    const {kind, answer} = await request("note_preview", {body: {text}});
    if (field.value !== text || document.activeElement !== field) {
        return;
    }
    if (kind === "done") {
        const place = placeOf(field);
        place.innerHTML = answer.note;
        place.title = answer.trouble;
    } else if (kind === "later") {
        showSoon(field);
    }
};

const showSoon = (field) => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE, field);
};

root.addEventListener("input", (event) => {
    if (event.target.matches(FIELDS)) {
        typedIn = event.target;
        showSoon(typedIn);
    }
});
// An answer that moves the row takes the focus for a moment.
root.addEventListener("focusin", (event) => {
    if (event.target === typedIn) {
        showSoon(typedIn);
    }
});
root.addEventListener("focusout", (event) => {
    clearTimeout(timer);
    const field = event.target;
    afterPress(() => {
        if (document.activeElement !== field) {
            field.parentElement?.querySelector(":scope > .note-preview")?.remove();
        }
    });
});
