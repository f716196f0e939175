/* What a note may start from: the abstract's lead sentence, and the editors' templates. What is inserted is ordinary typed text. */

import {all, complain, find, root, rowOf, say} from "./page.js";
import {fetchPart} from "./requests.js";

const dialog = find("#desk-templates");
let field = null;

/** Offer them for the note of a listed paper. */
export const templates = async (row) => {
    const note = row?.matches(".entry") && find("[data-text=note]", row);
    if (!note || note.readOnly) {
        return;
    }
    const at = document.activeElement.id;
    const html = await fetchPart(`templates/${row.dataset.paper}`);
    if (document.activeElement.id !== at) {
        return; // the editor went on meanwhile
    }
    if (html === null) {
        complain("Couldn’t load the templates. Try again in a moment.");
        return;
    }
    field = note.id;
    find("details[data-part=note]", rowOf(row.dataset.paper, "list")).open = true;
    document.getElementById(field).focus();
    find("#templates").innerHTML = html;
    dialog.showModal();
    find("#templates button")?.focus();
};

/* As if it were typed: the browser's own undo takes it back. */
const insert = (text) => {
    const note = document.getElementById(field);
    dialog.close();
    note.focus();
    const before = note.value.slice(0, note.selectionStart);
    const wanted = before && !/\s$/.test(before) ? ` ${text}` : text;
    if (!document.execCommand("insertText", false, wanted)) {
        note.setRangeText(wanted, note.selectionStart, note.selectionEnd, "end");
        note.dispatchEvent(new Event("input", {bubbles: true}));
    }
    say("Inserted");
};

dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (button) {
        insert(button.dataset.insert);
    }
});

dialog.addEventListener("keydown", (event) => {
    const by = {ArrowDown: 1, ArrowUp: -1, j: 1, k: -1}[event.key];
    if (by) {
        event.preventDefault();
        const buttons = all("#templates button");
        buttons[Math.max(0, Math.min(buttons.length - 1, buttons.indexOf(document.activeElement) + by))]?.focus();
    }
});

root.addEventListener("keydown", (event) => {
    if (event.altKey && event.key === "ArrowDown" && event.target.matches("[data-text=note]")) {
        event.preventDefault();
        templates(event.target.closest(".row.entry"));
    }
});
