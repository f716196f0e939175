"""Everything that can be done in the admin and on the desk, and the least role that may; by real requests."""

import json
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client

from digests.editing import history
from digests.models import Digest, Entry, ShownTweet
from digests.publishing.correcting import open_correction
from papers.models import Mention, Paper, PaperMeasurement, Tweet
from tests.editors import confirm, values
from tests.factories import make_paper


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


def as_draft(action: Callable[[Client], bool]) -> Callable[[Client], bool]:
    """The action, on a day that is not published."""

    def acts(client: Client) -> bool:
        Digest.objects.update(status="draft")
        return action(client)

    acts.__name__ = f"{action.__name__}_of_a_draft"
    return acts


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
    address = "/admin/digests/digest/"
    asked = client.post(address, {"action": "withdraw_selected", "_selected_action": [Digest.objects.get().pk]})
    if b'name="confirmed"' in asked.content:
        confirm(client, address, asked)
    return Digest.objects.get().status == "withdrawn"


def publish(client: Client) -> bool:
    Digest.objects.update(status="draft")
    submit(client, f"/admin/digests/digest/{Digest.objects.get().pk}/change/", "digest_form", _publish="Save and publish")
    return Digest.objects.get().status == "published"


def see_users(client: Client) -> bool:
    return client.get("/admin/auth/user/").status_code == 200


def make_staff_of_a_user(client: Client) -> bool:
    pk = User.objects.create(username="newcomer", password="!").pk
    submit(client, f"/admin/auth/user/{pk}/change/", "user_form", is_staff="on")
    return User.objects.get(pk=pk).is_staff


def autocomplete_papers(client: Client) -> bool:
    asked = {"app_label": "digests", "model_name": "entry", "field_name": "paper", "term": "Synthetic"}
    response = client.get("/admin/autocomplete/", asked)
    return response.status_code == 200 and len(response.json()["results"]) == 1


def desk(action: str, *, draft: bool = True, correction: bool = False, **body: Any) -> Callable[[Client], bool]:
    """The desk takes the action, on a list that is a draft, published, or a correction."""

    def acts(client: Client) -> bool:
        digest = Digest.objects.get()
        if draft:
            Digest.objects.update(status="draft")
        if correction:
            digest = open_correction(digest, by=None)
        with_ids: dict[str, Any] = {"paper": digest.papers.get().arxiv_id, "revision": digest.revision} | body
        response = client.post(f"/admin/desk/{digest.date}/{action}", json.dumps(with_ids), content_type="application/json")
        assert response.status_code in (200, 401, 403), response.content.decode()
        assert ("error" in response.json()) == (response.status_code != 200)
        return response.status_code == 200

    acts.__name__ = f"desk_{action}"
    return acts


def page(name: str, below: str) -> Callable[[Client], bool]:
    def opens(client: Client) -> bool:
        return client.get(f"/admin/{below.format(Digest.objects.get().date)}").status_code == 200

    opens.__name__ = name
    return opens


def dismiss(client: Client) -> bool:
    paper = make_paper()
    return desk("dismiss", paper=paper.arxiv_id)(client)


def undo(client: Client) -> bool:
    Digest.objects.update(status="draft")
    with history.change(Digest.objects.get().pk, history.Action.FORM, by=None):
        pass
    return desk("undo", revision=1, version=history.changes(Digest.objects.get())[0].pk)(client)


def restore(*, draft: bool) -> Callable[[Client], bool]:
    def acts(client: Client) -> bool:
        digest = Digest.objects.get()
        with history.change(digest.pk, history.Action.FORM, by=None):
            pass
        version = history.changes(digest)[-1].pk
        Digest.objects.update(status="draft" if draft else "published")
        response = client.post(f"/admin/desk/{digest.date}/history/", {"version": version, "revision": 1})
        return response.status_code == 302 and response["Location"] == f"/admin/desk/{digest.date}/"

    acts.__name__ = "restore_a_draft" if draft else "restore_in_a_correction"
    return acts


