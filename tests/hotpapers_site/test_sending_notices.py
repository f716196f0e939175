"""Notices go out by mail and webhook, each once; a channel that fails loses nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django import Settings

from digests.models import Notice, NoticesByMail, Received
from digests.notices.telling import tell
from hotpapers_site import sending_notices, tasks
from hotpapers_site.health import alerts, troubles
from papers import clock
from tests.editors import make_client, make_user
from tests.hotpapers_site.health.test_alerts import Hooks, text_of

pytestmark = pytest.mark.django_db
DAY = clock.now().date()
ADDRESS = "http://127.0.0.1:8000/admin/desk"


@pytest.fixture
def hooks(settings: Settings) -> Iterator[Hooks]:
    with Hooks() as made:
        settings.NOTICE_WEBHOOKS = [f"slack+{made.url}/slack", f"discord+{made.url}/discord"]
        yield made


@pytest.fixture
def ann() -> Client:
    """She wants mail."""
    user = make_user(username="ann", is_superuser=True)
    NoticesByMail.objects.create(editor=user, address="ann@papers.example")
    make_user(username="bob", is_superuser=True, email="bob@papers.example")
    return make_client(user)


def happen(number: int = 1, *, author: str = "Ann", at: Any = None) -> None:
    for _ in range(number):
        key = f"n{Notice.objects.count()}"
        tell(Notice.Kind.PUBLISHED, key, User.objects.all(), at=at or clock.now(), day=DAY)
    Notice.objects.update(author=author)


def test_each_is_sent_once_by_each_channel(hooks: Hooks, ann: Client) -> None:
    happen()
    for _ in range(3):
        sending_notices.send(clock.now())

    assert [path for path, _ in hooks.bodies] == ["/slack", "/discord"]
    day = f"{DAY.day} {DAY:%b %Y}"
    assert {text_of(body) for _, body in hooks.bodies} == {f"Hot Papers\n• Ann published the list of {day}. {ADDRESS}/{DAY}/"}
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["ann@papers.example"], f"Hot Papers: Ann published the list of {day}.")
    assert sent.body.splitlines()[1] == f"{ADDRESS}/{DAY}/"


def test_channel_that_fails_is_tried_again_and_nothing_is_lost_in_the_product(
    hooks: Hooks, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError("no server")

    happen()
    hooks.status = 500
    with monkeypatch.context() as broken:
        broken.setattr(alerts, "send_mail", refuse)
        sending_notices.send(clock.now())
    assert (mail.outbox, Received.objects.filter(read_at=None).count()) == ([], 2)
    late = clock.now() + timedelta(minutes=11)
    assert [one.sentence.split(". ")[0] for one in troubles.untold(late)] == [
        "2 notices to editors could not be sent by mail or webhook"
    ]

    hooks.status, hooks.bodies = 204, []
    sending_notices.send(clock.now())
    assert (len(hooks.bodies), len(mail.outbox), [*troubles.untold(late)]) == (2, 1, [])


def test_one_channel_that_fails_holds_up_no_other(hooks: Hooks, ann: Client, settings: Settings) -> None:
    settings.NOTICE_WEBHOOKS = ["slack+http://127.0.0.1:1/x", f"slack+{hooks.url}/slack"]
    happen()
    sending_notices.send(clock.now())

    assert (len(hooks.bodies), len(mail.outbox)) == (1, 1)


def test_mail_server_that_is_slow_holds_up_nobody_for_long(ann: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cleo", "dora"):
        NoticesByMail.objects.create(editor=make_user(username=name, is_superuser=True), address=f"{name}@papers.example")
    happen()
    monkeypatch.setattr(sending_notices, "MAILS_FOR_S", 0.0)
    rounds = []
    for _ in range(4):
        sending_notices.send(clock.now())
        rounds.append(sorted(one.to[0] for one in mail.outbox))
    assert [len(one) for one in rounds] == [1, 2, 3, 3]
    assert rounds[-1] == ["ann@papers.example", "cleo@papers.example", "dora@papers.example"]


def test_those_of_one_moment_come_in_the_order_in_which_they_happened(ann: Client) -> None:
    at = clock.now()
    for number in range(3):
        tell(Notice.Kind.PUBLISHED, f"n{number}", User.objects.none(), at=at, day=DAY + timedelta(days=number))
    for notice in Notice.objects.order_by("-pk"):  # received in another order
        Received.objects.create(notice=notice, editor=User.objects.get(username="ann"), is_mail_due=True)
    sending_notices.send(at)
    days = [line.rpartition("/desk/")[2].strip("/") for line in mail.outbox[0].body.splitlines() if "/desk/" in line]
    assert days == [str(DAY + timedelta(days=number)) for number in range(3)]


def test_many_travel_together_and_none_is_cut_off(hooks: Hooks, ann: Client) -> None:
    happen(25, author="&" * 310)
    sending_notices.send(clock.now())

    slack = [text_of(body) for path, body in hooks.bodies if path == "/slack"]
    assert sum(text.count("•") for text in slack) == 25
    assert max(map(len, slack)) <= 1900
    assert [one.subject for one in mail.outbox] == ["Hot Papers: 20 notices"]
    sending_notices.send(clock.now())
    assert mail.outbox[1].subject == "Hot Papers: 5 notices"


@pytest.mark.parametrize(
    ("name", "slack", "discord"),
    [
        ("@everyone", "@\u200beveryone", "@\u200beveryone"),
        ("<!channel> & co", "&lt;!channel&gt; &amp; co", "<!channel> & co"),
        ("A\nBcc: all@x.example", "A Bcc: all@\u200bx.example", "A Bcc: all@\u200bx.example"),
    ],
)
def test_hostile_names_call_nobody_and_add_no_header(name: str, slack: str, discord: str, hooks: Hooks, ann: Client) -> None:
    happen(author=name)
    sending_notices.send(clock.now())

    texts = [text_of(body).splitlines()[1] for _, body in hooks.bodies]
    assert [text.startswith(f"• {right} published") for text, right in zip(texts, (slack, discord), strict=True)] == [True, True]
    assert mail.outbox[0].to == ["ann@papers.example"]
    assert "\n" not in mail.outbox[0].subject


def test_what_is_a_day_old_is_sent_no_more(hooks: Hooks, ann: Client) -> None:
    happen(at=clock.now() - timedelta(hours=25))
    sending_notices.send(clock.now())

    assert (hooks.bodies, mail.outbox) == ([], [])


def test_nothing_is_sent_where_nothing_is_set(ann: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    happen()
    tasks.tell_editors()

    assert (mail.outbox, Received.objects.count()) == ([], 2)


def test_editor_asks_for_mail_and_ends_it(ann: Client) -> None:
    bob = make_client(make_user(username="cleo", is_superuser=True))
    page = "/admin/account/"
    assert bob.post(page, {"action": "notices_by_mail", "address": "no address"}).status_code == 302
    assert NoticesByMail.objects.count() == 1
    bob.post(page, {"action": "notices_by_mail", "address": "cleo@papers.example"})
    happen()
    assert Received.objects.filter(is_mail_due=True).count() == 2

    bob.post(page, {"action": "no_mail"})
    sending_notices.send(clock.now())
    assert [one.to for one in mail.outbox] == [["ann@papers.example"]]
    assert "cleo@papers.example" not in bob.get(page).content.decode()
