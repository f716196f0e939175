"""Whatever an editor tries, what readers see of a published list stays to the byte, or a public event tells of the change.

Pages of papers and citations print the paper's record, and the counts over time and the numbers of posts follow the readings.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.management import call_command, get_commands
from django.db import transaction
from django.test import Client
from django.urls import reverse
from lxml import html

from digests.desk import publishing_urls
from digests.desk.urls import ACTIONS
from digests.editing import history
from digests.editing.conflicts import Refused
from digests.models import Digest, MirrorHealth, NoteTemplate, PublicEvent
from digests.page_cache.middleware import cache
from digests.publishing.correcting import open_correction, publish_correction
from papers.collecting.versions import take_newer
from papers.models import CollectionDay, PaidRead, Paper, ReadBudget, RenderedText, SourceHealth
from tests.editors import make_client, make_user, run_action
from tests.factories import READ_AT, make_draft, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
PAGE = "/posts/hot-papers-2021-05-12"
PUBLIC = (PAGE, f"{PAGE}.md", "/rss.xml", "/feed.json", "/papers.atom", "/papers.json")
TODAY = re.compile("by today’s rules papers are hot from a score of [0-9,]+".encode())
"""What a page says of today."""
OURS = {
    "acknowledge",
    "bring_up_to_date",
    "take_newer_selected",
    "exclude_selected",
    "include_selected",
    "publish_selected",
    "withdraw_selected",
}
MODELS: dict[str, list[str]] = {
    "papers.collectionday": ["acknowledge"],
    "papers.readbudget": [],
    "papers.paidread": [],
    "papers.sourcehealth": [],
    "papers.erasure": [],
    "hotpapers_site.securityevent": [],
    "papers.paper": ["take_newer_selected"],
    "papers.renderedtext": [],
    "papers.tweet": ["exclude_selected", "include_selected"],
    "digests.digest": ["publish_selected", "withdraw_selected"],
    "digests.entry": [],
    "digests.mirrorhealth": ["bring_up_to_date"],
    "digests.notetemplate": [],
    "auth.group": [],
    "auth.user": [],
    "axes.accessattempt": ["cleanup_expired_attempts"],
    **{f"axes.{name}": [] for name in ("accesslog", "accessfailurelog")},
}
"""Every model of the admin with its actions beside `delete_selected`; all are tried."""
NEVER_THERE = {"papers.erasure", "axes.accessattempt", "axes.accesslog", "axes.accessfailurelog"}
"""Rows of failed logins: no list knows of them."""
SAVED = {"digests.notetemplate", "papers.paper", "papers.tweet", "auth.group", "auth.user"}
"""Models of which a row can be saved: of posts those that no published list shows."""
PUBLICATION = {
    *("check", "ignore_finding", "direction", "publish", "schedule", "unschedule", "withdraw", "correct"),
    *("publish_correction", "drop_correction", "restore", "undo_publish", "release"),
}
COMMANDS: dict[str, list[str] | str] = {
    "erase_posts": "on request: what goes is gone for readers at once, and a tombstone says so",
    **{name: ["2021-05-12"] for name in ("publish_digest", "withdraw_digest", "rank_day")},
    **{name: [] for name in ("clear_samples", "index_papers", "thin")},
    **dict.fromkeys(("export_posts", "mirror"), "reads alone"),
    "import_posts": "tests/digests/markdown/test_import_public.py",
    "render_texts": "renders what is stored, as it is",
    "acknowledge_day": "the admin's action does the same",
    **dict.fromkeys(("collect_papers", "collect_tweets", "follow_bluesky", "backfill", "refresh_engagement"), "readings go on"),
}
"""What it is tried with, or why it is not."""
NEWER = {"version": 3, "title": "Newer", "abstract": "See github.com/ada/new", "authors": ["C"], "categories": ["cs.CV"]}


@pytest.fixture
def day() -> Digest:
    """A published day with one paper and one post of which nothing is printed otherwise, beside rows of every other model."""
    paper = make_paper(arxiv_id="2105.77777", version=1, newer=NEWER, is_settled=True)
    digest = make_draft(intro="Words")
    make_entry(digest, paper, make_tweet(paper, status_id="1392360000000077777"), note="A *note*")
    with history.change(digest.pk, history.Action.FORM, by=None):
        pass
    Digest.objects.update(status="published", published_at=READ_AT)
    make_tweet(make_paper())
    CollectionDay.objects.create(date="2021-05-11", state="failed")
    ReadBudget.objects.create(period="2021-05-12")
    PaidRead.objects.create(at=READ_AT, purpose="sweep", reserved=1)
    SourceHealth.objects.create(service="x", since=READ_AT)
    MirrorHealth.objects.create(name="notes", since=READ_AT, ran_at=READ_AT)
    NoteTemplate.objects.create(name="New", text="{lead}")
    RenderedText.objects.create(
        key="a", kind="line", html="", text="x", version=1, trouble="time", table="papers_paper", row_id=1
    )
    Group.objects.get_or_create(name="Some")
    digest.refresh_from_db()
    return digest


@pytest.fixture
def client(day: Digest) -> Client:
    return make_client(make_user(username="all", is_superuser=True))


def public() -> dict[str, tuple[int, bytes]]:
    cache.clear()
    reader = Client()
    answers = {address: reader.get(address) for address in PUBLIC}
    return {address: (answer.status_code, TODAY.sub(b"", answer.content)) for address, answer in answers.items()}


class Readers:
    """What they saw when this was made, and how much they were told."""

    def __init__(self) -> None:
        self.saw, self.told = public(), PublicEvent.objects.count()
        assert {status for status, _ in self.saw.values()} == {200}

    def check(self, tried: str) -> None:
        now = public()
        changed = [address for address in PUBLIC if now[address] != self.saw[address]]
        assert not changed or PublicEvent.objects.count() > self.told, f"{tried} changed {changed} without a word"


def rows(label: str) -> list[Any]:
    found = list(apps.get_model(label)._default_manager.all())
    assert bool(found) is (label not in NEVER_THERE)
    return found


def others(field: Any) -> list[str]:
    """Other values for a field of a form."""
    value = field.value or ""
    if field.tag == "select":
        return [one for one in field.value_options if one != value][:2]
    if field.get("type") == "checkbox":
        return ["on"]
    if field.name == "arxiv_id":
        return ["2105.99998"]
    for pattern, other in ((r"\d+", "1392370000000099999"), (r"\d{4}-\d\d-\d\d", "2021-05-14")):
        if re.fullmatch(pattern, value):
            return [other, "77", "1"]
    return [f"{value}changed", "de", "cs.CV", "2020-01-02T03:04:05", ""]


def submissions(client: Client, address: str, form_id: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The form as it is with one field changed, for each field; and a bare change where the form is read-only."""
    document: Any = html.document_fromstring(client.get(address, follow=True).content.decode())
    form = document.get_element_by_id(form_id, None)
    fields = [] if form is None else [one for one in form.inputs if one.name and "__prefix__" not in one.name]
    values = {name: value or "" for name, value in form.form_values()} if fields else {}
    for field in fields:
        if field.get("type") != "hidden":
            for other in others(field):
                yield f"{field.name}={other}", values | {field.name: other}
    yield (
        "everything",
        values | {"retweets": "9", "title": "T", "status": "draft", "_save": "1", "_publish": "1", "_withdraw": "1"},
    )


