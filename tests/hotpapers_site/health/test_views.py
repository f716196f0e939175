"""What load balancers, monitors and administrators are shown."""

from datetime import timedelta

import pytest
import redis
from django.db.models.functions import Now
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from hotpapers_site.health import broker, heartbeats, request_counts
from hotpapers_site.health.heartbeats import Process
from hotpapers_site.models import Heartbeat, Tally, Trouble
from tests.editors import make_client, make_user
from tests.servers import free_port

pytestmark = pytest.mark.django_db
PATHS = ["/readyz", "/status.json", "/metrics"]


@pytest.fixture(autouse=True)
def public(settings: Settings) -> None:
    settings.X_BEARER_TOKEN = "synthetic-token"
    settings.ALLOWED_HOSTS = ["papers.example"]
    settings.SECURE_SSL_REDIRECT = True


def test_a_probe_by_address_and_plain_http_is_answered(running_product: None, client: Client) -> None:
    for path in ["/healthz", *PATHS]:
        response = client.get(path, headers={"host": "10.1.2.3:8000"})
        assert (path, response.status_code, response["Cache-Control"]) == (path, 200, "no-store")
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").json() == {
        "ok": True,
        "checks": dict.fromkeys(["database", "migrations", "broker", "disk", "static files"], "ok"),
    }


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("address", "headers", "behind_proxy", "allowed"),
    [
        ("127.0.0.1", {}, False, True),
        ("::1", {}, False, True),
        ("::ffff:127.0.0.1", {}, False, True),
        ("10.0.0.9", {}, False, True),
        ("192.0.2.1", {}, False, False),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, False, False),  # through a proxy that we were not told of
        ("127.0.0.1", {"x-forwarded-for": "192.0.2.1"}, True, False),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1, 192.0.2.1"}, True, False),
        ("127.0.0.1", {"x-forwarded-for": "10.0.0.9"}, True, True),
    ],
)
def test_who_may_ask(
    path: str, address: str, headers: dict[str, str], behind_proxy: bool, allowed: bool, client: Client, settings: Settings
) -> None:
    settings.HEALTH_NETS = ["10.0.0.0/8"]
    settings.BEHIND_PROXY = behind_proxy
    settings.SECURE_SSL_REDIRECT = False
    response = client.get(path, headers={"host": "papers.example", **headers}, REMOTE_ADDR=address)
    assert (response.status_code != 404) is allowed


def test_not_ready_without_a_broker_or_its_static_files(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    settings.HASHED_STATIC = True
    settings.DISK_FREE_MIB = 10**9
    response = client.get("/readyz")
    checks = response.json()["checks"]
    assert response.status_code == 503
    assert {name for name, said in checks.items() if said == "ok"} >= {"database", "migrations"}
    assert checks["broker"].startswith("Redis does not answer: ")
    assert checks["disk"].endswith("(DISK_FREE_MIB). Free some.")


def test_only_reading(client: Client) -> None:
    response = client.post("/readyz")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_status_names_what_is_wrong(running_product: None, client: Client) -> None:
    Heartbeat.objects.filter(kind="beat").delete()
    told = client.get("/status.json").json()
    assert told["ok"] is False
    assert [one["key"] for one in told["troubles"]] == ["no beat"]
    assert {one["kind"] for one in told["processes"]} == {"web", "worker"}
    assert told["queues"]["mirror"] == {"waiting": 0, "oldest_s": 0.0}


def test_status_costs_the_same_queries_whatever_runs(
    running_product: None, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/status.json")
    with django_assert_num_queries(13):
        client.get("/status.json")
    for number in range(50):
        heartbeats.beat(Process("worker", "mirror", host="elsewhere", number=number))
    Heartbeat.objects.filter(host="elsewhere").update(beaten_at=Now() - timedelta(minutes=9))
    with django_assert_num_queries(13):
        client.get("/status.json")


def test_metrics_are_what_all_processes_counted_together(running_product: None, client: Client) -> None:
    for _ in range(2):  # as of two processes
        request_counts.count(200, 0.25)
        request_counts.count(304, 0.25)
        request_counts.store()
    request_counts.store()
    said = client.get("/metrics")
    families = {family.name: family for family in text_string_to_metric_families(said.content.decode())}
    samples = {tuple(sample.labels.values()): sample.value for sample in families["hotpapers_answers"].samples}
    assert samples == {("2xx",): 2, ("3xx",): 2}
    assert families["hotpapers_answer_seconds"].samples[0].value == 1.0
    assert Tally.objects.count() == 3
    assert {"hotpapers_troubles", "hotpapers_queue_waiting", "hotpapers_processes", "hotpapers_task_runs"} <= set(families)


def test_the_page_system_is_for_administrators_who_acknowledge_there(running_product: None, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]
    Heartbeat.objects.filter(kind="beat").delete()
    assert make_client(make_user(group="Editor")).get("/admin/system/").status_code == 403
    administrator = make_client(make_user(group="Administrator", username="root"))
    page = administrator.get("/admin/system/")
    assert page.status_code == 200
    assert "No beat is running." in page.content.decode()
    sent = administrator.post("/admin/system/", {"key": "no beat", "reason": "<b>moving</b>"}, follow=True)
    assert "Acknowledged: No beat is running." in sent.content.decode()
    assert "Acknowledged by root: &lt;b&gt;moving&lt;/b&gt;" in sent.content.decode()
    assert Trouble.objects.get().acknowledged_reason == "<b>moving</b>"


def test_the_desk_names_what_is_wrong(editor: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]
    Trouble.objects.create(key="no beat", sentence="No beat is running.", since=Now())
    Trouble.objects.create(key="source x", sentence="X has not answered since May.", since=Now())
    Trouble.objects.create(key="day 2021-05-12", sentence="Said by the day.", since=Now())
    Trouble.objects.create(key="disk", sentence="All is over.", since=Now(), ended_at=Now())
    page = editor.get("/admin/", follow=True).content.decode()
    assert "No beat is running." in page
    assert "X has not answered since May." in page
    assert "All is over." not in page
    assert "Said by the day." not in page


def test_a_broker_that_is_silent_is_not_waited_for_long(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    with pytest.raises(redis.RedisError):
        broker.waiting()
