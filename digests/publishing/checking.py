"""The check before publication: what an editor should look at first, and what fixes it with one click."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch

from digests.models import Digest, Entry, IgnoredFinding, ShownTweet, in_published_digest
from papers.models import CollectionDay, Mention, Tweet, of_live_tweet
from papers.plurals import counted
from papers.ranking.candidates import rules
from papers.ranking.ranking import points
from papers.rendered.kinds import Kind
from papers.rendered.stored import Texts
from papers.text.embed import text_of

ESCAPED = re.compile(r"\\.", re.DOTALL)
LONE_DOLLAR = re.compile(r"(?<!\\)\$")
LINK = re.compile(r"<a [^<>]*>[^<>]*</a>|https?://\S+|[@#]\w+")
"""Names and addresses are written from left to right in every language."""
RIGHT_TO_LEFT = {"R", "AL"}
BEST_TWEETS = 3
"""How many posts are proposed where a paper shows none."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem to fix or to ignore."""

    key: str
    """Stays the same as long as the finding does; an IgnoredFinding names it."""
    text: str
    arxiv_id: str = ""
    """The paper concerned; empty for the day."""
    fix: dict[str, Any] | None = None
    """The desk's action that fixes it, with its body: `{"action": …, "body": {…}, "label": …}`."""
    blocking: bool = True
    """Readers would see it, so it must be fixed or ignored before the day is published from the desk."""
    is_ignored: bool = False

    @property
    def stops(self) -> bool:
        return self.blocking and not self.is_ignored


def findings(digest: Digest, now: datetime) -> list[Finding]:
    """All findings, those of the day first; six queries."""
    return findings_of([digest], now)[digest.pk]


def findings_of(digests: Sequence[Digest], now: datetime) -> dict[int, list[Finding]]:
    """The findings of each digest by its primary key; six queries, however many there are."""
    rows = Entry.objects.filter(digest__in=digests).order_by("position").select_related("paper")
    listed = defaultdict(list)
    shown = Prefetch("shown_tweets", ShownTweet.objects.select_related("tweet"))
    for entry in rows.prefetch_related(shown).defer("paper__authors", "paper__newer"):
        listed[entry.digest_id].append(entry)
    ignored = set(IgnoredFinding.objects.filter(digest__in=digests).values_list("digest", "finding"))
    days = {day.date: day for day in CollectionDay.objects.filter(date__in=[digest.date for digest in digests])}
    entries = [entry for rows_of_one in listed.values() for entry in rows_of_one]
    published = _published_days(entries)
    better = _best_tweets([entry for entry in entries if not _sees_a_tweet(entry)])
    texts = Texts((Kind.LINE, entry.title) for entry in entries)
    found: dict[int, list[Finding]] = {}
    for digest in digests:
        its = listed[digest.pk]
        every = [*_of_day(digest, its, days.get(digest.date), now), *_of_papers(digest, its, published, better, texts)]
        found[digest.pk] = [replace(one, is_ignored=(digest.pk, one.key) in ignored) for one in every]
    return found


def refusal(found: Iterable[Finding]) -> str:
    """Why the list is not published, and what to do; empty if nothing stops it."""
    number = sum(one.stops for one in found)
    said = "One finding is" if number == 1 else f"{number} findings are"
    return f"{said} unresolved. Fix or ignore each one in the check, then try again." if number else ""


