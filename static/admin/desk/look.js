/* Quick look: all of one paper beside its list. The focus stays on the row that is read, and walking shows the next one. */

import {all, complain, find, say} from "./page.js";
import {fetchPart} from "./requests.js";
import {columnOf} from "./selection.js";

const columns = find(".desk-columns");
const column = find("#look-column");
const place = find("#desk-look");
let shown = null; // the row
let asked = null; // what stops the last request
let arriving = Promise.resolve();

export const isLooking = () => !column.hidden;
/** The row that quick look shows. */
export const lookedAt = () => (isLooking() && shown?.isConnected ? shown : null);

const WORDS = {add: ["Add to the list", "a"], dismiss: ["Not today", "x"], remove: ["Remove", "x"], note: ["Note", "n"]};

const showActs = () => {
    const acts = find("#look-acts");
    acts.replaceChildren(...all(":scope > .acts button", shown).filter((button) => button.dataset.do !== "grab").map((button) => {
        const copy = button.cloneNode(true);
        copy.tabIndex = 0;
        if (WORDS[copy.dataset.do]) {
            const [words, key] = WORDS[copy.dataset.do];
            const hint = document.createElement("kbd");
            hint.textContent = key;
            copy.replaceChildren(`${words} `, hint);
            copy.classList.remove("icon", "later");
        }
        return copy;
    }));
    const rows = all(`[data-rows=${columnOf(shown)}] > .row:not(.leaving, .waiting, .gone)`);
    find("#look-place").textContent = `${rows.indexOf(shown) + 1} of ${rows.length}${columnOf(shown) === "list" ? " listed" : ""}`;
};

const load = async (row) => {
    asked?.abort();
    asked = new AbortController();
    const {signal} = asked;
    const html = await fetchPart(`look/${row.dataset.paper}`, {signal});
    if (signal.aborted) {
        return;
    }
    if (html === null) {
        complain("Couldn’t load this paper. Try again in a moment.");
    }
    place.ariaBusy = null;
    place.innerHTML = html ?? ""; // never one paper under the buttons of another
    place.scrollTop = 0;
};

/** Show the row's paper. */
export const look = (row) => {
    if (row !== shown) {
        place.ariaBusy = "true"; // what stands there is of another paper
    }
    shown = row;
    column.hidden = false;
    find("#publish-column").hidden = true;
    columns.dataset.open = columnOf(row) === "list" ? "look-list" : "look";
    all("[data-rows] > .row.looked").forEach((one) => one.classList.remove("looked"));
    row.classList.add("looked");
    showActs();
    arriving = load(row);
    if (row.offsetParent) {
        row.scrollIntoView({block: "nearest"});
    } else if (!column.contains(document.activeElement)) { // its column gave way
        place.focus({preventScroll: true});
    }
    return arriving;
};

export const closeLook = () => {
    column.hidden = true;
    columns.dataset.open = "";
    place.replaceChildren();
    all(".row.looked").forEach((one) => one.classList.remove("looked"));
};

/** The row of quick look may have changed, or be gone. */
export const refreshLook = () => {
    if (isLooking() && shown?.isConnected) {
        showActs();
    } else if (isLooking() && !shown?.isConnected) {
        closeLook();
    }
};

/** Why it has its score: in quick look, in sight. */
export const why = async (row) => {
    if (lookedAt() !== row) {
        look(row);
    }
    await arriving;
    if (lookedAt() !== row) {
        return; // the editor went on meanwhile
    }
    const ledger = find("#look-why");
    const button = find("#look-column [data-do=why]");
    if (!ledger) {
        return;
    }
    ledger.hidden = !ledger.hidden;
    button.setAttribute("aria-expanded", String(!ledger.hidden));
    if (!ledger.hidden && !ledger.firstElementChild) {
        const html = await fetchPart(`why/${row.dataset.paper}`);
        if (html === null) {
            complain("Couldn’t load this. Try again in a moment.");
            return;
        }
        if (!ledger.isConnected) {
            return;
        }
        ledger.innerHTML = html;
        say(ledger.textContent.replace(/\s+/g, " ").trim().slice(0, 400));
    }
    if (!ledger.hidden) {
        ledger.scrollIntoView({block: "start"});
    }
};

/** The row got the focus: if quick look is open beside it, it follows. */
export const follow = (row) => {
    if (isLooking() && row !== shown && columnOf(row) === columnOf(shown ?? row)) {
        look(row);
    }
};
