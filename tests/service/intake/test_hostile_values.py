"""Whatever stands at any place of a real body, it ends in an alert or in a refusal that says what is wrong."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from service.intake import normalise
from service.intake.body_reading import read_body
from service.intake.sources import SOURCES
from tests.service.intake.cases import Case, cases, notices_in
from tools.text.redaction import redact

JSON_CASES = [case for case in cases() if case.raw is None]
MEGABYTE = "x: 1 " * 200_000
Path = tuple[str | int, ...]


def deep(levels: int) -> Any:  # noqa: ANN401 (any JSON)
    """Lists and objects, one inside the other."""
    value: Any = "end"
    for level in range(levels):
        value = [value] if level % 2 else {"values": value}
    return value


JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 10**30, int("9" * 4_299), 1e308, float("nan"), float("inf"), -float("inf")),
    *("", "x", "\x00\ud83d", "null", "{{x}}", "$X", '{"a": [', '[{"a": {}}]', "99999999999999999999", "-1"),
    *([], {}, [[]], [None], [1, "a"], {"": ""}, {"a": None}, {"summary": [], "name": {}, "frames": 3}, deep(60)),
)


def places(value: object, path: Path = ()) -> Iterator[Path]:
    """Every place of a body, itself among them; of a list, that of its first item stands for all."""
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*path, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def changed(value: Any, path: Path, junk: object) -> Any:  # noqa: ANN401 (any JSON)
    """The same with one place changed; what is not on the way is shared."""
    if not path:
        return junk
    copied = copy.copy(value)
    copied[path[0]] = changed(value[path[0]], path[1:], junk)
    return copied


def shapes(source: str) -> Iterator[tuple[Case, Path]]:
    """Each kind of place that a sender's bodies have, once."""
    seen: set[Path] = set()
    for case in JSON_CASES:
        if case.source == source:
            new = [path for path in places(case.body) if path not in seen]
            seen |= set(new)
            yield from ((case, path) for path in new)


def ends_well(source: str, body: object) -> None:
    """It is read and would be stored, or it is refused with a field and a sentence."""
    read = read_body(source, json.dumps(body).encode(), {})
    if read.errors is not None:
        assert all(isinstance(error["loc"], tuple) and str(error["msg"]) for error in read.errors)
        return
    for notice in notices_in(read, source):
        assert notice.alert.service
        notice.alert.model_dump_json().encode()


@pytest.fixture(autouse=True)
def each_text_is_masked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bodies are the same but for one place: of a thousand texts in a row, all but a few were masked before."""
    monkeypatch.setattr(normalise, "redact", cache(redact))


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_the_wrong_thing_at_any_place_is_no_error_of_ours(source: str) -> None:
    for number, (case, path) in enumerate(shapes(source)):
        # Each place meets an eighteenth of the junk, and each piece of junk an eighteenth of the places.
        for junk in JUNK[number % 18 :: 18]:
            ends_well(source, changed(case.body, path, junk))


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_a_megabyte_of_text_at_a_place_that_matters_is_no_error_of_ours(source: str) -> None:
    (case, *_) = [case for case in JSON_CASES if case.source == source and case.alerts]
    texts = [path for path in places(case.body) if isinstance(_at(case.body, path), str)]
    longest = max(texts, key=lambda path: len(_at(case.body, path)))
    ends_well(source, changed(case.body, longest, MEGABYTE))


def _at(value: Any, path: Path) -> Any:  # noqa: ANN401 (any JSON)
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_of_a_name_that_stands_twice_one_counts(source: str) -> None:
    (case, *_) = [case for case in JSON_CASES if case.source == source and case.alerts and isinstance(case.body, dict)]
    assert isinstance(case.body, dict)
    for name in case.body:
        text = json.dumps(case.body)
        doubled = f'{{{json.dumps(name)}: {{"a": 1}}, {text[1:]}'
        assert len(read_body(source, doubled.encode(), {}).drafts) == len(case.alerts or [])
