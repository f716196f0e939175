/* Names of editors to choose from while `@` is typed in a comment: by arrows and Enter, by pointer, told to screen readers. Without
   scripts they stand below the field. */

const BEGUN = /(?:^|[^\w@.+-])@([\w.+-]{0,150})$/u;
const MOST = 8;
const ID = "mention-list";
let field = null; // where the list is open

const list = () => document.getElementById(ID);
const options = () => [...list().children];
const chosen = () => list().querySelector("[aria-selected=true]");

const close = () => {
    list()?.remove();
    for (const name of ["aria-controls", "aria-activedescendant", "aria-autocomplete", "aria-haspopup"]) {
        field?.removeAttribute(name);
    }
    field = null;
};

const choose = (option) => {
    options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({block: "nearest"});
};

const begun = (text) => text.value.slice(0, text.selectionStart).match(BEGUN)?.[1];

/** As if it were typed: the browser's own undo takes it back. */
const take = (option) => {
    const text = field;
    const end = text.selectionStart;
    const words = `@${option.dataset.name} `;
    text.setSelectionRange(end - begun(text).length - 1, end);
    close();
    if (!document.execCommand("insertText", false, words)) {
        text.setRangeText(words, text.selectionStart, end, "end");
        text.dispatchEvent(new Event("input", {bubbles: true}));
    }
};

const found = (text, typed) => {
    const wanted = typed.toLowerCase();
    const editors = [...text.closest(".thread").querySelectorAll("[data-mention]")];
    const isMeant = ({dataset: {mention, name}}) => [mention, ...name.split(" ")].some((one) => one.toLowerCase().startsWith(wanted));
    const left = editors.filter(isMeant).slice(0, MOST);
    return left.length === 1 && left[0].dataset.mention.toLowerCase() === wanted ? [] : left; // it is typed already
};

const open = (text) => {
    const typed = begun(text);
    const editors = typed === undefined ? [] : found(text, typed);
    close();
    if (!editors.length) {
        return;
    }
    field = text;
    const place = document.createElement("ul");
    place.id = ID;
    place.className = ID;
    place.setAttribute("role", "listbox");
    place.setAttribute("aria-label", "Editors");
    place.append(...editors.map(({dataset: {mention, name}}, index) => {
        const option = document.createElement("li");
        option.id = `mention-${index}`;
        option.setAttribute("role", "option");
        option.dataset.name = mention;
        const full = Object.assign(document.createElement("bdi"), {textContent: name === mention ? "" : name});
        option.append(`@${mention} `, full);
        return option;
    }));
    text.after(place);
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-haspopup", "listbox");
    text.setAttribute("aria-controls", ID);
    choose(place.firstElementChild);
};

const isComment = (element) => element.matches?.(".thread textarea[name=text]");

document.addEventListener("input", ({target}) => isComment(target) && open(target));
let isPressed = false; // nothing may move away under the pointer
document.addEventListener("focusout", ({target}) => target === field && !isPressed && close());
document.addEventListener("keydown", (event) => {
    if (event.target !== field || !list() || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
        return;
    }
    const by = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (by) {
        const every = options();
        choose(every[(every.indexOf(chosen()) + by + every.length) % every.length]);
    } else if (event.key === "Enter" || event.key === "Tab") {
        take(chosen());
    } else if (event.key === "Escape") {
        close();
    } else {
        return;
    }
    event.preventDefault();
    event.stopPropagation();
}, true);
document.addEventListener("pointerdown", (event) => { // the field keeps the focus
    isPressed = true;
    if (event.target.closest?.(`#${ID}`)) {
        event.preventDefault();
    }
});
for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => setTimeout(() => {
        isPressed = false;
        if (field !== document.activeElement) {
            close();
        }
    }));
}
document.addEventListener("click", (event) => {
    const option = event.target.closest?.(`#${ID} > li`);
    if (option) {
        take(option);
    }
});
