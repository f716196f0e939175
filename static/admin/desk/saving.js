/* The status bar: what is saved, what waits, what is to be decided. */

import {onSilence} from "./alive.js";
import {decideNext} from "./conflicts.js";
import {giveUp} from "./fields.js";
import {find, nameOfText, root, say} from "./page.js";
import {flushNow, isStored, isText, put, undecided} from "./queue.js";
import {onSlow} from "./requests.js";

const WHY = {
    offline: "no connection",
    server: "the server isn’t responding",
    login: "you’re signed out",
};

const IN_CHECK = {
    offline: "You’re offline: nothing can be published until you’re back. ",
    server: "The server isn’t responding, so this check may be out of date. ",
    login: "You’re signed out, so this check may be out of date. ",
};
const LONGEST_QUOTE = 60; // characters
const ON_ITS_WAY = "No answer yet: what you asked for may or may not have been done. It is shown here as soon as an answer comes. ";

let queue = {waiting: 0, trouble: ""};
let silence = ""; // of a server that is asked whether it is there
let isSlow = false;
let told = "";

/** The same beside what the check offers. */
const showInCheck = (why, text) => {
    const place = find("#check-trouble");
    place.hidden = !why;
    place.textContent = why && `${root.dataset.doing ? ON_ITS_WAY : IN_CHECK[why]}${text}`;
};

const linkToLogin = () =>
    Object.assign(document.createElement("a"), {href: root.dataset.login, target: "_blank", textContent: "Sign in again in another tab"});

const show = () => {
    const {waiting, trouble} = queue;
    const why = trouble || silence || (isSlow ? "server" : "");
    const saved = find("#desk-saved");
    saved.className = why || !isStored() ? "trouble" : "";
    const kept = waiting ? `${waiting} change${waiting === 1 ? "" : "s"} kept` : "your changes are kept";
    if (why) {
        const where = isStored() ? "in this browser" : "in this page only (keep it open)";
        const text = `${WHY[why]}: ${kept} ${where}${trouble ? " and will be sent later" : ". Still trying"}. `;
        if (told !== why) {
            say(text);
        }
        saved.textContent = text;
        if (why === "login") {
            saved.append(linkToLogin());
        }
    } else if (!isStored()) {
        saved.textContent = `the browser’s storage is full: ${kept} in this page only until sent; keep it open`;
    } else if (waiting) {
        saved.textContent = "saving…";
    } else {
        saved.textContent = saved.dataset.at ? `saved ${saved.dataset.at}` : "";
    }
    showInCheck(why, `${kept[0].toUpperCase()}${kept.slice(1)}.`);
    told = why;
    saved.dataset.told = trouble;
};

/** What is saved, and what is kept in the browser, and why. */
export const showSaving = (state) => {
    queue = state;
    show();
};

onSlow((slow) => {
    isSlow = slow;
    show();
});
onSilence((why) => {
    silence = why;
    if (!why) {
        flushNow();
    }
    show();
});

const beginning = (text) => (text.length > LONGEST_QUOTE ? `${[...text].slice(0, LONGEST_QUOTE).join("")}…` : text);

/** Conflicts to decide, and what was typed and refused. */
export const showUndecided = () => {
    const place = find("#desk-problems");
    const records = undecided.read();
    place.replaceChildren(...records.map((record) => {
        const line = document.createElement("span");
        line.className = "problem";
        const words = document.createElement("span");
        const button = (label, work) => {
            const one = document.createElement("button");
            one.type = "button";
            one.textContent = label;
            one.addEventListener("click", work);
            return one;
        };
        if (record.kind === "conflict") {
            words.textContent = `Edit conflict: ${record.conflict.what}`;
            line.append(words, button("Decide", decideNext));
        } else {
            const {action, body, from} = record;
            words.textContent = `Not saved: ${from ? `“${beginning(from.text)}”` : nameOfText(action, body.paper)}. ${record.error}`;
            const settle = (again) => () => {
                undecided.remove(record.id);
                const field = from && document.getElementById(from.field);
                if (field && field.value === from.text) {
                    field.value = "";
                }
                if (again) {
                    put(action, body, {from});
                } else if (isText(action)) {
                    giveUp(action, body.paper);
                }
                showUndecided();
            };
            line.append(words, button("Try again", settle(true)), button("Discard", settle(false)));
        }
        return line;
    }));
};
root.addEventListener("undecided", showUndecided);
