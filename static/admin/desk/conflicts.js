/* Two changed the same: base, theirs and mine side by side, and a choice. What is not decided stays in the browser's storage.
   Nobody who types is interrupted: the dialog opens when the field is left. */

import {decide, fieldOf} from "./fields.js";
import {find, isText as isTextField, root, say} from "./page.js";
import {isText, put, undecided} from "./queue.js";

const dialog = find("#desk-conflict");
const slot = (name) => find(`[data-slot=${name}]`, dialog);
let shown = null;
let isPutOff = false; // a conflict came while somebody typed
let direct = null; // what to do with the retry of a request that never was in the queue

const words = (value) => {
    if (Array.isArray(value)) {
        return value.map(words).join("\n");
    }
    if (value !== null && typeof value === "object") {
        return Object.values(value).map(words).join(" · ");
    }
    return value === null || value === undefined || value === "" ? "(empty)" : String(value);
};

const show = (record) => {
    const {conflict} = record;
    const isEditable = isText(record.action);
    shown = record;
    slot("what").textContent = conflict.what;
    const at = conflict.at ? `, ${new Date(conflict.at).toLocaleTimeString("en-GB")}` : "";
    slot("who").textContent = `${conflict.by || "Somebody"} saved first${at}. Your version is kept: choose which one to use.`;
    slot("base").textContent = words(conflict.base);
    slot("theirs").textContent = words(conflict.theirs);
    slot("mine").textContent = words(conflict.mine);
    slot("mine").hidden = isEditable;
    slot("edit").hidden = !isEditable;
    slot("edit").value = fieldOf(record.action, record.body.paper)?.value ?? record.text ?? "";
    slot("overrule").hidden = !conflict.retry;
    slot("overrule").textContent = isEditable ? "Save yours" : "Apply anyway";
    dialog.showModal();
};

/** The next conflict that waits for a decision, if any. */
export const decideNext = () => {
    const next = undecided.read().find((record) => record.kind === "conflict");
    isPutOff = Boolean(next) && isTextField(document.activeElement);
    if (next && !isPutOff && !dialog.open) {
        show(next);
    }
};

root.addEventListener("focusout", () => {
    setTimeout(() => {
        if (isPutOff) {
            decideNext();
        }
    });
});

/** A conflict of a request that is made at once or not at all; `again` makes it with another body. */
export const ask = (action, conflict, again) => {
    direct = again;
    show({action, conflict, body: {}});
};

dialog.addEventListener("close", () => {
    const record = shown;
    const again = direct;
    const choice = dialog.returnValue;
    shown = direct = null;
    dialog.returnValue = "";
    if (!["mine", "theirs"].includes(choice)) {
        // Kept as it is typed in the dialog, too.
        if (record.id && isText(record.action)) {
            const text = slot("edit").value;
            const field = fieldOf(record.action, record.body.paper);
            if (field) {
                field.value = text;
            }
            undecided.write(undecided.read().map((one) => (one.id === record.id ? {...one, text} : one)));
        }
        root.dispatchEvent(new Event("undecided"));
        return;
    }
    if (record.id) {
        undecided.remove(record.id);
    }
    const {retry, theirs} = record.conflict;
    if (again) {
        if (choice === "mine") {
            again(retry);
        }
    } else if (isText(record.action)) {
        decide(record.action, record.body.paper, theirs ?? "");
        if (choice === "mine") {
            const text = slot("edit").value;
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
    root.dispatchEvent(new Event("undecided"));
    decideNext();
});
