"""Middleware for the editors' lists: an address with a value that no row, page or day can have is answered with 404, instead of
causing an error in the database or the calendar."""

import re
from collections.abc import Callable, Iterable
from ipaddress import ip_address

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from papers.text.identifiers import FIRST_YEAR, LAST_YEAR

LONGEST_NUMBER = 18
"""In digits; all shorter numbers fit a column of 64 bits."""
PARTS = {"__year": (FIRST_YEAR, LAST_YEAR), "__month": (1, 12), "__day": (1, 31)}
"""Endings of the names by which the admin filters days."""
PATTERNS = (
    *("contained_by", "contains", "endswith", "has_any_keys", "has_key", "has_keys", "icontains", "iendswith", "in", "iregex"),
    *("istartswith", "range", "regex", "startswith"),
)
"""Endings of names that no link of ours has, and that the admin understands nevertheless: a pattern may take for ever, and a
range without two ends is an error of the database."""
SEARCHES = ("q", "term")
"""Searches of a list, and of a field that completes what is typed: text, in which ids of posts have any length."""
KEYS = ("_selected_action",)
"""Fields of a form that hold primary keys."""


class ImpossibleValuesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Check the address. Raises Http404."""
        if not request.path.startswith("/admin/"):
            return
        asked = [(name, value) for name, values in request.GET.lists() for value in values]
        if request.method == "POST" and request.content_type != "application/json":
            asked += [(name, value) for name in KEYS for value in request.POST.getlist(name)]
        if any(is_impossible(name, value) for name, value in asked):
            raise Http404("No row, page or day has this number")


def is_impossible(name: str, value: str) -> bool:
    if name in KEYS:
        return not re.fullmatch(f"[0-9]{{1,{LONGEST_NUMBER}}}", value)
    if name in SEARCHES:
        return "\0" in value
    if "\0" in value or any(len(number) > LONGEST_NUMBER for number in numbers_in(value)):
        return True
    if name.rpartition("__")[2] in PATTERNS or (name.startswith("ip_address") and not is_address(value)):
        return True
    bounds = next((bounds for end, bounds in PARTS.items() if name.endswith(end)), None)
    return bounds is not None and not (re.fullmatch("[0-9]{1,4}", value) and bounds[0] <= int(value) <= bounds[1])


def is_address(value: str) -> bool:
    try:
        return bool(ip_address(value))
    except ValueError:
        return False


def numbers_in(value: str) -> Iterable[str]:
    """Return its digits if it is a number or a list of numbers and nothing else: a search may be for a longer one."""
    return re.findall("[0-9]+", value) if re.fullmatch(r"[\s0-9.,_+-]+", value) else ()
