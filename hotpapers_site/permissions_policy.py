"""Middleware: tells browsers that no page of ours, and nothing that a page frames, uses camera, location, sensors and so on.

Only the admin's own pages ask for security keys.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

NOWHERE = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "browsing-topics", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope"),
        *("hid", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
    )
)
KEYS = ("publickey-credentials-create", "publickey-credentials-get")


def policy(keys_for: str) -> str:
    return ", ".join([NOWHERE, *(f"{feature}=({keys_for})" for feature in KEYS)])


FOR_READERS, FOR_ADMIN = policy(""), policy("self")


def permissions_policy(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response["Permissions-Policy"] = FOR_ADMIN if request.path.startswith("/admin/") else FOR_READERS
        return response

    return middleware
