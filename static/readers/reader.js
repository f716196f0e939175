// Comforts for readers, in four files that share what this one, the first, declares. All works without them, and all that is
// remembered stays in this browser (localStorage: theme, keys, marks).
"use strict";

const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const remembered = (key) => {
  try { return localStorage.getItem(key); } catch { return null; }
};
/** Whether it was stored: a browser may refuse, or have no room. */
const remember = (key, value) => {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
};

const made = (tag, text, properties = {}) => Object.assign(document.createElement(tag), { textContent: text }, properties);

/** What the reader wants kept: where the browser does not keep it, the page says so. */
function keepOrTell(key, value) {
  const isKept = remember(key, value);
  document.querySelector(`.not-kept[data-key="${key}"]`)?.remove();
  if (isKept) return;
  const told = made("p", "Your browser could not store this: its storage is full, or blocked for this site. It is forgotten when you leave "
    + "this page. Make room or allow storage in the browser’s settings, then try again.", { className: "notice not-kept" });
  told.dataset.key = key;
  told.setAttribute("role", "alert");
  document.body.append(told);
}

// Theme: automatic, light, dark.

const themes = ["automatic", "light", "dark"];
for (const button of all("[data-theme-switch]")) {
  const word = button.querySelector("span");
  word.textContent = root.dataset.theme ?? "automatic";
  button.addEventListener("click", () => {
    const theme = themes[(themes.indexOf(word.textContent) + 1) % themes.length];
    word.textContent = theme;
    if (theme === "automatic") delete root.dataset.theme;
    else root.dataset.theme = theme;
    remember("theme", theme === "automatic" ? null : theme);
  });
}

// A question; resolves to the answer that was chosen, or to "".

function asked(title, text, ...answers) {
  const dialog = document.createElement("dialog");
  const form = made("form", "", { method: "dialog" });
  const row = made("p", "");
  for (const answer of answers) row.append(made("button", answer, { value: answer }));
  row.append(made("button", "Cancel", { value: "" }));
  form.append(made("h2", title, { id: "question" }), made("p", text), row);
  dialog.setAttribute("aria-labelledby", "question");
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  dialog.scrollTop = 0; // on a small screen, the button that has the focus is below what is asked
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue);
  }));
}

// A filter's address has no empty words.

for (const form of all("form.filters, form.find")) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (!value) formData.delete(name);
  });
}

// Copying.

for (const button of all("[data-copy]")) {
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).textContent.trim();
    const said = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
      button.textContent = "Selected. Press Ctrl+C or ⌘C";
    }
    setTimeout(() => { button.textContent = said; }, 2000);
  });
}

// The contents that follow: where the reader is.

const contents = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
if (contents.size) {
  const seen = new Set();
  const watcher = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) seen.add(target.id);
      else seen.delete(target.id);
    }
    const current = [...contents.keys()].find((id) => seen.has(id));
    for (const [id, link] of contents) {
      if (id === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-40px 0px -60% 0px" });
  for (const article of all("article[id]")) watcher.observe(article);
}

// An abstract that fits its four lines needs no "More".

const seeWhole = () => {
  if (!CSS.supports("selector(::details-content)")) return;
  const folds = all(".fold:not([open])");
  const ends = folds.map((fold) => fold.lastElementChild.getBoundingClientRect().bottom <= fold.getBoundingClientRect().bottom + 4);
  folds.forEach((fold, n) => fold.classList.toggle("is-whole", ends[n]));
};
seeWhole();
addEventListener("resize", seeWhole);

// Formulas that scroll within their box can be reached by keyboard.

const reachFormulas = () => {
  const wide = new Set(all("math").filter((formula) => formula.scrollWidth > formula.clientWidth + 1));
  for (const formula of all("math[tabindex]")) if (!wide.has(formula)) formula.removeAttribute("tabindex");
  for (const formula of wide) formula.tabIndex = 0;
};
reachFormulas();
addEventListener("resize", reachFormulas);
