// Papers that the reader marked as read, saved or hidden.
"use strict";

// Marks: {"read": {"2010.04296": "2021-05-12"}, "hidden": {…}}, each with the day on which it was set.

const KINDS = ["read", "saved", "hidden"];
const WORDS = { read: "Read", saved: "Saved", hidden: "Hidden" };
const ARXIV_ID = /^(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?\/\d{7})$/;

/** What is well-formed of some JSON. */
function marksOf(text) {
  let found;
  try { found = JSON.parse(text); } catch { found = null; }
  const marks = {};
  for (const kind of KINDS) {
    const entries = Object.entries(found?.[kind] ?? {}).filter(([id, day]) => ARXIV_ID.test(id) && typeof day === "string");
    marks[kind] = Object.fromEntries(entries.map(([id, day]) => [id, day.slice(0, 10)]));
  }
  return marks;
}

let marks = marksOf(remembered("marks"));

/** What another tab stored meanwhile, where this one has stored all of its own. */
function readAgain() {
  const stored = remembered("marks");
  if (stored !== null && !document.querySelector(".not-kept")) marks = marksOf(stored);
}

function keep() {
  keepOrTell("marks", JSON.stringify(marks));
  showMarks();
}

function toggle(kind, id) {
  readAgain();
  if (id in marks[kind]) delete marks[kind][id];
  else marks[kind][id] = new Date().toISOString().slice(0, 10);
  keep();
}

function showMarks() {
  for (const element of all("[data-paper]")) {
    for (const kind of KINDS) element.classList.toggle(`is-${kind}`, element.dataset.paper in marks[kind]);
    if (element.matches(".entry")) showGone(element);
    if (element.matches(".contents li")) showStates(element);
  }
  for (const button of all("[data-mark]")) {
    const id = button.closest("[data-paper]").dataset.paper;
    button.setAttribute("aria-pressed", String(id in marks[button.dataset.mark]));
  }
}

/** A hidden paper is a line with the way back. */
function showGone(article) {
  const there = article.querySelector(":scope > .gone");
  if (!article.classList.contains("is-hidden")) there?.remove();
  if (there || !article.classList.contains("is-hidden")) return;
  const line = made("div", "", { className: "gone" });
  const words = made("span", "");
  const title = document.createElement("cite");
  title.append(...[...article.querySelector("h2 a").childNodes].map((node) => node.cloneNode(true)));
  words.append(article.querySelector(".number").cloneNode(true), " ", title, " is hidden.");
  const undo = made("button", "Undo", { type: "button" });
  undo.append(made("span", `: show ${title.textContent} again`, { className: "visually-hidden" }));
  undo.addEventListener("click", () => {
    toggle("hidden", article.dataset.paper);
    article.querySelector('[data-mark="hidden"]').focus();
  });
  line.append(words, undo);
  article.prepend(line);
}

function showStates(item) {
  const line = item.querySelector(".tally");
  line.querySelector(".state")?.remove();
  const words = KINDS.filter((kind) => item.dataset.paper in marks[kind]).map((kind) => WORDS[kind]);
  if (words.length) line.append(made("span", words.join(", "), { className: "state" }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-mark]");
  if (!button) return;
  const article = button.closest("[data-paper]");
  toggle(button.dataset.mark, article.dataset.paper);
  article.querySelector(":scope > .gone button")?.focus();
});
addEventListener("storage", (event) => {
  if (event.key === "marks") {
    marks = marksOf(event.newValue);
    showMarks();
  }
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return; // a page that slept heard of nothing
  readAgain();
  showMarks();
});
showMarks();
