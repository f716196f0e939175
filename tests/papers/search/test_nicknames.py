"""What papers are called, by themselves and by others."""

import pytest

from papers.search.dictionary import keys_of, lookup_keys
from papers.search.nicknames import acronyms, names_in_abstract, names_in_post, names_in_title
from papers.search.well_known import CALLED
from papers.search.words import compounds, plain_words, spellings, title_key, words


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("MLP-Mixer: An all-MLP Architecture", ["mlpmixer"]),
        ("DUT:Learning Video Stabilization", ["dut"]),
        ("Is Attention All? A Study", ["isattentionall"]),
        ("A ratio of 3:1", []),
        ("No colon at all", []),
        (": nothing before it", []),
    ],
)
def test_a_title_names_its_paper_before_the_colon(title: str, names: list[str]) -> None:
    assert names_in_title(title) == names


@pytest.mark.parametrize(
    ("abstract", "names"),
    [
        ("a simple method, called DINO, which we interpret", ["dino"]),
        ("We introduce Codex, a GPT language model", ["codex"]),
        ("We introduce Methods that work", []),
        ("Code: https://github.com/OpenAI/CLIP.", ["clip"]),
        ("a family of models dubbed “ConvNeXt”", ["convnext"]),
        ("Our SimSiam method is simple", ["simsiam"]),
        ("we present the results", []),
        ("a framework called Detection Transformer or DETR, is simple", ["detr"]),
        ("See https://nvlabs.github.io/instant-ngp.", ["instantngp"]),
        ("See https://nvlabs.github.io/ and https://a.github.io/page.html", []),
    ],
)
def test_an_abstract_names_what_it_is_about(abstract: str, names: list[str]) -> None:
    assert names_in_abstract(abstract) == names


@pytest.mark.parametrize(
    ("abstract", "names"),
    [
        ("Vision Transformer (ViT) attains", ["vit", "visiontransformer"]),
        ("generative adversarial networks (GANs) are", []),
        ("We introduce a masked autoencoder (MAE).", ["mae"]),
    ],
)
def test_what_is_abbreviated_is_a_name_where_it_has_capitals_or_is_new(abstract: str, names: list[str]) -> None:
    assert acronyms(abstract) == names


def test_what_everybody_calls_a_paper_is_folded_as_words_are() -> None:
    assert CALLED["stylegan3"] == ("2106.12423",)
    assert CALLED["scalinglaw"] == ("2001.08361",)
    assert CALLED["sam"] == ("2010.01412", "2304.02643")


def test_posts_call_a_paper_what_has_the_shape_of_a_name() -> None:
    assert names_in_post("The DALL·E paper and VQGAN, on GitHub! AI is Great") == ["dalle", "vqgan"]


def test_words_are_told_apart_by_their_signs_and_scripts() -> None:
    assert words("NeRF++ in C# and Rényi's 深層学習 of C++17") == [
        *("nerf", "plusplus", "c", "sharp", "renyi", "深層", "層学", "学習", "c", "plusplus", "17")
    ]
    assert plain_words("a深 b") == ["a", "深", "b"]
    assert compounds("MLP-Mixers and state-of-the-art DALL·E") == ["mlpmixer", "stateoftheart", "dalle"]
    assert title_key("MLP Mixer, an all MLP") == title_key("mlp-mixer: An all-MLP") != title_key("mlp")
    assert title_key("?!") == ""


def test_other_spellings_put_e_in_and_out() -> None:
    assert "scholkopf" in spellings("schoelkopf") and "schoelkopf" in spellings("scholkopf")
    assert spellings("mae") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("netwroks", "networks"),
        ("transfmoer", "transformer"),
        ("reinforcment", "reinforcement"),
        ("lecunn", "lecun"),
        ("reccurent", "recurrent"),
        ("unsuprvised", "unsupervised"),
        ("atention", "attention"),
    ],
)
def test_a_misspelled_word_shares_a_key_with_the_right_one(typed: str, meant: str) -> None:
    assert lookup_keys(typed) & keys_of(meant)
    assert len(lookup_keys(typed)) < 120 and len(keys_of(meant)) <= 8
