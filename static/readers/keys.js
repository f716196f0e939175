// Keys, and the order of the Tab key.
"use strict";

const switches = all("[data-keys]");
for (const box of switches) {
  box.checked = remembered("keys") !== "off";
  box.addEventListener("change", () => {
    remember("keys", box.checked ? null : "off");
    for (const other of switches) other.checked = box.checked;
  });
}

const papers = () => all("article[data-paper]:not(.alone), :is(.titles, .results) li[data-paper]")
  .filter((one) => !one.closest(".contents, .alone"));
const focused = () => document.activeElement?.closest("[data-paper]");
const current = () => focused() ?? document.querySelector("article.alone");

const wayInto = (paper) => paper.querySelector(":scope > .gone button") ?? paper.querySelector("h2 a, a");

function step(by) {
  const list = papers();
  if (!list.length) return;
  const here = list.indexOf(focused());
  const near = list.findIndex((one) => one.getBoundingClientRect().top >= 0);
  const next = here < 0 ? Math.max(near, 0) : Math.min(Math.max(here + by, 0), list.length - 1);
  wayInto(list[next]).focus({ preventScroll: true });
  list[next].scrollIntoView({ block: list[next].matches("article") ? "start" : "nearest" });
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  o: () => {
    const id = focused()?.dataset.paper;
    if (id) location.assign(`/papers/${id}`);
  },
  r: () => current() && toggle("read", current().dataset.paper),
  s: () => current() && toggle("saved", current().dataset.paper),
  x: () => {
    const paper = current();
    if (!paper) return;
    toggle("hidden", paper.dataset.paper);
    if (paper.matches(".entry")) wayInto(paper).focus(); // what had the focus may be gone
  },
  "/": () => {
    const field = all("main input[type=search], .find input").find((one) => one.checkVisibility());
    if (field) field.focus();
    else document.querySelector(".to-search").click();
  },
  "?": () => asked("Keys", "j and k: next and previous paper. o: its page. ← and → on a day’s list: previous and next link of the same paper. r: mark it as read. s: save it. x: hide it. /: search. "
    + "You can turn them off under “More about keys”.", "More about keys")
    .then((more) => more && location.assign("/about#keys")),
};

// A day's papers: Tab goes from one to the next, left and right go through what is in one.

const partsOf = (article) => all(":scope > :not(header, .gone) :is(a[href], button, summary)", article);
const isSeen = (part) => part.checkVisibility({ visibilityProperty: true });

function reach(article, part) {
  for (const one of partsOf(article)) one.tabIndex = one === part ? 0 : -1;
}

/** Where the one that Tab reaches is gone from sight, the first that is seen takes its place. */
function reachOneThatIsSeen(article) {
  const parts = partsOf(article);
  if (!parts.some((part) => part.tabIndex === 0 && isSeen(part))) reach(article, parts.find(isSeen));
}

function goThrough(event) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const article = event.target.closest(".entry");
  const parts = by && article ? [article.querySelector("h2 a"), ...partsOf(article).filter(isSeen)] : [];
  const next = parts[parts.indexOf(event.target) + by];
  if (!next || !parts.includes(event.target)) return;
  event.preventDefault();
  next.focus();
}

if (remembered("keys") !== "off" && document.querySelector(".entry")) {
  root.dataset.reach = "";
  for (const article of all(".entry")) {
    reach(article, partsOf(article).find(isSeen));
    article.addEventListener("focusin", ({ target }) => partsOf(article).includes(target) && reach(article, target));
    for (const name of ["toggle", "click"]) article.addEventListener(name, () => reachOneThatIsSeen(article), true);
  }
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || remembered("keys") === "off") return;
  goThrough(event);
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
