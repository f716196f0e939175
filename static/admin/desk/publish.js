/* What is done at once or not at all, and never sent later by itself: check, publish, schedule, withdraw, correct, undo. All of it
   is about the list as the editor sees it: changes of one's own that wait are saved first, and anybody else's is a conflict. */

import {commitAll} from "./order.js";
import {saveAll} from "./fields.js";
import {ask} from "./conflicts.js";
import {afterMerging} from "./fragments.js";
import {all, complain, find, hush, root, say} from "./page.js";
import {reload} from "./polling.js";
import {forgetLastChange, isSaved, whileAlone} from "./queue.js";
import {request} from "./requests.js";
import {apply, revision} from "./revision.js";

const WITH_REVISION = ["publish", "schedule", "unschedule", "withdraw", "publish_correction", "drop_correction", "undo"];
const READING = ["check", "rules_preview"];
const OFFLINE = "You’re offline, so this wasn’t done. Try again when you’re back online.";
const SIGNED_OUT = "You’re signed out, so this wasn’t done. Sign in again in another tab, then try again.";
const UNREAD = "The server isn’t responding. Try again in a moment.";
const UNKNOWN = "No answer came, so this may or may not have been done. Check the desk before you try again.";

const ready = async () => {
    commitAll();
    saveAll();
    if (await isSaved()) {
        return true;
    }
    complain("Some of your changes aren’t saved yet, so this wasn’t done. Try again once they are.");
    return false;
};

/** The answer was lost, or took too long: whatever came of it, show it. */
const findOut = async () => {
    complain(UNKNOWN);
    if (await reload() && isPanelOpen()) {
        await send("check", {}, {quietly: true});
    }
};

/** Somebody is typing: whether it is to be done all the same. */
const askAnyway = ({error, anyway}) => new Promise((resolve) => {
    const dialog = find("#desk-anyway");
    find("[data-slot=asked]", dialog).textContent = error;
    find("[data-slot=anyway]", dialog).textContent = anyway;
    dialog.returnValue = "wait";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "anyway"), {once: true});
    dialog.showModal();
});

/** `quietly`: what the answer says is not spoken, since something else was said a moment ago. */
const send = async (action, body, {quietly = false} = {}) => {
    const isOnline = navigator.onLine;
    if (!READING.includes(action)) {
        forgetLastChange();
    }
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
        return await askAnyway(outcome.answer) && send(action, {...body, anyway: true});
    } else if (outcome.kind === "refused") {
        complain(outcome.answer.error);
        await apply({html: outcome.answer.html, rows: {}});
    } else if (outcome.kind === "conflict") {
        await apply(outcome.answer);
        ask(action, outcome.answer.conflict, (retry) => send(action, retry));
    } else {
        if (!READING.includes(action)) {
            hush();
        }
        await apply(quietly ? {...outcome.answer, said: ""} : outcome.answer);
        if (isPanelOpen() && !READING.includes(action) && !outcome.answer.html?.checks) { // it changed the list
            await send("check", {}, {quietly: true});
        }
        return true;
    }
    return false;
};

/** Do it now. Returns whether it was done. */
export const act = async (action, body = {}, options = {}) => {
    const seen = revision(); // what the editor saw; the server knows which changes since are the editor's own
    return (await ready()) && send(action, WITH_REVISION.includes(action) ? {...body, revision: seen} : body, options);
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

export const check = () => act("check");
/** What was done changed what the check finds; what was done is what is spoken. */
export const checkAgain = () => act("check", {}, {quietly: true});

export const togglePanel = async (isOpen = !isPanelOpen()) => {
    columns.dataset.open = isOpen ? "publish" : "";
    find("#publish-column").hidden = !isOpen;
    find("#look-column").hidden = true;
    showToggle();
    const before = document.activeElement;
    if (isOpen && await check()) {
        showTimes();
        if ([before, document.body].includes(document.activeElement)) { // else the editor went on meanwhile
            find("h2", panel)?.focus();
        }
        return true;
    }
    return false;
};

/** A moment of a zone's own clock as UTC; the earlier one where the clock shows it twice, null where it never does. */
const momentsOf = (local, zone) => {
    const clock = new Intl.DateTimeFormat("sv-SE", {timeZone: zone, dateStyle: "short", timeStyle: "medium"});
    const asked = local.length === 16 ? `${local}:00` : local;
    const utc = Date.parse(`${asked}Z`);
    const hour = 3600000;
    const found = [];
    for (let shift = -15 * hour; shift <= 15 * hour; shift += hour / 4) {
        if (clock.format(utc + shift).replace(" ", "T") === asked) {
            found.push(new Date(utc + shift));
        }
    }
    return found;
};

const inZone = (moment, zone) =>
    new Intl.DateTimeFormat("en-GB", {
        timeZone: zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
        ...(moment.getFullYear() !== new Date().getFullYear() && {year: "numeric"}),
    }).format(moment);

/** The moment as the zone's clock, the site's and UTC show it. */
const byClocks = (moment, zone) => {
    const site = root.dataset.siteZone;
    const zones = [...new Set([zone, site, "UTC"])];
    return zones.map((one) => `${inZone(moment, one)} ${one}${one === site ? " (site time)" : ""}`).join(" = ");
};

/** When the day goes out, by the clock of whoever looks. */
const showClocks = () => all("time[data-clocks]").forEach((time) => {
    time.textContent = byClocks(new Date(time.dateTime), Intl.DateTimeFormat().resolvedOptions().timeZone);
});
afterMerging(showClocks);
showClocks();

const part = (moment, zone, timeZoneName) =>
    new Intl.DateTimeFormat("en-GB", {timeZone: zone, timeZoneName}).formatToParts(moment).find(({type}) => type === "timeZoneName").value;

/** `02:30 CET (UTC+1), the second one`. */
const nameFolds = (fold, moments, zone) => moments.slice(0, 2).forEach((moment, index) => {
    const clock = new Intl.DateTimeFormat("en-GB", {timeZone: zone, hour: "2-digit", minute: "2-digit"}).format(moment);
    const offset = part(moment, zone, "shortOffset").replace("GMT", "UTC");
    fold.options[index].textContent = `${clock} ${part(moment, zone, "short")} (${offset}), the ${["first", "second"][index]} one`;
});

/** The time that is typed, as the site's clock and UTC show it. */
export const showTimes = () => {
    const form = find("form[data-form=schedule]");
    if (!form) {
        return;
    }
    const {at, zone, fold} = form.elements;
    if (!zone.value || zone.dataset.filled === undefined) {
        zone.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;
        zone.dataset.filled = "";
    }
    const out = find("[data-slot=times]", form);
    let moments;
    try {
        moments = at.value ? momentsOf(at.value, zone.value) : [];
    } catch {
        out.textContent = "Unknown time zone. Write it like Europe/Berlin.";
        return;
    }
    if (moments.length > 1) {
        nameFolds(fold, moments, zone.value);
    }
    fold.closest("label").hidden = moments.length < 2;
    if (at.value && !moments.length) {
        out.textContent = "The clocks skip this time on that day. Choose another.";
        return;
    }
    const moment = moments[Number(fold.value) || 0] ?? moments[0];
    out.textContent = moment ? byClocks(moment, zone.value) : "";
};

panel.addEventListener("input", showTimes);
afterMerging(showTimes);

export const undo = async () => {
    if (revision() === 0) {
        say("Nothing to undo");
    } else {
        await act("undo");
    }
};
