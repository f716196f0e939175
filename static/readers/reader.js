// Comforts for readers: theme, read and hidden papers, keys, copying, a post's original. All works without it,
// and all that is remembered stays in this browser (localStorage: theme, keys, marks).
"use strict";

const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const remembered = (key) => {
  try { return localStorage.getItem(key); } catch { return null; }
};
const remember = (key, value) => {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch { /* a browser that remembers nothing */ }
};

const made = (tag, text, properties = {}) => Object.assign(document.createElement(tag), { textContent: text }, properties);

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

// Marks: {"read": {"2010.04296": "2021-05-12"}, "hidden": {…}}, each with the day on which it was set.

const KINDS = ["read", "hidden"];
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

function keep() {
  remember("marks", JSON.stringify(marks));
  showMarks();
}

function toggle(kind, id) {
  if (id in marks[kind]) delete marks[kind][id];
  else marks[kind][id] = new Date().toISOString().slice(0, 10);
  keep();
}

function showMarks() {
  for (const element of all("[data-paper]")) {
    for (const kind of KINDS) element.classList.toggle(`is-${kind}`, element.dataset.paper in marks[kind]);
  }
  for (const button of all("[data-mark]")) {
    const id = button.closest("[data-paper]").dataset.paper;
    button.setAttribute("aria-pressed", String(id in marks[button.dataset.mark]));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-mark]");
  if (button) toggle(button.dataset.mark, button.closest("[data-paper]").dataset.paper);
});
addEventListener("storage", (event) => {
  if (event.key === "marks") {
    marks = marksOf(event.newValue);
    showMarks();
  }
});
showMarks();

// The page of the marks: counts, a file to take along, a file to take over.

const page = document.getElementById("marks");
if (page) {
  const say = page.querySelector("[data-marks-count]");
  const list = page.querySelector("[data-marks-hidden]");
  const count = (kind) => Object.keys(marks[kind]).length;
  const show = () => {
    say.textContent = `This browser remembers ${count("read")} read and ${count("hidden")} hidden papers.`;
    list.replaceChildren(...Object.keys(marks.hidden).sort().map((id) => {
      const item = made("li", "");
      const back = made("button", "Show again", { type: "button" });
      back.addEventListener("click", () => { toggle("hidden", id); show(); });
      item.append(made("a", id, { href: `/papers/${id}` }), " ", back);
      return item;
    }));
    if (!list.children.length) list.append(made("li", "None."));
  };
  page.querySelector("[data-marks-export]").addEventListener("click", () => {
    const address = URL.createObjectURL(new Blob([JSON.stringify(marks, null, 1)], { type: "application/json" }));
    made("a", "", { href: address, download: "hot-papers-marks.json" }).click();
    setTimeout(() => URL.revokeObjectURL(address));
  });
  page.querySelector("[data-marks-import]").addEventListener("change", async (event) => {
    const added = marksOf(await event.target.files[0]?.text());
    const taken = KINDS.reduce((sum, kind) => sum + Object.keys(added[kind]).length, 0);
    for (const kind of KINDS) marks[kind] = { ...added[kind], ...marks[kind] };
    keep();
    show();
    say.textContent += taken ? ` ${taken} loaded from the file.` : " The file has none. Choose a file that was saved on this page.";
  });
  page.querySelector("[data-marks-clear]").addEventListener("click", async () => {
    if (await asked("Forget all read and hidden papers?", "You can’t undo this unless you saved them as a file.", "Yes, forget all")) {
      marks = marksOf("{}");
      keep();
      show();
    }
  });
  show();
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
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue);
  }));
}

// A post's original: its network is asked for it only after a yes, and its page stays in its frame.

const HERE = "Show here";

