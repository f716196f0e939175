// Home's strip "For you": the newest papers of what is followed, new ones first. It counts as no visit: the page "For you" does.
"use strict";

const STRIP_PAPERS = 3;
const STRIP_FEEDS = 12; // so that home asks for no more than a page of papers does
const strip = document.getElementById("for-you-strip");

/** "By", "In" or "Matches", and what is followed. */
function reason(follow) {
  const asked = new URLSearchParams(follow.query);
  const words = asked.get("q") ?? "";
  if (/^(author|au):("[^"]+"|\S+)$/i.test(words)) return "By";
  return words || !asked.has("category") ? "Matches" : "In";
}

function card({ follow, paper, news }) {
  const item = made("li", "");
  const line = made("p", `${reason(follow)} `, { className: "reason" });
  line.append(made("a", follow.name, { href: `/papers?${follow.query}` }));
  if (news) line.append(made("span", " (new)"));
  const title = made("h3", "");
  title.append(made("a", paper.title, { href: `/papers/${paper._hot_papers.arxiv_id}` }));
  const names = (paper.authors ?? []).map((one) => one.name);
  const byline = names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} other${names.length > 4 ? "s" : ""}` : "");
  item.dataset.paper = paper._hot_papers.arxiv_id;
  item.append(line, title, made("p", byline, { className: "byline" }));
  return item;
}

/** What the last visit of the page "For you" found; null where there was none. */
const lastVisit = (follow) => (Date.now() - follow.at > VISIT_MS ? follow.latest : follow.before ?? follow.latest);

/** A paper of each follow in turn, no paper twice; the new ones before all others. */
function picked(feeds) {
  const rows = feeds.map(({ follow, papers }) => papers.map((paper) => ({ follow, paper, news: isNew(paper._hot_papers, lastVisit(follow)) })));
  const inTurn = [];
  for (let n = 0; n < Math.max(0, ...rows.map((row) => row.length)); n++) inTurn.push(...rows.map((row) => row[n]).filter(Boolean));
  const known = new Set();
  const distinct = inTurn.filter(({ paper: { _hot_papers: { arxiv_id: id } } }) => {
    const isFirst = !known.has(id) && !marks.hidden[id];
    known.add(id);
    return isFirst;
  });
  return [...distinct.filter((one) => one.news), ...distinct.filter((one) => !one.news)];
}

async function showStrip() {
  const asked = follows.slice(-STRIP_FEEDS);
  const feeds = await fetched(asked.map((one) => `/papers.json?${one.query}`), (response) => response.json());
  const found = picked(asked.map((follow, n) => ({ follow, papers: papersOf(feeds[n]) })));
  const news = found.filter((one) => one.news).length;
  strip.hidden = !found.length;
  const said = news ? `${news} new since your last visit.` : asked.some(lastVisit) ? "Nothing new since your last visit." : "";
  strip.querySelector("[data-said]").textContent = said;
  strip.querySelector("[data-found]").replaceChildren(...found.slice(0, STRIP_PAPERS).map(card));
}

if (follows.length) showStrip();
