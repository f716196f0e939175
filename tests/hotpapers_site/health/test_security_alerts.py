"""What concerns the safety of accounts is told once by each channel."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models.functions import Now
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from hotpapers_site.accounts.events import Kind, note
from hotpapers_site.health import security_alerts
from hotpapers_site.models import SecurityEvent
from tests.hotpapers_site.health.test_alerts import Hooks, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def hooks(settings: Settings) -> Iterator[Hooks]:
    with Hooks() as made:
        settings.ALERT_WEBHOOKS = [f"slack+{made.url}/slack", f"discord+{made.url}/discord"]
        yield made


def test_each_event_is_told_once_by_each_channel(hooks: Hooks) -> None:
    ann = User.objects.create_user("ann")
    note(Kind.SIGNED_IN, ann)
    note(Kind.WRONG_CODE, ann)
    note(Kind.LIMIT_REACHED, None, detail="limit of the address")
    for _ in range(2):
        security_alerts.tell_events()
    assert [path for path, _ in hooks.bodies] == ["/slack", "/discord"]
    first, second = text_of(hooks.bodies[0][1]).splitlines()[1:3]
    assert first.startswith("• ann: entered a wrong code from an unknown address, ")
    assert second.startswith("• Somebody: too many wrong passwords (limit of the address) from an unknown address, ")


def test_a_channel_that_fails_is_tried_again(hooks: Hooks) -> None:
    note(Kind.RIGHTS_CHANGED, User.objects.create_user("ann"), detail="Administrator")
    hooks.status = 500
    security_alerts.tell_events()
    hooks.status = 200
    security_alerts.tell_events()
    security_alerts.tell_events()
    assert [path for path, _ in hooks.bodies] == ["/slack", "/discord"] * 2


def test_many_events_are_one_message_and_old_ones_none(hooks: Hooks) -> None:
    for _ in range(13):
        note(Kind.WRONG_CODE, None)
    security_alerts.tell_events()
    lines = [line for line in text_of(hooks.bodies[0][1]).splitlines() if line.startswith("•")]
    assert (len(lines), lines[-1]) == (11, "• 3 more events: see the security events in the admin.")
    SecurityEvent.objects.update(at=Now() - timedelta(hours=2), told=[])
    security_alerts.tell_events()
    assert len(hooks.bodies) == 2


def test_nothing_to_tell_costs_one_query(hooks: Hooks, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        security_alerts.tell_events()
