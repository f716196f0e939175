"""`/export.zip`: all published days as Markdown, made while it is sent; the same days give the same bytes."""

import hashlib
import zipfile
from collections.abc import Iterator
from io import RawIOBase

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from digests.markdown.composing import compose_all
from digests.markdown.format import file_name, render
from digests.models import Digest
from digests.page_cache.log import version


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the posts in the old site's format, which `import_posts` reads."""
    etag = f'"{_version()}"'
    response = get_conditional_response(request, etag=etag) or StreamingHttpResponse(_zipped(), content_type="application/zip")
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=0"
    if isinstance(response, StreamingHttpResponse):
        response["Content-Disposition"] = 'attachment; filename="hot-papers.zip"'
    return response


def _version() -> str:
    """Return a text that differs after each change of anything that readers see."""
    return hashlib.sha256(version().encode()).hexdigest()[:32]


class _Sent(RawIOBase):
    """Takes what the archive's writer writes, and passes it on."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _zipped() -> Iterator[bytes]:
    sent = _Sent()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED) as archive:
        for post in compose_all(Digest.objects.mirrored()):
            about = zipfile.ZipInfo(file_name(post.day), max(post.written_at.timetuple()[:6], (1980, 1, 1, 0, 0, 0)))
            about.compress_type, about.create_system, about.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(about, render(post))
            yield sent.taken()
    yield sent.taken()
