/* The posts under a listed paper: fetched when its part is opened, and again when the paper's row changed. Keys that are pressed
   before they are here wait for them. */

import {all, complain, find, rowOf} from "./page.js";
import {changes, put} from "./queue.js";
import {fetchPart} from "./requests.js";

const chosen = new Map(); // by paper, the posts that the server shows, where this page chose them
const coming = new Map(); // by row, what waits for its posts

const place = (row) => find("[data-slot=posts]", row);
const partOf = (row) => find("details[data-part=tweets]", row);
const isOpen = (row) => partOf(row)?.open;

/** Whether posts are on their way, for which keys have to wait; called with what to do then. */
export const whenHere = (work) => {
    const last = [...coming.values()].at(-1);
    last?.then(work);
    return Boolean(last);
};

/** A choice is on its way: its answer brings the posts again. */
const isChoosing = (row) => changes().some(({action, body}) => action === "show_tweets" && body.paper === row.dataset.paper);

const load = async (row) => {
    const of = row.dataset.v;
    const html = await fetchPart(`posts/${row.dataset.paper}`);
    if (row.isConnected && row.dataset.v !== of) { // it changed meanwhile
        await load(row);
    } else if (html === null) {
        complain("Couldn’t load the posts. Try again in a moment.");
    } else if (row.isConnected && !isChoosing(row)) {
        const focused = document.activeElement?.closest?.("li[data-tweet]")?.id;
        const hadFocus = place(row).contains(document.activeElement);
        place(row).innerHTML = html;
        place(row).dataset.of = of;
        chosen.delete(row.dataset.paper);
        if (hadFocus) {
            (document.getElementById(focused) ?? row).focus();
        }
    }
};

/** Open the part, and show its posts. */
export const openPosts = (row) => {
    partOf(row).open = true;
    if (!place(row).firstElementChild && !coming.has(row)) {
        coming.set(row, load(row).finally(() => coming.delete(row)));
    }
    return coming.get(row) ?? Promise.resolve();
};

/** Those that are open are fetched again where their row changed. */
export const refreshPosts = () => {
    for (const row of all("#entries > .entry:has(details[data-part=tweets][open])")) {
        if (isOpen(row) && place(row).dataset.of !== row.dataset.v) {
            load(row);
        }
    }
};

const shownPosts = (row) =>
    all("li[data-tweet]", row).filter((post) => find("input", post).checked).map((post) => post.dataset.tweet);

/** What the server took is what the next choice begins from. */
export const keepChosen = (paper, posts) => {
    if (rowOf(paper, "list")) {
        chosen.set(paper, posts);
    }
};

export const savePosts = (row) => {
    const base = all("li[data-tweet]", row)
        .filter((post) => find("input", post).defaultChecked)
        .sort((one, other) => one.dataset.position - other.dataset.position)
        .map((post) => post.dataset.tweet);
    put("show_tweets", {paper: row.dataset.paper, tweets: shownPosts(row), base: chosen.get(row.dataset.paper) ?? base});
};

document.addEventListener("toggle", (event) => {
    const row = event.target.closest?.(".row.entry");
    if (row && event.target.matches("details[data-part=tweets]") && event.target.open) {
        openPosts(row);
    }
}, true);
