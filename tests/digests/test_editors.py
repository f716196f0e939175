"""Who may do what in the admin, by real requests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client

from digests.models import Digest, Entry, ShownTweet
from papers.models import Mention, Paper, PaperMeasurement, Provenance, Tweet
from tests.editors import make_client, make_user, migration, run_action, values
from tests.factories import READ_AT, make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
EXPECTED = {
    *(
        f"papers.{action}_{model}"
        for action in ("view", "add", "change")
        for model in ("paper", "papercategory", "tweet", "mention")
    ),
    "papers.view_papermeasurement",
    "papers.view_tweetmeasurement",
    "papers.view_collectionday",
    "papers.view_readbudget",
    "papers.view_paidread",
    "papers.view_sourcehealth",
    *(
        f"digests.{action}_{model}"
        for action in ("view", "add", "change", "delete")
        for model in ("digest", "entry", "showntweet")
    ),
    "digests.publish_digest",
}


def rights_of_editors() -> set[str]:
    permissions = Permission.objects.filter(group__name="Editors").values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in permissions}


def test_editors_have_exactly_these_rights() -> None:
    migration.make_editors(apps, connection.schema_editor())

    assert rights_of_editors() == EXPECTED


def test_editors_are_made_before_django_makes_permissions() -> None:
    Group.objects.all().delete()
    before = set(Permission.objects.values_list("content_type__app_label", "codename", "name"))
    Permission.objects.all().delete()

    migration.make_editors(apps, connection.schema_editor())

    made = set(Permission.objects.values_list("content_type__app_label", "codename", "name"))
    assert rights_of_editors() == EXPECTED
    assert made - before == set()


def test_editors_are_dropped_by_the_way_back() -> None:
    migration.make_editors(apps, connection.schema_editor())

    migration.drop_editors(apps, connection.schema_editor())

    assert not Group.objects.filter(name="Editors").exists()


def submit(client: Client, address: str, form: str, **changes: str) -> Any:
    """Submit the page's form, or the bare changes where the page is refused."""
    shown = client.get(address)
    untouched = values(client, address, form) if shown.status_code == 200 and form.encode() in shown.content else {}
    return client.post(address, untouched | {name.replace("__", "-"): value for name, value in changes.items()})


def view(app: str, model: str) -> Callable[[Client], Any]:
    def views(client: Client) -> bool:
        address = f"/admin/{app}/{model}/"
        pk = apps.get_model(app, model).objects.values_list("pk", flat=True)[0]
        return {client.get(address).status_code, client.get(f"{address}{pk}/change/").status_code} == {200}

    return views


def add_paper(client: Client) -> bool:
    new = {"arxiv_id": "2105.99999", "title": "New", "category_codes": "cs.CV cs.LG", "listing_date": "2021-05-12"}
    submit(client, "/admin/papers/paper/add/", "paper_form", **new)
    codes = (
        Paper.objects.filter(arxiv_id="2105.99999").values_list("categories__code", flat=True).order_by("categories__position")
    )
    return list(codes) == ["cs.CV", "cs.LG"]


def change_paper(client: Client) -> bool:
    submit(client, f"/admin/papers/paper/{Paper.objects.get().pk}/change/", "paper_form", title="Mended")
    return Paper.objects.get().title == "Mended"


def delete_paper(client: Client) -> bool:
    Entry.objects.all().delete()
    client.post(f"/admin/papers/paper/{Paper.objects.get().pk}/delete/", {"post": "yes"})
    return not Paper.objects.exists()


def add_tweet(client: Client) -> bool:
    new = {
        "network": "x",
        "status_id": "20",
        "language": "en",
        "direction": "ltr",
        "state": "live",
        "body_html": "just setting up",
    }
    mention = {"mentions__TOTAL_FORMS": "1", "mentions__0__paper": str(Paper.objects.get().pk)}
    submit(client, "/admin/papers/tweet/add/", "tweet_form", **new, **mention)
    return Mention.objects.filter(tweet__status_id="20").exists()


def change_tweet(client: Client) -> bool:
    submit(client, f"/admin/papers/tweet/{Tweet.objects.get().pk}/change/", "tweet_form", body_html="Mended")
    return Tweet.objects.get().body_html == "Mended"


def delete_tweet(client: Client) -> bool:
    ShownTweet.objects.all().delete()
    client.post(f"/admin/papers/tweet/{Tweet.objects.get().pk}/delete/", {"post": "yes"})
    return not Tweet.objects.exists()