def test_every_model_and_action_of_the_admin_is_known() -> None:
    registered = admin.site._registry.items()

    assert {model._meta.label_lower: [str(one) for one in page.actions or ()] for model, page in registered} == MODELS


def test_every_action_of_the_desk_and_every_command_is_known() -> None:
    routes = {str(one.pattern) for one in publishing_urls.urlpatterns if "preview" not in str(one.pattern)} - {"history/"}
    ours = {name for name, app in get_commands().items() if app in ("papers", "digests")}

    assert (routes, ours) == (PUBLICATION, set(COMMANDS))


@pytest.mark.parametrize("label", MODELS)
def test_no_form_of_the_admin_changes_a_published_list(label: str, client: Client) -> None:
    readers, name, saved = Readers(), label.replace(".", "_"), list[str]()
    for row in rows(label)[: 1 if label.startswith("auth.") else 2]:
        address = reverse(f"admin:{name}_change", args=[row.pk])
        for tried, values in submissions(client, address, f"{row._meta.model_name}_form"):
            with transaction.atomic():
                if client.post(address, values).status_code == 302:  # else it was refused
                    saved.append(tried)
                    readers.check(f"{label} {tried}")
                transaction.set_rollback(True)
        with transaction.atomic():
            client.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"})
            readers.check(f"deleting {label}")
            transaction.set_rollback(True)
    assert bool(saved) is (label in SAVED)


