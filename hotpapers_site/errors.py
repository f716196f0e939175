"""Pages for errors. Django's own read the request's form first, which may be what is wrong with it: then they fail, too."""

from typing import Any

from django.views import defaults


def unread(view: Any) -> Any:
    """The view without Django's decorator, which reads the form for a token that our pages do not show."""
    return view.__wrapped__


bad_request = unread(defaults.bad_request)
permission_denied = unread(defaults.permission_denied)
page_not_found = unread(defaults.page_not_found)
server_error = unread(defaults.server_error)
