// The page "For you": new papers of what is followed, saved papers, and a file to take along.
"use strict";

const SHOWN = 8;
const here = document.getElementById("for-you");
const part = (name) => here.querySelector(`[data-${name}]`);
const say = (text) => { part("said").textContent = text; };

function download(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  made("a", "", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address));
}

function visit(follow, papers) {
  const day = papers.map((one) => one.listing_day).sort().at(-1);
  if (!day) return;
  if (Date.now() - follow.at > VISIT_MS) follow.before = follow.latest;
  follow.at = Date.now();
  follow.latest = { day, papers: papers.filter((one) => one.listing_day === day).map((one) => one.arxiv_id) };
}

function paperLine(title, id, byline, marked) {
  const item = made("li", "");
  item.dataset.paper = id;
  if (marked) item.append(made("span", "New", { className: "state" }), " ");
  item.append(made("a", title, { href: `/papers/${id}` }));
  if (byline) item.append(" ", made("span", byline, { className: "byline" }));
  return item;
}

function followed(follow, feed) {
  const papers = papersOf(feed);
  visit(follow, papers.map((one) => one._hot_papers));
  const news = new Set(papers.filter((one) => isNew(one._hot_papers, follow.before)));
  const section = made("section", "");
  const live = isOfCopy(feed) ? feed.feed_url : location.href;
  const heading = made("h3", "");
  heading.append(made("a", follow.name, { href: new URL(`/papers?${follow.query}`, live).href }));
  const list = made("ul", "", { className: "titles" });
  list.append(...[...papers.filter((one) => news.has(one)), ...papers.filter((one) => !news.has(one))].slice(0, Math.max(SHOWN, news.size))
    .map((one) => paperLine(one.title, one._hot_papers.arxiv_id, (one.authors ?? []).slice(0, 3).map((name) => name.name).join(", "),
      news.has(one))));
  const foot = made("p", "", { className: "row" });
  const end = made("button", "Stop following", { type: "button" });
  end.append(made("span", `: ${follow.name}`, { className: "visually-hidden" }));
  end.addEventListener("click", () => {
    readFollowsAgain();
    follows = follows.filter((one) => one.query !== follow.query);
    keepFollows();
    section.remove();
    part("none-followed").hidden = follows.length > 0;
    say(`You no longer follow ${follow.name}.`);
  });
  const address = new URL(`/papers.atom?${follow.query}`, live).href;
  foot.append(end, " ", made("a", "Feed", { href: address }), " ", made("code", address));
  const state = isOfCopy(feed) ? "This copy of the site can’t look papers up. The links lead to the site itself." : feed ? (papers.length ? `${news.size || "Nothing"} new since your last visit.` : "No papers yet.")
    : "Its feed couldn’t be loaded. Are you offline? Reload the page to try again.";
  section.append(heading, made("p", state, { className: "quiet" }), list, foot);
  return { section, news: news.size };
}

async function showFollowed() {
  part("none-followed").hidden = follows.length > 0;
  if (!follows.length) return;
  say("Loading what you follow…");
  const asked = follows.map((one) => one.query);
  const feeds = await fetched(asked.map((query) => `/papers.json?${query}`), (response) => response.json());
  const there = follows.filter((one) => asked.includes(one.query)); // another tab may have changed them meanwhile
  const shown = there.map((one) => followed(one, feeds[asked.indexOf(one.query)]));
  part("followed").replaceChildren(...shown.map((one) => one.section));
  remember("follows", JSON.stringify(follows));
  const news = shown.reduce((sum, one) => sum + one.news, 0);
  say(news ? `${news} new paper${news === 1 ? "" : "s"} since your last visit.` : "Nothing new since your last visit.");
  showMarks();
}

// Saved papers.

/** `2026-11-25` as `25 Nov 2026`. */
const dayOf = (day) => Number.isNaN(Date.parse(day)) ? day
  : new Date(day).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

const savedIds = () => Object.entries(marks.saved).sort(([a, day], [b, other]) => other.localeCompare(day) || b.localeCompare(a))
  .map(([id]) => id);

async function showSaved() {
  const ids = savedIds();
  part("none-saved").hidden = ids.length > 0;
  part("with-saved").hidden = ids.length === 0;
  const titles = await titlesOf(ids);
  part("saved").replaceChildren(...ids.map((id) => {
    const item = paperLine(titles[id] ?? `arXiv:${id}`, id, `Saved on ${dayOf(marks.saved[id])}`, false);
    const end = made("button", "Remove", { type: "button" });
    end.append(made("span", `: ${titles[id] ?? id}`, { className: "visually-hidden" }));
    end.addEventListener("click", () => { toggle("saved", id); showSaved(); });
    item.append(" ", end);
    return item;
  }));
}

part("bibtex").addEventListener("click", async () => {
  const ids = savedIds();
  say("Collecting the entries…");
  const entries = await fetched(ids.map((id) => `/papers/${id}.bib`), (response) => response.text());
  const there = entries.filter(Boolean);
  if (there.length) download(there.join("\n"), "hot-papers.bib", "application/x-bibtex");
  const missing = ids.filter((_, n) => !entries[n]);
  say(`BibTeX of ${there.length} of ${ids.length} paper${ids.length === 1 ? "" : "s"}.`
    + (missing.length ? ` There is none of ${missing.join(", ")}: not on a published list, or you are offline.` : ""));
});

part("export").addEventListener("click", () => {
  download(JSON.stringify({ version: 1, marks, follows }, null, 1), "hot-papers.json", "application/json");
});

part("import").addEventListener("change", async (event) => {
  const found = parsed(await event.target.files[0]?.text());
  event.target.value = ""; // so that the same file may be chosen again
  readAgain();
  readFollowsAgain();
  const added = marksOf(JSON.stringify(found?.marks ?? found));
  const more = followsOf(found?.follows);
  const taken = KINDS.reduce((sum, kind) => sum + Object.keys(added[kind]).length, 0);
  for (const kind of KINDS) marks[kind] = { ...added[kind], ...marks[kind] };
  follows = followsOf([...follows, ...more.filter((one) => !follows.some((own) => own.query === one.query))]);
  keep();
  keepFollows();
  await Promise.all([showFollowed(), showSaved()]);
  say(taken + more.length ? `Loaded from the file. Followed: ${more.length}. Marked papers: ${taken}.`
    : "The file has nothing to load. Choose a file that was saved on this page.");
});

part("forget").addEventListener("click", async () => {
  if (!await asked("Stop following all?", "You can’t undo this unless you saved it as a file.", "Yes, stop following all")) return;
  follows = [];
  keepFollows();
  part("followed").replaceChildren();
  part("none-followed").hidden = false;
  say("You follow nothing now.");
});

showFollowed();
showSaved();
