/* What is typed before its field is here is neither lost nor taken for keys: it stands in the field when that comes. */

import {isText} from "./page.js";

let keys = null; // what was pressed while a field is awaited

/** When `arrival` is over, `field` focuses what is to be typed in and returns it; not if the editor went on meanwhile. */
export const awaitField = async (arrival, field) => {
    const mine = keys = [];
    await arrival;
    if (keys !== mine) {
        return;
    }
    keys = null;
    const place = field();
    for (const key of isText(place) ? mine : []) {
        if (key === "Backspace") {
            document.execCommand("delete");
        } else {
            document.execCommand("insertText", false, key === "Enter" ? "\n" : key);
        }
    }
};

const goOn = () => { keys = null; };
addEventListener("pointerdown", goOn, true);
addEventListener("keydown", (event) => {
    if (!keys || event.ctrlKey || event.metaKey || event.altKey) {
        return;
    }
    if (isText(document.activeElement) || event.key === "Escape" || event.key === "Tab") {
        goOn();
    } else if (event.key.length === 1 || ["Enter", "Backspace"].includes(event.key)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        keys.push(event.key);
    }
}, true);
