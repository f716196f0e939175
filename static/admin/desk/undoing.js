/* Undo takes back what was done last: a decision on a candidate, a publication in its last seconds, a change of the list. What is
   done after it waits for it. */

import {takeLastChange} from "./done.js";
import {saveAll} from "./fields.js";
import {commitAll} from "./order.js";
import {find, mayEdit, rowOf, say} from "./page.js";
import {act, underWay} from "./publish.js";
import {isSaved, letWait, put} from "./queue.js";
import {revision} from "./revision.js";

const ofList = async () => {
    if (!find("[data-do=undo]") || revision() === 0) {
        await isSaved(); // the first change may be on its way
    }
    if (!find("[data-do=undo]")) {
        mayEdit();
    } else if (revision() === 0) {
        say("Nothing to undo");
    } else {
        await act("undo");
    }
};

/** Decisions on candidates: they are no changes of the list, and each has its opposite. */
const OPPOSITE = {
    dismiss: "undismiss",
    undismiss: "dismiss",
    ignore: "undismiss", // of a candidate
    dismiss_several: "undismiss_several",
    undismiss_several: "dismiss_several",
    ignore_covered: "recall_covered",
    recall_covered: "ignore_covered",
};

const takeBack = async () => {
    const {action, body} = takeLastChange();
    let {action: asked, over} = underWay();
    await over;
    if (underWay().action) { // it had waited for the check, and is done only now
        ({action: asked, over} = underWay());
        await over;
    }
    if (OPPOSITE[action] && !(action === "ignore" && rowOf(body.paper, "list"))) {
        put(OPPOSITE[action], body, {isUndo: true});
    } else if (find("[data-do=undo_publish]")) {
        find("[data-do=undo_publish]").click();
    } else if (asked.startsWith("publish")) {
        say("Nothing was published"); // else it would be on the bar that says so
    } else {
        await ofList();
    }
};

export const undo = async () => {
    commitAll();
    saveAll();
    const goOn = letWait();
    try {
        await takeBack();
    } finally {
        goOn();
    }
};