@pytest.mark.parametrize(
    ("label", "action"), [(label, action) for label, actions in MODELS.items() for action in (*actions, "delete_selected")]
)
def test_no_bulk_action_changes_a_published_list(label: str, action: str, client: Client) -> None:
    readers, address = Readers(), reverse(f"admin:{label.replace('.', '_')}_changelist")

    if action in OURS:
        run_action_if_asked(client, address, action, rows(label))
    else:
        chosen = {"action": action, "_selected_action": [row.pk for row in rows(label)], "post": "yes"}
        client.post(address, chosen)

    readers.check(f"{label} {action}")


def run_action_if_asked(client: Client, address: str, action: str, chosen: list[Any]) -> None:
    asked = client.post(address, {"action": action, "_selected_action": [row.pk for row in chosen], "index": "0"})
    if asked.status_code == 200 and b'name="confirmed"' in asked.content:
        run_action(client, address, action, *chosen)


@pytest.mark.parametrize("name", sorted({*ACTIONS, *PUBLICATION}))
@pytest.mark.parametrize("correction", [False, True])
def test_no_action_of_the_desk_changes_a_published_list(name: str, correction: bool, client: Client, day: Digest) -> None:
    if correction:
        client.post("/admin/desk/2021-05-12/correct", "{}", content_type="application/json")
    readers = Readers()
    version = history.changes(day)[-1].pk
    status_id = "1392360000000077777"
    body = {
        **{"paper": "2105.77777", "revision": Digest.all_drafts.latest("pk").revision, "position": 1, "moves": 0, "pinned": True},
        **{"text": "Other", "base": [] if name == "show_tweets" else "", "tweets": [], "tweet": status_id, "direction": "rtl"},
        **{"comment": 1, "token": "t", "of": "", "resolved": True},
        **{"link": f"https://x.com/a/status/{status_id}", "note": "", "at": "2099-01-01T09:00", "zone": "UTC", "finding": "x"},
        **{"papers": ["2105.77777"], "places": [1], "changes": [{"action": "note", "body": {"paper": "2105.77777", "text": ""}}]},
        **{"version": version, "hot_score": 1, "shown_tweet_score": 1, "shown_tweets": 0, "one_tweet_per_author": True},
    }

    answer = client.post(f"/admin/desk/2021-05-12/{name}", json.dumps(body), content_type="application/json")

    assert answer.status_code in (200, 302, 400, 404, 409, 502)
    if answer.status_code in (200, 302):  # else it was refused
        readers.check(name)


@pytest.mark.parametrize("command", [name for name, words in COMMANDS.items() if isinstance(words, list)])
def test_no_command_changes_a_published_list(command: str, day: Digest) -> None:
    readers = Readers()

    call_command(command, *COMMANDS[command], verbosity=0)

    readers.check(command)


def test_a_newer_version_is_taken_and_the_published_list_prints_the_old_one(day: Digest) -> None:
    readers, paper = Readers(), Paper.objects.get(arxiv_id="2105.77777")

    assert take_newer(paper) is True

    readers.check("take_newer")
    paper.refresh_from_db()
    assert (paper.title, PublicEvent.objects.count()) == ("Newer", 0)


def test_a_correction_that_prints_the_new_abstract_is_not_told_as_one_of_counts_alone(day: Digest) -> None:
    title = day.entries.get().title
    take_newer(Paper.objects.get(arxiv_id="2105.77777"))
    correction = open_correction(day, by=None)
    assert (correction.entries.get().title, correction.entries.get().abstract) == (title, day.entries.get().abstract)
    correction.entries.update(printed_otherwise={"title": title}, retweets=13)

    with pytest.raises(Refused):
        publish_correction(correction, by=None, note="", now=READ_AT)
    assert publish_correction(correction, by=None, note="The abstract is version 3's", now=READ_AT) is True

    assert (day.entries.get().abstract, PublicEvent.objects.get().kind) == (NEWER["abstract"], "corrected")


def test_a_withdrawal_is_told(client: Client, day: Digest) -> None:
    run_action(client, "/admin/digests/digest/", "withdraw_selected", day)

    assert [event.kind for event in PublicEvent.objects.all()] == ["withdrawn"]
    assert Client().get(PAGE).status_code == 404


def test_a_post_that_a_published_list_shows_is_not_excluded(client: Client, day: Digest) -> None:
    tweet = day.entries.get().tweets.get()

    run_action_if_asked(client, "/admin/papers/tweet/", "exclude_selected", [tweet])
    shown = client.get(f"/admin/papers/tweet/{tweet.pk}/change/").content.decode()

    tweet.refresh_from_db()
    assert tweet.is_excluded is False
    assert '2021-05-12 (<a href="/admin/desk/2021-05-12/">Correct…</a>)' in shown
    assert User.objects.count() == 1
