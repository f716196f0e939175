// What the reader follows, and the site as an app. Uses what reader.js declares; all of it stays in this browser.
"use strict";

// Follows: [{"query": "category=cs.LG", "name": "cs.LG", "before": {…}, "latest": {…}, "at": 1621400000000}]. `latest` is what the
// newest visit found: the newest listing day and the papers of that day; `before` is the same of the visit before.

const FOLLOW_QUERY = /^(category|period|min|q|order)=[^&#\s]{1,400}(&(category|period|min|q|order)=[^&#\s]{1,400}){0,4}$/;
const MOST_FOLLOWS = 100;
const VISIT_MS = 30 * 60 * 1000;

function placeOf(found) {
  const isPlace = found && /^\d{4}-\d\d-\d\d$/.test(found.day) && Array.isArray(found.papers);
  return isPlace ? { day: found.day, papers: found.papers.filter((id) => ARXIV_ID.test(id)).slice(0, 100) } : null;
}

/** What is well-formed of some follows. */
function followsOf(found) {
  const known = new Map();
  for (const one of Array.isArray(found) ? found : []) {
    if (typeof one?.query !== "string" || typeof one.name !== "string" || !FOLLOW_QUERY.test(one.query)) continue;
    known.set(one.query, {
      query: one.query,
      name: one.name.slice(0, 200),
      before: placeOf(one.before),
      latest: placeOf(one.latest),
      at: Number.isFinite(one.at) ? one.at : 0,
    });
  }
  return [...known.values()].slice(0, MOST_FOLLOWS);
}

function parsed(text) {
  try { return JSON.parse(text); } catch { return null; }
}

let follows = followsOf(parsed(remembered("follows")));

function readFollowsAgain() {
  const stored = remembered("follows");
  if (stored !== null && !document.querySelector(".not-kept")) follows = followsOf(parsed(stored));
}

function keepFollows() {
  keepOrTell("follows", follows.length ? JSON.stringify(follows) : null);
  showFollows();
}

const queryOf = (button) => button.dataset.follow.slice(button.dataset.follow.indexOf("?") + 1);

function showFollows() {
  for (const button of all("[data-follow]")) {
    button.setAttribute("aria-pressed", String(follows.some((one) => one.query === queryOf(button))));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-follow]");
  if (!button) return;
  readFollowsAgain();
  const query = queryOf(button);
  const others = follows.filter((one) => one.query !== query);
  follows = others.length < follows.length ? others : followsOf([...follows, { query, name: button.dataset.name }]);
  keepFollows();
});
addEventListener("storage", (event) => {
  if (event.key === "follows") {
    follows = followsOf(parsed(event.newValue));
    showFollows();
  }
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  readFollowsAgain();
  showFollows();
});
showFollows();

/** Several at a time, but never all: answers in order, null where one failed. */
async function fetched(addresses, read) {
  const answers = new Array(addresses.length).fill(null);
  let next = 0;
  const work = async () => {
    while (next < addresses.length) {
      const at = next++;
      try {
        const response = await fetch(addresses[at], { credentials: "omit" });
        if (response.ok) answers[at] = await read(response);
      } catch { /* offline */ }
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return answers;
}

/** The titles of papers, by their ids: asked for once, and kept as long as a paper is saved or hidden. */
async function titlesOf(ids) {
  const known = parsed(remembered("titles")) ?? {};
  const asked = ids.filter((id) => typeof known[id] !== "string");
  const found = await fetched(asked.map((id) => `/papers/${id}.csl.json`), (response) => response.json());
  asked.forEach((id, n) => { if (found[n]?.[0]?.title) known[id] = found[n][0].title; });
  const kept = Object.keys({ ...marks.saved, ...marks.hidden }).filter((id) => typeof known[id] === "string");
  const titles = Object.fromEntries(kept.map((id) => [id, known[id].slice(0, 500)]));
  remember("titles", kept.length ? JSON.stringify(titles) : null);
  return titles;
}

/** Whether this is a copy of the site as files: it answers a selection with the feed of all papers. */
const isOfCopy = (feed) => Boolean(feed) && !String(feed.feed_url).includes("?");

/** The papers of a JSON Feed of a selection. */
const papersOf = (feed) => (isOfCopy(feed) ? [] : feed?.items ?? [])
  .filter((one) => ARXIV_ID.test(one?._hot_papers?.arxiv_id ?? ""));

// New is what came after the visit before: on a later listing day, or on the same one and not among its papers.

const isNew = (paper, place) => Boolean(place) && (paper.listing_day > place.day
  || (paper.listing_day === place.day && !place.papers.includes(paper.arxiv_id)));

// The app: the last lists can be read offline.

if ("serviceWorker" in navigator && isSecureContext) {
  addEventListener("load", () => navigator.serviceWorker.register("/service-worker.js").catch(() => {}));
}
