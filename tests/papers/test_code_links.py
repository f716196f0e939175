"""Where code is, by the authors' words."""

import pytest

from papers.code_links import code_links
from papers.models import Paper


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Code: https://github.com/ada/two.", ["https://github.com/ada/two"]),
        ("see (http://www.github.com/ada/two), too", ["https://github.com/ada/two"]),
        ("at github.com/ada/two/tree/main/src", ["https://github.com/ada/two"]),
        (r"\url{https://github.com/ada/two\_three}", ["https://github.com/ada/two_three"]),
        (r"\href{https://github.com/ada/two.git}{code}", ["https://github.com/ada/two"]),
        ("https://gitlab.com/group/sub/repo/-/tree/main", ["https://gitlab.com/group/sub/repo"]),
        ("https://huggingface.co/ada/model", ["https://huggingface.co/ada/model"]),
        ("https://huggingface.co/datasets/ada/set", ["https://huggingface.co/datasets/ada/set"]),
        (
            "https://codeberg.org/ada/two https://bitbucket.org/ada/two",
            ["https://codeberg.org/ada/two", "https://bitbucket.org/ada/two"],
        ),
        ("https://github.com/Ada/Two and github.com/ada/two", ["https://github.com/Ada/Two"]),
        ("https://github.com/ada/two\u200bnext", ["https://github.com/ada/two"]),
        ("no code", []),
        ("https://github.com/ada", []),
        ("https://github.com/topics/transformers", []),
        ("https://huggingface.co/papers/2105.00001", []),
        ("https://huggingface.co/datasets/ada", []),
        ("https://github.com/ada/broken- line", []),
        ("https://evilgithub.com/ada/two", []),
        ("https://github.com.evil.example/ada/two", []),
        ("https://evil.example/github.com/ada/two", []),
        ("https://github.com@evil.example/ada/two", []),
        ("https://user@github.com/ada/two", []),
        ("ftp://github.com/ada/two", []),
        ("javascript://github.com/ada/two", []),
        ("https://gist.github.com/ada/two", []),
        ("https://ada.github.io/two", []),
        ("https://github.com/../..", []),
        ("https://github.com/аda/two", []),
    ],
)
def test_code_links_are_strict(text: str, links: list[str]) -> None:
    assert code_links(Paper(comment=text)) == tuple(links)
    assert code_links(Paper(abstract=text)) == tuple(links)


def test_code_links_look_into_the_comment_first() -> None:
    paper = Paper(comment="12 pages, github.com/ada/comment", abstract="github.com/ada/abstract, github.com/ada/comment")

    assert code_links(paper) == ("https://github.com/ada/comment", "https://github.com/ada/abstract")
