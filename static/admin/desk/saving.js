/* The status bar: what is saved, what waits, what is to be decided. */

import {decideNext} from "./conflicts.js";
import {giveUp} from "./fields.js";
import {find, root, say} from "./page.js";
import {changes, isStored, isText, put, undecided} from "./queue.js";
import {onSlow} from "./requests.js";

const WHY = {
    offline: "no connection",
    server: "the server isn’t responding",
    login: "you’re signed out",
};

/** What is saved, and what is kept in the browser, and why. */
export const showSaving = ({waiting, trouble}) => {
    const saved = find("#desk-saved");
    saved.className = trouble || !isStored() ? "trouble" : "";
    const kept = waiting ? `${waiting} change${waiting === 1 ? "" : "s"} kept` : "your changes are kept";
    if (trouble) {
        const where = isStored() ? "in this browser" : "in this page only (keep it open)";
        const text = `${WHY[trouble]}: ${kept} ${where} and will be sent later. `;
        if (saved.dataset.told !== trouble) {
            say(text);
        }
        saved.textContent = text;
        if (trouble === "login") {
            const link = document.createElement("a");
            link.href = root.dataset.login;
            link.target = "_blank";
            link.textContent = "Sign in again in another tab";
            saved.append(link);
        }
    } else if (!isStored()) {
        saved.textContent = `the browser’s storage is full: ${kept} in this page only until sent; keep it open`;
    } else if (waiting) {
        saved.textContent = "saving…";
    } else {
        saved.textContent = saved.dataset.at ? `saved ${saved.dataset.at}` : "";
    }
    saved.dataset.told = trouble;
};

/** No answer comes: what is safe is told while we go on waiting. */
let isSlow = false;
onSlow((slow) => {
    const saved = find("#desk-saved");
    if (slow && !isSlow) {
        const waiting = changes().length;
        const kept = waiting ? `${waiting} change${waiting === 1 ? "" : "s"} kept` : "your changes are kept";
        const text = `${WHY.server}: ${kept} ${isStored() ? "in this browser" : "in this page only (keep it open)"}. Still trying. `;
        saved.className = "trouble";
        saved.textContent = text;
        say(text);
    } else if (!slow && isSlow && !saved.dataset.told) {
        showSaving({waiting: changes().length, trouble: ""});
    }
    isSlow = slow;
});

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
            words.textContent = `Not saved: ${from ? `“${from.text}”. ` : ""}${record.error}`;
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
