/* After "Publish": some seconds in which nobody sees the day yet, and it can be taken back. */

import {afterMerging} from "./fragments.js";
import {find, isText, say} from "./page.js";
import {act} from "./publish.js";

const bar = find("#desk-grace");
let timer = 0;
let ends = 0;
let whole = 0;

const hide = () => {
    clearInterval(timer);
    timer = 0;
    const hadFocus = bar.contains(document.activeElement);
    bar.hidden = true;
    bar.replaceChildren();
    if (hadFocus) {
        (find("#desk-tools .primary") ?? find("[data-do=panel]"))?.focus();
    }
};

const tick = () => {
    const left = Math.max(0, ends - performance.now());
    find("progress", bar).value = left / whole;
    find("[data-slot=left]", bar).textContent = Math.ceil(left / 1000);
    if (!left) {
        clearInterval(timer);
        timer = 0; // if it is not time yet, the answer shows this again
        act("release");
    }
};

const show = ({what, can, left}) => {
    whole = Number(left) * 1000;
    ends = performance.now() + whole;
    const words = document.createElement("span");
    const seconds = document.createElement("span");
    seconds.dataset.slot = "left";
    const strong = document.createElement("b");
    strong.textContent = `Publishing ${what}.`;
    words.append(strong, ` Readers see ${what === "the correction" ? "it" : "them"} in `, seconds, " s.");
    const progress = document.createElement("progress");
    progress.setAttribute("aria-label", "Time left to undo");
    bar.replaceChildren(words, progress);
    if (can === "yes") {
        const button = document.createElement("button");
        button.type = "button";
        button.dataset.do = "undo_publish";
        button.append("Undo ", Object.assign(document.createElement("kbd"), {textContent: "u"}));
        bar.append(button);
    }
    bar.hidden = false;
    if (!isText(document.activeElement)) { // what the editor types on is no answer to this
        find("button", bar)?.focus();
    }
    const number = Math.ceil(whole / 1000);
    say(`Publishing ${what} in ${number} second${number === 1 ? "" : "s"}. Press u to undo.`);
    timer = setInterval(tick, 200);
    tick();
};

/** Shown as long as the server says that the day is about to go out. */
export const showGrace = () => {
    const mark = find("#grace");
    if (mark && !timer) {
        show(mark.dataset);
    } else if (!mark && !bar.hidden) {
        hide();
    }
};
afterMerging(showGrace);
