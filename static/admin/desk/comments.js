/* What editors say to each other: the thread of a paper, or of the list. What is typed and not sent is kept in the browser. */

import {awaitField} from "./ahead.js";
import {draftOf, keepDraft} from "./drafts.js";
import {afterMerging, merge} from "./fragments.js";
import {all, complain, find, isText, say} from "./page.js";
import {fetchPart, request} from "./requests.js";
import {apply, pulse} from "./revision.js";

const dialog = find("#desk-comments");
const place = find("#desk-thread");
let of = null; // the paper; empty for the list
let loaded = ""; // the pulse of the day when the thread came
let turn = 0; // what was asked for before the last answer is out of date

const LATER = {
    offline: "You’re offline, so this wasn’t done. What you typed is kept in this browser.",
    login: "You’re signed out, so this wasn’t done. Sign in again in another tab, then try again.",
    server: "The server isn’t responding. What you typed is kept in this browser. Try again in a moment.",
};
const ACTIONS = {
    comment: ({text, token}) => ["comment", {text, token, ...(of && {paper: of})}],
    edit_comment: ({comment, text, base}) => ["edit_comment", {comment: Number(comment), text, base}],
    delete_comment: ({comment}) => ["delete_comment", {comment: Number(comment)}],
    resolve: ({comment}) => ["resolve_comment", {comment: Number(comment), resolved: true}],
    reopen: ({comment}) => ["resolve_comment", {comment: Number(comment), resolved: false}],
};

const field = () => find(".write-comment textarea", place);

/** Under what the text of this field is kept: a new comment by its paper, an edited one by its number. */
const draftName = (text) => {
    const edited = text.form.elements.comment?.value;
    return edited ? `edited-comment:${edited}` : `comment:${of}`;
};

/** What was typed before stands in its field again. */
const showDrafts = () => all("textarea[name=text]", place).forEach((text) => {
    const draft = draftOf(draftName(text));
    if (draft && text.value === text.defaultValue && document.activeElement !== text) {
        text.value = draft;
        text.closest("details")?.setAttribute("open", "");
    }
});

const load = async () => {
    loaded = pulse();
    turn += 1;
    const mine = turn;
    const html = await fetchPart("thread", {parameters: {of}});
    if (mine !== turn || !dialog.open) {
        return;
    }
    if (html === null) {
        complain("Couldn’t load the comments. Try again in a moment.");
        return;
    }
    await merge({html: {thread: html}, rows: {}});
    showDrafts();
};

/** Show the thread of the paper of this row, or of the list where there is none. */
export const openComments = async (row) => {
    of = row?.dataset.paper ?? "";
    find("[data-slot=about]", dialog).textContent = row ? `“${row.dataset.title}”` : "the list";
    place.replaceChildren();
    if (!dialog.open) {
        dialog.showModal();
    }
    await awaitField(load(), () => {
        field()?.focus();
        return field();
    });
};

const send = async (form, button) => {
    if (button.dataset.confirm && button.dataset.armed === undefined) {
        button.dataset.armed = "";
        button.textContent = button.dataset.confirm;
        say(`${button.dataset.confirm} Press again to confirm.`);
        return;
    }
    const about = of;
    const draft = form.elements.text && draftName(form.elements.text);
    const [action, body] = ACTIONS[button.value](Object.fromEntries(new FormData(form)));
    const {kind, answer, why} = await request(action, {body: {...body, of}});
    if (kind === "later") {
        complain(LATER[why]);
    } else if (kind === "refused") {
        complain(answer.error);
    } else if (of !== about) { // the editor went on to another thread
        if (draft && draftOf(draft) === body.text) {
            keepDraft(draft, "");
        }
        delete answer.html?.thread;
        await apply(answer);
    } else {
        if (action === "comment" && field()?.value === body.text) {
            field().value = "";
            field().dispatchEvent(new Event("input", {bubbles: true}));
        }
        if (all("textarea[name=text]", form).every(({value}) => value === body.text)) {
            form.closest("details")?.removeAttribute("open");
        }
        const saved = all("textarea", form).filter(({name, value}) => name === "base" || value === body.text);
        for (const text of saved) { // it may be replaced by what came; what was typed since stays
            keepDraft(draftName(text), "");
            text.value = text.defaultValue;
        }
        loaded = answer.pulse;
        turn += 1;
        await apply(answer);
        if (isText(document.activeElement) && document.activeElement.checkVisibility()) {
            return; // the editor writes on
        }
        (action === "delete_comment" ? field() : document.getElementById(`comment-${body.comment}`) ?? field())?.focus();
    }
};

dialog.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.name === "do") {
        event.preventDefault();
        send(event.target, button);
    }
});
dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
        event.preventDefault();
        find("button[type=submit]", event.target.form)?.click();
    }
});
dialog.addEventListener("input", (event) => {
    const text = event.target;
    if (text.matches("textarea[name=text]")) {
        keepDraft(draftName(text), text.value === text.defaultValue ? "" : text.value);
    }
});
dialog.addEventListener("close", () => {
    if (!dialog.open) { // it comes late: another thread may be open by now
        of = null;
        turn += 1;
        place.replaceChildren();
    }
});
afterMerging(() => {
    if (dialog.open && loaded !== pulse()) { // a colleague said something, or resolved it
        load();
    }
});
