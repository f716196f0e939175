"""`/healthz`, `/readyz`, `/status.json` and `/metrics`: for load balancers, monitors and people on this machine.

Answered before anything looks at the host or sends on to https, so that a probe by address and plain HTTP works. Except
for `/healthz`, which says only that the process lives, they are for this machine and HEALTH_NETS; others get a 404.
"""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from hotpapers_site.health import metrics, readiness, report
from hotpapers_site.sessions import client_address

HEALTHY = b"ok\n"


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return _uncached(HttpResponse(HEALTHY, content_type="text/plain"))
        view = {"/readyz": readyz, "/status.json": status, "/metrics": exposition}.get(request.path)
        if view is None or not may_ask(request):
            return self._get_response(request)
        if request.method not in ("GET", "HEAD"):
            return _uncached(HttpResponse("405 Method Not Allowed\n", status=405, headers={"Allow": "GET, HEAD"}))
        try:
            return _uncached(view())
        except Error as error:
            connection.close()
            return _uncached(JsonResponse({"ok": False, "database": str(error).partition("\n")[0]}, status=503))


def may_ask(request: HttpRequest) -> bool:
    """Say whether the request comes from this machine or HEALTH_NETS, and not through an unknown proxy."""
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    if forwarded and not settings.BEHIND_PROXY:
        return False
    if (given := client_address(request)) is None:
        return False
    address = ipaddress.ip_address(given)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback or any(address in ipaddress.ip_network(net) for net in settings.HEALTH_NETS)


def readyz() -> HttpResponse:
    checks = readiness.checks()
    is_ready = set(checks.values()) == {readiness.OK}
    return JsonResponse({"ok": is_ready, "checks": checks}, status=200 if is_ready else 503)


def status() -> HttpResponse:
    return JsonResponse(report.report())


def exposition() -> HttpResponse:
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
