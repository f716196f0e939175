"""The names by which people know a paper, as it tells them itself: `DINO` is nowhere in the title of the paper that everybody
calls so.

A name is told by the title before its colon (`MLP-Mixer: An all-MLP …`), by the abstract (`a method called DINO`, `we introduce
Bootstrap Your Own Latent (BYOL)`), and by the repository of its code and the page of its project (`github.com/openai/CLIP`).
"""

import re
from itertools import takewhile

from papers.code_links import REPOSITORY
from papers.search.words import joined, plain_words

HEAD_ENDS = re.compile(r"(?<!\d):|:(?!\d)|\s[-–—]+\s|—|[?!]\s|\.\s")
MOST_WORDS = 6
MOST_NAMES = 12
"""Of one paper."""
SHAPE = r"[A-Za-z0-9]++(?:[-+·][A-Za-z0-9+]++){0,3}+"
IS_NAMED = (
    r"\b(?:called|named|dubbed|termed|coined|call(?: it| this| our [a-z]{1,20})?|introduc(?:e|es|ing)|present(?:s|ing)?"
    r"|propos(?:e|es|ing)|describ(?:e|es)|develop(?:s|ed)?|train(?:ed)?|releas(?:e|es)|build)"
)
TOLD = re.compile(
    rf"(?i:{IS_NAMED})[\s:]{{1,2}}(?i:(?:the|a|an)\s)?[\"“'‘*]{{0,2}}(?P<name>{SHAPE})(?P<ends>[,.;:)”’'\"*]|\s\(|\Z)?"
)
ALIAS = re.compile(rf"(?i:{IS_NAMED})\s(?:[A-Z][A-Za-z0-9-]{{0,40}}\s){{1,5}}or\s(?P<name>{SHAPE})(?=[\s,.;:)])")
"""`called DEtection TRansformer or DETR`"""
PAGE = re.compile(r"(?<![\w.@-])[A-Za-z0-9-]{1,60}\.github\.io/(?P<name>[A-Za-z0-9][A-Za-z0-9_-]{1,60}+)(?!\.?\w)", re.ASCII)
"""A project's own page."""
OURS = re.compile(
    rf"[\"“](?P<quoted>{SHAPE})[\"”]|\b[Oo]ur (?P<ours>{SHAPE}) (?:method|model|approach|framework|network|system)\b"
)
IN_BRACKETS = re.compile(r"(?<!\S)(?P<before>[^\s()]{1,40}(?:\s[^\s()]{1,40}){1,5}) \((?P<name>[A-Z][A-Za-z0-9-]{1,14})\)")
SAID = re.compile(rf"(?i:{IS_NAMED}|\bthis (?:paper|work|report|article)|\bwe show)\b")
SENTENCE_ENDS = re.compile(r"[.!?]\s")
IN_POST = re.compile(r"[A-Z][A-Za-z0-9]*(?:[-·][A-Za-z0-9]+){0,2}")
COMMON = frozenset(
    {"ai", "ml", "nlp", "cv", "pdf", "arxiv", "gpu", "tpu", "cvpr", "iccv", "eccv", "neurips", "icml", "iclr", "acl", "emnlp"}
    | {"github", "youtube", "twitter", "openai", "deepmind", "sota", "url", "usa", "uk", "abs", "phd"}
)
"""What posts say in capitals and is no paper's name."""


def is_shaped(name: str) -> bool:
    """Whether it looks like a name, not like a word: GPT-3, StyleGAN, DINO."""
    capitals = sum(letter.isupper() for letter in name)
    return len(name) > 1 and (capitals > 1 or (capitals == 1 and (name[0].islower() or any(map(str.isdigit, name)))))


def names_in_title(title: str) -> list[str]:
    """What stands before the colon, joined; none where there is no colon."""
    ends = HEAD_ENDS.search(title)
    head = plain_words(title[: ends.start()]) if ends else []
    return [joined(head)] if 0 < len(head) <= MOST_WORDS else []


def names_in_abstract(abstract: str, comment: str = "") -> list[str]:
    """The names that the abstract gives to what it is about, joined, and those of the repositories in it and in the comment."""
    found = [
        match["name"]
        for match in TOLD.finditer(abstract)
        if is_shaped(match["name"]) or (match["ends"] and match["name"][0].isupper())
    ]
    found += [name for match in ALIAS.finditer(abstract) if is_shaped(name := match["name"])]
    found += [name for match in OURS.finditer(abstract) if is_shaped(name := match["quoted"] or match["ours"])]
    for text in (abstract, comment):
        found += [match["name"] for match in PAGE.finditer(text)]
        for match in REPOSITORY.finditer(text):
            owner, name = match["at"].removesuffix(".git").split("/")[-2:]
            if name.lower() != owner.lower():
                found.append(name)
    return _distinct(found)


def acronyms(abstract: str) -> list[str]:
    """What the abstract abbreviates in brackets and may be called by, joined: where the words before have capitals, or the
    sentence says that it introduces something; and the words with capitals."""
    found, start = [], 0
    for sentence_end in [*(match.end() for match in SENTENCE_ENDS.finditer(abstract)), len(abstract)]:
        sentence = abstract[start:sentence_end]
        is_said = SAID.search(sentence) is not None
        for match in IN_BRACKETS.finditer(sentence):
            capitals = list(takewhile(lambda word: word[0].isupper(), reversed(match["before"].split())))[::-1]
            if is_said or len(capitals) > 1:
                found += [match["name"], *([" ".join(capitals)] if len(capitals) > 1 else [])]
        start = sentence_end
    return _distinct(found)


def names_in_post(text: str) -> list[str]:
    """What a post writes like a name, joined."""
    found = [name for name in IN_POST.findall(text) if len(name) > 2 and is_shaped(name)]
    return [name for name in _distinct(found) if name not in COMMON]


def _distinct(names: list[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, (joined(plain_words(name)) for name in names))))[:MOST_NAMES]