def _of_day(digest: Digest, entries: list[Entry], day: CollectionDay | None, now: datetime) -> Iterator[Finding]:
    if not entries:
        yield Finding("empty", "The list is empty. Add a paper, or ignore this if no paper was hot.")
    if day and day.state != CollectionDay.State.COMPLETE:
        yield Finding("incomplete", f"Collection is incomplete: {day.reason or day.get_state_display()}")
    if digest.review == Digest.Review.CHANGES:
        said = "An editor asked for changes. The list isn’t published automatically until they are made."
        yield Finding("changes_wanted", said, blocking=False)
    oldest = min((entry.read_at for entry in entries), default=now)
    if now - oldest > timedelta(hours=settings.COUNTS_OLD_HOURS):
        hours = int((now - oldest).total_seconds() // 3600)
        fix = {"action": "refresh_counts", "body": {}, "label": "Refresh now"}
        yield Finding("counts_old", f"The oldest counts are {counted(hours, 'hour')} old.", fix=fix, blocking=False)


def _of_papers(
    digest: Digest, entries: list[Entry], published: dict[int, list[date]], better: dict[int, list[str]], texts: Texts
) -> Iterator[Finding]:
    for entry in entries:
        earlier = max((day for day in published[entry.paper_id] if day < digest.date), default=None)
        taking_out = {"paper": entry.paper.arxiv_id, "revision": digest.revision}
        for key, text, fix in _of_paper(entry, taking_out, earlier, better.get(entry.paper_id, [])):
            name = key.partition(":")[0]
            yield Finding(
                f"{name}:{entry.paper.arxiv_id}{key.removeprefix(name)}",
                f"{entry.position}. {texts.line_text(entry.title)}: {text}",
                entry.paper.arxiv_id,
                fix,
                blocking=name != "vanished",  # readers do not see it anyhow
            )


def _of_paper(
    entry: Entry, taking_out: dict[str, Any], earlier: date | None, better: list[str]
) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """Key, text and fix of each finding; `taking_out` is the body of that request, `better` are tweets that could be shown."""
    number, shown = entry.paper.arxiv_id, list(entry.shown_tweets.all())
    remove = {"action": "remove", "body": taking_out, "label": "Remove"}
    if not entry.abstract.strip():
        yield "no_abstract", "no abstract.", None
    if earlier:
        yield "duplicate", f"already listed on {earlier}.", remove
    for name, text in (("title", entry.title), ("abstract", entry.abstract), ("note", entry.note)):
        if is_unbalanced(text):
            yield f"dollar_{name}", f"unmatched $ in the {name}.", _escaping(name, number, text)
    if not _sees_a_tweet(entry):
        yield (
            "no_tweet",
            "none of its posts is visible.",
            _showing(shown, better, number, "Show the best posts") if better else remove,
        )
    if gone := [one for one in shown if one.tweet.state != Tweet.State.LIVE]:
        left = [str(one.tweet.key) for one in shown if one not in gone]
        said = "a post is gone." if len(gone) == 1 else f"{len(gone)} posts are gone."
        yield "vanished", said, _showing(shown, left, number, "Hide")
    for one in shown:
        right = direction_of(one.body_html)
        if is_visible(one) and right and right != one.direction:
            said = Tweet.Direction(right).label
            body = {"paper": number, "tweet": str(one.tweet.key), "direction": right}
            fix = {"action": "direction", "body": body, "label": f"Show {said}"}
            text = f"the post by @{one.author_handle} is written {said} but shown the other way."
            yield f"direction:{one.tweet.key}", text, fix


def _sees_a_tweet(entry: Entry) -> bool:
    return any(is_visible(shown) for shown in entry.shown_tweets.all())


def _showing(shown: list[ShownTweet], wanted: list[str], number: str, label: str) -> dict[str, Any]:
    body = {"paper": number, "tweets": wanted, "base": [str(one.tweet.key) for one in shown]}
    return {"action": "show_tweets", "body": body, "label": label}


def _escaping(name: str, number: str, text: str) -> dict[str, Any] | None:
    r"""A lone `$` is money, which `\$` makes clear. With more of them only a person knows; abstracts are not edited on the
    desk."""
    if name == "abstract" or len(LONE_DOLLAR.findall(text)) != 1:
        return None
    body = {"paper": number, "text": LONE_DOLLAR.sub(r"\\$", text), "base": text}
    return {"action": name, "body": body, "label": "Write \\$"}


def is_visible(shown: ShownTweet) -> bool:
    """Whether readers see the tweet with its text."""
    return shown.tweet.state == Tweet.State.LIVE and bool(shown.body_html)


def is_unbalanced(text: str) -> bool:
    """Whether the text has an odd number of `$`, not counting `\\$`."""
    return ESCAPED.sub("", text).count("$") % 2 == 1


def direction_of(body_html: str) -> str | None:
    """The direction of most letters in a post's body, without names and links; None if it has none."""
    text = text_of(LINK.sub(" ", body_html))
    kinds = Counter(unicodedata.bidirectional(character) for character in text)
    rtl, ltr = sum(kinds[kind] for kind in RIGHT_TO_LEFT), kinds["L"]
    if rtl == ltr:
        return None
    return Tweet.Direction.RTL.value if rtl > ltr else Tweet.Direction.LTR.value


def _published_days(entries: list[Entry]) -> dict[int, list[date]]:
    """The published days that list each paper."""
    papers = {entry.paper_id for entry in entries}
    days = defaultdict(list)
    listed = Entry.objects.filter(in_published_digest(), paper__in=papers).order_by()
    for paper, day in listed.values_list("paper", "digest__date"):
        days[paper].append(day)
    return days


def _best_tweets(entries: list[Entry]) -> dict[int, list[str]]:
    """For each paper, the keys of its best posts that can be shown."""
    mentions = (
        Mention.objects.filter(of_live_tweet(), paper__in=[entry.paper_id for entry in entries])
        .filter(tweet__is_excluded=False, tweet__read_at__isnull=False)
        .exclude(tweet__body_html="")
        .select_related("tweet")
    )
    weights, best = rules().weights, defaultdict(list)
    for one in sorted(mentions, key=lambda mention: -points(mention.tweet.network, mention.tweet.counted, weights)):
        best[one.paper_id].append(str(one.tweet.key))
    return {paper: ids[:BEST_TWEETS] for paper, ids in best.items()}
