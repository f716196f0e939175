"""Real generators show each day as our own page does: titles, counts, dates, links, posts and formulas. `make test-mirror`."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.dateparse import parse_datetime

from digests.mirror.targets import Target
from digests.models import Digest, Entry
from papers.models import Paper
from papers.rendered.waiting import render_changed
from tests.conftest import absent
from tests.digests.mirror.generators import building, facts
from tests.digests.mirror.mirrored import update
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
HOSTILE = date(2021, 5, 20)
NASTY = [
    r"{{ site }} {% raw %} {{< figure >}} {{% note %}} <%= 1 %> ${process.env} `code` $x_1^2$ *em* _em_ [a](b) | ~~no~~ :smile: #{1}",
    r"{% include x %}{{ 7 | times: 6 }} {{< ref \"/\" >}} export const a = {1} <script>alert(1)</script> &lt; &amp;amp; \(a\) $$\sum_i$$",
    "import x from 'y' --- +++ === *** <div {...props}> {/* */} {::nomarkdown} {: .class} [[wiki]] ^[note] ==mark== ++ins++",
]


@pytest.fixture
def days(archive: Path) -> None:
    call_command("import_posts", str(archive), verbosity=0)
    digest = make_digest(HOSTILE, intro=NASTY[0])
    for text in NASTY:
        paper = make_paper(
            title=text.replace("<script>alert(1)</script>", "<b>"), abstract=f"{text}   {text}", authors=[text, "B"]
        )
        body = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("'", "&#39;")
        make_entry(digest, paper, make_tweet(paper, body_html=body, author_name=text), note=text)
    Entry.objects.filter(digest=digest).update(counts={"bluesky": {"likes": 3, "reposts": 2, "quotes": 0, "replies": 1}})
    render_changed()


@pytest.mark.parametrize("profile", list(building.BUILDERS))
def test_generator_shows_each_day_as_our_page_does(days: None, tmp_path: Path, profile: str) -> None:
    target = Target("built", tmp_path / "mirror", profile=profile)
    update(target)
    for state in (target.folder / ".mirror").iterdir():
        state.unlink()
    (target.folder / ".mirror").rmdir()
    try:
        out = building.BUILDERS[profile](target.folder, tmp_path / "site")
    except building.Missing:
        absent(f"no generator for {profile}; make test-mirror installs it")
    digests = list(Digest.objects.published())
    assert len(digests) == 15
    assert Paper.objects.count() > 100
    for digest in digests:
        page = (out / "posts" / f"hot-papers-{digest.date}" / "index.html").read_text()
        built, shown = facts.theirs(page), facts.ours(digest)
        assert facts.differences(built, shown) == [], digest.date
        tree = facts.parsed(page)
        assert tree.xpath("//h1/text()") == [f"Hot Papers {digest.date}"]
        assert parse_datetime(tree.xpath("//time/@datetime")[0]) == digest.written_at
        assert tree.xpath("//script") == []
