/* The status bar: what is saved, what waits, what is to be decided. */

import {decideNext} from "./conflicts.js";
import {find, root, say} from "./page.js";
import {put, undecided} from "./queue.js";

const WHY = {
    offline: "no connection",
    server: "the server does not answer",
    login: "you are signed out",
};

/** What is saved, and what is kept in the browser, and why. */
export const showSaving = ({waiting, trouble}) => {
    const saved = find("#desk-saved");
    saved.className = trouble ? "trouble" : "";
    if (trouble) {
        const kept = waiting ? `${waiting} change${waiting === 1 ? "" : "s"} kept` : "what you change is kept";
        const text = `${WHY[trouble]}: ${kept} in this browser, and sent when it is back. `;
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
    } else if (waiting) {
        saved.textContent = "saving…";
    } else {
        saved.textContent = saved.dataset.at ? `saved ${saved.dataset.at}` : "";
    }
    saved.dataset.told = trouble;
};

/** Conflicts to decide, and texts that were refused. */
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
            words.textContent = `Changed by two: ${record.conflict.what}`;
            line.append(words, button("Decide", decideNext));
        } else {
            words.textContent = `Not saved: ${record.error}`;
            const settle = (again) => () => {
                undecided.remove(record.id);
                if (again) {
                    put(record.action, record.body);
                }
                showUndecided();
            };
            line.append(words, button("Try again", settle(true)), button("Give it up", settle(false)));
        }
        return line;
    }));
};
root.addEventListener("undecided", showUndecided);
