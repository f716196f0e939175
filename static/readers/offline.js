// The pages that the service worker keeps, the newest first.
"use strict";

const isRead = (response) => response.headers.get("Content-Type")?.startsWith("text/html");

async function showKept() {
  const list = document.querySelector("[data-kept]");
  const found = [];
  for (const name of "caches" in window ? await caches.keys() : []) {
    if (!name.startsWith("pages-")) continue;
    const pages = await caches.open(name);
    for (const request of await pages.keys()) {
      const response = await pages.match(request);
      if (response && isRead(response)) found.push([new URL(request.url), await response.text()]);
    }
  }
  const items = found.reverse().map(([{ pathname, search }, text]) => {
    const { title } = new DOMParser().parseFromString(text, "text/html");
    const item = made("li", "");
    item.append(made("a", title.replace(/ · Hot Papers$/, "") || pathname, { href: pathname + search }));
    return item;
  });
  list.append(...(items.length ? items : [made("li", "Nothing yet: no page was read in this browser while it was online.")]));
}

showKept();
