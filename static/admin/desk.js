/* The desk: its buttons, keys and forms are listened to. See static/admin/desk/ for the parts. */

import "./desk/answers.js";
import {decideNext} from "./desk/conflicts.js";
import {does} from "./desk/doing.js";
import {saveAll, showWaiting as showWaitingTexts} from "./desk/fields.js";
import {filter, offerCategories} from "./desk/filters.js";
import {afterMerging} from "./desk/fragments.js";
import {focusColumn, focusFinding, listen} from "./desk/keys.js";
import {commitAll, makeDraggable, saveTweets, showWaiting as showWaitingPlaces} from "./desk/order.js";
import {all, find, root, say} from "./desk/page.js";
import {reload} from "./desk/polling.js";
import {act, check, isPanelOpen, showTimes} from "./desk/publish.js";
import {changes, flushNow, put, undecided} from "./desk/queue.js";
import {showSaving, showUndecided} from "./desk/saving.js";

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
    const index = all(".finding").indexOf(button.closest(".finding"));
    if (await act(button.dataset.post, body)) {
        if (button.dataset.post !== "waive") {
            await reload();
        }
        if (isPanelOpen() && button.dataset.post !== "check") {
            await check();
            showTimes();
        }
        if (index >= 0 && document.activeElement === document.body) { // what had the focus is mended
            focusFinding(index);
        }
    }
};

root.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do], button[data-post], input[data-do]");
    if (!button || button.disabled) {
        return;
    }
    const row = button.closest("li[data-paper]");
    if (button.dataset.post) {
        event.preventDefault();
        postButton(button);
    } else if (button.dataset.do === "show_tweet") {
        saveTweets(row);
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
    if (form.method === "dialog") {
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
    } else if (form.matches(".desk-filters")) {
        filter().then(() => focusColumn("candidates"));
    } else if (form.querySelector("[data-post]")) {
        postButton(form.querySelector("[data-post]"));
    }
});

/* Beginning */

const enhance = () => {
    makeDraggable();
    offerCategories();
    showWaitingPlaces();
};
afterMerging(enhance);
addEventListener("pagehide", () => {
    commitAll();
    saveAll();
});
enhance();
listen(does);
showWaitingTexts();
showUndecided();
decideNext();
find(".strip [aria-current]")?.scrollIntoView({block: "nearest", inline: "center"});
showSaving({waiting: changes().length, trouble: ""});
flushNow();
root.dataset.ready = "";
