/* What the answer to a change brings. */

import {decideNext} from "./conflicts.js";
import {acknowledge} from "./fields.js";
import {all, complain, hush, rowOf} from "./page.js";
import {reload} from "./polling.js";
import {keepChosen} from "./posts.js";
import {checkAgain, isPanelOpen, UNSAVED} from "./publish.js";
import {changes, isText, onQueue, rebase} from "./queue.js";
import {apply} from "./revision.js";
import {showSaving, showUndecided} from "./saving.js";

/** How often the server says that the paper was moved holds for the next move, too, also while a row is held. */
const noteMoves = (answer) => {
    const fresh = answer.rows?.list?.rows ?? {};
    rebase((record) => {
        const {paper} = record.body;
        if (record.action === "move" && !record.sent && fresh[paper]) {
            record.body.moves = Number(fresh[paper].match(/data-moves="(\d+)"/)[1]);
            const row = rowOf(paper, "list");
            if (row) {
                row.dataset.moves = record.body.moves;
            }
        }
    });
};

const showAgain = ({body}) => {
    for (const paper of body.papers ?? [body.paper]) {
        for (const row of all(`.row[data-paper="${CSS.escape(paper)}"]`)) {
            row.classList.remove("waiting", "leaving");
            row.inert = false;
        }
    }
};

onQueue({
    state: (state) => {
        showSaving(state);
        if (changes().every(({held}) => held)) {
            hush(UNSAVED);
        }
    },
    arrived: async (answer) => {
        noteMoves(answer);
        return answer.rows ? apply(answer) : false;
    },
    done: ({action, body}, answer, isMerged) => {
        if (isText(action)) {
            acknowledge(action, body.paper, body.text, isMerged);
        }
        if (action === "show_tweets") {
            keepChosen(body.paper, body.tweets);
        }
        if (isPanelOpen() && !changes().length) {
            checkAgain();
        }
    },
    conflict: (record) => {
        showAgain(record);
        showUndecided();
        decideNext();
    },
    refused: (record, answer) => {
        complain(answer.error);
        const field = record.from && document.getElementById(record.from.field);
        if (field && !field.value) {
            field.value = record.from.text;
            field.dataset.refused = record.id;
        }
        showAgain(record);
        showUndecided();
        reload();
    },
});
