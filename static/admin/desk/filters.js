/* Which candidates are shown. */

import {find} from "./page.js";
import {reload} from "./polling.js";

let filterTimer = 0;
/** Show the candidates that the filters admit; they stand in the page’s address. */
export const filter = () => {
    const form = find("#filters");
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value && value !== "0"));
    if (new URLSearchParams(location.search).has("all")) {
        query.set("all", "1");
    }
    history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
    return reload();
};
find("#candidates-column").addEventListener("input", (event) => {
    if (event.target.form?.id === "filters") {
        clearTimeout(filterTimer);
        filterTimer = setTimeout(filter, 250);
    }
});
