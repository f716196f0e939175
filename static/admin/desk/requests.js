/* One request to the server, and what its answer means. */

import {address, csrfToken, root} from "./page.js";
import {have} from "./rows.js";

const PATIENCE = 30000; // milliseconds: a paper may have to be fetched from arXiv, which wants seconds between requests
const LARGEST = 2000000; // bytes that a request may have: the server takes not many more
const SLOW = 4000; // milliseconds until people are told that no answer came
const late = new Set();
/** They change nothing. What a reading says is older than what a change answered that came meanwhile. */
const READINGS = ["read", "check"];
const CHANGES_NOTHING = [...READINGS, "state", "rules_preview", "note_preview"];
let changed = 0; // how often an answer to a change came
let listener = () => {};

/** Called with true when an answer is late, and with false when none is any more. */
export const onSlow = (handler) => { listener = handler; };

/**
 * `{kind: "done" | "conflict" | "refused", answer}`, or `{kind: "later", why: "offline" | "server" | "login"}` where the change
 * is not made and should be sent again.
 */
export const request = async (name, options = {}) => {
    const before = changed;
    const filters = location.search;
    const outcome = await ask(name, options);
    const isRefiltered = location.search !== filters; // it shows candidates that are no longer asked for
    if (outcome.kind === "done" && READINGS.includes(name) && (changed !== before || isRefiltered)) {
        return request(name, options);
    }
    if (isRefiltered && !CHANGES_NOTHING.includes(name)) {
        root.dispatchEvent(new Event("refiltered"));
    }
    changed += CHANGES_NOTHING.includes(name) ? 0 : 1;
    return outcome;
};

const WHO = {Accept: "application/json", "X-Editor": root.dataset.user};
const ofBody = () => ({"Content-Type": "application/json", "X-CSRFToken": csrfToken()});

/** Sent even though the page goes. Browsers take 64 KiB of such requests; what is larger stays where it is kept. */
export const sendAndForget = (name, body) => {
    fetch(address(name), {method: "POST", keepalive: true, headers: {...WHO, ...ofBody()}, body: JSON.stringify(body)}).catch(() => {});
};

const ask = async (name, {body = null, parameters = {}}) => {
    const sent = body && JSON.stringify({...body, have: have()});
    if (sent && new Blob([sent]).size > LARGEST) {
        return {kind: "refused", answer: {error: "This text is far too long to be saved. Shorten it."}};
    }
    let response;
    let answer = null;
    const slow = setTimeout(() => listener(Boolean(late.add(slow))), SLOW);
    try {
        response = await fetch(address(name, parameters), {
            method: body ? "POST" : "GET",
            headers: {...WHO, ...(body && ofBody())},
            body: sent,
            redirect: "manual",
            signal: AbortSignal.timeout(PATIENCE),
        });
        if (response.headers.get("Content-Type")?.startsWith("application/json")) {
            answer = await response.json();
        }
    } catch {
        return {kind: "later", why: navigator.onLine ? "server" : "offline"};
    } finally {
        clearTimeout(slow);
        if (late.delete(slow)) {
            listener(late.size > 0);
        }
    }
    if (response.type === "opaqueredirect" || response.status === 401 || (response.status === 403 && !answer)) {
        return {kind: "later", why: "login"};
    }
    if (response.status === 204) {
        return {kind: "done", answer: {}};
    }
    if (response.ok && answer) {
        return {kind: "done", answer};
    }
    if (response.status === 409 && answer?.conflict) {
        return {kind: "conflict", answer};
    }
    return answer?.error ? {kind: "refused", answer} : {kind: "later", why: "server"};
};

/** A part of the page by itself, as HTML; null where it did not come. */
export const fetchPart = async (name, {signal, parameters = {}} = {}) => {
    try {
        const response = await fetch(address(name, parameters), {
            redirect: "error", // to the sign-in: that page is no part
            signal: signal ?? AbortSignal.timeout(PATIENCE),
        });
        return response.ok ? await response.text() : null;
    } catch {
        return null;
    }
};
