/* What is done at once or not at all, and never sent later by itself: check, publish, schedule, withdraw, correct, undo. All of it
   is about the list as the editor sees it: changes of one's own that wait are saved first, and anybody else's is a conflict. */

import {awaitField} from "./ahead.js";
import {commitAll} from "./order.js";
import {saveAll} from "./fields.js";
import {ask} from "./conflicts.js";
import {remember} from "./done.js";
import {afterMerging} from "./fragments.js";
import {afterTyping, complain, find, hush, isTypingSince, root, say} from "./page.js";
import {reload} from "./polling.js";
import {isSaved, letWait, whileAlone} from "./queue.js";
import {request} from "./requests.js";
import {apply, revision} from "./revision.js";

const WITH_REVISION = ["publish", "schedule", "unschedule", "withdraw", "publish_correction", "drop_correction", "undo"];
const READING = ["check", "rules_preview"];
const OFFLINE = "You’re offline, so this wasn’t done. Try again when you’re back online.";
const SIGNED_OUT = "You’re signed out, so this wasn’t done. Sign in again in another tab, then try again.";
const UNREAD = "The server isn’t responding. Try again in a moment.";
/** Said until they are. */
export const UNSAVED = "Some of your changes aren’t saved yet, so this wasn’t done. Try again once they are.";
const UNKNOWN = "No answer came, so this may or may not have been done. Check the desk before you try again.";

let turn = Promise.resolve();
let reading = Promise.resolve();
let asked = []; // what has no answer yet

/** One after the other: what is pressed while something is under way waits for it. */
const inTurn = (action, work) => {
    asked.push(action);
    turn = turn.then(work, work).finally(() => { asked.shift(); });
    return turn;
};

/** The last of what is under way, and when it is over. */
export const underWay = () => ({action: asked.at(-1) ?? "", over: turn});

const ready = async () => {
    if (await isSaved()) {
        return true;
    }
    complain(UNSAVED);
    return false;
};

/** The answer was lost, or took too long: whatever came of it, show it. */
const findOut = async () => {
    complain(UNKNOWN);
    if (await reload() && isPanelOpen()) {
        checkAgain();
    }
};

const anywayDialog = find("#desk-anyway");
let isAsking = false;
/** The question was answered, but what waits for the answer has not heard of it yet: what is pressed now is not pressed twice. */
export const isAnswered = () => isAsking && !anywayDialog.open;

/** Somebody is typing: whether it is to be done all the same. */
const askAnyway = async ({error, anyway}, from) => {
    if (isTypingSince(from)) {
        complain(`${error} Leave the field to answer.`);
        await afterTyping(from);
    }
    find("[data-slot=asked]", anywayDialog).textContent = error;
    find("[data-slot=anyway]", anywayDialog).textContent = anyway;
    anywayDialog.returnValue = "wait";
    isAsking = true;
    anywayDialog.showModal();
    await new Promise((resolve) => { anywayDialog.addEventListener("close", resolve, {once: true}); });
    isAsking = false;
    return anywayDialog.returnValue === "anyway";
};

/** `quietly`: what the answer says is not spoken, since something else was said a moment ago. `from`: where it was asked for. */
const send = async (action, body, {quietly = false, from = null} = {}) => {
    const isOnline = navigator.onLine;
    root.classList.add("working");
    if (!READING.includes(action)) {
        root.dataset.doing = action;
    }
    const outcome = await (READING.includes(action) ? request(action, {body}) : whileAlone(request(action, {body})));
    delete root.dataset.doing;
    root.classList.remove("working");
    if (outcome.kind === "later" && isOnline && outcome.why !== "login" && !READING.includes(action)) {
        await findOut();
    } else if (outcome.kind === "later") {
        complain({offline: OFFLINE, login: SIGNED_OUT, server: UNREAD}[outcome.why]);
    } else if (outcome.kind === "refused" && outcome.answer.anyway) {
        return await askAnyway(outcome.answer, from) && send(action, {...body, anyway: true}, {from});
    } else if (outcome.kind === "refused") {
        complain(outcome.answer.error);
        await apply({html: outcome.answer.html, rows: {}});
        if (isPanelOpen() && !READING.includes(action) && !outcome.answer.html?.checks) { // it may be out of date
            checkAgain(); // what is fixed may be pressed again before its answer
        }
    } else if (outcome.kind === "conflict") {
        await apply(outcome.answer);
        ask(action, outcome.answer.conflict, from, (retry) => inTurn(action, () => send(action, retry)));
    } else {
        if (!READING.includes(action)) {
            hush();
        }
        await apply(quietly ? {...outcome.answer, said: ""} : outcome.answer);
        if (isPanelOpen() && !READING.includes(action) && !outcome.answer.html?.checks) { // it changed the list
            checkAgain(); // done is done, whatever comes of the check
        }
        return true;
    }
    return false;
};