def change_measurement(client: Client) -> bool:
    address = f"/admin/papers/paper/{Paper.objects.get().pk}/change/"
    submit(client, address, "paper_form", measurements__0__retweets="99", measurements__0__DELETE="on")
    return not PaperMeasurement.objects.filter(retweets=1).exists()


def add_digest(client: Client) -> bool:
    rows = {"entries__TOTAL_FORMS": "1", "entries__0__paper": str(Paper.objects.get().pk)}
    counts = {"entries__0__retweets": "1", "entries__0__favorites": "1"}
    submit(
        client, "/admin/digests/digest/add/", "digest_form", date="2021-05-13", written_at="2021-05-13T20:00:00", **rows, **counts
    )
    return Entry.objects.filter(digest__date="2021-05-13").exists()


def change_entry(client: Client) -> bool:
    submit(client, f"/admin/digests/entry/{Entry.objects.get().pk}/change/", "entry_form", retweets="99")
    return Entry.objects.get().retweets == 99


def change_counts_of_an_entry_on_the_digest_page(client: Client) -> bool:
    submit(client, f"/admin/digests/digest/{Digest.objects.get().pk}/change/", "digest_form", entries__0__retweets="99")
    return Entry.objects.get().retweets == 99


def add_shown_tweet(client: Client) -> bool:
    rows = {"shown_tweets__TOTAL_FORMS": "2", "shown_tweets__1__tweet": str(Tweet.objects.get().pk)}
    submit(client, f"/admin/digests/entry/{Entry.objects.get().pk}/change/", "entry_form", **rows)
    return ShownTweet.objects.count() == 2


def delete_shown_tweet(client: Client) -> bool:
    submit(client, f"/admin/digests/entry/{Entry.objects.get().pk}/change/", "entry_form", shown_tweets__0__DELETE="on")
    return not ShownTweet.objects.exists()


def delete_entry(client: Client) -> bool:
    submit(client, f"/admin/digests/digest/{Digest.objects.get().pk}/change/", "digest_form", entries__0__DELETE="on")
    return not Entry.objects.exists()


def delete_digest(client: Client) -> bool:
    Digest.objects.update(status="draft")
    client.post(f"/admin/digests/digest/{Digest.objects.get().pk}/delete/", {"post": "yes"})
    return not Digest.objects.exists()


def withdraw(client: Client) -> bool:
    run_action(client, "/admin/digests/digest/", "withdraw_selected", Digest.objects.get())
    return Digest.objects.get().status == "withdrawn"


def publish(client: Client) -> bool:
    Digest.objects.update(status="draft")
    submit(client, f"/admin/digests/digest/{Digest.objects.get().pk}/change/", "digest_form", _publish="Save and publish")
    return Digest.objects.get().status == "published"


def see_users(client: Client) -> bool:
    return client.get("/admin/auth/user/").status_code == 200


def autocomplete_papers(client: Client) -> bool:
    asked = {"app_label": "digests", "model_name": "entry", "field_name": "paper", "term": "Synthetic"}
    response = client.get("/admin/autocomplete/", asked)
    return response.status_code == 200 and len(response.json()["results"]) == 1


ACTIONS: list[tuple[Callable[[Client], bool], bool]] = [
    (view("papers", "paper"), True),
    (view("papers", "tweet"), True),
    (view("digests", "digest"), True),
    (view("digests", "entry"), True),
    (autocomplete_papers, True),
    (add_paper, True),
    (change_paper, True),
    (delete_paper, False),
    (add_tweet, True),
    (change_tweet, True),
    (delete_tweet, False),
    (change_measurement, False),
    (add_digest, True),
    (change_entry, True),
    (change_counts_of_an_entry_on_the_digest_page, True),
    (add_shown_tweet, True),
    (delete_shown_tweet, True),
    (delete_entry, True),
    (delete_digest, True),
    (withdraw, True),
    (publish, True),
    (see_users, False),
]


@pytest.fixture
def one_of_each() -> None:
    paper = make_paper()
    tweet = make_tweet(paper)
    make_entry(make_digest(), paper, tweet)
    PaperMeasurement.objects.create(paper=paper, read_at=READ_AT, provenance=Provenance.NETWORK, retweets=1, favorites=1)


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize(("action", "allowed"), ACTIONS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_editor_may_do_exactly_this(editor: Client, action: Callable[[Client], bool], allowed: bool) -> None:
    assert action(editor) is allowed


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("action", [action for action, _ in ACTIONS], ids=lambda action: action.__name__)
@pytest.mark.parametrize("user", ["anonymous", "staff without rights"])
def test_others_may_do_nothing(user: str, action: Callable[[Client], bool]) -> None:
    assert action(make_client(None if user == "anonymous" else make_user())) is False
