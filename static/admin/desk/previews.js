/* How the list will look, in the check: its page at two widths and its entry in feeds in frames that run no scripts, its picture,
   and the file of each mirror. What is shown is fetched again when the list changed. */

import {afterMerging} from "./fragments.js";
import {all, find, say} from "./page.js";
import {isPanelOpen} from "./publish.js";
import {fetchPart} from "./requests.js";
import {revision} from "./revision.js";

const place = find("#preview-place");
let shown = null; // the button
let of = null; // the revision

const frame = ({preview, width, height}, title) => {
    const box = document.createElement("div");
    box.className = "frame";
    const inside = document.createElement("iframe");
    inside.title = title;
    inside.setAttribute("sandbox", "allow-same-origin"); // for its fonts; no scripts, no forms, no other windows
    inside.src = preview;
    inside.style.width = `${width}px`;
    inside.style.height = `${height}px`;
    box.append(inside);
    return box;
};

/** A frame is drawn at its own width, and made to fit. */
const fit = () => {
    const box = find(".frame", place);
    if (box) {
        const {width, height} = shown.dataset;
        const scale = Math.min(1, place.clientWidth / width);
        box.style.width = `${width * scale}px`;
        box.style.height = `${height * scale}px`;
        box.firstElementChild.style.transform = `scale(${scale})`;
    }
};

const contents = async (button) => {
    const title = button.textContent.trim();
    const {kind, preview} = button.dataset;
    if (kind === "picture") {
        const picture = new Image();
        picture.src = `${preview}?${revision()}`;
        picture.alt = `${title} of this list`;
        return picture;
    }
    if (kind === "text") {
        const text = document.createElement("pre");
        text.tabIndex = 0;
        text.setAttribute("role", "region");
        text.setAttribute("aria-label", title);
        text.textContent = await fetchPart(preview) ?? "Couldn’t load this. Try again in a moment.";
        return text;
    }
    return frame(button.dataset, title);
};

const show = async (button) => {
    shown = button;
    const mine = of = revision();
    all("[data-preview]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    const made = button && await contents(button);
    if (shown === button && of === mine) {
        place.replaceChildren(...(made ? [made] : []));
        fit();
    }
};

find("#desk-previews").addEventListener("click", (event) => {
    const button = event.target.closest("[data-preview]");
    if (button) {
        const isShown = button === shown;
        show(isShown ? null : button);
        say(isShown ? "Preview closed" : `${button.textContent.trim()}: preview below`);
    }
});

afterMerging(() => {
    if (shown && isPanelOpen() && revision() !== of) {
        show(shown);
    }
});
new ResizeObserver(fit).observe(place);
