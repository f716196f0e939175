// Keeps the last lists and the pages that were read last, for reading offline. VERSION and ASSETS stand before this text.
//
// The network always comes first: a copy is shown only where the site cannot be reached. What the site answers replaces the copy, and
// an answer other than 200 (a list that was withdrawn, a paper that is gone) removes it. Nothing is sent anywhere.
"use strict";

const PAGES = `pages-${VERSION}`;
const FILES = `files-${VERSION}`;
const MOST_PAGES = 40;
const LISTS = 3;
const OLDEST_MS = 30 * 24 * 3600 * 1000;
const KEPT = /^\/(?:$|posts\/|papers\/|papers\.json$|categories\/|authors\/|hottest\/|rising$|archive|for-you$)/;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(FILES).then((files) => files.addAll(ASSETS)).then(keepHome).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name !== PAGES && name !== FILES) await caches.delete(name);
    await clients.claim();
  };
  event.waitUntil(clean());
});

const isPublic = (response) => response.ok && response.type === "basic" && !response.redirected
  && !/no-store|no-cache|private/.test(response.headers.get("Cache-Control") ?? "");

async function kept(request, response) {
  const pages = await caches.open(PAGES);
  await pages.delete(request);
  if (!isPublic(response)) return;
  await pages.put(request, response);
  const held = await pages.keys();
  for (const old of held.slice(0, Math.max(0, held.length - MOST_PAGES))) await pages.delete(old);
}

async function copyOf(request) {
  const isPage = request.mode === "navigate";
  const page = await (await caches.open(PAGES)).match(request);
  if (page && Date.now() - Date.parse(page.headers.get("Date")) < OLDEST_MS) return page;
  const files = await caches.open(FILES);
  return await files.match(request, { ignoreSearch: isPage }) ?? (isPage ? files.match("/offline") : undefined);
}

/** Home leads to the last lists: they are kept before anybody opens them, unless the reader saves data. */
async function keepLists(home) {
  if (!home.ok || navigator.connection?.saveData) return;
  const links = (await home.text()).matchAll(/href="(\/posts\/[^"#?]+)"/g);
  const pages = await caches.open(PAGES);
  for (const address of [...new Set([...links].map((link) => link[1]))].slice(0, LISTS)) {
    if (await pages.match(address)) continue;
    try {
      await kept(new Request(address), await fetch(address));
    } catch { return; /* offline: next time */ }
  }
}

/** The page that the installed app opens: the visit that brings this worker need not be of it, and came past it. */
async function keepHome() {
  if (navigator.connection?.saveData) return;
  try {
    const home = await fetch("/");
    await keepLists(home.clone());
    await kept(new Request("/"), home);
  } catch { /* offline: the next visit of it is kept */ }
}

async function answered(event) {
  const { request } = event;
  let response;
  try {
    response = await fetch(request);
  } catch (error) {
    const copy = await copyOf(request);
    if (copy) return copy;
    throw error;
  }
  const { pathname } = new URL(request.url);
  if (KEPT.test(pathname) && response.type !== "opaqueredirect") event.waitUntil(kept(request, response.clone()));
  if (pathname === "/" && request.mode === "navigate") event.waitUntil(keepLists(response.clone()));
  return response;
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || pathname.startsWith("/admin/")) return;
  event.respondWith(answered(event));
});