/** Do it now. Returns whether it was done. */
export const act = (action, body = {}, options = {}) => {
    const seen = revision(); // what the editor saw; the server knows which changes since are the editor's own
    if (action !== "undo" && !READING.includes(action)) {
        remember({action});
    }
    const sent = WITH_REVISION.includes(action) ? {...body, revision: seen} : body;
    const from = document.activeElement;
    const work = async () => (await ready()) && send(action, sent, {...options, from});
    commitAll();
    saveAll();
    if (READING.includes(action)) {
        reading = reading.then(work, work); // an older answer never comes last
        return reading;
    }
    return inTurn(action, work).finally(letWait());
};

const panel = find("#desk-publish");
const columns = find(".desk-columns");
export const isPanelOpen = () => columns.dataset.open === "publish";

/* One primary button at a time: where the panel is open, it has it. */
const showToggle = () => {
    const button = find("[data-do=panel]");
    button?.setAttribute("aria-expanded", String(isPanelOpen()));
    if (button?.dataset.primary !== undefined) {
        button.classList.toggle("primary", !isPanelOpen());
    }
};
afterMerging(showToggle);

let checking = null;
/** One at a time: a check that a change overtook asks again by itself. */
const check = (options) => {
    checking ??= act("check", {}, options).finally(() => { checking = null; });
    return checking;
};
/** What was done changed what the check finds; what was done is what is spoken. */
export const checkAgain = () => check({quietly: true});
/** When the check that is under way is over, if one is. */
export const checked = () => checking;

export const togglePanel = async (isOpen = !isPanelOpen()) => {
    if (!isOpen && find("#publish-column").contains(document.activeElement)) { // keys are not for what is hidden
        find("[data-do=panel]")?.focus();
    }
    columns.dataset.open = isOpen ? "publish" : "";
    find("#publish-column").hidden = !isOpen;
    find("#look-column").hidden = true;
    showToggle();
    const before = document.activeElement;
    if (isOpen && await check()) {
        if ([before, document.body].includes(document.activeElement)) { // else the editor went on meanwhile
            find("h2", panel)?.focus();
        }
        return true;
    }
    return false;
};

const FIELDS = ["at", "withdraw"]; // what is typed next is for them
const inSight = (name) => find(`#desk-publish [data-key=${name}]`);

/** Press the button of this name, or go to its field. */
const meet = (name) => {
    const target = inSight(name);
    if (!isPanelOpen()) {
        say("The check was closed, so this wasn’t done");
    } else if (!target) {
        complain("This can’t be done now, or your role doesn’t allow it.");
    } else if (target.matches("button")) {
        target.click();
    } else {
        target.focus();
    }
    return target;
};

/** A key of the check: it only works on what the panel shows. */
export const inPanel = async (name) => {
    if (!isPanelOpen()) {
        say("Press v first to open the check");
    } else if (inSight(name)) {
        meet(name);
    } else if (FIELDS.includes(name)) { // it may come with what is under way
        await awaitField(inTurn(name, checked), () => meet(name));
    } else {
        await inTurn(name, checked);
        meet(name);
    }
};
