/* Which keys work where the focus is, in the bar at the bottom. */

import {isLooking} from "./look.js";
import {find, root} from "./page.js";

const WHERE = {
    candidate: [["j k", "walk"], ["Space", "quick look"], ["a", "add"], ["x", "not today"], ["w", "why this score"], ["?", "all keys"]],
    entry: [["j k", "walk"], ["Space", "quick look"], ["x", "remove"], ["Alt ↑ ↓", "move"], ["n", "note"], ["s", "posts"], ["?", "all keys"]],
    look: [["j k", "walk"], ["a", "add"], ["x", "not today"], ["w", "why"], ["o", "arXiv"], ["Esc", "close"]],
    check: [["j k", "walk"], ["f", "fix"], ["d", "ignore"], ["Shift+S", "schedule"], ["Shift+P", "publish"], ["Esc", "back"]],
};

const placeOf = (element) => {
    if (element.closest("#desk-publish")) {
        return "check";
    }
    const row = element.closest(".row[data-paper]");
    if (isLooking() && row?.matches(".candidate")) {
        return "look";
    }
    return row ? (row.matches(".entry") ? "entry" : "candidate") : null;
};

root.addEventListener("focusin", (event) => {
    const hints = find("#desk-hints");
    const place = placeOf(event.target);
    if (!place || hints.dataset.of === place) {
        return;
    }
    hints.dataset.of = place;
    hints.replaceChildren(...WHERE[place].map(([keys, does]) => {
        const hint = document.createElement("span");
        for (const key of keys.split(" ")) {
            const one = document.createElement("kbd");
            one.textContent = key;
            hint.append(one, " ");
        }
        hint.append(does);
        return hint;
    }));
});
