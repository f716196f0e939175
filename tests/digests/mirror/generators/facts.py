"""What a built page and our own page say of a day, so that they can be compared."""

import re
from typing import Any

from lxml import html

from digests.models import Digest
from digests.reader.pages.days import digest_page
from papers import network_words

SPACE = re.compile(r"\s+")


def words(element: Any) -> str:
    return SPACE.sub(" ", "".join(element.itertext())).strip()


def formula(element: Any) -> str:
    """MathML, whatever its blanks and the order of attributes."""
    attributes = "".join(f" {name}={value!r}" for name, value in sorted(element.items()) if not name.startswith("xmlns"))
    inside = "".join(formula(child) + SPACE.sub(" ", child.tail or "").strip() for child in element)
    return f"<{element.tag}{attributes}>{SPACE.sub(' ', element.text or '').strip()}{inside}</>"


def parsed(page: str) -> Any:
    return html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))


def ours(digest: Digest) -> dict[str, Any]:
    """Of our own page of a day: what its template is given, before it is laid out."""
    page = digest_page(digest)
    return {"papers": [_paper(number, row, page["texts"]) for number, row in enumerate(page["shown"], 1)]}


def _paper(number: int, row: Any, texts: Any) -> dict[str, Any]:
    entry, paper = row.entry, row.entry.paper
    title, abstract = _html(texts.line(entry.title)), _html(texts.abstract(entry.abstract))
    live = [shown for shown in row.tweets if shown.tweet.state == "live"]
    posts = [(shown, _html(shown.shown_html)) for shown in live]
    return {
        "title": f"{number}. {words(title)}".strip(),
        "title_formulas": [formula(math) for math in title.xpath(".//math")],
        "counts": [count for network, told in entry.counted.items() for count in network_words.in_words(told, network)],
        "links": [paper.abs_url, paper.pdf_url],
        "categories": list(row.categories),
        "abstract": [words(part) for part in abstract.xpath("./p")],
        "formulas": [formula(math) for math in abstract.xpath(".//math")],
        "posts": [(words(body), shown.direction) for shown, body in posts if shown.body_html],
        "post_links": [shown.tweet.url for shown in live],
        "text_links": [link for _, body in posts for link in body.xpath(".//a/@href")],
    }


def _html(markup: str) -> Any:
    return parsed(f"<html><body><div>{markup}</div></body></html>").xpath("//div")[0]


def theirs(page: str) -> dict[str, Any]:
    """Of a generator's page of a day."""
    tree = parsed(page)
    main = tree.xpath("//main")[0]
    papers: list[dict[str, Any]] = []
    for one in main.iterchildren():
        if one.tag == "h2":
            title = words(one)
            papers.append(
                {
                    "title": title,
                    "title_formulas": [formula(math) for math in one.xpath(".//math")],
                    "counts": [], "links": [], "categories": [], "abstract": [], "formulas": [], "posts": [],
                    "post_links": [], "text_links": [],
                }
            )  # fmt: skip
        elif one.get("class") == "counts" and one.tag == "ul":
            told = [words(item) for item in one.xpath("./li")][:-1]
            papers[-1]["counts"] = [count for item in told for count in re.findall(r"[0-9,]*[0-9] [a-z]+", item)]
        elif one.get("class") == "links":
            papers[-1]["links"] = one.xpath("./a[contains(@href, '/abs/') or contains(@href, '/pdf/')]/@href")
            papers[-1]["categories"] = [words(code) for code in one.xpath("./a[contains(@href, '/list/')]")]
        elif one.get("class") == "abstract":
            papers[-1]["abstract"] = [words(part) for part in one.xpath("./p")]
            papers[-1]["formulas"] = [formula(math) for math in one.xpath(".//math")]
        elif one.tag == "blockquote":
            papers[-1]["posts"] += [(words(part), part.get("dir")) for part in one.xpath("./p[@dir]")]
            papers[-1]["post_links"] += one.xpath("./p[@class='by']/a/@href")
            papers[-1]["text_links"] += one.xpath("./p[@dir]//a/@href")
    return {"papers": papers}


def differences(built: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    """Where they differ; a sentence each."""
    if len(built["papers"]) != len(shown["papers"]):
        return [f"{len(built['papers'])} papers instead of {len(shown['papers'])}"]
    return [
        f"{wanted['title'][:30]}: {name}: {one[name]!r} instead of {wanted[name]!r}"
        for one, wanted in zip(built["papers"], shown["papers"], strict=True)
        for name in wanted
        if one[name] != wanted[name]
    ]
