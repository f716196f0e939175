/* What the modules of the desk share: its element, what it says, and its addresses. */

export const root = document.getElementById("desk");
export const find = (selector, within = root) => within.querySelector(selector);
export const all = (selector, within = root) => [...within.querySelectorAll(selector)];
export const rowOf = (paper, column) => document.getElementById(`${column === "candidates" ? "c" : "in"}-${paper}`);
/** Whether the list that is shown can be edited: a published one becomes so when its correction is begun. */
export const canEdit = () => Boolean(find("#add-paper"));
/** Tell why not, to everybody, where it cannot. Whether it can. */
export const mayEdit = () => {
    const {whyNot} = find("#list-title").dataset;
    if (whyNot) {
        complain(whyNot);
    }
    return !whyNot;
};
export const isText = (element) => Boolean(element?.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])"));

/** Whether the editor went on to a field, from where something was asked for: a dialog would take keys that are meant for it. */
export const isTypingSince = (from) => isText(document.activeElement) && document.activeElement !== from;
/** When that field is left. */
export const afterTyping = async (from) => {
    while (isTypingSince(from)) {
        await new Promise((resolve) => { addEventListener("focusout", () => setTimeout(resolve), {once: true}); });
    }
};

/** For screen readers: what has just happened. */
export const say = (text) => {
    find("#desk-said").textContent = text;
};

/** Whether the button of a mark says that its row has it. */
export const isSet = (button) => button.getAttribute("aria-pressed") === "true";
/** The texts of the list, and what stands before the title of their paper: `note on`. */
export const TEXTS = JSON.parse(root.dataset.texts);
/** `note on “A title”`; of the day, or of a paper that is gone from the list, the text's name alone. */
export const nameOfText = (text, paper) => {
    const title = paper && rowOf(paper, "list")?.dataset.title;
    return title ? `${TEXTS[text]} “${title}”` : text;
};

let toastTimer = 0;

/** For everybody: something that did not work, until it is clicked away or a while has passed. */
export const complain = (text) => {
    const toast = find("#desk-toast");
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { toast.hidden = true; }, 12000);
    say(text);
};

/** What did not work is past: something else was done. `only`: of this text alone. */
export const hush = (only) => {
    const toast = find("#desk-toast");
    toast.hidden ||= !only || toast.textContent === only;
};

const LONGEST_PRESS = 5000; // milliseconds: not every browser tells that a scrollbar was let go
let pressed = null;
addEventListener("pointerdown", () => {
    pressed = new Promise((resolve) => {
        for (const end of ["pointerup", "pointercancel"]) {
            addEventListener(end, () => setTimeout(resolve), {once: true, capture: true});
        }
        setTimeout(resolve, LONGEST_PRESS);
    }).then(() => { pressed = null; });
}, true);

/** At once, or when what is being pressed is let go: nothing may move away under the pointer. */
export const afterPress = (work) => (pressed ? pressed.then(work) : work());

find("#desk-toast").addEventListener("click", (event) => { event.currentTarget.hidden = true; });

/** An address of this day's desk, with the filters of the candidates. */
export const address = (name, parameters = {}) => {
    const url = new URL(name, location.href);
    url.search = new URLSearchParams([...new URLSearchParams(location.search), ...Object.entries(parameters)]);
    return url;
};

/** The newest token: a login in another tab makes a new one. */
export const csrfToken = () =>
    document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? find("[name=csrfmiddlewaretoken]").value;
