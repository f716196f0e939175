/* Where the others are and what they write, and where this editor is. */

import {afterMerging} from "./fragments.js";
import {all, find, nameOfText, root, rowOf, say} from "./page.js";
import {tab} from "./queue.js";
import {currentRow} from "./walking.js";

const TYPES_FOR = 15000; // milliseconds after the last key
const LEFT = 400; // milliseconds after which a field that was typed in counts as left

let known = root.dataset.here;
let typedIn = null;
let typedAt = 0;
let told = ""; // of the others in the field with the focus

/** Of the others and their places, as last told. */
export const here = () => known;

const isTyping = (field) => field === typedIn && performance.now() - typedAt < TYPES_FOR;

const placeOf = (field) => {
    const paper = field.closest("[data-paper]")?.dataset.paper;
    return paper ? `${field.dataset.text}:${paper}` : field.dataset.text;
};

/** The parameters of a poll that tell the others. A window that the editor turned away from is at no place. */
export const whereIAm = () => {
    const field = document.activeElement;
    if (!document.hasFocus() && !isTyping(field)) {
        return {window: tab, at: ""};
    }
    if (field?.dataset?.text) {
        return {window: tab, at: placeOf(field), typing: isTyping(field) ? 1 : 0};
    }
    const paper = currentRow()?.dataset.paper;
    return {window: tab, at: paper ? `row:${paper}` : ""};
};

const mark = (text) => Object.assign(document.createElement("span"), {className: "mark presence", textContent: text});

const fieldAt = (at) => {
    const [part, paper] = at.split(":");
    return document.getElementById(paper ? `text-${part}-${paper}` : `text-${part}`);
};

/** Who writes what, in words: “Bob is writing the note on “…””. */
const inWords = ({name, at}) => {
    return `${name} is writing the ${nameOfText(...at.split(":"))}`;
};

const others = () =>
    all("#desk-editors .editor").map((one) => ({name: one.textContent, at: one.dataset.at, writes: one.matches(".writes")}));

/** Names beside their rows and fields; where a row is not shown, the bar below still says it. */
const showPlaces = () => {
    all(".presence", root).forEach((one) => one.remove());
    all(".others-here, .others-write").forEach((one) => one.classList.remove("others-here", "others-write"));
    const writers = [];
    for (const other of others().filter(({at}) => at)) {
        const [part, paper] = other.at.split(":");
        const rows = paper ? [rowOf(paper, "list"), rowOf(paper, "candidates")].filter(Boolean) : [];
        if (other.writes) {
            writers.push(other);
            fieldAt(other.at)?.classList.add("others-write");
        }
        for (const row of rows) {
            row.classList.add("others-here");
            const words = other.writes ? ` is writing the ${part}` : " is here";
            find(".facts", row)?.insertBefore(mark(`${other.name}${words}`), find(".authors", row));
        }
        if (part === "intro" && other.writes) {
            find("label[for=text-intro]")?.append(mark(` ${other.name} is writing here`));
        }
    }
    for (const one of all("#desk-editors .editor")) {
        const writer = writers.find(({at, name}) => at === one.dataset.at && name === one.textContent);
        one.title = writer ? inWords(writer) : "";
    }
    const slot = find("[data-slot=writers]");
    if (slot) {
        slot.textContent = writers.map((one) => `${inWords(one)}.`).join(" ");
        slot.hidden = !writers.length;
    }
    const field = document.activeElement;
    const mine = field?.dataset?.text && placeOf(field);
    const inMine = mine ? writers.filter(({at}) => at === mine).map(({name}) => name).join(" and ") : "";
    if (inMine && inMine !== told) {
        say(`${inMine} is writing in this field, too.`);
    }
    told = inMine;
};

const unread = () => Number(find("#desk-notices [data-unread]").dataset.unread);

export const showOthers = (version, html) => {
    const before = unread();
    known = version;
    find("#desk-editors").innerHTML = html.editors;
    find("#desk-notices").innerHTML = html.notices;
    const more = unread() - before;
    if (more > 0) {
        say(`${more} new notice${more === 1 ? "" : "s"}`);
    }
    showPlaces();
};

const tell = () => root.dispatchEvent(new Event("place"));

root.addEventListener("input", ({target}) => {
    if (target.dataset.text) {
        const isNews = !isTyping(target);
        typedIn = target;
        typedAt = performance.now();
        if (isNews) {
            tell();
        }
    }
});
root.addEventListener("focusout", ({target}) => {
    if (target === typedIn) {
        setTimeout(() => {
            if (document.activeElement !== target && typedIn === target) {
                typedIn = null;
                tell();
            }
        }, LEFT);
    }
});
afterMerging(showPlaces);
showPlaces();
