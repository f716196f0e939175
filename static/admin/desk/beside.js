/* Dialogs beside the list: papers of past lists, and the day beside the days before. Esc closes them, and the focus goes back. */

import {all, find, say} from "./page.js";
import {fetchPart} from "./requests.js";

const PAUSE = 250; // milliseconds after the last key
const pastDialog = find("#desk-past");
const words = find("#past-words");
const found = find("#past-found");
let timer = 0;
let asked = null;

const search = async () => {
    clearTimeout(timer);
    asked?.abort();
    asked = new AbortController();
    const {signal} = asked;
    const html = await fetchPart("past", {signal, parameters: {q: words.value}});
    if (signal.aborted) {
        return;
    }
    if (html === null) {
        found.textContent = "Couldn’t search. Try again in a moment.";
    } else {
        found.innerHTML = html;
    }
};

words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
});

const links = () => all("ol > li > a", found);

pastDialog.addEventListener("keydown", (event) => {
    const by = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (by) {
        event.preventDefault();
        const at = links().indexOf(document.activeElement) + by;
        (at < 0 ? words : links()[at] ?? links().at(-1) ?? words).focus();
    }
});

find("#past").addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    await search();
    links()[0]?.focus();
});

const open = (dialog) => {
    const menu = document.activeElement.closest?.("details.menu[open]");
    if (menu) { // it closes, and its button keeps the focus for afterwards
        menu.open = false;
        find("summary", menu).focus();
    }
    dialog.showModal();
};

export const beside = {
    past_lists: () => {
        open(pastDialog);
        words.focus();
        words.select();
        if (!found.firstElementChild) {
            search();
        }
    },
    calendar: () => find("[data-key=calendar]")?.click(),
    compare: async () => {
        const place = find("#compared");
        place.textContent = "Loading…";
        open(find("#desk-compared")); // at once: later it would take keys that were meant for something else
        place.focus();
        const html = await fetchPart("compared");
        if (html === null) {
            place.textContent = "Couldn’t load the days before. Try again in a moment.";
        } else {
            place.innerHTML = html;
        }
        say(html === null ? place.textContent : "Compared with the days before");
    },
};