async function askFirst(event) {
  const link = event.target.closest("a[data-original]");
  if (!link || event.button > 1) return;
  event.preventDefault();
  const text = `Here or in a new tab, it comes from ${link.dataset.network}, which then learns the address of your machine and `
    + "which post you look at, may learn that you came from this site, and may set cookies.";
  const there = `Open at ${link.dataset.network}`;
  const answer = await asked("Show the original post?", text, HERE, there);
  if (answer === HERE) showOriginal(link);
  if (answer === there) open(link.href, "_blank", "noopener,noreferrer");
}
document.addEventListener("click", askFirst);
document.addEventListener("auxclick", askFirst); // the middle button

/** Below the quotation, which stays: the network may not answer, or no longer have the post. */
function showOriginal(link) {
  const post = link.closest("figure, li");
  post.querySelector(".original")?.remove();
  const author = post.querySelector("bdi")?.textContent;
  const theme = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const box = made("div", "", { className: "original" });
  const hide = made("button", "Hide the original", { type: "button" });
  hide.addEventListener("click", () => {
    box.remove();
    link.focus();
  });
  box.append(hide, made("iframe", "", {
    title: `Original post${author ? ` by ${author}` : ""} at ${link.dataset.network}`,
    sandbox: "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    referrerPolicy: "no-referrer",
    height: 400, // until it tells its own
    src: link.dataset.original.replace("{theme}", theme),
  }));
  post.insertBefore(box, link.closest("figcaption"));
  hide.focus();
}

addEventListener("message", ({ source, origin, data }) => {
  const frame = all(".original iframe").find((one) => one.contentWindow === source);
  if (!frame || origin !== new URL(frame.src).origin) return;
  let told;
  try { told = typeof data === "string" ? JSON.parse(data) : data; } catch { return; }
  const ofX = told?.["twttr.embed"];
  const height = ofX?.method === "twttr.private.resize" ? ofX.params?.[0]?.height : told?.height;
  if (Number.isFinite(height)) frame.height = Math.min(Math.max(Math.ceil(height), 100), 2000);
});

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
      if (id === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "0px 0px -60% 0px" });
  for (const article of all("article[id]")) watcher.observe(article);
}

// Formulas that scroll within their box can be reached by keyboard.

const reachFormulas = () => {
  const wide = new Set(all("math").filter((formula) => formula.scrollWidth > formula.clientWidth + 1));
  for (const formula of all("math[tabindex]")) if (!wide.has(formula)) formula.removeAttribute("tabindex");
  for (const formula of wide) formula.tabIndex = 0;
};
reachFormulas();
addEventListener("resize", reachFormulas);

// Keys.

const switches = all("[data-keys]");
for (const box of switches) {
  box.checked = remembered("keys") !== "off";
  box.addEventListener("change", () => {
    remember("keys", box.checked ? null : "off");
    for (const other of switches) other.checked = box.checked;
  });
}

const papers = () => all("article[data-paper]:not(.alone), :is(.titles, .results) li[data-paper]")
  .filter((one) => !one.closest(".contents"));
const focused = () => document.activeElement?.closest("[data-paper]");
const current = () => focused() ?? document.querySelector("article.alone");

function step(by) {
  const list = papers();
  if (!list.length) return;
  const here = list.indexOf(focused());
  const near = list.findIndex((one) => one.getBoundingClientRect().top >= 0);
  const next = here < 0 ? Math.max(near, 0) : Math.min(Math.max(here + by, 0), list.length - 1);
  const link = list[next].querySelector("h2 a, a");
  link.focus({ preventScroll: true });
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
  x: () => current() && toggle("hidden", current().dataset.paper),
  "/": () => {
    const field = document.querySelector("main input[type=search]");
    if (field) field.focus();
    else document.querySelector("[data-search]").click();
  },
  "?": () => asked("Keys", "j and k: next and previous paper. o: its page. r: mark it as read. x: hide it. /: search. "
    + "You can turn them off on the next page.", "More about keys")
    .then((more) => more && location.assign("/about#keys")),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || remembered("keys") === "off") return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
