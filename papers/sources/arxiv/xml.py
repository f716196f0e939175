"""arXiv's XML, read as far as possible: also with characters that XML forbids and bytes that are not UTF-8."""

import re

from lxml import etree

from papers.sources.http import Answer, Malformed, Transient

NOT_UTF8 = "\ufdd0"
"""Stands for each byte that is not UTF-8. No text contains it: Unicode reserves it for such use, and XML allows it."""
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
REFERENCE = re.compile(r"&#(?:x0{0,9}([0-9a-fA-F]{1,6})|0{0,9}([0-9]{1,7}));")
ESCAPED_BYTE = re.compile("[\udc80-\udcff]")


class Garbled(Transient):
    """The answer is cut off or isn't XML."""


def read_xml(answer: Answer, root: str, expected: str) -> etree._Element:
    """The root element. Raises Malformed for an answer of another kind, and Garbled for one that cannot be read."""
    body = answer.body.lstrip()  # XML forbids blank lines before its declaration, and some servers send them
    start = body[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise malformed(answer, expected, "an HTML page")
    try:
        tree, is_repaired = _parsed(body), False
    except etree.XMLSyntaxError:
        if not start.startswith((b"<", b"\xef\xbb\xbf<")):
            raise malformed(answer, expected, repr(start[:40].decode(errors="replace"))) from None
        try:
            tree, is_repaired = _parsed(repaired(body).encode()), True
        except etree.XMLSyntaxError as error:
            text = f"arXiv's answer is cut off or garbled: {error.msg}."
            raise Garbled(text, url=answer.url, status=answer.status) from None
    if tree.tag != root:
        if is_repaired:
            raise Garbled("arXiv's answer is garbled.", url=answer.url, status=answer.status)
        raise malformed(answer, expected, f"<{tree.tag}>")
    return tree


def repaired(body: bytes) -> str:
    """The text without characters that XML forbids, and with a mark for each byte that is not UTF-8."""
    text = ESCAPED_BYTE.sub(NOT_UTF8, body.decode(errors="surrogateescape"))
    return REFERENCE.sub(_allowed, FORBIDDEN.sub("", text))


def _allowed(reference: re.Match[str]) -> str:
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF or FORBIDDEN.match(chr(number)):
        return ""
    return reference[0]


def _parsed(body: bytes) -> etree._Element:
    # No entities, no network, no huge trees: the answer may come from anybody in between.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True)
    return etree.fromstring(body, parser)


def malformed(answer: Answer, expected: str, came: str) -> Malformed:
    """An error that says what was expected and what came."""
    return Malformed(
        f"Unexpected answer from arXiv: expected {expected}, got {came[:200]}.", url=answer.url, status=answer.status
    )