RULES: dict[str, Any] = {"hot_score": 50, "shown_tweet_score": 25, "shown_tweets": 10, "one_tweet_per_author": False}
TABLE: list[tuple[Callable[[Client], bool], str]] = [
    # Whoever sees the desk.
    (page("desk_page", "desk/{}/"), "Viewer"),
    (page("desk_state", "desk/{}/state"), "Viewer"),
    (page("desk_why", "desk/{}/why/2105.77777"), "Viewer"),
    (page("history", "desk/{}/history/"), "Viewer"),
    (page("preview_page", "desk/{}/preview/page"), "Viewer"),
    (page("preview_feed", "desk/{}/preview/feed"), "Viewer"),
    (page("preview_markdown", "desk/{}/preview/markdown"), "Viewer"),
    (page("preview_picture", "desk/{}/preview/picture"), "Viewer"),
    (page("past_lists", "desk/{}/past?q=a"), "Viewer"),
    (page("compared", "desk/{}/compared"), "Viewer"),
    (page("calendar", "calendar/2021/05/"), "Viewer"),
    (desk("check"), "Viewer"),
    (desk("rules_preview", **RULES), "Viewer"),
    (view("papers", "paper"), "Viewer"),
    (view("papers", "tweet"), "Viewer"),
    (view("digests", "digest"), "Viewer"),
    (view("digests", "entry"), "Viewer"),
    # Whoever edits drafts.
    (desk("start"), "Curator"),
    (desk("add"), "Curator"),
    (desk("remove"), "Curator"),
    (dismiss, "Curator"),
    (desk("undismiss"), "Curator"),
    (desk("move", position=1, moves=0), "Curator"),
    (desk("pin", pinned=True), "Curator"),
    (desk("note", text="A note", base=""), "Curator"),
    (desk("title", text="A title", base=""), "Curator"),
    (desk("intro", text="Words", base=""), "Curator"),
    (desk("intro", draft=False, correction=True, text="Words", base=""), "Curator"),
    (desk("show_tweets", tweets=[], base=["1392360000000077777"]), "Curator"),
    (desk("accept", position=1, moves=0), "Curator"),
    (desk("ignore"), "Curator"),
    (desk("ignore_covered", covered="paper:2105.77777:2021-05-11"), "Curator"),
    (page("templates", "desk/{}/templates/2105.77777"), "Curator"),
    (desk("ignore_finding", finding="x", ignored=False), "Curator"),
    (desk("direction", tweet="1392360000000077777", direction="rtl"), "Curator"),
    (undo, "Curator"),
    (restore(draft=True), "Curator"),
    (autocomplete_papers, "Viewer"),
    (add_digest, "Curator"),
    (as_draft(change_entry), "Curator"),
    (as_draft(change_counts_of_an_entry_on_the_digest_page), "Curator"),
    (as_draft(add_shown_tweet), "Curator"),
    (as_draft(delete_shown_tweet), "Curator"),
    (as_draft(delete_entry), "Curator"),
    # Whoever publishes.
    (desk("publish"), "Editor"),
    (desk("schedule", at="2099-01-01T09:00", zone="Europe/Berlin"), "Editor"),
    (desk("unschedule"), "Editor"),
    (desk("withdraw", draft=False, note="A mix-up"), "Editor"),
    (desk("correct", draft=False), "Editor"),
    (desk("publish_correction", draft=False, correction=True, note="Mended"), "Editor"),
    (desk("drop_correction", draft=False, correction=True), "Editor"),
    (restore(draft=False), "Editor"),
    (withdraw, "Editor"),
    (publish, "Editor"),
    (delete_digest, "Editor"),
    (add_paper, "Editor"),
    (change_paper, "Editor"),
    (add_tweet, "Editor"),
    (as_draft(change_tweet), "Editor"),
    # Settings and users.
    (desk("save_rules", **RULES), "Administrator"),
    (see_users, "Administrator"),
    (make_staff_of_a_user, "Administrator"),
    # What is published changes by a correction only.
    (change_entry, "nobody"),
    (change_counts_of_an_entry_on_the_digest_page, "nobody"),
    (add_shown_tweet, "nobody"),
    (delete_shown_tweet, "nobody"),
    (delete_entry, "nobody"),
    (change_tweet, "nobody"),
    # Nobody by a role.
    (delete_paper, "nobody"),
    (delete_tweet, "nobody"),
    (change_measurement, "nobody"),
]
