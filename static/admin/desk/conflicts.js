/* Two changed the same: what it was, theirs and mine in words, and a choice. What is not decided stays in the browser's storage.
   Nobody who types is interrupted: the dialog opens when the field is left. It never opens over something settled. */

import {decide, fieldOf} from "./fields.js";
import {afterTyping, complain, find, isSet, isText as isTextField, isTypingSince, root, rowOf, say} from "./page.js";
import {isText, onUndecided, put, undecided} from "./queue.js";
import {compared} from "./words.js";

const dialog = find("#desk-conflict");
const slot = (name) => find(`[data-slot=${name}]`, dialog);
let shown = null; // what the dialog asks, until its answer is taken in: that is a moment after it closed
let isPutOff = false; // a conflict came while somebody typed
let direct = null; // what to do with the retry of a request that never was in the queue
let before = null; // what had the focus

const words = (value) => {
    if (Array.isArray(value)) {
        return value.map(words).join("\n");
    }
    if (value !== null && typeof value === "object") {
        return Object.values(value).map(words).join(" · ");
    }
    return value === null || value === undefined || value === "" ? "(empty)" : String(value);
};

const DID = {
    move: (body) => `move it to place ${body.position}`,
    remove: () => "remove it",
    pin: (body) => (body.pinned ? "pin it" : "unpin it"),
    undo: () => "undo the last change",
};

const mineInWords = ({action, body, conflict}) => (conflict.theirs === null && DID[action]?.(body)) || words(conflict.mine);

const removedWords = (conflict) => `${conflict.by || "Somebody"} removed it from the list`;

const show = (record) => {
    const {conflict} = record;
    const isEditable = isText(record.action);
    const isRemoval = conflict.theirs === null && !isEditable;
    shown = record;
    slot("what").textContent = conflict.what;
    const at = conflict.at ? `, ${new Date(conflict.at).toLocaleTimeString("en-GB")}` : "";
    slot("who").textContent = `${conflict.by || "Somebody"} saved first${at}. Your version is kept: choose which one to use.`;
    slot("base").closest("section").hidden = !isEditable && conflict.base === null;
    slot("base").textContent = words(conflict.base);
    const theirs = conflict.theirs === null ? removedWords(conflict) : words(conflict.theirs);
    slot("theirs").replaceChildren(...(isEditable && conflict.theirs ? compared(conflict.base ?? "", conflict.theirs) : [theirs]));
    slot("mine").textContent = mineInWords(record);
    slot("mine").hidden = isEditable;
    slot("edit").hidden = !isEditable;
    slot("edit").value = fieldOf(record.action, record.body.paper)?.value ?? record.text ?? "";
    slot("overrule").hidden = !conflict.retry;
    slot("overrule").textContent = isEditable ? "Save yours" : "Apply anyway";
    slot("keep").textContent = isRemoval || conflict.theirs === null ? "Leave it removed" : "Keep theirs";
    before = document.activeElement;
    dialog.showModal();
};

/** Whether the list is now as it was wanted, or what was wanted has no object any more. */
const isSettled = ({action, body, text}) => {
    const row = rowOf(body.paper, "list");
    if (isText(action)) {
        return fieldOf(action, body.paper)?.defaultValue.trim() === (text ?? "").trim();
    }
    if (action === "remove") {
        return !row;
    }
    const mark = row && find(`[data-mark="${action}"]`, row);
    return Boolean(mark) && isSet(mark) === body[mark.dataset.set];
};

/** The next conflict that waits for a decision, if any. */
export const decideNext = () => {
    const open = undecided.read().filter((record) => record.kind === "conflict");
    open.filter(isSettled).forEach(({id}) => undecided.remove(id));
    const next = open.find((record) => !isSettled(record));
    isPutOff = Boolean(next) && isTextField(document.activeElement);
    if (next && !isPutOff && !shown) {
        show(next);
    }
};

/** Another tab decided what the dialog asks. */
onUndecided(() => {
    if (dialog.open && shown?.id && !undecided.read().some(({id}) => id === shown.id)) {
        dialog.close("settled");
    }
    root.dispatchEvent(new Event("undecided"));
});

root.addEventListener("focusout", () => {
    setTimeout(() => {
        if (isPutOff) {
            decideNext();
        }
    });
});

/** A conflict of a request that is made at once or not at all, asked for `from` there; `again` makes it with another body. */
export const ask = async (action, conflict, from, again) => {
    if (isTypingSince(from)) {
        complain(`Edit conflict: ${conflict.what}. Leave the field to decide.`);
        await afterTyping(from);
    }
    while (shown) {
        await new Promise((resolve) => { dialog.addEventListener("close", () => setTimeout(resolve), {once: true}); });
    }
    direct = again;
    show({action, conflict, body: {}});
};

/** Keep what is typed in the dialog, too. */
const putOff = (record) => {
    if (record.id && isText(record.action)) {
        const text = slot("edit").value;
        const field = fieldOf(record.action, record.body.paper);
        if (field) {
            field.value = text;
        }
        undecided.write(undecided.read().map((one) => (one.id === record.id ? {...one, text} : one)));
    }
};

slot("edit").addEventListener("input", () => putOff(shown)); // also if the tab is closed now

const settle = (record, choice, again) => {
    if (record.id) {
        undecided.remove(record.id);
    }
    const {retry, theirs} = record.conflict;
    if (again) {
        if (choice === "mine") {
            again(retry);
        }
    } else if (isText(record.action)) {
        const text = slot("edit").value;
        decide(record.action, record.body.paper, theirs ?? "");
        if (choice === "mine") {
            const field = fieldOf(record.action, record.body.paper);
            if (field) {
                field.value = text;
            }
            put(record.action, {...retry, text});
        }
    } else if (choice === "mine") {
        put(record.action, retry);
    }
    say(choice === "mine" ? "Kept yours" : "Kept theirs");
};

dialog.addEventListener("close", () => {
    const record = shown;
    const again = direct;
    const choice = dialog.returnValue;
    shown = direct = null;
    dialog.returnValue = "";
    if (["mine", "theirs"].includes(choice)) {
        settle(record, choice, again);
    } else if (choice !== "settled") {
        putOff(record);
    }
    root.dispatchEvent(new Event("undecided"));
    if (document.activeElement === document.body) {
        (before?.isConnected && before !== document.body ? before : rowOf(record.body.paper, "list") ?? find("[data-do=panel]"))?.focus();
    }
    if (["mine", "theirs", "settled"].includes(choice)) {
        decideNext();
    }
});
