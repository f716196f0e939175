/* The desk: its buttons, keys and forms are listened to. See static/admin/desk/ for the parts. */

import "./desk/answers.js";
import "./desk/clocks.js";
import {decideNext} from "./desk/conflicts.js";
import {does} from "./desk/doing.js";
import {clearSent} from "./desk/drafts.js";
import {saveAll, showWaiting as showWaitingTexts} from "./desk/fields.js";
import {filter} from "./desk/filters.js";
import {afterMerging} from "./desk/fragments.js";
import {focusFinding, listen} from "./desk/keys.js";
import {lookedAt, refreshLook} from "./desk/look.js";
import {commitAll, makeDraggable, showWaiting as showWaitingPlaces} from "./desk/order.js";
import {all, find, root, say} from "./desk/page.js";
import "./desk/presence.js";
import {act, checked, isAnswered} from "./desk/publish.js";
import {refreshPosts, savePosts} from "./desk/posts.js";
import {changes, flushNow, put, sendLast, undecided} from "./desk/queue.js";
import {showSaving, showUndecided} from "./desk/saving.js";
import {extend, showChosen, toggle} from "./desk/selection.js";
import {showGrace} from "./desk/grace.js";
import "./desk/hints.js";
import "./desk/preview.js";
import "./desk/previews.js";
import {currentRow, focusColumn, focusRow, keepReachable} from "./desk/walking.js";

/* A button with data-post is sent as it stands: data-post="publish", with its form's fields. */
const postButton = async (button) => {
    if (button.dataset.sure !== undefined && button.dataset.armed === undefined) {
        button.dataset.armed = button.textContent;
        button.textContent = button.dataset.sure;
        say(`${button.dataset.sure} Press again to confirm.`);
        return;
    }
    const body = JSON.parse(button.dataset.body ?? "{}");
    for (const field of button.form?.elements ?? []) {
        if (field.name && !field.closest("label")?.hidden) {
            body[field.name] = field.name === "fold" ? Number(field.value) : field.value;
        }
    }
    if (button.ariaBusy && !isAnswered()) { // it was pressed a moment ago
        return;
    }
    button.ariaBusy = "true";
    const index = all(".finding").indexOf(button.closest(".finding"));
    const isDone = await act(button.dataset.post, body);
    button.ariaBusy = null;
    if (isDone) {
        clearSent(body);
        await checked();
        if (index >= 0 && document.activeElement === document.body) { // what had the focus is fixed
            focusFinding(index);
        }
    }
};

/** A row is chosen by its number or its score, and all up to it with Shift. */
const chooseByClick = (event) => {
    const row = event.target.closest(".row[data-paper]");
    if (!row || event.target.closest("button, input, textarea, select, label, details")) {
        return false;
    }
    if (event.shiftKey) {
        event.preventDefault();
        const start = currentRow();
        focusRow(row);
        extend(row, start);
    } else if (event.target.closest(".number, .score")) {
        focusRow(row);
        toggle(row);
    } else if (!event.target.closest("a")) {
        focusRow(row);
    }
    return event.shiftKey;
};

root.addEventListener("click", (event) => {
    if (chooseByClick(event)) {
        return;
    }
    const button = event.target.closest("button[data-do], button[data-post], input[data-do], a[data-do]");
    if (!button || button.disabled || (button.matches("a") && (event.ctrlKey || event.metaKey))) {
        return;
    }
    const row = button.closest(".row[data-paper]") ?? (button.closest("#look-column") && lookedAt());
    if (button.dataset.post) {
        event.preventDefault();
        postButton(button);
    } else if (button.dataset.do === "show_tweet") {
        savePosts(row);
    } else if (button.dataset.do === "grab") {
        if (event.detail === 0) { // by Enter: the mouse drags
            say("Press Space to grab");
        }
    } else if (does[button.dataset.do]) {
        event.preventDefault();
        does[button.dataset.do](row, button);
    }
});

/* The field is emptied; what is refused comes back there, and this is another try of it. */
const putTyped = (action, body, field, text) => {
    undecided.remove(field.dataset.refused);
    delete field.dataset.refused;
    field.value = "";
    put(action, body, {from: {field: field.id, text}});
    showUndecided();
};

root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || form.dataset.leaves !== undefined) {
        return;
    }
    event.preventDefault();
    const field = find("input", form);
    const typed = field?.value.trim();
    if (form.id === "add-paper" && typed) {
        putTyped("add", {paper: typed}, field, typed);
    } else if (form.dataset.form === "add_tweet" && typed) {
        putTyped("add_tweet", {paper: form.closest("[data-paper]").dataset.paper, link: typed}, field, typed);
    } else if (form.id === "rules") {
        does.rules_preview();
    } else if (form.id === "filters") {
        filter().then(() => focusColumn("candidates"));
    } else if (form.querySelector("[type=submit][data-post]")) {
        postButton(form.querySelector("[type=submit][data-post]"));
    }
});

/* Beginning */

const enhance = () => {
    makeDraggable();
    showWaitingPlaces();
    showChosen();
    keepReachable();
    refreshPosts();
    refreshLook();
};
afterMerging(enhance);

/* A row must not be pressed on with Shift as if its text were being chosen. */
root.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest(".row[data-paper]") && !event.target.closest("input, textarea")) {
        event.preventDefault();
    }
});

/* The skip links, and the days: the arrows walk them. */
for (const link of document.querySelectorAll("[data-skip]")) {
    link.addEventListener("click", (event) => {
        event.preventDefault();
        if (link.dataset.skip === "list") {
            focusColumn("list");
        } else {
            find("[data-do=panel]")?.focus();
        }
    });
}
document.querySelector(".strip").addEventListener("keydown", (event) => {
    const by = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    const days = [...document.querySelectorAll(".strip a")];
    if (by && days.includes(document.activeElement)) {
        event.preventDefault();
        days[days.indexOf(document.activeElement) + by]?.focus();
    }
});
addEventListener("pagehide", ({isTrusted}) => {
    commitAll();
    saveAll();
    if (isTrusted) { // the browser's own
        sendLast();
    }
});
enhance();
listen(does);
showWaitingTexts();
showUndecided();
showGrace();
decideNext();
document.querySelector(".strip [aria-current]")?.scrollIntoView({block: "nearest", inline: "center"});
showSaving({waiting: changes().length, trouble: ""});
flushNow();
root.dataset.ready = "";
