from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from digests.editing import history
from digests.models import Digest, Entry
from digests.publishing.status import publish, withdraw
from tests.factories import make_digest

pytestmark = pytest.mark.django_db
DAY = date(2021, 5, 12)
FIRST = datetime(2021, 5, 13, 6, tzinfo=UTC)
LATER = datetime(2021, 5, 14, 6, tzinfo=UTC)


def make_draft() -> Digest:
    return make_digest(DAY, status="draft", published_at=None)


def stored(digest: Digest) -> tuple[str, datetime | None]:
    return Digest.objects.values_list("status", "published_at").get(pk=digest.pk)


def test_publish_a_draft_shows_it_from_now_on() -> None:
    digest = make_draft()

    assert publish(digest, now=FIRST) is True

    assert stored(digest) == ("published", FIRST)
    assert (digest.status, digest.published_at) == ("published", FIRST)


def test_publish_twice_changes_nothing_the_second_time() -> None:
    digest = make_draft()
    publish(digest, now=FIRST)

    assert publish(digest, now=LATER) is False

    assert stored(digest) == ("published", FIRST)


def test_publish_of_two_who_saw_the_draft_only_one_wins() -> None:
    digest = make_draft()
    mine, theirs = Digest.objects.get(pk=digest.pk), Digest.objects.get(pk=digest.pk)

    assert [publish(mine, now=FIRST), publish(theirs, now=LATER)] == [True, False]

    assert stored(digest) == ("published", FIRST)
    assert theirs.published_at == FIRST


def test_withdraw_hides_a_published_digest_and_keeps_when_it_was_first_seen() -> None:
    digest = make_draft()
    publish(digest, now=FIRST)

    assert withdraw(digest, now=LATER) is True

    assert stored(digest) == ("withdrawn", FIRST)


def test_publish_again_keeps_the_first_publication() -> None:
    digest = make_digest(DAY, status="withdrawn", published_at=FIRST)

    assert publish(digest, now=LATER) is True

    assert stored(digest) == ("published", FIRST)


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_withdraw_leaves_alone_what_readers_do_not_see(status: str) -> None:
    digest = make_digest(DAY, status=status, published_at=None)
    before = stored(digest)

    assert withdraw(digest, now=LATER) is False

    assert stored(digest) == before


@pytest.mark.parametrize(
    ("command", "status", "said", "after"),
    [
        ("publish_digest", "draft", "published", "published"),
        ("publish_digest", "published", "already published, left alone", "published"),
        ("withdraw_digest", "published", "withdrawn", "withdrawn"),
        ("withdraw_digest", "draft", "not published, left alone", "draft"),
    ],
)
def test_commands_change_the_status_and_say_so(command: str, status: str, said: str, after: str) -> None:
    digest = make_digest(DAY, papers=1, status=status)
    Entry.objects.update(read_at=timezone.now())
    out = StringIO()

    call_command(command, "2021-05-12", stdout=out)

    assert out.getvalue() == f"Hot Papers 2021-05-12: {said}.\n"
    assert stored(digest)[0] == after


def test_publish_command_says_the_findings_and_refuses_what_stops_unless_told_so() -> None:
    digest = make_digest(DAY, status="draft")
    out = StringIO()

    with pytest.raises(CommandError, match="One finding is unresolved"):
        call_command("publish_digest", "2021-05-12", stdout=out)
    assert out.getvalue().startswith("The list is empty.")
    assert stored(digest)[0] == "draft"

    call_command("publish_digest", "2021-05-12", "--despite-findings", stdout=out)
    assert out.getvalue().endswith("Hot Papers 2021-05-12: published.\n")


def test_commands_leave_a_digest_that_is_changed_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = make_digest(DAY, papers=1, status="draft")

    def changed_meanwhile(self: object, *args: object) -> None:
        with history.change(digest.pk, history.Action.INTRO, by=None):
            pass

    monkeypatch.setattr("digests.management.commands.publish_digest.Command.check_digest", changed_meanwhile)
    with pytest.raises(CommandError, match="Run the command again"):
        call_command("publish_digest", "2021-05-12")
    assert stored(digest)[0] == "draft"


@pytest.mark.parametrize("command", ["publish_digest", "withdraw_digest"])
@pytest.mark.parametrize(
    ("day", "error"),
    [
        ("2021-13-01", "Error: argument DATE: invalid day '2021-13-01': write it as YYYY-MM-DD, for example "),
        ("today", "Error: argument DATE: invalid day 'today': write it as YYYY-MM-DD, for example "),
        ("2021-05-12", "There is no digest of 2021-05-12. Import its post, or add it in the admin."),
    ],
)
def test_commands_say_what_is_wrong_with_a_day(command: str, day: str, error: str) -> None:
    with pytest.raises(CommandError) as caught:
        call_command(command, day)

    assert str(caught.value).startswith(error)
