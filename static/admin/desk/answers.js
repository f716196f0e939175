/* What the answer to a change brings. */

import {decideNext} from "./conflicts.js";
import {acknowledge} from "./fields.js";
import {all, complain, rowOf} from "./page.js";
import {reload} from "./polling.js";
import {check, isPanelOpen} from "./publish.js";
import {changes, isText, onQueue, rebase} from "./queue.js";
import {apply} from "./revision.js";
import {showSaving, showUndecided} from "./saving.js";

/** How often the server says that the paper was moved holds for the next move, too, also while a row is held. */
const noteMoves = (paper, list) => {
    const theirs = new DOMParser().parseFromString(list, "text/html").getElementById(`in-${paper}`);
    const row = rowOf(paper, "list");
    if (theirs && row) {
        row.dataset.moves = theirs.dataset.moves;
        rebase((record) => {
            if (record.action === "move" && record.body.paper === paper && !record.sent) {
                record.body.moves = Number(theirs.dataset.moves);
            }
        });
    }
};

onQueue({
    state: showSaving,
    done: ({action, body}, answer) => {
        const isMerged = apply(answer);
        if (isText(action)) {
            acknowledge(action, body.paper, body.text, isMerged && "list" in answer.html);
        }
        if (action === "move") {
            noteMoves(body.paper, answer.html.list ?? "");
        }
        if (isPanelOpen() && !changes().length) {
            check();
        }
    },
    conflict: (record, answer) => {
        apply(answer, {isOwn: false});
        showUndecided();
        decideNext();
    },
    refused: (record, answer) => {
        complain(answer.error);
        apply({html: answer.html});
        const field = record.from && document.getElementById(record.from.field);
        if (field && !field.value) {
            field.value = record.from.text;
            field.dataset.refused = record.id;
        }
        all(".waiting, .leaving").forEach((row) => row.classList.remove("waiting", "leaving"));
        showUndecided();
        reload();
    },
});
