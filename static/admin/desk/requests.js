/* One request to the server, and what its answer means. */

import {address, csrfToken} from "./page.js";

const PATIENCE = 30000; // milliseconds: a paper may have to be fetched from arXiv, which wants seconds between requests

/**
 * `{kind: "done" | "conflict" | "refused", answer}`, or `{kind: "later", why: "offline" | "server" | "login"}` where the change
 * is not made and should be sent again.
 */
export const request = async (name, {body = null, parameters = {}} = {}) => {
    let response;
    let answer = null;
    try {
        response = await fetch(address(name, parameters), {
            method: body ? "POST" : "GET",
            headers: {Accept: "application/json", ...(body && {"Content-Type": "application/json", "X-CSRFToken": csrfToken()})},
            body: body && JSON.stringify(body),
            redirect: "manual",
            signal: AbortSignal.timeout(PATIENCE),
        });
        if (response.headers.get("Content-Type")?.startsWith("application/json")) {
            answer = await response.json();
        }
    } catch {
        return {kind: "later", why: navigator.onLine ? "server" : "offline"};
    }
    if (response.type === "opaqueredirect" || response.status === 401 || (response.status === 403 && !answer)) {
        return {kind: "later", why: "login"};
    }
    if (response.ok && answer) {
        return {kind: "done", answer};
    }
    if (response.status === 409 && answer?.conflict) {
        return {kind: "conflict", answer};
    }
    return answer?.error ? {kind: "refused", answer} : {kind: "later", why: "server"};
};
