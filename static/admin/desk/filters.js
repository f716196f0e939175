/* Which candidates are shown. */

import {all, find, root} from "./page.js";
import {reload} from "./polling.js";

let filterTimer = 0;
/** Show the candidates that the filters admit; they stand in the page’s address. */
export const filter = () => {
    const form = find(".desk-filters");
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value && value !== "0"));
    history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
    return reload();
};
find(".desk-filters").addEventListener("input", (event) => {
    if (event.target.id === "filter-open") {
        root.classList.toggle("undecided-only", event.target.checked);
        return;
    }
    clearTimeout(filterTimer);
    filterTimer = setTimeout(filter, 250);
});

/** The categories of the candidates, to choose from. */
export const offerCategories = () => {
    const codes = new Set(all(".candidate").flatMap((row) => row.dataset.categories.split(" ")));
    find("#filter-categories").replaceChildren(...[...codes].sort().map((code) => new Option(code)));
};
