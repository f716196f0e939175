"""What a built page and our own page say of a day, so that they can be compared."""

import re
from typing import Any

from lxml import html

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


def ours(page: str) -> dict[str, Any]:
    """Of our page of a day."""
    tree = parsed(page)
    articles = tree.xpath("//article[contains(@class, 'paper')]")
    return {
        "papers": [
            {
                "title": words(one.xpath(".//h2")[0]),
                "title_formulas": [formula(math) for math in one.xpath(".//h2//math")],
                "counts": [words(count) for count in one.xpath(".//p[@class='counts']//span[@class='count']")],
                "links": one.xpath(".//p[@class='links']/a[contains(@href, '//arxiv.org/')]/@href"),
                "categories": [words(code) for code in one.xpath(".//span[@class='categories']/a")],
                "abstract": [words(part) for part in one.xpath(".//p[@class='abstract']")],
                "formulas": [formula(math) for math in one.xpath(".//p[@class='abstract']//math")],
                "posts": [(words(post), post.get("dir")) for post in one.xpath(".//figure//blockquote")],
                "post_links": one.xpath(".//figcaption/a/@href"),
                "text_links": one.xpath(".//figure//blockquote//a/@href"),
            }
            for one in articles
        ]
    }


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
