"""Profiles: what a file holds, and that what was exported comes back as it was."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from digests.markdown import front_matter_data
from digests.markdown.composing import compose
from digests.markdown.post import Post, PostError
from digests.mirror.profiles.pages import inert, yaml
from digests.mirror.profiles.registry import PROFILES
from digests.mirror.targets import Posts, Target, Withdrawn
from digests.models import Digest, Entry
from digests.publishing.status import withdraw
from papers.models import Paper, Tweet
from tests.digests.markdown.importing_posts import import_posts
from tests.digests.markdown.test_post import POSTS
from tests.digests.mirror.mirrored import files, update
from tests.factories import make_digest, make_entry, make_paper, make_tweet

CARRYING = [name for name, profile in PROFILES.items() if profile.template]


@given(POSTS.map(lambda post: post._replace(draft=False)), st.text("aä\n\t𝕏$*_{}", max_size=20))
def test_carried_data_is_read_back_as_it_was(post: Post, words: str) -> None:
    post = post._replace(intro=words, papers=tuple(paper._replace(note=words) for paper in post.papers))
    text = f"---\n{front_matter_data.KEY}: {yaml(front_matter_data.written(post))}\n---\n\n<p>Page</p>\n"
    assert front_matter_data.is_carrier(text)
    assert front_matter_data.read(text) == post


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"format": 1', '"format": 2'),
        ('"day": "2021-05-12"', '"day": "2021-05-32"'),
        ('"retweets": 12', '"retweets": -12'),
        ('"retweets": 12', '"retweets": "12"'),
        ('"retweets": 12', '"retweets": true'),
        ('"note": ""', '"note": null'),
        ('"note": ""', '"note": "", "more": 1'),
        ("Our synthetic paper is out", "<script>alert(1)</script>"),
        ('"arxiv_id": "2', '"arxiv_id": "../2'),
        ('"network": "x"', '"network": "y"'),
        ('"papers": [', '"papers": [' + "[" * 5000),
    ],
)
@pytest.mark.django_db
def test_carried_data_that_we_would_not_write_is_refused(before: str, after: str) -> None:
    post = compose(make_digest(papers=1))
    text = f"---\n{front_matter_data.KEY}: {yaml(front_matter_data.written(post))}\n---\n"
    assert front_matter_data.read(text) == post
    with pytest.raises(PostError, match="line 2: expected"):
        front_matter_data.read(text.replace(before, after, 1))


def test_carried_data_that_another_program_wrote_anew_is_refused_in_words() -> None:
    text = "---\ntitle: Hot Papers\nhot_papers:\n  day: 2021-05-12\n---\n"
    assert front_matter_data.is_carrier(text)
    with pytest.raises(
        PostError, match=r"line 1: expected all data in one line 'hot_papers: \{…\}' above the second '---', found"
    ):
        front_matter_data.read(text)


@pytest.mark.parametrize("profile", CARRYING)
@pytest.mark.django_db
def test_import_of_an_export_changes_nothing_and_brings_back_all(archive: Path, tmp_path: Path, profile: str) -> None:
    call_command("import_posts", str(archive), verbosity=0)
    Digest.objects.filter(date=date(2021, 5, 12)).update(intro="A *day* of {{ news }}.")
    Entry.objects.filter(digest__date=date(2021, 5, 12), position=1).update(
        note="Look.\n\nTwice.", counts={"bluesky": {"likes": 3}}
    )
    posts = {digest.date: compose(digest) for digest in Digest.objects.all()}
    target = Target("out", tmp_path / "out", profile=profile)
    update(target)
    before = files(target.folder)
    assert import_posts(target.folder)[0].splitlines()[-1].startswith("14 files: 0 new, 14 unchanged, 0 changed, 0 kept")
    Digest.objects.all().delete()
    Paper.objects.all().delete()
    Tweet.objects.all().delete()
    assert import_posts(target.folder)[0].splitlines()[-1].startswith("14 files: 14 new")
    assert {digest.date: compose(digest) for digest in Digest.objects.all()} == posts
    update(target, rebuild=True)
    assert files(target.folder) == before


@pytest.mark.parametrize("profile", list(PROFILES))
@pytest.mark.django_db
def test_import_passes_over_the_days_that_a_mirror_calls_withdrawn(tmp_path: Path, profile: str) -> None:
    for day in (10, 11, 12):
        make_digest(date(2021, 5, day), papers=1)
    withdraw(Digest.objects.get(date=date(2021, 5, 11)), now=datetime(2021, 5, 14, 9, tzinfo=UTC))
    target = Target("out", tmp_path / "out", profile=profile, withdrawn=Withdrawn.TOMBSTONE)
    update(target)
    told, _ = import_posts(target.folder)
    withdrawn = target.folder / PROFILES[profile].file_of(date(2021, 5, 11))
    assert told.splitlines()[0] == f"{withdrawn}: says that its day was withdrawn; nothing to import"
    assert told.splitlines()[-1].startswith("3 files: 0 new, 2 unchanged, 0 changed, 0 kept")


@pytest.mark.django_db
def test_embeds_have_the_script_once_and_markup_has_none(tmp_path: Path) -> None:
    digest = make_digest(date(2021, 5, 12), papers=3)
    paper = make_paper()
    make_entry(
        digest, paper, make_tweet(paper, network="hackernews", status_id="123", posted_at=datetime(2021, 5, 12, tzinfo=UTC))
    )
    texts = {}
    for posts in Posts:
        update(Target("out", tmp_path / posts, profile="eleventy", posts=posts))
        [texts[posts]] = [data.decode() for data in files(tmp_path / posts).values()]
    body = texts[Posts.EMBEDS].partition("\n---\n")[2]
    assert (body.count("<script"), body.count('class="twitter-tweet"'), body.count('class="post post-hackernews"')) == (1, 3, 1)
    assert ("<script" in texts[Posts.MARKUP], "twitter-tweet" in texts[Posts.MARKUP]) == (False, False)


@pytest.mark.parametrize("profile", CARRYING)
@pytest.mark.django_db
def test_editors_links_to_our_pages_lead_to_our_site(tmp_path: Path, settings: Settings, profile: str) -> None:
    digest = make_digest(date(2021, 5, 12), papers=1, intro="[Yesterday](/posts/hot-papers-2021-05-11#paper-2)")
    Entry.objects.filter(digest=digest).update(note="[This](/papers/2105.05233), [that](//other.example/x)")
    target = Target("out", tmp_path / "out", profile=profile)
    for site in ("https://papers.example", "https://new.example"):
        settings.SITE_URL = site
        update(target)
        [written] = files(target.folder).values()
        links = re.findall('<a href="([^"]*)" rel="nofollow noopener">', written.decode())
        assert links[:2] == [f"{site}/posts/hot-papers-2021-05-11#paper-2", f"{site}/papers/2105.05233"]
        assert f"{site}//other" not in written.decode()


@given(st.text())
def test_inert_text_has_nothing_that_a_generator_reads(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert re.search(r"[{}$`\\*_\[\]|~^\r\n]|<|:[\w+-]+:", inert(escaped)) is None


def test_inert_keeps_lines_of_code() -> None:
    assert inert("<p>a\nb</p>\n<p>c</p>") == "<p>a b</p> <p>c</p>"
    assert inert("<pre><code>{a}\n\nb</code></pre>") == "<pre><code>&#123;a&#125;&#10;&#10;b</code></pre>"
