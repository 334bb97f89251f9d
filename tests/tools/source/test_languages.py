"""What each language's outline holds, by one specimen a language (`specimens/LANGUAGE.yaml`)."""

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tools.source.languages import LANGUAGES, language_of
from tools.source.parsed import parse
from tools.source.scanning import definition_in
from tools.source.syntax import Symbol


class Specimen(NamedTuple):
    path: str
    text: str
    expected: list[str]  # "kind name start-end" or "kind Class.name start-end", in the order of the text


SPECIMENS = {
    file.stem: Specimen(**yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader))
    for file in sorted(Path(__file__).with_name("specimens").glob("*.yaml"))
}


def outline(path: str, text: str) -> tuple[Symbol, ...]:
    return parsed.outline if (parsed := parse(path, text)) else ()


def shown(symbol: Symbol) -> str:
    owner = f"{symbol.class_name}." if symbol.class_name else ""
    return f"{symbol.kind} {owner}{symbol.name} {symbol.start}-{symbol.end}"


@pytest.mark.parametrize("name", SPECIMENS)
def test_an_outline_names_every_definition_with_its_lines(name: str) -> None:
    path, text, expected = SPECIMENS[name]
    assert [shown(symbol) for symbol in outline(path, text)] == expected


def test_every_language_has_a_specimen() -> None:
    assert {language.name for language in LANGUAGES} == set(SPECIMENS)


@pytest.mark.parametrize("name", SPECIMENS)
def test_the_cheap_look_at_lines_misses_no_definition(name: str) -> None:
    path, text, _ = SPECIMENS[name]
    language = language_of(path)
    assert language is not None
    missed = [
        symbol.name
        for symbol in outline(path, text)
        if definition_in(language, text.encode(), symbol.name.lstrip("#").encode())[0] is None
    ]
    assert missed == []


def test_suffixes_are_read_in_any_case_and_unknown_ones_are_no_language() -> None:
    assert language_of("LIB/CART.PHP") is not None
    assert language_of("Makefile") is None
    assert language_of("notes.txt") is None
    assert language_of("") is None
