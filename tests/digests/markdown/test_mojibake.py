"""Mac Roman mojibake is recognised and undone; healthy text, whatever its language, is never touched."""

from pathlib import Path

import pytest

from digests.markdown.mojibake import BEGINS_OTHER, OTHER_PAGES, Repair, repair


def damaged(text: str) -> str:
    return text.encode().decode("mac_roman")


def test_seeds_become_the_archive_posts_of_their_day(shared: Path) -> None:
    seeds = sorted((shared / "seeds").iterdir())
    assert len(seeds) == 2
    for seed in seeds:
        repaired = repair(seed.read_bytes().decode())
        day = repaired.text.split("Hot Papers ")[1][:10]
        assert repaired.text.encode() == (shared / "archive" / f"{day}---Hot-Papers.md").read_bytes()
        assert repaired.repaired > 0
        assert repaired.hopeless == ()


def test_healthy_archive_is_untouched_and_its_damage_undone(archive: Path) -> None:
    for file in archive.glob("*.md"):
        text = file.read_bytes().decode()
        assert repair(text) == Repair(text, 0, ())
        assert repair(damaged(text)).text == text


def test_half_damaged_posts_are_mended_line_by_line(archive: Path) -> None:
    for file in archive.glob("*.md"):
        lines = file.read_bytes().decode().split("\n")
        mixed = [damaged(line) if number % 2 else line for number, line in enumerate(lines)]
        assert repair("\n".join(mixed)).text == "\n".join(lines)


@pytest.mark.parametrize("first_half", [True, False])
def test_posts_damaged_in_one_half_are_mended(archive: Path, first_half: bool) -> None:
    for file in archive.glob("*.md"):
        text = file.read_bytes().decode()
        middle = text.index("\n", len(text) // 2)
        head, tail = text[:middle], text[middle:]
        assert repair(damaged(head) + tail if first_half else head + damaged(tail)).text == text


def test_ambiguous_letters_are_mended_where_the_text_is_damaged_elsewhere() -> None:
    lines = ["what’s", "Ozan İrsoy", "µ-law, μarchs", "strolladoù", "kevreet da ziwezhañ"]
    healthy = "l’été, 2√π, O(√π), 日本"
    mixed = "\n".join([*map(damaged, lines), healthy])
    assert repair(mixed) == Repair("\n".join([*lines, healthy]), len(lines), ())


@pytest.mark.parametrize(
    "text",
    [
        "l’été d’éviter “é” « é » «é»…é –é",
        "O(√π) and ≈±√π, 2√∞, √∂",
        "Привет – мир, “да”",
        "日本語「テスト」… été ・",
        "مرحبا بالعالم",
        "Größe, „Österreich“, Æsop, œuvre, NÃO, À É Ê Î",
        "Tiếng Việt, Ελληνικά, עברית, ไทย, 😀🤖",
        "≈£5m, ≈¥100, ≈§3, ≈°C, √£5, ¬£, x≈ª, f·∫∂x",
        "prêt\N{NO-BREAK SPACE}à\N{NO-BREAK SPACE}être, mot\N{NO-BREAK SPACE}à\N{NO-BREAK SPACE}école",
        "…à…é, «É»É, –é–é",
        "„Ääh“, ‚Ääh‘",
        "plain ASCII",
    ],
)
def test_healthy_text_is_never_touched(text: str) -> None:
    assert repair(text) == Repair(text, 0, ())
    for part in text.split(", "):  # what the rest keeps from being undone may not be evidence either
        assert repair(part) == Repair(part, 0, ())


@pytest.mark.parametrize(
    "text",
    ["what’s", "512×512", "naïve", "Schrödinger", "Søren", "Привет", "日本語", "μarchs", "😀 done", "Erdős", "‘quoted’ — “text”"],
)
def test_damage_is_undone(text: str) -> None:
    assert repair(damaged(f"a line\n{text}")) == Repair(f"a line\n{text}", 1, ())


def test_damage_that_lost_a_byte_is_reported() -> None:
    emoji = damaged("so good 😀").replace("\uf8ff", "")
    repaired = repair(f"{damaged('what’s')}\n{emoji}")
    assert repaired == Repair(f"what’s\n{emoji}", 1, (2,))


@pytest.mark.parametrize("times", [2, 3])
def test_damage_done_more_than_once_is_undone(archive: Path, times: int) -> None:
    for file in sorted(archive.glob("*.md"))[:20]:
        text = worse = file.read_bytes().decode()
        for _ in range(times):
            worse = damaged(worse)
        lines = sum(not line.isascii() for line in text.split("\n"))
        assert repair(worse) == Repair(text, lines, ())


def test_lines_damaged_once_and_twice_are_mended_together() -> None:
    assert repair(f"{damaged('what’s')}\n{damaged(damaged('512×512 – naïve'))}\nl’été") == Repair(
        "what’s\n512×512 – naïve\nl’été", 2, ()
    )


@pytest.mark.parametrize("page", ["cp1252", "latin-1", "cp1250", "cp1251", "cp437", "cp850"])
@pytest.mark.parametrize("text", ["what’s", "naïve", "Schrödinger", "café", "Привет", "“quoted”", "Søren", "日本", "😀"])
def test_damage_through_other_code_pages_is_reported_by_line(page: str, text: str) -> None:
    try:
        worse = text.encode().decode(page)
    except UnicodeError:
        return  # no such damage
    assert repair(f"fine\n{worse}\nfine") == Repair(f"fine\n{worse}\nfine", 0, (2,))


@pytest.mark.parametrize(
    "text", ["“CAFÉ”", "É…", "NÃO", "«Ã»", "2 Å²", "Сірко", "“café”…", "Âge", "É®", "10 €", "£5–£6", "pâté", "Île", "â", "ÎLE"]
)
def test_healthy_text_is_not_reported(text: str) -> None:
    assert repair(text) == Repair(text, 0, ())


def test_all_damage_through_other_pages_begins_with_what_is_sought_first() -> None:
    every = "".join(f"a{chr(code)}{second}a " for code in range(0x80, 0xD800) for second in "©€»ÿß\xa0\x9f\u0418")
    found = {match[0][0] for match in OTHER_PAGES.finditer(every + "вЂ™ ðŸ’ ƒÿ â€™ ÔÇÖ ΓÇÖ")}

    assert found == set(BEGINS_OTHER.findall("".join(map(chr, range(0x80, 0xD800)))))
