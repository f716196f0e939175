"""Data for machines within a page."""

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """A block of JSON-LD. It is data: browsers run nothing of it, whatever the Content-Security-Policy says of scripts."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 (it has no <, > or & left)
